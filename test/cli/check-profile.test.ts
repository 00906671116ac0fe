import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AssociationView,
  builtInProfile,
  formatAssociationView,
  formatProfile,
  type ViewObject,
  viewOfProfile,
} from '../../src/idis/index.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { profileMeter } from '../../src/testing/profile-meter.js';
import { serveWrapper } from '../../src/transport/channels/wrapper.js';
import { listenTcp } from '../../src/transport/media/tcp.js';
import { cli, keyFile, simulated } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-check-'));
let files = 0;
const file = (content: object | string): string => {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const keys = [
  '--keys',
  keyFile({ encryptionKey: '000102030405060708090A0B0C0D0E0F', authenticationKey: 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF' }),
];
const password = ['--keys', keyFile({ password: '12345678' })];

let meter: Awaited<ReturnType<typeof simulated>>;
let url: string;
beforeAll(async () => {
  meter = await simulated('--rows', '10', '--system-title', '4D4D4D6701BC614E');
  url = `${meter.url}?client=1`;
});
afterAll(async () => {
  await meter.stop();
});

const rights = ({ attributes, methods }: ViewObject): string =>
  [
    ...attributes.map((a) => `${a.index}:${a.right}`),
    ...methods.filter((m) => m.allowed).map((m) => `${m.index}:A`),
  ].join(' ');
/** What the owner of the simulated meter would write down: every object as it is, and rules for some values. */
function modelOf(view: AssociationView): any {
  const profile = JSON.parse(formatProfile(builtInProfile('idis-package-2')));
  const rules: Record<string, object[]> = {
    '1-0:1.8.0*255': [
      { index: 2, types: ['double-long-unsigned'] },
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
    '1-0:99.1.0*255': [{ index: 4, types: ['double-long-unsigned'], min: 60, max: 3600 }],
  };
  profile.sources = { MODEL: 'a made-up object model for this test' };
  const provenance = { source: ['MODEL'], confidence: 'high' };
  profile.id = 'model';
  profile.name = 'Model';
  profile.objects = view.objects.map((o) => ({
    obis: o.logicalName,
    classId: o.classId,
    versions: [o.version],
    name: `object ${o.logicalName}`,
    group: 'all',
    mandatory: true,
    rights: { management: rights(o) },
    rightsBasis: 'MODEL',
    ...(rules[o.logicalName] === undefined ? {} : { attributes: rules[o.logicalName] }),
    ...provenance,
  }));
  Object.assign(profile, { eventLogs: [], events: [], bitFields: [], pushSetups: [], pushPayloads: [], scripts: [] });
  for (const list of [
    profile.clients,
    profile.suites,
    profile.keys,
    profile.titles.deviceTypes,
    profile.titles.functionTypes,
  ])
    for (const row of list) Object.assign(row, provenance);
  profile.titles.systemTitle = { layout: 'idis', ...provenance };
  profile.titles.logicalDeviceName = { layout: 'free', ...provenance };
  return profile;
}
const save = async (profile: string, ...more: string[]): Promise<AssociationView> => {
  const path = join(folder, `view-${++files}.json`);
  await cli(['check-profile', url, ...keys, '--profile', profile, '--save', path, ...more]);
  return JSON.parse(readFileSync(path, 'utf8'));
};

describe('check-profile of a live meter', () => {
  it('finds what the simulated meter lacks, grouped, with sources, and calls it a pre-check', async () => {
    const { code, out, err } = await cli(['check-profile', url, ...keys, '--profile', 'idis-package-2']);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toMatch(/^Pre-check of tcp:\S+ against IDIS package 2 \(estimate\)/);
    expect(out).toContain('system title 4D4D4D6701BC614E, logical device name "SIM0000000000001"');
    expect(out).toContain('rights of the management client');
    const groups = [...out.matchAll(/^(\w+) \((\d+)\): /gm)].map((m) => m[1]);
    expect(groups).toEqual(['missing', 'version', 'right', 'title']);
    expect(out).toMatch(
      /0\.0\.44\.0\.0\.255 +Image transfer +an object of class 18 +no such object +medium, estimate +OSGP/,
    );
    expect(out).toMatch(/MCS301: MetCom MCS301 product manual/);
    expect(out).toMatch(/says nothing about conformance\.\n$/);
    expect(out).not.toMatch(/conformant/i);
  });
  it('passes the model that was made from the meter, and only that', async () => {
    const view = await save('idis-package-2');
    expect(view).toMatchObject({
      format: 'association-view/1',
      clientSap: 1,
      systemTitle: '4D4D4D6701BC614E',
      logicalDeviceName: 'SIM0000000000001',
    });
    const model = modelOf(view);
    const pass = await cli(['check-profile', url, ...keys, '--profile', file(model), '--json']);
    expect(JSON.parse(pass.out)).toMatchObject({ passed: true, findings: [], client: 'management', notes: [] });
    expect(pass.code).toBe(0);

    const row = (obis: string) => model.objects.find((o: { obis: string }) => o.obis === obis);
    row('1-0:1.8.0*255').attributes[0].types = ['long64-unsigned'];
    row('1-0:1.8.0*255').attributes[1].value.value[1].value = 27;
    row('1-0:99.1.0*255').attributes[0].min = 1800;
    row('1-0:2.8.0*255').versions = [7];
    row('1-0:3.8.0*255').rights.management = '2:GS';
    row('1-0:4.8.0*255').classId = 4;
    row('0-0:1.0.0*255').obis = '0-0:1.0.9*255';
    model.titles.deviceTypes = model.titles.deviceTypes.filter((t: { value: number }) => t.value !== 103);
    const fail = await cli(['check-profile', url, ...keys, '--profile', file(model), '--json']);
    expect(fail.code).toBe(1);
    const { findings, counts } = JSON.parse(fail.out);
    expect(counts).toEqual({ missing: 1, class: 1, version: 1, type: 1, right: 1, value: 2, title: 1, extra: 1 });
    const finding = (kind: string) => findings.filter((f: { kind: string }) => f.kind === kind);
    expect(finding('type')[0]).toMatchObject({
      obis: '1-0:1.8.0*255',
      attribute: 2,
      actual: 'double-long-unsigned',
      source: ['MODEL'],
      confidence: 'high',
    });
    expect(
      finding('value')
        .map((f: { attribute: number }) => f.attribute)
        .sort(),
    ).toEqual([3, 4]);
    expect(finding('missing')[0]).toMatchObject({ obis: '0-0:1.0.9*255' });
    expect(finding('extra')[0]).toMatchObject({ obis: '0-0:1.0.0*255' });
  });
  it('reads no value that no rule needs', async () => {
    const view = await save('idis-package-2');
    const read = view.objects.flatMap((o) =>
      o.attributes.filter((a) => a.value !== undefined).map((a) => `${o.logicalName} ${a.index}`),
    );
    expect(read.sort()).toEqual(['0-0:42.0.0*255 2', '0-0:43.0.0*255 5']);
    const withRules = await save(file(modelOf(view)));
    expect(withRules.objects.flatMap((o) => o.attributes.filter((a) => a.value !== undefined))).toHaveLength(5);
  });
  it('says what a client without rights cannot see', async () => {
    const { code, out, err } = await cli([
      'check-profile',
      `${meter.url}?client=16`,
      '--profile',
      'idis-package-2',
      '--json',
    ]);
    expect(code).toBe(1);
    expect(err).toContain('note: the meter does not tell its system title to this client');
    expect(JSON.parse(out)).toMatchObject({
      client: 'public',
      meter: { systemTitle: null, logicalDeviceName: 'SIM0000000000001' },
      notes: [expect.any(String)],
    });
    const unknown = await cli(['check-profile', `${meter.url}?client=17`, ...password, '--profile', 'idis-package-2']);
    expect(unknown.out).toContain('rights not compared: the profile has no client with address 17; --client names one');
    const named = await cli([
      'check-profile',
      `${meter.url}?client=17`,
      ...password,
      '--profile',
      'idis-package-2',
      '--client',
      'management',
    ]);
    expect(named.out).toContain('rights of the management client');
  });
  it('shows progress on a terminal, on standard error', async () => {
    const { err } = await cli(['check-profile', url, ...keys, '--profile', 'idis-package-2', '--json'], '', {
      errorIsTTY: true,
    });
    expect(err).toMatch(/connecting to 127\.0\.0\.1/);
  });
});

describe('check-profile of a meter that was built from the profile', () => {
  const options = ['D', 'L', 'M', 'polyphase'];
  let close: () => Promise<void>;
  let base: string;
  beforeAll(async () => {
    const built = await profileMeter({
      provider: nodeProvider,
      profile: builtInProfile('idis-package-2'),
      options,
      manufacturer: 'MMM',
      serialNumber: 12_345_678,
    });
    const listener = await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, built.connection()));
    close = () => listener.close();
    base = `tcp://127.0.0.1:${listener.port}`;
  });
  afterAll(() => close());
  it.each([
    ['management', 1, keys],
    ['public', 16, []],
  ] as const)('passes for the %s client, over the wire', async (client, sap, more) => {
    const { code, out, err } = await cli([
      'check-profile',
      `${base}?client=${sap}`,
      ...more,
      '--profile',
      'idis-package-2',
      '--options',
      options.join(','),
      '--json',
    ]);
    const { findings, ...rest } = JSON.parse(out);
    expect(findings).toEqual([]);
    expect(rest).toMatchObject({ passed: true, client, options, meter: { logicalDeviceName: 'MMM1030712345678' } });
    if (client === 'management') expect(rest).toMatchObject({ meter: { systemTitle: '4D4D4D6770BC614E' }, notes: [] });
    expect(rest.objectsChecked).toBeGreaterThan(client === 'management' ? 150 : 3);
    expect(err).toBe(rest.notes.map((n: string) => `note: ${n}\n`).join(''));
    expect(code).toBe(0);
  });
  it('does not pass as a meter of another profile', async () => {
    const { code, out } = await cli([
      'check-profile',
      `${base}?client=1`,
      ...keys,
      '--profile',
      'smr-5.2',
      '--client',
      'management',
      '--json',
    ]);
    expect(JSON.parse(out).passed).toBe(false);
    expect(code).toBe(1);
  });
});

describe('check-profile of a saved view', () => {
  const view = viewOfProfile(builtInProfile('idis-package-2'), {
    options: ['D', 'polyphase'],
    systemTitle: '4D4D4D6710BC614E',
    logicalDeviceName: 'MMM1030112345678',
  });
  it('passes the meter that the profile describes, from a file and from standard input', async () => {
    const path = file(formatAssociationView(view));
    const { code, out, err } = await cli(['check-profile', path, '--profile', 'idis-package-2']);
    expect(err).toBe('');
    expect(out).toContain('no deviation found');
    expect(out).toContain('options: D, polyphase\n');
    expect(code).toBe(0);
    expect((await cli(['check-profile', '-', '--profile', 'idis-package-2'], formatAssociationView(view))).code).toBe(
      0,
    );
  });
  it('counts an object beyond the profile for nothing', async () => {
    const more = {
      ...view,
      objects: [
        ...view.objects,
        { classId: 3, version: 0, logicalName: '1-0:15.29.0*255', attributes: [], methods: [] },
      ],
    };
    const { code, out } = await cli(['check-profile', file(more), '--profile', 'idis-package-2']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /extra \(1\): objects that the profile does not list \(these do not count\)\nObject +Name +Expected +Found\n1-0:15\.29\.0\*255 /,
    );
  });
  it('takes the options that are named', async () => {
    const path = file({
      ...JSON.parse(formatAssociationView(view)),
      objects: view.objects.filter((o) => o.logicalName !== '0-0:96.3.10*255'),
    });
    const found = async (...options: string[]) =>
      JSON.parse((await cli(['check-profile', path, '--profile', 'idis-package-2', '--json', ...options])).out);
    expect((await found()).findings).toEqual([
      expect.objectContaining({ kind: 'missing', name: 'Disconnect control' }),
    ]);
    expect(await found('--options', 'D')).toMatchObject({ options: ['D'], passed: false });
    expect(await found('--options', 'L,polyphase')).toMatchObject({ options: ['L', 'polyphase'], passed: true });
    expect(await found('--options', 'none')).toMatchObject({ options: [], passed: true });
  });
  it('shows nothing of a meter that could steer a terminal', async () => {
    const { out } = await cli([
      'check-profile',
      file({ ...view, logicalDeviceName: 'A\u009b2J\u001b[2J' }),
      '--profile',
      'idis-package-2',
    ]);
    for (const control of ['\u001b', '\u009b']) expect(out).not.toContain(control);
  });
  it.each<[string, string[], number, RegExp]>([
    ['no profile', ['x.json'], 2, /needs --profile.*never guessed/],
    [
      'an unknown profile',
      ['x.json', '--profile', 'idis-package-3'],
      2,
      /neither a profile that comes with this program \(idis-package-1, idis-package-2/,
    ],
    [
      'an unknown client',
      ['x.json', '--profile', 'idis-package-2', '--client', 'admin'],
      2,
      /"admin" is not in the profile, which has public, management/,
    ],
    [
      'an unknown option',
      ['x.json', '--profile', 'idis-package-2', '--options', 'D,X'],
      2,
      /"X" is not an option of the profile, which has D, L, M, polyphase/,
    ],
    ['no such file', ['x.json', '--profile', 'idis-package-2'], 2, /neither a URL like tcp:.*nor a readable file/],
    ['a view that is none', [file({ format: 'association-view/1' }), '--profile', 'idis-package-2'], 2, /in objects/],
    ['a profile that is none', ['x.json', '--profile', file({ format: 'companion-profile/1' })], 2, /invalid text/],
    [
      '--save without a meter',
      ['x.json', '--profile', 'idis-package-2', '--save', 'y.json'],
      2,
      /--save needs the URL/,
    ],
    ['an unreachable meter', ['tcp://127.0.0.1:1', '--profile', 'idis-package-2'], 3, /cannot connect/],
  ])('%s is one line', async (_, argv, code, text) => {
    const run = await cli(['check-profile', ...argv]);
    expect(run.err.trimEnd().split('\n')).toHaveLength(1);
    expect(run.err).toMatch(text);
    expect(run.code).toBe(code);
  });
});
