import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { toJson } from '../../src/axdr/json.js';
import { unsigned8 } from '../../src/axdr/scalars.js';
import { alternative, choice, decode, type Schema, sequence } from '../../src/axdr/schema.js';
import { parseHex } from '../../src/core/hex.js';
import { compare } from '../../src/vectors/compare.js';
import { decoded } from '../../src/vectors/decoded.js';
import { forms } from '../../src/vectors/forms.js';
import { plainName, renames } from '../../src/vectors/renames.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { InvokeIdAndPriority } from '../../src/xdlms/common.js';
import { changed, entries, leaves, outcome, random, sample, valueAt, withValue } from './support.js';

/** Every APDU that stands alone in a vector of the project. */
const apdus = entries
  .filter(([, v]) => /^(apdu|acse|quirk|xml)$/.test(v.kind) && v.params?.layer !== 'axdr-data')
  .map(([, v]) => v.input.hex as string);
const jsonOf = (hex: string): unknown => toJson(Apdu, decode(Apdu, parseHex(hex), { lenient: true }));

describe("the library's own JSON", () => {
  it('is a right expectation of every APDU, and a wrong one with any value changed', async () => {
    const pick = random(20260720);
    const bad: string[] = [];
    for (const hex of apdus) {
      const json = jsonOf(hex);
      const got = await outcome('apdu', { hex }, json as object);
      if (got !== 'passed') bad.push(`${hex} ${got}`);
      for (const path of sample([...leaves(json)], 3, pick)) {
        const wrong = withValue(json, path, changed(valueAt(json, path)));
        const status = await outcome('apdu', { hex }, wrong as object);
        if (!status.startsWith('failed')) bad.push(`${hex} ${path.join('.')} ${status}`);
      }
    }
    expect(bad).toEqual([]);
    expect(apdus.length).toBeGreaterThan(200);
  });
  it('is a right expectation of Data, which is then written back', async () => {
    for (const [, v] of entries.filter(([, e]) => e.kind === 'axdr-data')) {
      const hex = v.input.hex as string;
      const value = toJson(Data, decode(Data, parseHex(hex)));
      expect(await outcome('axdr-data', { hex }, { value, roundTrip: true })).toBe('passed');
    }
  });
});

const get = 'C001C100010000600100FF02010100';
const readResponse = '0C02001105010B';
/** Names of the table that no vector of the project uses, and what they say. */
const spellings: readonly (readonly [hex: string, expected: object, wrong: object])[] = [
  ['600F80020780A109060760857405080101', { protocolVersion: '0780' }, { protocolVersion: '0700' }],
  [get, { attribute: { selection: { selector: 1 } } }, { attribute: { selection: { selector: 2 } } }],
  [get, { attribute: { selectiveAccess: { selector: 1 } } }, { attribute: { selectiveAccess: null } }],
  [
    '05010400C80211FF',
    { variables: [{ shortName: '00C8', parameter: { type: 'unsigned', value: 255 } }] },
    { variables: [{ shortName: '00C9' }] },
  ],
  [
    readResponse,
    { results: [{}, { dataAccessError: 'object-unavailable' }] },
    { results: [{}, { dataAccessError: 'other-reason' }] },
  ],
  ['C401C10103', { accessResult: 'read-write-denied' }, { accessResult: 'other-reason' }],
  ['D80206000000FF', { expectedInvocationCounter: 255 }, { expectedInvocationCounter: 254 }],
  ['E0410001000202AABB', { blockNumberAcknowledged: 2 }, { blockNumberAcknowledged: 1 }],
  ['C303C101000F0000280000FF01011105', { methods: [{ methodId: 1 }] }, { methods: [{ methodId: 2 }] }],
  ['C703C1020000FA00', { responses: [{ result: 'success' }, {}] }, { responses: [{ result: 'other-reason' }, {}] }],
];

describe('the table of names', () => {
  it.each(spellings.map((s) => [JSON.stringify(s[1]), s] as const))(
    '%s is read, and a wrong value is not',
    async (_, [hex, expected, wrong]) => {
      expect(await outcome('apdu', { hex }, expected)).toBe('passed');
      expect(await outcome('apdu', { hex }, wrong)).toMatch(/^failed/);
    },
  );
  it('compact arrays by number and first elements', async () => {
    const hex = '130F062A2A2A2A2A2A';
    const value = { itemCount: 6, firstItems: [{ type: 'integer', value: 42 }] };
    expect(await outcome('axdr-data', { hex }, { value })).toBe('passed');
    expect(await outcome('axdr-data', { hex }, { value: { ...value, itemCount: 5 } })).toMatch(/^failed/);
    expect(await outcome('axdr-data', { hex }, { value: { ...value, firstItems: [] } })).toMatch(/^failed/);
  });

  it('has no name that neither a vector of the project nor this file uses', () => {
    const used = new Set<string>(['itemcount', 'firstitems']);
    const collect = (v: unknown): void => {
      if (typeof v !== 'object' || v === null) return;
      for (const [k, inside] of Object.entries(v)) {
        used.add(plainName(k));
        collect(inside);
      }
    };
    collect(entries.map(([, v]) => v.expected));
    collect(spellings);
    expect([...renames.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
  it('leads only to names that the library has', () => {
    const own = new Set(['numberOfElements', 'typeDescription', 'arrayContents', 'dayOfMonth', 'clockStatus']);
    const seen = new Set<unknown>([Data.shape]);
    const collect = ({ shape }: Schema<any>): void => {
      if (seen.has(shape)) return;
      seen.add(shape);
      if ('inner' in shape) return collect(shape.inner);
      if (shape.of === 'elements') return collect(shape.element);
      const parts: Record<string, Schema<any>> = shape.of === 'fields'
        ? shape.fields
        : shape.of === 'alternatives'
          ? Object.fromEntries(Object.entries(shape.alternatives).map(([k, a]) => [k, a.schema]))
          : {};
      for (const [name, schema] of Object.entries({ ...parts })) {
        own.add(name);
        collect(schema);
      }
    };
    collect(Apdu);
    // What mapped types have is not in their shape.
    for (const name of [
      'serviceClass',
      'priority',
      'maxInfoTransmit',
      'maxInfoReceive',
      'windowTransmit',
      'windowReceive',
    ])
      own.add(name);
    expect([...renames.values()].flat().filter((r) => r.form !== undefined && forms[r.form] === undefined)).toEqual([]);
    const led = [...renames.values()].flat().flatMap((r) => r.own.split(/[/.]/).filter((n) => n !== ''));
    expect(led.filter((name) => !own.has(name) && name !== 'type' && name !== 'value')).toEqual([]);
  });
});

describe('one fact in several forms', () => {
  const invoke = { invokeId: 1, serviceClass: 'confirmed', priority: 'high' };
  it.each([
    ['letter case and hyphens of names', { APDU: 'GET-REQUEST', KIND: 'normal' }],
    ['a name in camel case', { apdu: 'getRequest', 'class-id': 1 }],
    ['the name of a service with its kind', { apdu: 'get-request/normal' }],
    ['hex in lower case', { invokeIdAndPriority: 'c1' }],
    ['an octet as a number', { invokeIdAndPriority: 193 }],
    [
      'an octet as a record of its bits',
      { invokeIdAndPriority: { ...invoke, raw: 'C1', confirmed: true, highPriority: true } },
    ],
    ['a number as text', { attribute: { classId: '1' } }],
    ['an OBIS code with dots', { attribute: { instanceId: '0.0.96.1.0.255' } }],
    ['an OBIS code with its separators', { attribute: { instanceId: '0-0:96.1.0*255' } }],
    ['the number of an attribute under its short name', { attribute: { attribute: 2 } }],
  ])('%s', async (_, expected) => {
    expect(await outcome('apdu', { hex: get }, expected)).toBe('passed');
  });
  it.each([
    ['by its name', 'read-write-denied'],
    ['in camel case', 'readWriteDenied'],
    ['by its code', 3],
  ])('a result %s', async (_, result) => {
    expect(await outcome('apdu', { hex: 'C401C10103' }, { result })).toBe('passed');
    expect(await outcome('apdu', { hex: 'C401C1010B' }, { result })).toMatch(/^failed/);
  });
  it('a kind alone is not the name of an APDU', async () => {
    expect(await outcome('apdu', { hex: get }, { apdu: 'normal' })).toMatch(/^failed: apdu/);
  });
  it('64-bit numbers are compared digit by digit', async () => {
    const value = (v: unknown) => ({ value: { type: 'long64-unsigned', value: v } });
    const hex = '150020000000000001';
    expect(await outcome('axdr-data', { hex }, value('9007199254740993'))).toBe('passed');
    expect(await outcome('axdr-data', { hex }, value(2 ** 53))).toMatch(/^failed/);
  });
  it('roundTrip is an expectation only where it is true', async () => {
    const ok = { apdu: 'get-response', kind: 'normal' };
    const minimal = 'C401C100090101';
    const long = 'C401C10009810101';
    expect(await outcome('apdu', { hex: minimal }, { ...ok, roundTrip: true })).toBe('passed');
    expect(await outcome('apdu', { hex: long }, { ...ok, roundTrip: true })).toMatch(/^failed: roundTrip/);
    expect(await outcome('apdu', { hex: long }, { ...ok, roundTrip: false })).toBe('passed');
    expect(await outcome('apdu', { hex: long }, { roundTrip: false })).toMatch(/^unsupported: expected: nothing/);
    expect(await outcome('apdu', { hex: long }, { ...ok, roundTrip: 'yes' })).toMatch(/^unsupported/);
  });
  it('the date-time of an APDU is read as its fields too, and null where there is none', async () => {
    const hex = '0F000000010C07E80B15FF081E0F17FF88801107';
    const dateTimeFields = {
      year: 2024,
      month: 11,
      day: 21,
      dayOfWeek: null,
      deviationMinutes: -120,
      clockStatus: 128,
    };
    expect(await outcome('apdu', { hex }, { dateTimeFields })).toBe('passed');
    expect(await outcome('apdu', { hex }, { dateTimeFields: { ...dateTimeFields, year: 2025 } })).toMatch(/^failed/);
    expect(
      await outcome('apdu', { hex: '0F00000001001107' }, { dateTimeFields: null, body: { type: 'unsigned' } }),
    ).toBe('passed');
  });
});

describe('an APDU that the runner has never seen', () => {
  const fictional = choice('xDLMS-APDU', {
    'sparkle-request': alternative(
      250,
      sequence('Sparkle-Request', { invokeIdAndPriority: InvokeIdAndPriority, sparkles: unsigned8, value: Data }),
    ),
    'sparkle-response': alternative(251, unsigned8),
  });
  const at = (hex: string, expected: unknown) => () =>
    compare(expected, decoded(fictional, decode(fictional, parseHex(hex))));
  it('is compared by the names of its schema', () => {
    const hex = 'FAC1071105';
    expect(
      at(hex, {
        apdu: 'sparkle-request',
        invokeIdAndPriority: { raw: 193 },
        sparkles: 7,
        value: { type: 'unsigned', value: 5 },
      }),
    ).not.toThrow();
    expect(at(hex, { sparkles: 8 })).toThrow('sparkles: 8 expected, found 7');
    expect(at(hex, { securityControl: null, payload: null, attribute: null })).not.toThrow();
    expect(at(hex, { glitter: 1 })).toThrow('glitter: the runner does not know this field');
    expect(at('FB07', { type: 'sparkle-response', value: 7 })).not.toThrow();
    expect(at('FB07', { value: 8 })).toThrow('value: 8 expected, found 7');
  });
});
