import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDlmsError } from '../../src/core/errors.js';
import { parseObisPattern } from '../../src/cosem/obis-match.js';
import { associationViewJsonSchema } from '../../src/idis/association-view.js';
import { formatProfile, parseProfile, profileJsonSchema } from '../../src/idis/parse-profile.js';
import { builtInProfile, builtInProfiles } from '../../src/idis/profiles.js';
import { mayInvoke, parseRights, profileRight } from '../../src/idis/rights.js';

const refusal = (run: () => unknown): { code: unknown; path: string; message: string } => {
  try {
    run();
  } catch (e) {
    if (isDlmsError(e)) return { code: e.code, path: e.path.join('.'), message: e.message };
    throw e;
  }
  return { code: 'accepted', path: '', message: '' };
};

describe('carried profiles', () => {
  it('are these', () => {
    expect(builtInProfiles()).toEqual([
      'idis-package-1',
      'idis-package-2',
      'dsmr-2.2',
      'dsmr-4.2.2',
      'smr-4.3',
      'smr-5.0.0',
      'smr-5.1',
      'smr-5.2',
      'smr-5.5',
      'nordic-customer-port',
    ]);
    expect(refusal(() => builtInProfile('idis')).code).toBe('service/unsupported');
    expect(refusal(() => builtInProfile('toString')).code).toBe('service/unsupported');
  });
  it.each(builtInProfiles())('%s is a valid profile that survives JSON', (id) => {
    const profile = builtInProfile(id);
    expect(profile.id).toBe(id);
    expect(parseProfile(formatProfile(profile))).toEqual(profile);
  });
  it.each(builtInProfiles())('%s claims no obligation', (id) => {
    const profile = builtInProfile(id);
    expect(profile.objects.filter((o) => o.mandatory !== null)).toEqual([]);
    expect(JSON.stringify(profile)).not.toMatch(/conforman/i);
  });
  it('have the rows of the facts', () => {
    const count = (id: string) => {
      const p = builtInProfile(id);
      return [p.objects.length, p.events.length, p.bitFields.map((f) => f.bits.length), p.pushSetups.length];
    };
    expect(count('idis-package-1')).toEqual([189, 155, [24, 28, 15, 6, 8], 0]);
    expect(count('idis-package-2')).toEqual([219, 155, [24, 28, 15, 6, 8], 9]);
    expect(count('dsmr-2.2')[0]).toBe(49);
    expect(count('smr-5.5')[0]).toBe(150);
    // Two bits or codes of one table never have the same number; nor do two rows of one object.
    for (const id of builtInProfiles()) {
      const { bitFields, events, objects } = builtInProfile(id);
      for (const { bits } of bitFields) expect(new Set(bits.map((b) => b.bit)).size).toBe(bits.length);
      expect(new Set(events.map((e) => `${e.log} ${e.code}`)).size).toBe(events.length);
      expect(new Set(objects.map((o) => `${o.obis} ${o.classId}`)).size).toBe(objects.length);
    }
  });
  it('explain no source that they do not use', () => {
    const used = builtInProfiles().map((id) => JSON.stringify({ ...builtInProfile(id), sources: {} }));
    for (const key of Object.keys(builtInProfile('smr-5.0.0').sources))
      expect(
        used.some((text) => text.includes(`"${key}"`)),
        key,
      ).toBe(true);
  });
  it('IDIS and SMR give the same number other meanings', () => {
    const name = (id: string, code: number) => builtInProfile(id).events.find((e) => e.code === code)?.name;
    expect([name('idis-package-2', 48), name('smr-5.0.0', 48), name('dsmr-4.2.2', 48)]).toEqual([
      'Global key changed',
      'Module cover opened',
      undefined,
    ]);
    expect([name('idis-package-2', 1), name('smr-5.0.0', 1)]).toEqual(['Power down', 'Power down']);
  });
});

describe('a profile that someone fills in', () => {
  const filled = () => JSON.parse(formatProfile(builtInProfile('idis-package-2')));
  const broken: [string, (p: any) => void, string][] = [
    ['another format', (p) => (p.format = 'companion-profile/2'), 'format'],
    ['a missing field', (p) => delete p.objects[3].rights, 'objects.3.rights'],
    ['a misspelt field', (p) => (p.objects[0].mandatroy = true), 'objects.0.mandatroy'],
    ['a pattern that is none', (p) => (p.objects[7].obis = '0.0.300.0.0.255'), 'objects.7.obis'],
    ['rights that are none', (p) => (p.objects[1].rights.management = 'read'), 'objects.1.rights.management'],
    [
      'an unknown type',
      (p) => (p.objects[2].attributes = [{ index: 2, types: ['uint16'] }]),
      'objects.2.attributes.0.types.0',
    ],
    [
      'a value that does not fit',
      (p) => (p.objects[2].attributes = [{ index: 2, value: { type: 'unsigned', value: 300 } }]),
      'objects.2.attributes.0.value',
    ],
    ['mandatory as text', (p) => (p.objects[2].mandatory = 'yes'), 'objects.2.mandatory'],
    ['a bit beyond 63', (p) => (p.bitFields[0].bits[0].bit = 64), 'bitFields.0.bits.0.bit'],
    ['hex that is none', (p) => (p.pushPayloads[0].elements[0].hex = '0G'), 'pushPayloads.0.elements.0.hex'],
    ['a list that is an object', (p) => (p.events = {}), 'events'],
  ];
  it.each(broken)('%s is refused with its place', (_, break_, path) => {
    const profile = filled();
    break_(profile);
    expect(refusal(() => parseProfile(profile))).toMatchObject({ code: 'parse/invalid-text', path });
  });
  it('sources, clients and logs must exist', () => {
    for (const [break_, message] of [
      [(p: any) => (p.objects[0].source = ['MINE']), /key of sources.*MINE/],
      [(p: any) => (p.objects[0].rights = { admin: '2:G' }), /id of a client.*admin/],
      [(p: any) => (p.events[0].log = 'diary'), /name of a log.*diary/],
    ] as const) {
      const profile = filled();
      break_(profile);
      expect(refusal(() => parseProfile(profile))).toMatchObject({
        code: 'parse/invalid-text',
        message: expect.stringMatching(message),
      });
    }
  });
  it('takes obligations, versions, types and values', () => {
    const profile = filled();
    profile.sources.MODEL = 'the object model, edition and page';
    Object.assign(profile.objects[0], {
      mandatory: true,
      versions: [0, 1],
      source: ['MODEL'],
      attributes: [{ index: 2, types: ['octet-string'], value: { type: 'octet-string', value: '4D4D4D' } }],
    });
    expect(parseProfile(JSON.stringify(profile)).objects[0]).toMatchObject({
      mandatory: true,
      attributes: [{ types: ['octet-string'] }],
    });
  });
  it('any JSON ends in a profile or an error of the library', () => {
    const base = filled();
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(base)), fc.jsonValue(), fc.string(), (field, value, text) => {
        expect(['accepted', 'parse/invalid-text']).toContain(
          refusal(() => parseProfile({ ...base, objects: [], [field]: value })).code,
        );
        expect(refusal(() => parseProfile(text)).code).toBe('parse/invalid-text');
      }),
      { numRuns: 60 },
    );
  });
});

describe('rights', () => {
  it('are read', () => {
    const rights = parseRights('2-4,6:G 5:GS 7:- 1-2:A');
    expect(rights).toEqual({
      attributes: new Map([
        [2, 'G'],
        [3, 'G'],
        [4, 'G'],
        [6, 'G'],
        [5, 'GS'],
        [7, '-'],
      ]),
      methods: new Set([1, 2]),
    });
    expect(parseRights('-')).toBe('none');
  });
  it.each(['', 'G', '2', '2:', '2:X', '0:G', '5-3:G', '256:G', '2:G  3:G', '2:G,3:G'])('%j is refused', (text) =>
    expect(refusal(() => parseRights(text)).code).toBe('parse/invalid-text'),
  );
  it('any text ends in rights or an error of the library', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-0-9,: GSA]{0,20}$/)), (text) =>
        ['accepted', 'parse/invalid-text'].includes(refusal(() => parseRights(text)).code as string),
      ),
    );
  });
  it('follow from access modes of every association version', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((mode) => profileRight(mode, 1))).toEqual([
      '-',
      'G',
      'S',
      'GS',
      'G',
      'S',
      'GS',
      '-',
    ]);
    expect([0, 1, 2, 3, 0x4d, 0xff].map((mode) => profileRight(mode, 3))).toEqual(['-', 'G', 'S', 'GS', 'G', 'GS']);
    expect([true, false].map((mode) => mayInvoke(mode, 0))).toEqual([true, false]);
    expect([[0, 1, 2, 3].map((mode) => mayInvoke(mode, 2)), [0, 1, 2, 0x4d].map((mode) => mayInvoke(mode, 3))]).toEqual(
      [
        [false, true, true, false],
        [false, true, false, true],
      ],
    );
  });
});

it('the example in the documentation is a profile, and the counts there are right', () => {
  const page = readFileSync(new URL('../../docs/idis-profile.md', import.meta.url), 'utf8');
  const example = parseProfile(/```json\n([\s\S]*?)```/.exec(page)?.[1]);
  expect(example.objects.map((o) => o.mandatory)).toEqual([true, true]);
  for (const id of builtInProfiles()) expect(page).toContain(`\`${id}\``);
  for (const id of ['idis-package-1', 'idis-package-2'])
    expect(page).toMatch(new RegExp(`\`${id}\`.*\\| ${builtInProfile(id).objects.length} \\|`));
});

it('the JSON Schemas for editors are those of the code', () => {
  const file = (name: string) => JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8'));
  expect(file('idis-profile.schema.json')).toEqual(JSON.parse(JSON.stringify(profileJsonSchema())));
  expect(file('idis-association-view.schema.json')).toEqual(JSON.parse(JSON.stringify(associationViewJsonSchema())));
  const fields = Object.keys((profileJsonSchema() as { properties: object }).properties);
  expect(fields.filter((f) => f !== 'note').sort()).toEqual(Object.keys(builtInProfile('nordic-customer-port')).sort());
});

it('every pattern of a profile covers at most a few hundred codes', () => {
  for (const { obis } of builtInProfile('idis-package-2').objects)
    expect(parseObisPattern(obis).size).toBeLessThanOrEqual(4);
});
