import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { toJson } from '../../src/axdr/json.js';
import { decode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import {
  type AssociationView,
  formatAssociationView,
  objectsOfList,
  parseAssociationView,
  type ViewObject,
} from '../../src/idis/association-view.js';
import { checkProfile } from '../../src/idis/check-profile.js';
import { dataFromJson } from '../../src/idis/data-json.js';
import { formatFinding } from '../../src/idis/finding.js';
import { parseProfile } from '../../src/idis/parse-profile.js';
import type { CompanionProfile } from '../../src/idis/profile.js';
import { builtInProfile, builtInProfiles } from '../../src/idis/profiles.js';
import { viewOfProfile } from '../../src/idis/view-of-profile.js';

const titles = { systemTitle: '4D4D4D6710BC614E', logicalDeviceName: 'MMM1030112345678' };
const options = ['D', 'polyphase'];
/** Package 2 with what an owner of the object model would fill in for three objects. */
const profile: CompanionProfile = (() => {
  const p = JSON.parse(JSON.stringify(builtInProfile('idis-package-2')));
  p.sources.MODEL = 'a made-up object model for this test';
  const row = (obis: string) => p.objects.find((o: { obis: string }) => o.obis === obis);
  const fill = (obis: string, more: object) =>
    Object.assign(row(obis), { source: ['MODEL'], confidence: 'high', rightsBasis: 'MODEL' }, more);
  fill('0.0.42.0.0.255', {
    mandatory: true,
    attributes: [
      { index: 2, types: ['octet-string'], value: { type: 'octet-string', value: '4D4D4D31303330313132333435363738' } },
    ],
  });
  fill('1.0.1.8.0.255', {
    mandatory: true,
    attributes: [
      { index: 2, types: ['double-long-unsigned', 'long64-unsigned'] },
      {
        index: 3,
        value: {
          type: 'structure',
          value: [
            { type: 'integer', value: 0 },
            { type: 'enum', value: 30 },
          ],
        },
      },
    ],
  });
  fill('1.0.99.1.0.255', {
    mandatory: true,
    attributes: [{ index: 4, types: ['double-long-unsigned'], min: 300, max: 3600 }],
  });
  return parseProfile(p);
})();
const good = (): { -readonly [K in keyof AssociationView]: AssociationView[K] } & { objects: any[] } => {
  const view = JSON.parse(formatAssociationView(viewOfProfile(profile, { options, ...titles })));
  const put = (obis: string, index: number, value: object) => {
    const attributes = view.objects.find((o: any) => o.logicalName === obis).attributes;
    const attribute = attributes.find((a: any) => a.index === index);
    if (attribute === undefined) attributes.push({ index, right: 'G', value });
    else attribute.value = value;
  };
  put('1-0:1.8.0*255', 2, { type: 'double-long-unsigned', value: 1 });
  put('1-0:99.1.0*255', 4, { type: 'double-long-unsigned', value: 900 });
  return view;
};
const object = (view: any, obis: string) => view.objects.find((o: any) => o.logicalName === obis);
const drop = (view: any, obis: string) => (view.objects = view.objects.filter((o: any) => o.logicalName !== obis));
const attribute = (view: any, obis: string, index: number) =>
  object(view, obis).attributes.find((a: any) => a.index === index);

it('a meter made from the profile passes, for every client and option', () => {
  const result = checkProfile(parseAssociationView(good()), profile);
  expect(result.findings).toEqual([]);
  expect(result).toMatchObject({ passed: true, client: 'management', options });
  expect(result.objectsChecked).toBeGreaterThan(130);
  expect(result.statement).toBe(
    'Pre-check against profile IDIS package 2 (estimate): no deviation found, 0 objects that the profile does not list. This says nothing about conformance.',
  );
  for (const id of builtInProfiles()) {
    const carried = builtInProfile(id);
    for (const client of carried.clients.map((c) => c.id)) {
      const all = viewOfProfile(carried, { client, options: ['D', 'L', 'M', 'polyphase'] });
      expect(
        checkProfile(all, carried, { client, options: ['D', 'L', 'M', 'polyphase'] }).findings.map(formatFinding),
      ).toEqual([]);
    }
  }
});

/** Twenty deviations; each is put into a good view alone and must be the only finding. */
const seeded: [name: string, seed: (view: any) => void, finding: object][] = [
  [
    'a mandatory object is missing',
    (v) => drop(v, '1-0:1.8.0*255'),
    { kind: 'missing', obis: '1.0.1.8.0.255', estimate: false, source: ['MODEL'] },
  ],
  [
    'an object judged to be in every meter is missing',
    (v) => drop(v, '0-0:1.0.0*255'),
    { kind: 'missing', name: 'Clock', estimate: true, confidence: 'high' },
  ],
  [
    'an object of an option is missing',
    (v) => drop(v, '0-0:96.3.10*255'),
    { kind: 'missing', obis: '0.0.96.3.10.255', estimate: true },
  ],
  [
    'the alarm descriptor is missing',
    (v) => drop(v, '0-0:97.98.20*255'),
    { kind: 'missing', name: 'Alarm descriptor 1' },
  ],
  [
    'an object that the profile does not list',
    (v) => v.objects.push({ classId: 3, version: 0, logicalName: '1-0:15.29.0*255', attributes: [], methods: [] }),
    { kind: 'extra', obis: '1-0:15.29.0*255', name: expect.stringMatching(/Active power/) },
  ],
  [
    'an object of the maker',
    (v) => v.objects.push({ classId: 1, version: 0, logicalName: '0-0:199.0.0*255', attributes: [], methods: [] }),
    { kind: 'extra', name: 'Manufacturer specific' },
  ],
  [
    'another class',
    (v) => (object(v, '1-0:1.8.0*255').classId = 4),
    { kind: 'class', obis: '1-0:1.8.0*255', expected: 'class 3', actual: 'class 4' },
  ],
  [
    'another version of the profile',
    (v) => (object(v, '1-0:99.1.0*255').version = 0),
    { kind: 'version', obis: '1-0:99.1.0*255', expected: 'version 1', actual: 'version 0' },
  ],
  [
    'another version of the association',
    (v) => (object(v, '0-0:40.0.0*255').version = 3),
    { kind: 'version', name: 'Current association (LN)' },
  ],
  [
    'an attribute that cannot be read',
    (v) => (attribute(v, '1-0:1.8.0*255', 2).right = '-'),
    { kind: 'right', attribute: 2, expected: 'get', actual: 'no right' },
  ],
  [
    'an attribute that can be written but should not',
    (v) => (attribute(v, '1-0:1.8.0*255', 2).right = 'GS'),
    { kind: 'right', attribute: 2, expected: 'get', actual: 'get and set', estimate: false },
  ],
  [
    'a clock that cannot be set',
    (v) => (attribute(v, '0-0:1.0.0*255', 2).right = 'G'),
    { kind: 'right', name: 'Clock', attribute: 2, expected: 'get and set', actual: 'get' },
  ],
  [
    'a push that cannot be called',
    (v) => (object(v, '0-4:25.9.0*255').methods[0].allowed = false),
    { kind: 'right', obis: '0-4:25.9.0*255', method: 1, actual: 'no right' },
  ],
  [
    'an attribute that is not in the list',
    (v) =>
      (object(v, '0-0:43.0.0*255').attributes = object(v, '0-0:43.0.0*255').attributes.filter(
        (a: any) => a.index !== 5,
      )),
    { kind: 'right', obis: '0-0:43.0.0*255', attribute: 5 },
  ],
  [
    'another type',
    (v) => (attribute(v, '1-0:1.8.0*255', 2).value = { type: 'long', value: 1 }),
    { kind: 'type', attribute: 2, expected: 'double-long-unsigned or long64-unsigned', actual: 'long' },
  ],
  [
    'another unit',
    (v) => (attribute(v, '1-0:1.8.0*255', 3).value.value[1].value = 27),
    { kind: 'value', attribute: 3 },
  ],
  [
    'a capture period out of bounds',
    (v) => (attribute(v, '1-0:99.1.0*255', 4).value.value = 60),
    { kind: 'value', attribute: 4, expected: '300 to 3600', actual: '60' },
  ],
  [
    'a system title of another package',
    (v) => Object.assign(v, { systemTitle: '4D4D4D6510BC614E', logicalDeviceName: undefined }),
    {
      kind: 'title',
      name: 'system title, device type',
      expected: '102 or 103',
      actual: '101 package 1 PLC polyphase meter',
    },
  ],
  [
    'a logical device name of another meter',
    (v) => (v.logicalDeviceName = 'MMM1030112345679'),
    {
      kind: 'title',
      name: 'logical device name, serial number',
      expected: '12345678 as in the system title',
      actual: '12345679',
    },
  ],
  [
    'a logical device name without the form',
    (v) => (v.logicalDeviceName = 'MMM-1'),
    { kind: 'title', name: 'logical device name, form' },
  ],
  [
    'a system title that is too short',
    (v) => (v.systemTitle = '4D4D4D67'),
    { kind: 'title', name: 'system title', actual: '4 octets' },
  ],
  [
    'another function type in the name',
    (v) => (v.logicalDeviceName = 'MMM1030512345678'),
    { kind: 'title', name: 'logical device name, function type', expected: '1 as in the system title', actual: '5' },
  ],
];
describe('seeded deviations', () => {
  it('are at least twenty, of every kind', () => {
    expect(seeded.length).toBeGreaterThanOrEqual(20);
    expect(new Set(seeded.map(([, , f]) => (f as { kind: string }).kind))).toEqual(
      new Set(['missing', 'extra', 'class', 'version', 'type', 'right', 'value', 'title']),
    );
  });
  it.each(seeded)('%s', (_, seed, finding) => {
    const view = good();
    seed(view);
    const result = checkProfile(parseAssociationView(JSON.parse(JSON.stringify(view))), profile, {
      options,
      judgements: true,
    });
    expect(result.findings.map(formatFinding)).toHaveLength(1);
    expect(result.findings[0]).toMatchObject(finding);
    expect(result.passed).toBe((finding as { kind: string }).kind === 'extra');
    expect(result.findings[0]!.name.length).toBeGreaterThan(3);
    expect(formatFinding(result.findings[0]!)).not.toMatch(/undefined|conformant/);
  });
  it('all together are all found', () => {
    const view = good();
    // Those that touch the same object or the same name as another one stay out.
    const apart = seeded.filter(
      ([name]) =>
        !/class|cannot be read|but should not|another type|another unit|system title|a logical device name|mandatory/.test(
          name,
        ) && !/clock that|judged/.test(name),
    );
    for (const [, seed] of apart) seed(view);
    const { findings } = checkProfile(parseAssociationView(JSON.parse(JSON.stringify(view))), profile, {
      options,
      judgements: true,
    });
    expect(apart.length).toBeGreaterThanOrEqual(10);
    for (const [name, , finding] of apart) expect(findings, name).toContainEqual(expect.objectContaining(finding));
  });
});

describe('what is not known is not judged', () => {
  it('rights of clients and attributes that are not listed', () => {
    const view = good();
    object(view, '1-0:1.8.0*255').attributes.push({ index: 9, right: 'GS' });
    object(view, '0-0:40.0.1*255').attributes.push({ index: 2, right: 'GS' });
    expect(checkProfile(parseAssociationView(view), profile).findings).toEqual([]);
    expect(checkProfile(parseAssociationView({ ...good(), clientSap: 77 }), profile)).toMatchObject({
      client: undefined,
      findings: [],
    });
  });
  it('an object that a client must not see', () => {
    const view = { ...viewOfProfile(profile, { client: 'public' }) };
    const objects: ViewObject[] = [
      ...view.objects,
      { classId: 70, version: 0, logicalName: '0-0:96.3.10*255', attributes: [{ index: 2, right: 'G' }], methods: [] },
    ];
    expect(checkProfile({ ...view, objects }, profile).findings.map(formatFinding)).toEqual([
      'right: 0-0:96.3.10*255 Disconnect control: expected no right for the public client, found rights (estimate, low: ENG)',
    ]);
  });
  it('judgements when the owner filled in obligations', () => {
    const view = good();
    drop(view, '0-0:1.0.0*255');
    expect(checkProfile(parseAssociationView(view), profile).findings).toEqual([]);
    expect(checkProfile(parseAssociationView(view), profile, { judgements: true }).findings.map((f) => f.name)).toEqual(
      ['Clock'],
    );
  });
  it('names of profiles without rules', () => {
    expect(
      checkProfile(
        { format: 'association-view/1', ...titles, systemTitle: '00', objects: [] },
        builtInProfile('smr-5.2'),
      ).findings,
    ).toEqual([]);
  });
  it('an unknown client is refused by name', () => {
    try {
      checkProfile(viewOfProfile(profile), profile, { client: 'admin' });
      expect.unreachable();
    } catch (e) {
      expect(isDlmsError(e, 'service/unsupported')).toBe(true);
    }
  });
});

describe('object lists of recorded sessions', () => {
  const sessions: any[] = JSON.parse(readFileSync(new URL('../vectors/sessions.json', import.meta.url), 'utf8'));
  const lists = sessions.flatMap((s) =>
    (s.expected.steps as any[]).flatMap((step) => {
      const hex: string | undefined =
        step.deblocked?.hex ?? (/^C401..00/.test(step.plaintext ?? '') ? step.plaintext.slice(8) : undefined);
      return hex !== undefined &&
        /0\.0\.40\.0\.0\.255/.test(JSON.stringify(step.attribute ?? '')) &&
        /^01/.test(hex) &&
        step.attribute.attribute === 2
        ? [[s.id, hex] as const]
        : [];
    }),
  );
  const different = [...new Map(lists.map(([id, hex]) => [hex, id] as const)).entries()].map(
    ([hex, id]) => [id, hex] as const,
  );
  it('there are some', () => expect(different.length).toBeGreaterThan(4));
  it.each(different)('%s', (_, hex) => {
    const objects = objectsOfList(decode(Data, parseHex(hex)), 1);
    expect(objects.length).toBeGreaterThan(3);
    const view = parseAssociationView(formatAssociationView({ format: 'association-view/1', clientSap: 16, objects }));
    expect(view.objects).toEqual(objects);
    const result = checkProfile(view, builtInProfile('idis-package-2'));
    expect(result.passed).toBe(false);
    for (const f of result.findings) expect(f.name).not.toBe('');
  });
});

describe('files', () => {
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (e) {
      if (isDlmsError(e)) return `${e.code} ${e.path.join('.')}`.trim();
      throw e;
    }
    return 'accepted';
  };
  it('a view that is none is refused with its place', () => {
    expect(code(() => parseAssociationView('{'))).toBe('parse/invalid-text');
    expect(
      code(() =>
        parseAssociationView({ format: 'association-view/1', objects: [{ ...good().objects[0], logicalName: '1.2' }] }),
      ),
    ).toBe('parse/invalid-text objects.0.logicalName');
    expect(code(() => parseAssociationView({ ...good(), systemTitle: 'xyz' }))).toBe('parse/invalid-text systemTitle');
    const view = good();
    view.objects[0].attributes[0].right = 'R';
    expect(code(() => parseAssociationView(view))).toBe('parse/invalid-text objects.0.attributes.0.right');
  });
  it('any JSON ends in a view, or an error of the library', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string(),
        (value, text) =>
          /^accepted|^parse\/invalid-text/.test(
            code(() => parseAssociationView({ format: 'association-view/1', objects: value })),
          ) && code(() => parseAssociationView(text)).startsWith('parse/'),
      ),
    );
  });
  it('any Data survives JSON, any JSON ends in Data or an error of the library', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.jsonValue(),
        fc.constantFrom(
          'array',
          'boolean',
          'long64',
          'octet-string',
          'float64',
          'bit-string',
          'compact-array',
          'date',
          'null-data',
        ),
        (bytes, value, type) => {
          let data: Data | undefined;
          try {
            data = decode(Data, bytes, { lenient: true });
          } catch {}
          if (data !== undefined) expect(dataFromJson(JSON.parse(JSON.stringify(toJson(Data, data))))).toEqual(data);
          for (const json of [value, { type, value }, { type, hex: value }, { type, bits: value }]) {
            const result = code(() => dataFromJson(json));
            expect(/^accepted|^parse\//.test(result), result).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
  it('an object list that is none is refused', () => {
    for (const hex of [
      '1101',
      '0101 1101',
      '0101 0204 1101 1100 0906000000000000 0202 0100 0100',
      '0101 0204 120001 1100 0906000001000000FF',
      '0101 0204 120001 1100 090600000100 00FF 0202 1101 0100',
    ])
      expect(code(() => objectsOfList(decode(Data, parseHex(hex)), 1))).toMatch(/^(encode\/invalid-value|decode)/);
  });
});
