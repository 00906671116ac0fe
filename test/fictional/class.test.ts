import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Files from '../../scripts/class-files.js';
import type * as Pages from '../../scripts/class-pages.js';
import type * as Axdr from '../../src/axdr/index.js';
import type * as Json from '../../src/axdr/json.js';
import type * as AttributeJson from '../../src/cli/attribute-json.js';
import type * as Names from '../../src/cli/names.js';
import type * as Browser from '../../src/client/browser.js';
import type * as Core from '../../src/core/index.js';
import type * as All from '../../src/cosem/all-classes.js';
import type { InterfaceClass } from '../../src/cosem/interface-class.js';
import type * as Security from '../../src/security/index.js';
import type * as Objects from '../../src/server/object.js';
import type * as Rights from '../../src/server/rights.js';
import type * as Arbitrary from '../../src/testing/arbitrary.js';
import type * as Testing from '../../src/testing/index.js';
import type * as Translator from '../../src/translator/index.js';
import type * as Meters from '../client/meters.js';
import { Copy } from './copy.js';

// What somebody writes who adds an interface class that no book knows. Every reader of classes must follow from that file alone.

const file = `
import { array, enumeration, integer, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const colour = structure('colour', { hue: longUnsigned, shine: enumeration({ matt: 0, glossy: 1 }) });
/** An element of \`palette\`. */
export interface Colour extends Infer<typeof colour> {}
export const Colour: Schema<Colour> = colour;

/** Sparkle counter (class_id 61000, version 0). Counts what glitters. */
export const SparkleCounter = interfaceClass({
  name: 'Sparkle counter',
  classId: 61000,
  version: 0,
  confidence: 'unverified',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Since the last polish. */
    sparkles: attribute(2, unsigned),
    palette: fixed(writable(attribute(3, array(Colour)))),
  },
  methods: {
    /** Makes all of it shine, and says how. */
    polish: mandatory(method(1, integer, Colour)),
  },
});
`;
/** Compiles when the types know the members, and which may be written. */
const probe = `
import type { AttributeValue, MethodResult, WritableName } from '../src/cosem/interface-class.js';
import { SparkleCounter } from '../src/cosem/classes/sparkle-counter.js';
type Counter = typeof SparkleCounter;
export const sparkles: AttributeValue<Counter, 'sparkles'> = 41;
export const palette: AttributeValue<Counter, 'palette'> = [{ hue: 1, shine: 'matt' }];
export const polished: MethodResult<Counter, 'polish'> = { hue: 1, shine: 'glossy' };
export const writable: WritableName<Counter> = 'palette';
// @ts-expect-error only its palette is meant to be written
export const fixed: WritableName<Counter> = 'sparkles';
`;
/** A handle whose members the types of this file do not know. */
interface Handle {
  get(...names: string[]): Promise<unknown[]>;
  set(name: string, value: unknown): Promise<void>;
  call(name: string, parameter: unknown): Promise<unknown>;
}

describe('an interface class that was added is followed by', () => {
  const copy = new Copy();
  afterAll(() => copy.remove());
  let axdr: typeof Axdr;
  let core: typeof Core;
  let json: typeof Json;
  let translator: typeof Translator;
  let files: readonly Files.ClassFile[];
  let counter: InterfaceClass;
  let all: typeof All.allClasses;
  const palette = [
    { hue: 300, shine: 'glossy' },
    { hue: 5, shine: 7 },
  ];
  const paletteHex = '0102 0202 12012C 1601 0202 120005 1607';
  const schemas = () => [
    ...Object.values(counter.attributes).map((a) => a.schema),
    ...Object.values(counter.methods).flatMap((m) => [m.parameter, ...(m.returns === undefined ? [] : [m.returns])]),
  ];

  beforeAll(async () => {
    copy.write('src/cosem/classes/sparkle-counter.ts', file);
    // npm run docs:pages
    const { allClassesFile, classFiles, indexFile } = await copy.load<typeof Files>('scripts/class-files.ts');
    files = await classFiles();
    copy.write('src/cosem/classes/index.ts', indexFile(files));
    copy.write('src/cosem/all-classes.ts', allClassesFile(files));

    axdr = await copy.load('src/axdr/index.ts');
    core = await copy.load('src/core/index.ts');
    json = await copy.load('src/axdr/json.ts');
    translator = await copy.load('src/translator/index.ts');
    ({ allClasses: all } = await copy.load<typeof All>('src/cosem/all-classes.ts'));
    counter = all.get(61000, 0) as InterfaceClass;
  }, 60_000);

  it('the registry of all classes', () => {
    expect(counter.name).toBe('Sparkle counter');
    expect(all.versions(61000)).toEqual([0]);
  });
  it('the compiler', () => {
    copy.write('test/probe.ts', probe);
    expect(copy.problems('test/probe.ts')).toEqual([]);
  }, 60_000);
  it('its page, and the list of pages', async () => {
    const { classPages } = await copy.load<typeof Pages>('scripts/class-pages.ts');
    const pages = classPages(files);
    expect(pages.get('sparkle-counter.md')).toContain('Counts what glitters.');
    expect(pages.get('sparkle-counter.md')).toContain(
      '| 2 | sparkles | unsigned | dynamic | read |  | Since the last polish. |',
    );
    expect(pages.get('README.md')).toContain(
      '| 61000 | [Sparkle counter](sparkle-counter.md) | `SparkleCounter` | 0 |',
    );
  });
  it('the codec', () => {
    const { schema } = counter.attributes.palette as { schema: Axdr.Schema<unknown> };
    expect(axdr.encode(schema, palette)).toEqual(core.parseHex(paletteHex));
    expect(axdr.decode(schema, core.parseHex(paletteHex))).toEqual(palette);
  });
  it('the generator, whose values go through octets and JSON and back', async () => {
    const { arbitrary } = await copy.load<typeof Arbitrary>('src/testing/arbitrary.ts');
    expect(schemas()).toHaveLength(5);
    for (const schema of schemas())
      fc.assert(
        fc.property(arbitrary(schema), (value) => {
          expect(axdr.decode(schema, axdr.encode(schema, value))).toEqual(value);
          expect(json.fromJson(schema, JSON.parse(JSON.stringify(json.toJson(schema, value))))).toEqual(value);
        }),
        { numRuns: 30 },
      );
  });
  it('the plainest values, which simulated meters hold', async () => {
    const { plainValue } = await copy.load<typeof Testing>('src/testing/index.ts');
    for (const schema of schemas()) expect(() => axdr.encode(schema, plainValue(schema))).not.toThrow();
  });
  it('explain, by the names of its members', () => {
    const { schema } = counter.attributes.palette as { schema: Axdr.Schema<unknown> };
    const text = translator.explainText(translator.explainValue(schema, core.parseHex(paletteHex)));
    expect(text).toMatch(/hue +300/);
    expect(text).toMatch(/shine +glossy/);
  });
  it('the names and values of the command', async () => {
    const { explainNames } = await copy.load<typeof Names>('src/cli/names.ts');
    expect(explainNames().classId?.(61000)).toBe('Sparkle counter');
    const { attributeJson } = await copy.load<typeof AttributeJson>('src/cli/attribute-json.ts');
    const data = axdr.decode(axdr.Data, core.parseHex(paletteHex));
    expect(attributeJson(61000, 0, 3, data)).toEqual(palette);
  });
  it('a meter that has it and a client that reads, writes and calls it, typed and from the object list', async () => {
    const { accessor, cosemObject } = await copy.load<typeof Objects>('src/server/object.ts');
    const { browse } = await copy.load<typeof Browser>('src/client/browser.ts');
    const { closeAll, meterOf, reading } = await copy.load<typeof Meters>('test/client/meters.ts');
    const { objectRights } = await copy.load<typeof Rights>('src/server/rights.ts');
    const { llsMatches } = await copy.load<typeof Security>('src/security/index.ts');
    const values = { sparkles: 41, palette: [] as unknown };
    const attributes = {
      sparkles: values.sparkles,
      palette: {
        get: () => values.palette,
        set: (v: unknown) => {
          values.palette = v;
        },
      },
    };
    const methods = { polish: (n: number) => ({ hue: n, shine: 'glossy' }) };
    const object = cosemObject(
      counter,
      '0-0:128.0.0*255',
      { ...attributes, palette: accessor(attributes.palette) } as never,
      methods as never,
    );
    const meter = await meterOf({
      objects: [object],
      associations: [
        {
          clientSap: 17,
          logicalName: '0-0:40.0.2*255',
          mechanism: 'lls',
          ciphering: 'none',
          password: (given) => llsMatches(new TextEncoder().encode('12345678'), given),
          rights: objectRights,
        },
      ],
    });
    const client = await reading(meter);
    try {
      const browser = await browse(client, all);
      const listed = browser.find(61000);
      expect(listed.map((o) => o.definition?.name)).toEqual(['Sparkle counter']);
      const handle = listed[0]?.handle() as unknown as Handle;
      await handle.set('palette', palette);
      expect(values.palette).toEqual(palette);
      expect(await handle.get('sparkles', 'palette')).toEqual([41, palette]);
      expect(await handle.call('polish', 3)).toEqual({ hue: 3, shine: 'glossy' });
      expect((await listed[0]?.read())?.values).toMatchObject({ sparkles: 41, palette });
    } finally {
      await closeAll();
    }
  }, 30_000);
});
