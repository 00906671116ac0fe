import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import { plainReading, pushListOf, scaledReading } from '../../src/cosem/push-readings.js';
import { builtInProfile, builtInProfiles } from '../../src/idis/profiles.js';
import { decodePush } from '../../src/idis/push.js';
import { capture, captureBody, captures } from '../cosem/captures.js';

const data = (hex: string) => decode(Data, parseHex(hex));
const p2 = builtInProfile('idis-package-2');
const nordic = builtInProfile('nordic-customer-port');

describe('customer port captures, each with its profile', () => {
  it.each(captures.map((c) => [c.id, c] as const))('%s', (id, c) => {
    const body = captureBody(c);
    const push = decodePush(body, /aidon|kamstrup|kaifa-(no|se)/.test(id) ? nordic : p2);
    const expected = c.expected.readings?.map((r) => r.obis) ?? c.expected.pushList?.slice(2).map((r) => r.obis);
    if (expected === undefined) expect(push.namedBy).toBe('template');
    else {
      expect(push.namedBy).toBe('message');
      expect(push.readings.map((r) => plainReading(r).obis)).toEqual(expected);
    }
    expect(push.readings.length).toBeGreaterThanOrEqual(8);
    for (const r of push.readings) expect(r.name).toMatch(/^[A-Za-z+-]/);
  });
  it('Kaifa lists without OBIS codes by template, scaled', () => {
    const push = decodePush(captureBody(capture('cap-kaifa-se-list')), nordic);
    expect(push).toMatchObject({ namedBy: 'template', template: 'Kaifa list 3, three phases', unnamed: [] });
    expect(push.readings.map((r) => `${r.obis} ${r.name} ${scaledReading(r) ?? r.type}`)).toEqual([
      '1-0:0.2.129*255 List version octet-string',
      '0-0:96.1.0*255 Meter identification octet-string',
      '0-0:96.1.7*255 Meter type octet-string',
      '1-0:1.7.0*255 +P 1103 W',
      '1-0:2.7.0*255 -P 0 W',
      '1-0:3.7.0*255 +Q 0 var',
      '1-0:4.7.0*255 -Q 192 var',
      '1-0:31.7.0*255 I1 2.191 A',
      '1-0:51.7.0*255 I2 1.450 A',
      '1-0:71.7.0*255 I3 1.404 A',
      '1-0:32.7.0*255 U1 226.6 V',
      '1-0:52.7.0*255 U2 229.7 V',
      '1-0:72.7.0*255 U3 227.8 V',
      '0-0:1.0.0*255 Clock octet-string',
      '1-0:1.8.0*255 +A 146883017 Wh',
      '1-0:2.8.0*255 -A 0 Wh',
      '1-0:3.8.0*255 +R 1761336 varh',
      '1-0:4.8.0*255 -R 20009365 varh',
    ]);
    expect(push.readings[13]?.dateTime).toBe(true);
    expect(decodePush(captureBody(capture('cap-kaifa-no-list2')), nordic).template).toBe('Kaifa list 2, three phases');
    // The profile is named by the caller: another one does not know these lists.
    expect(decodePush(captureBody(capture('cap-kaifa-no-list2')), p2)).toMatchObject({
      namedBy: 'nothing',
      readings: [],
      unnamed: { length: 13 },
    });
  });
  it('Landis+Gyr: the list in the message, the setup and the names of the profile', () => {
    const push = decodePush(captureBody(capture('cap-lg-e450-vse2026')), p2);
    expect(push).toMatchObject({ setup: '0-8:25.9.0*255', setupRow: { name: 'customer port list' } });
    expect(push.readings.find((r) => r.obis === '0-0:42.0.0*255')).toMatchObject({
      name: 'COSEM logical device name',
      classId: 1,
      attribute: 2,
    });
    expect(push.readings.find((r) => r.obis === '1-1:1.8.0*255')?.name).toBe(
      'Active import (+A, QI+QIV) energy, total, channel 1',
    );
  });
});

describe('fixed orders', () => {
  const u32 = (n: number) => `06${n.toString(16).padStart(8, '0')}`;
  const eight = [1, 2, 3, 4, 5, 6, 7, 8].map(u32).join('');
  it('AM550 with a clock first', () => {
    const push = decodePush(data(`0209 090C07E30C1001073B28FF8000FF ${eight}`), p2);
    expect(push.template).toBe('Iskraemeco AM550, Wiener Netze');
    expect(push.readings.map((r) => [r.name, (r as { value?: unknown }).value]).slice(1)).toEqual([
      ['+A', 1],
      ['-A', 2],
      ['+R', 3],
      ['-R', 4],
      ['+P', 5],
      ['-P', 6],
      ['+Q', 7],
      ['-Q', 8],
    ]);
    expect(push.readings[1]).not.toHaveProperty('unit');
  });
  it('AM550 with the push setup first', () => {
    const push = decodePush(
      data(`020E 09060006190900FF 090431323334 0904073B28FF 090507E30C1001 ${eight} 0900 0900`),
      p2,
    );
    expect(push).toMatchObject({
      template: 'Iskraemeco AM550, Kaernten Netz',
      setup: '0-6:25.9.0*255',
      setupRow: { name: 'consumer information' },
      unnamed: [],
    });
    expect(push.readings.map((r) => r.name)).toEqual([
      'Meter number',
      'Local time',
      'Local date',
      '+A',
      '-A',
      '+R',
      '-R',
      '+P',
      '-P',
      '+Q',
      '-Q',
      'Consumer message text',
      'Consumer message code',
    ]);
  });
  it('the setup of another instance does not fit that template', () => {
    expect(
      decodePush(data(`020E 09060007190900FF 090431323334 0904073B28FF 090507E30C1001 ${eight} 0900 0900`), p2),
    ).toMatchObject({
      namedBy: 'nothing',
      setup: '0-7:25.9.0*255',
    });
  });
  it('SMR 5 alarm, with and without the second register', () => {
    const smr = builtInProfile('smr-5.2');
    const body = (tail: string, n: number) =>
      data(
        `02${n.toString(16).padStart(2, '0')} 091145303030313030303030303030303030 31 09060001190900FF 0600000014 ${tail}`,
      );
    const one = decodePush(body('', 3), smr);
    expect(one).toMatchObject({ template: 'SMR 5 alarm', setup: '0-1:25.9.0*255' });
    expect(one.readings[1]?.bits?.map((b) => b.name)).toEqual(['Power up', 'Configuration changed']);
    const two = decodePush(body('0600000001', 4), smr);
    expect(two.readings[2]).toMatchObject({ name: 'Alarm register 2' });
    expect(two.readings[2]).not.toHaveProperty('bits');
    expect(decodePush(body('', 3), p2).namedBy).toBe('nothing');
  });
});

describe('other ways to name values', () => {
  const listed = pushListOf(captureBody(capture('cap-lg-e450-extended-register')))!;
  it('the configuration of the push setup', () => {
    const objects = [
      { classId: 40, obis: '0-4:25.9.0*255', attribute: 1, dataIndex: 0 },
      { classId: 1, obis: '0-0:96.11.1*255', attribute: 2, dataIndex: 0 },
      { classId: 1, obis: '0-0:97.98.20*255', attribute: 2, dataIndex: 0 },
    ] as const;
    const push = decodePush(data('0203 09060004190900FF 120028 0600002001'), p2, { objects });
    expect(push).toMatchObject({ namedBy: 'configuration', setup: '0-4:25.9.0*255', setupRow: { name: 'on alarm' } });
    expect(push.readings[0]).toMatchObject({
      name: 'Fraud detection event code',
      event: { code: 40, name: 'Terminal cover removed', log: 'fraud' },
    });
    expect(push.readings[1]).toMatchObject({
      name: 'Alarm descriptor 1',
      bits: [
        { bit: 0, name: 'Clock invalid' },
        { bit: 13, name: 'Fraud attempt' },
      ],
    });
  });
  it('a configuration of another length is not forced on the message', () => {
    expect(decodePush(data('0202 1101 1102'), p2, { objects: listed })).toMatchObject({
      namedBy: 'nothing',
      unnamed: { length: 2 },
    });
  });
  it('one value alone', () =>
    expect(decodePush(data('1101'), p2)).toMatchObject({ namedBy: 'nothing', unnamed: [{ type: 'unsigned' }] }));
});

it('any octets end in a decoded push or an error of the library, with every profile', () => {
  const profiles = builtInProfiles().map(builtInProfile);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 48 }), fc.nat(profiles.length - 1), (bytes, i) => {
      try {
        decodePush(decode(Data, bytes, { lenient: true }), profiles[i]!);
      } catch (e) {
        expect(isDlmsError(e)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
