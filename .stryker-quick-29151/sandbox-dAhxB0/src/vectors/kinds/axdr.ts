import { Data } from '../../axdr/data.js';
import { decode, decodeFrom, encode } from '../../axdr/schema.js';
import { Reader, Writer } from '../../core/cursor.js';
import { formatHex, parseHex } from '../../core/hex.js';
import { dateFromBytes, dateTimeFromBytes, timeFromBytes } from '../../cosem/date-time.js';
import { formatDate, formatDateTime, formatTime } from '../../cosem/date-time-text.js';
import { anyOf, check, hexText, type Matcher } from '../compare.js';
import { dataFromNotation, dataNotation, dateTimeFields, hex, isShortened } from '../notation.js';
import { cases, octets } from '../values.js';
import { type Kind, Unsupported, type Vector } from '../vector.js';

const eachCase = (one: (bytes: Uint8Array, vector: Vector, index: number) => Record<string, unknown>): Kind => ({
  input: ['cases', 'hex'],
  run: (vector) => ({
    cases: cases(vector).map((text, i) => ({
      hex: hexText(text),
      input: hexText(text),
      ...one(parseHex(text), vector, i),
    })),
  }),
});

/** `roundTrip: true`: the expected value, written by us, gives the octets. */
function roundTrip(bytes: Uint8Array, expected: unknown): Matcher {
  return check((wanted) => {
    if (wanted !== true) throw new Unsupported('roundTrip: true or false expected');
    const { value } = expected as { value: unknown };
    const data = isShortened(value) ? decode(Data, bytes) : dataFromNotation(value);
    const again = formatHex(encode(Data, data));
    return again === formatHex(bytes) ? undefined : `the octets ${again.slice(0, 80)}`;
  }, 'the same octets');
}

export const axdrKinds: Readonly<Record<string, Kind>> = {
  'axdr-data': {
    input: ['hex'],
    run(vector) {
      const bytes = octets(vector, 'hex');
      return { value: dataNotation(decode(Data, bytes)), roundTrip: roundTrip(bytes, vector.expected) };
    },
  },
  'axdr-cases': eachCase((bytes, vector, i) => {
    const data = decode(Data, bytes);
    const text =
      data.type === 'octet-string' || data.type === 'date-time' || data.type === 'date' || data.type === 'time'
        ? dateText(data.value)
        : {};
    const expected = ((vector.expected as { cases?: unknown[] }).cases ?? [])[i];
    return {
      value: dataNotation(data),
      date: undefined,
      time: undefined,
      dateTime: undefined,
      iso: undefined,
      ...text,
      roundTrip: roundTrip(bytes, expected),
    };
  }),
  'axdr-length': eachCase((bytes) => {
    const r = new Reader(bytes);
    const length = decodeFrom(
      { kind: 'length', shape: { of: 'octets' }, read: () => r.length(), write: () => undefined },
      r,
    );
    const w = new Writer();
    w.length(length);
    // Also the other direction: the shortest form of this length is the input.
    return {
      length: formatHex(w.finish()) === formatHex(bytes) ? length : `${length}, written as ${formatHex(w.finish())}`,
    };
  }),
  'axdr-stream': {
    input: ['hex'],
    run(vector) {
      const r = new Reader(octets(vector, 'hex'));
      const items: unknown[] = [];
      const endOffsets: number[] = [];
      while (r.left > 0) {
        const start = r.offset;
        const value = dataNotation(decodeFrom(Data, r));
        items.push(
          anyOf(value, { value, hex: hex(r.bytes.subarray(start, r.offset)), offset: start, endOffset: r.offset }),
        );
        endOffsets.push(r.offset);
      }
      return { items, endOffsets, count: items.length };
    },
  },
  'date-time': eachCase((bytes) => dateText(bytes)),
};

/** Octets of a date-time, date or time as fields and text. */
function dateText(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 12) {
    const value = dateTimeFromBytes(bytes);
    const text = formatDateTime(value);
    return {
      fields: dateTimeFields(value),
      iso: value.deviationMinutes === null ? anyOf(text, `${text} (no offset)`) : text,
      dateTime: dateTimeFields(value),
    };
  }
  if (bytes.length === 5) {
    const value = dateFromBytes(bytes);
    return { fields: { ...value }, date: formatDate(value) };
  }
  if (bytes.length === 4) {
    const value = timeFromBytes(bytes);
    return { fields: { ...value }, time: formatTime(value) };
  }
  return {};
}
