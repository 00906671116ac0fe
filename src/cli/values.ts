import { compactArrayItems } from '../axdr/compact-array-items.js';
import type { Data } from '../axdr/data.js';
import { latin1 } from '../core/bytes.js';
import { isDlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { dateFromBytes, dateTimeFromBytes, timeFromBytes } from '../cosem/date-time.js';
import { looksLikeDateTime } from '../cosem/date-time-guess.js';
import { formatDate, formatDateTime, formatTime } from '../cosem/date-time-text.js';
import type { Obis } from '../cosem/obis.js';
import { describeObis } from '../cosem/obis-describe.js';
import { type Reading, scaledReading } from '../cosem/push-readings.js';
import { unitSymbol } from '../cosem/units.js';
import { harmless, type Paint, table } from './text.js';

// Values for people.

/**
 * Data on one line. Octet strings that read as text are shown as text, those that are a date-time (12 octets) as a
 * date-time.
 */
export function valueText(d: Data): string {
  switch (d.type) {
    case 'null-data':
      return '–';
    case 'dont-care':
      return "don't care";
    case 'octet-string':
      return octetText(d.value);
    case 'visible-string':
      return harmless(d.value);
    case 'utf8-string':
      return typeof d.value === 'string' ? harmless(d.value) : formatHex(d.value);
    case 'date-time':
      return formatDateTime(dateTimeFromBytes(d.value));
    case 'date':
      return formatDate(dateFromBytes(d.value));
    case 'time':
      return formatTime(timeFromBytes(d.value));
    case 'array':
    case 'structure': {
      const [open, close] = d.type === 'array' ? ['[', ']'] : ['{', '}'];
      const shown = d.value.slice(0, 12).map(valueText);
      if (d.value.length > 12) shown.push(`… ${d.value.length} in all`);
      return `${open}${shown.join(', ')}${close}`;
    }
    case 'compact-array':
      return valueText({ type: 'array', value: compactArrayItems(d) });
    default:
      return String(d.value);
  }
}
export function octetText(octets: Uint8Array): string {
  if (looksLikeDateTime(octets)) return formatDateTime(dateTimeFromBytes(octets));
  if (octets.length >= 2 && octets.every((b) => b >= 0x20 && b < 0x7f)) return latin1(octets);
  return formatHex(octets);
}

/** Names, values and units of a push, side by side. */
export function readingsTable(readings: readonly (Reading & { readonly name?: string })[], paint: Paint): string {
  return table(
    [{ title: 'OBIS' }, { title: 'Name' }, { title: 'Value', right: true }, { title: 'Unit' }],
    readings.map((r) => {
      const exact = scaledReading(r);
      return [
        r.obis,
        r.name ?? nameOf(r.obis),
        exact === undefined ? valueText(r) : exact.toDecimalString(),
        r.unit === undefined ? '' : unitSymbol(r.unit),
      ];
    }),
    paint,
  );
}
export function nameOf(obis: Obis): string {
  try {
    return describeObis(obis).text;
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return '';
  }
}
