import { Data } from '../axdr/data.js';
import { encode } from '../axdr/schema.js';
import { equalBytes } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import type { ViewObject } from './association-view.js';
import { dataFromJson } from './data-json.js';
import { about, type Finding } from './finding.js';
import type { ProfileAttribute, ProfileObject } from './profile.js';

/** Checks type, value and bounds of an attribute whose value was read. */
export function checkAttribute(row: ProfileObject, expected: ProfileAttribute, o: ViewObject): Finding[] {
  const value = o.attributes.find((a) => a.index === expected.index)?.value;
  if (value === undefined) return [];
  const common = { ...about(row, o), attribute: expected.index };
  const { types, min, max } = expected;
  if (types !== undefined && !types.includes(value.type))
    return [{ ...common, kind: 'type', expected: types.join(' or '), actual: value.type }];
  const wanted = expected.value === undefined ? undefined : dataFromJson(expected.value);
  if (wanted !== undefined && !equalBytes(encode(Data, wanted), encode(Data, value)))
    return [{ ...common, kind: 'value', expected: show(wanted), actual: show(value) }];
  const number =
    'value' in value && (typeof value.value === 'number' || typeof value.value === 'bigint') ? value.value : undefined;
  if (number !== undefined && ((min !== undefined && number < min) || (max !== undefined && number > max)))
    return [{ ...common, kind: 'value', expected: `${min ?? 'any'} to ${max ?? 'any'}`, actual: String(number) }];
  return [];
}

/** Scalars and short octet-strings as they are, everything else by type: a report is no dump. */
function show(data: Data): string {
  if (data.type === 'octet-string' && data.value.length <= 16) return `octets ${formatHex(data.value)}`;
  if (!('value' in data) || typeof data.value === 'object') return data.type;
  return typeof data.value === 'string' ? JSON.stringify(data.value.slice(0, 40)) : `${data.type} ${data.value}`;
}
