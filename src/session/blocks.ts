import { DlmsError } from '../core/errors.js';

/**
 * Cuts a value into blocks: `first` octets fit the first request (it also names the attribute), `others` the following ones.
 * @throws DlmsError `service/unsupported` when the peer's PDU size leaves no room at all
 */
export function cut(value: Uint8Array, first: number, others: number = first): Uint8Array[] {
  if (first < 1 || others < 1) throw new DlmsError('service/unsupported', { what: 'blocks within so small a PDU size of the peer' });
  const parts = [value.subarray(0, first)];
  for (let at = first; at < value.length; at += others) parts.push(value.subarray(at, at + others));
  return parts;
}
