import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, expectTypeOf, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { browse, MeterBrowser } from '../../src/client/browser.js';
import type { Client } from '../../src/client/index.js';
import { readObjectList, readShortNameList } from '../../src/client/object-list.js';
import { concat } from '../../src/core/bytes.js';
import { Reader } from '../../src/core/cursor.js';
import { DlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { classes } from '../../src/cosem/class-registry.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { Register } from '../../src/cosem/classes/register.js';
import { accessor, cosemObject } from '../../src/server/object.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { closeAll, connect, meterOf, reading } from './meters.js';

afterEach(closeAll);

describe('browsing the simulated meter', () => {
  it('finds objects by class, id and pattern, typed', async () => {
    const browser = await browse(await reading(await meterOf()), allClasses);
    expect(browser.associationVersion).toBe(1);
    expect(browser.find(Register).map((o) => o.logicalName)).toContain('1-0:1.8.0*255');
    expect(browser.find('1-0:1-4.8.0*255')).toHaveLength(4);
    expect(browser.find(15).length).toBe(browser.find('0-0:40.0.0-255*255').length);
    expect([...browser].length).toBe(browser.objects.length);
    const register = browser.find(Register).find((o) => o.logicalName === '1-0:32.7.0*255')!;
    expect(register.description).toBe('Voltage L1, instantaneous');
    const [value, scale] = await register.handle().get('value', 'scalerUnit');
    expectTypeOf(scale.scaler).toEqualTypeOf<number>();
    expect([value, scale]).toEqual([
      { type: 'double-long-unsigned', value: 2304 },
      { scaler: -1, unit: 'V' },
    ]);
  });
  it('reads an object in one record, and says what it left out', async () => {
    const odd = cosemObject(DataClass, '0-0:96.1.9*255', {
      value: accessor({
        get: () => {
          throw new Error('broken');
        },
      }),
    });
    const browser = await browse(await reading(await meterOf({ objects: [odd] })), allClasses);
    const clock = await browser.find(Clock)[0]!.read();
    expectTypeOf(clock.values.timeZone).toEqualTypeOf<number | undefined>();
    expect(clock.values).toMatchObject({ logicalName: '0-0:1.0.0*255', timeZone: -60, clockBase: 'internal-crystal' });
    expect(clock.skipped).toEqual({});
    expect((await browser.get('0-0:96.1.9*255')!.read()).skipped.value).toContain('other-reason');
    const association = await browser.get('0-0:40.0.0*255')!.read();
    expect(association.skipped).toEqual({ secret: 'no read access' });
    expect(association.values.associationStatus).toBe('associated');
  });
  it('shows a client only what it may see', async () => {
    const client = connect(await meterOf(), 16);
    await client.connect();
    const browser = await browse(client, allClasses);
    expect(browser.find(Register)).toEqual([]);
    expect(browser.find(Clock)[0]!.attribute('time')).toMatchObject({ read: true, write: false });
    expect(browser.find(Clock)[0]!.method('shiftTime')).toMatchObject({ invoke: false });
  });
  it('reads classes and versions that it does not know as Data', async () => {
    const browser = await browse(await reading(await meterOf()), classes(Clock));
    const register = browser.get('1-0:1.8.0*255')!;
    expect(register.definition).toBeUndefined();
    expect(register.attributes.map((a) => a.name)).toEqual(['attribute 1', 'attribute 2', 'attribute 3']);
    expect((await register.read()).values['attribute 3']).toMatchObject({ type: 'structure' });
    expect(await register.getData(2)).toMatchObject({ type: 'double-long-unsigned' });
    expect(() => register.handle()).toThrow('class 3 version 0');
  });
  it('keeps a value of another type than its class says', async () => {
    const browser = new MeterBrowser(
      {
        getEach: async (targets: readonly { schema: { read(r: unknown): unknown } }[]) =>
          targets.map((t) => ({ value: t.schema.read(new Reader(parseHex('0A03414243'))) })),
      } as unknown as Client,
      allClasses,
      {
        associationVersion: 1,
        objects: [{ classId: 8, version: 0, logicalName: '0-0:1.0.0*255', attributes: [right(3)], methods: [] }],
      },
    );
    const record = await browser.objects[0]!.read();
    expect(record.values).toEqual({ timeZone: { type: 'visible-string', value: 'ABC' } });
    expect(record.deviating.timeZone).toContain('unexpected tag');
  });
});

const right = (index: number) => ({ index, read: true, write: false, request: {}, response: {}, selectors: [] });

describe('object lists', () => {
  /** One object and the association itself, in the version given; modes as they stand on the wire. */
  const list = (
    version: number,
    mode: number,
    methodMode: Data,
    selectors: Data = { type: 'null-data' },
    own = true,
  ): Uint8Array => {
    const name = (hex: string): Data => ({ type: 'octet-string', value: Uint8Array.from(Buffer.from(hex, 'hex')) });
    const structure = (...value: Data[]): Data => ({ type: 'structure', value });
    const array = (...value: Data[]): Data => ({ type: 'array', value });
    const rights = structure(
      array(structure({ type: 'integer', value: 2 }, { type: 'enum', value: mode }, selectors)),
      array(structure({ type: 'integer', value: 1 }, methodMode)),
    );
    const element = (classId: number, v: number, hex: string): Data =>
      structure({ type: 'long-unsigned', value: classId }, { type: 'unsigned', value: v }, name(hex), rights);
    return encode(Data, array(element(7, 1, '0100630100FF'), ...(own ? [element(15, version, '0000280000FF')] : [])));
  };
  const first = (octets: Uint8Array) => {
    const { attributes, methods } = readObjectList(octets).objects[0]!;
    return { ...attributes![0]!, ...{ method: methods![0]! } };
  };
  it('have access rights of four versions', () => {
    expect(first(list(0, 3, { type: 'boolean', value: true }))).toMatchObject({
      read: true,
      write: true,
      request: {},
      method: { invoke: true },
    });
    expect(first(list(0, 1, { type: 'boolean', value: false })).method.invoke).toBe(false);
    expect(first(list(1, 4, { type: 'enum', value: 2 }))).toMatchObject({
      read: true,
      write: false,
      request: { authenticated: true },
      method: { invoke: true, request: { authenticated: true } },
    });
    expect(first(list(2, 5, { type: 'enum', value: 1 }))).toMatchObject({
      read: false,
      write: true,
      method: { invoke: true, request: {} },
    });
    expect(first(list(3, 0b0110_1101, { type: 'enum', value: 0b1001_0001 }))).toMatchObject({
      read: true,
      write: false,
      request: { authenticated: true, encrypted: true },
      response: { authenticated: true, encrypted: true },
      method: { invoke: true, request: { signed: true }, response: { signed: true } },
    });
    // Mode 4 is "authenticated read" up to version 2, and nothing but a condition in version 3.
    expect(first(list(3, 4, { type: 'enum', value: 0 }))).toMatchObject({ read: false, write: false });
    expect(first(list(1, 9, { type: 'enum', value: 7 }))).toMatchObject({
      read: false,
      write: false,
      method: { invoke: false },
    });
  });
  it('say their version themselves, or show it by their modes', () => {
    expect(readObjectList(list(2, 1, { type: 'enum', value: 1 })).associationVersion).toBe(2);
    const without = list(3, 0x0d, { type: 'enum', value: 1 }, { type: 'null-data' }, false);
    expect(readObjectList(without).associationVersion).toBeUndefined();
    expect(first(without)).toMatchObject({
      read: true,
      write: false,
      request: { authenticated: true, encrypted: true },
    });
  });
  it('carry selectors', () => {
    const selectors: Data = { type: 'array', value: [1, 2].map((value) => ({ type: 'integer', value })) };
    expect(first(list(1, 1, { type: 'enum', value: 1 }, selectors)).selectors).toEqual([1, 2]);
  });
  it.each([
    ['ses-gxc-w-none', 52, 2],
    ['ses-gxj-w-lls', 31, 2],
  ] as const)('of a recorded session are read: %s', (id, count, version) => {
    const list = readObjectList(recordedList(id));
    expect([list.objects.length, list.associationVersion]).toEqual([count, version]);
    const clock = list.objects.find((o) => o.logicalName === '0-0:1.0.0*255');
    expect(clock?.classId).toBe(8);
    expect(clock?.attributes?.find((a) => a.index === 2)?.read).toBe(true);
    const known = list.objects.filter((o) => allClasses.get(o.classId, o.version) !== undefined);
    expect(known.length).toBeGreaterThan(count - 6);
  });
  it('of short names have base names, signed or not', () => {
    const element = (base: Data): Data => ({
      type: 'structure',
      value: [
        base,
        { type: 'long-unsigned', value: 12 },
        { type: 'unsigned', value: 2 },
        { type: 'octet-string', value: Uint8Array.of(0, 0, 40, 0, 0, 255) },
      ],
    });
    const octets = (base: Data) => encode(Data, { type: 'array', value: [element(base)] });
    for (const base of [
      { type: 'long', value: -1536 },
      { type: 'long-unsigned', value: 0xfa00 },
    ] as const)
      expect(readShortNameList(octets(base))).toMatchObject({
        associationVersion: 2,
        objects: [{ baseName: 0xfa00, classId: 12, attributes: undefined }],
      });
    const rights = encode(Data, {
      type: 'array',
      value: [
        {
          type: 'structure',
          value: [
            { type: 'long', value: -1536 },
            {
              type: 'array',
              value: [
                {
                  type: 'structure',
                  value: [{ type: 'integer', value: 2 }, { type: 'enum', value: 1 }, { type: 'null-data' }],
                },
              ],
            },
            { type: 'array', value: [] },
          ],
        },
      ],
    });
    expect(readShortNameList(octets({ type: 'long', value: -1536 }), rights).objects[0]?.attributes).toMatchObject([
      { index: 2, read: true, write: false },
    ]);
  });
  it('property: any octets end in a list or a named error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          arbitrary(Data).map((d) => encode(Data, d)),
        ),
        (octets) => {
          for (const read of [
            () => readObjectList(octets),
            () => readShortNameList(octets),
            () => readShortNameList(octets, octets),
          ])
            try {
              expect(read().objects).toBeInstanceOf(Array);
            } catch (e) {
              expect(e).toBeInstanceOf(DlmsError);
            }
        },
      ),
    );
  });
});

/** The object list in a recorded session over the wrapper, its blocks put together. */
function recordedList(id: string): Uint8Array {
  const sessions = JSON.parse(readFileSync(new URL('../vectors/sessions.json', import.meta.url), 'utf8')) as {
    id: string;
    input: { frames: { direction: string; hex: string }[] };
  }[];
  const blocks: Uint8Array[] = [];
  let asked = false;
  for (const { direction, hex } of sessions.find((s) => s.id === id)!.input.frames) {
    const apdu = parseHex(hex).subarray(8);
    if (direction === 'client') {
      if (apdu[0] === 0xc0 && apdu[1] === 1) asked = apdu[4] === 15 && apdu[11] === 2;
      continue;
    }
    const response = decode(Apdu, apdu, { lenient: true });
    if (!asked || response.type !== 'get-response' || response.value.type !== 'get-response-with-datablock') continue;
    const { result } = response.value;
    if (result.result.type === 'raw-data') blocks.push(result.result.value);
    if (result.lastBlock) return concat(...blocks);
  }
  throw new Error('no object list by blocks');
}
