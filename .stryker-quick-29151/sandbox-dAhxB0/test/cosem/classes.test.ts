import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classFiles } from '../../scripts/class-files.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { classes } from '../../src/cosem/class-registry.js';
import { Clock, DisconnectControl, DisconnectControlV0, Register } from '../../src/cosem/classes/index.js';
import type { InterfaceClass } from '../../src/cosem/interface-class.js';
import { parseType } from '../facts/parse-type.js';
import { camelCase, ofSchema, ofType } from './notation.js';

interface Fact {
  classId: number;
  version: number;
  name: string;
  confidence: string;
  currentInEdition16?: boolean;
  attributes: { index: number; name: string; type: string; static: boolean | null; selectiveAccess: string | null }[];
  methods: {
    index: number;
    name: string;
    parameterType: string | null;
    mandatory: boolean | null;
    returnType: string | null;
  }[];
}
const facts: Fact[] = JSON.parse(readFileSync(new URL('../facts/cosem-classes.json', import.meta.url), 'utf8'));

/** Where the library departs from the catalogue on purpose: what it has instead, and why. */
const dateTimeOrOctets = 'CHOICE { date-time | octet-string(date-time) }';
const presetTimes = ['presetTime', 'validityIntervalStart', 'validityIntervalEnd']
  .map((name) => `${name}: ${dateTimeOrOctets}`)
  .join(', ');
const deviations: Record<string, { type: string; because: string }> = {
  '8 preset_adjusting_time()': {
    type: `structure { ${presetTimes} }`,
    because: 'SPODES sends date-time, Gurux octet-string',
  },
  '65 capture_time': { type: dateTimeOrOctets, because: 'Gurux has octet-string, an Edition 16 table date-time' },
  '112 period': { type: dateTimeOrOctets, because: 'Gurux has octet-string, an Edition 16 table date-time' },
  '113 last_collection_time': { type: dateTimeOrOctets, because: 'the sources disagree' },
};
const used = new Set<string>();
function expected(classId: number, member: string, type: string): string {
  const key = `${classId} ${member}`;
  const deviation = deviations[key];
  if (deviation !== undefined) used.add(key);
  // A bit-string without a size cannot be read as flags and be written back: it stays binary digits.
  return (deviation?.type ?? ofType(parseType(type))).replace(/bit-string \{[^}]*\}/g, 'bit-string');
}

const view = (c: InterfaceClass) => ({
  name: c.name,
  confidence: c.confidence,
  attributes: Object.entries(c.attributes).map(
    ([name, a]) =>
      `${a.index} ${name}: ${ofSchema(a.schema)} static=${a.static ?? null} selective=${Object.keys(a.selective).length > 0}`,
  ),
  methods: Object.entries(c.methods).map(
    ([name, m]) =>
      `${m.index} ${name}(${ofSchema(m.parameter)}): ${m.returns === undefined ? 'nothing' : ofSchema(m.returns)} mandatory=${m.mandatory}`,
  ),
});
const catalogued = (f: Fact) => ({
  name: f.name,
  confidence: f.confidence,
  attributes: f.attributes.map(
    // Association SN: the catalogue says "optional; selectors not confirmed", so none is offered.
    (a) =>
      `${a.index} ${camelCase(a.name)}: ${expected(f.classId, a.name, a.type)} static=${a.static} selective=${a.selectiveAccess !== null && !a.selectiveAccess.includes('not confirmed')}`,
  ),
  methods: f.methods.map((m) => {
    // A parameter whose type was not found is any Data.
    const parameter =
      m.parameterType === null || m.parameterType === 'null'
        ? 'ANY'
        : expected(f.classId, `${m.name}()`, m.parameterType);
    const returns = m.returnType === null ? 'nothing' : expected(f.classId, m.name, m.returnType);
    return `${m.index} ${camelCase(m.name)}(${parameter}): ${returns} mandatory=${m.mandatory === true}`;
  }),
});

describe('the interface classes and the catalogue', () => {
  it.each(facts.map((f) => [`${f.classId} v${f.version} ${f.name}`, f] as const))('agree on %s', (_, fact) => {
    const found = allClasses.get(fact.classId, fact.version);
    if (found === undefined) throw new Error('no such class');
    expect(view(found)).toEqual(catalogued(fact));
  });
  it('have the same versions, no more and no less', () => {
    const key = (c: { classId: number; version: number }) => c.classId * 256 + c.version;
    expect(allClasses.all.map(key).sort((a, b) => a - b)).toEqual(facts.map(key));
  });
  it('deviate only where it is said', () => {
    for (const f of facts) catalogued(f);
    expect([...used].sort()).toEqual(Object.keys(deviations).sort());
  });
  it('call the current version by the plain name, older ones by their version', async () => {
    for (const { file, classes: list } of await classFiles()) {
      const [current, ...older] = list;
      if (current === undefined) throw new Error(file);
      expect(current.identifier).not.toMatch(/V\d+$/);
      for (const o of older) expect(o.identifier).toBe(`${current.identifier}V${o.definition.version}`);
      const fact = facts.find((f) => f.classId === current.definition.classId && f.currentInEdition16 === true);
      if (fact !== undefined) expect(current.definition.version).toBe(fact.version);
    }
  });
});

describe('a registry of classes', () => {
  it('finds exactly the version that is asked for', () => {
    const few = classes(Register, DisconnectControl, DisconnectControlV0);
    expect(few.get(3, 0)).toBe(Register);
    expect(few.get(70, 0)).toBe(DisconnectControlV0);
    expect(few.get(70, 1)).toBe(DisconnectControl);
    expect(few.get(70, 2)).toBeUndefined();
    expect(few.get(Clock.classId, Clock.version)).toBeUndefined();
    expect(few.versions(70)).toEqual([0, 1]);
    expect(few.versions(99)).toEqual([]);
    expect(few.all).toHaveLength(3);
  });
  it('takes the last of two with the same id and version: a class of your own in place of ours', () => {
    const own = { ...Register, name: 'Register of maker X' };
    expect(classes(...allClasses.all, own).get(3, 0)?.name).toBe('Register of maker X');
  });
});
