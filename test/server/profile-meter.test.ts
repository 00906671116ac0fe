import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { Client } from '../../src/client/index.js';
import { isDlmsError } from '../../src/core/errors.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { DisconnectControlV0 as DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { toInstant } from '../../src/cosem/date-time.js';
import {
  type AssociationView,
  builtInProfile,
  type CompanionProfile,
  checkProfile,
  formatFinding,
  idisPackage2,
  objectsOfList,
  parseProfile,
} from '../../src/idis/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { VolatileStore } from '../../src/store/store.js';
import { type ProfileMeter, plainValue, profileMeter, testKeysOf, titlesOf } from '../../src/testing/index.js';
import { clientTitle, DirectChannel, failureOf, provider } from './support.js';

const now = Date.UTC(2026, 10, 21, 12, 7);
const options = ['D', 'L', 'M', 'polyphase'];
const meterOf = (profile: CompanionProfile, present = options): Promise<ProfileMeter> =>
  profileMeter({
    provider,
    profile,
    options: present,
    now: () => now,
    profileRows: 8,
    manufacturer: 'ABC',
    serialNumber: 12345678,
  });

async function connect(meter: ProfileMeter, clientSap: number): Promise<Client> {
  const config = meter.device.associations.find((a) => a.clientSap === clientSap);
  const security = new SecurityContext({
    provider,
    suite: 0,
    systemTitle: clientTitle,
    keys: await importKeys(provider, 0, testKeysOf(0)),
    counters: new InvocationCounters(new VolatileStore()),
    ...(config?.preEstablished === true ? { form: 'general-glo', peerSystemTitle: meter.systemTitle } : {}),
  });
  const client = new Client(new DirectChannel(meter.connection(), undefined, { clientSap, serverSap: 1 }), {
    ...(config?.mechanism === 'hls-gmac' ? { authentication: { mechanism: 'hls-gmac' } } : {}),
    ...(config?.ciphering === 'required' ? { security } : {}),
    preEstablished: config?.preEstablished ?? false,
  });
  await client.connect();
  return client;
}
/** What a client finds out: the object list, and the values of all that it may read. */
async function viewOf(meter: ProfileMeter, clientSap: number): Promise<AssociationView & { unreadable: string[] }> {
  const client = await connect(meter, clientSap);
  const objects = objectsOfList(await client.getData(15, '0-0:40.0.0*255', 2), 1);
  const unreadable: string[] = [];
  const read = [];
  for (const o of objects) {
    const attributes = [];
    for (const a of o.attributes) {
      const value = a.right.includes('G')
        ? await client.getData(o.classId, o.logicalName, a.index).catch((e: unknown) => {
            if (!isDlmsError(e)) throw e;
            unreadable.push(`${o.logicalName} ${a.index} ${e.message}`);
            return undefined;
          })
        : undefined;
      attributes.push({ ...a, ...(value === undefined ? {} : { value }) });
    }
    read.push({ ...o, attributes });
  }
  await client.close();
  return { format: 'association-view/1', clientSap, ...titlesOf(meter), objects: read, unreadable };
}

describe('a meter made from a companion profile', () => {
  it.each(['management', 'public'])('passes the check of IDIS package 2 as the %s client reads it', async (id) => {
    const profile = idisPackage2();
    const meter = await meterOf(profile);
    const view = await viewOf(meter, profile.clients.find((c) => c.id === id)!.sap);
    expect(view.unreadable).toEqual([]);
    const check = checkProfile(view, profile, { client: id, options });
    expect(check.findings.map(formatFinding)).toEqual([]);
    expect(check.passed).toBe(true);
    expect(check.objectsChecked).toBeGreaterThan(id === 'management' ? 200 : 15);
  });
  it('the check finds what the meter lacks: it has only the options that were asked for', async () => {
    const profile = idisPackage2();
    const view = await viewOf(await meterOf(profile, []), 1);
    expect(checkProfile(view, profile).findings.map(formatFinding)).toEqual([]);
    expect(checkProfile(view, profile, { options: ['D'] }).findings.length).toBeGreaterThan(0);
    expect(view.objects.length).toBeLessThan((await viewOf(await meterOf(profile), 1)).objects.length);
  });
  it.each(['idis-package-1', 'idis-package-2'] as const)(
    '%s: as the owner of the object model would fill it in',
    async (id) => {
      const profile = JSON.parse(JSON.stringify(builtInProfile(id)));
      profile.sources.MODEL = 'a made-up object model for this test';
      const fill = (obis: string, more: object) =>
        Object.assign(
          profile.objects.find((o: { obis: string }) => o.obis === obis),
          { source: ['MODEL'], confidence: 'high', mandatory: true },
          more,
        );
      fill('1.0.1.8.0.255', {
        attributes: [
          { index: 2, types: ['long64-unsigned'], min: 10, max: 20 },
          {
            index: 3,
            value: {
              type: 'structure',
              value: [
                { type: 'integer', value: 1 },
                { type: 'enum', value: 30 },
              ],
            },
          },
        ],
      });
      fill('1.0.99.1.0.255', { attributes: [{ index: 4, types: ['double-long-unsigned'], min: 300, max: 3600 }] });
      const filled = parseProfile(profile);
      const view = await viewOf(await meterOf(filled), 1);
      const findings = checkProfile(view, filled, { client: 'management', options }).findings.filter(
        (f) => f.kind !== 'extra',
      );
      expect(findings.map(formatFinding)).toEqual([]);
      expect(
        view.objects.find((o) => o.logicalName === '1-0:1.8.0*255')?.attributes.find((a) => a.index === 2)?.value,
      ).toEqual({
        type: 'long64-unsigned',
        value: 10n,
      });
    },
  );
  it('is alive where it matters', async () => {
    const meter = await meterOf(idisPackage2());
    const client = await connect(meter, 1);
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now);
    expect(await client.get(DisconnectControl, '0-0:96.3.10*255', 'controlState')).toBe('connected');
    await client.action(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0);
    expect(await client.get(DisconnectControl, '0-0:96.3.10*255', 'controlState')).toBe('disconnected');
    const buffer = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer');
    expect(buffer).toMatchObject({ type: 'array' });
    expect(buffer.type === 'array' && buffer.value).toHaveLength(8);
    await client.action(ProfileGeneric, '1-0:99.1.0*255', 'reset', 0);
    expect(await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer')).toEqual({ type: 'array', value: [] });
    expect(await client.get(DataClass, '0-0:42.0.0*255', 'value')).toEqual({
      type: 'octet-string',
      value: new TextEncoder().encode(meter.logicalDeviceName),
    });
    expect((await client.get(Register, '1-0:1.8.0*255', 'scalerUnit')).unit).toBe('Wh');
    expect((await client.get(DataClass, '0-0:43.1.0*255', 'value')).type).toBe('double-long-unsigned');
    // Written where the profile allows it, and kept.
    await client.set(DataClass, '0-0:97.98.0*255', 'value', { type: 'double-long-unsigned', value: 5 });
    expect(await client.get(DataClass, '0-0:97.98.0*255', 'value')).toEqual({ type: 'double-long-unsigned', value: 5 });
    expect(
      await failureOf(() => client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 5 })),
    ).toContain('read-write-denied');
  });
  it('gives the public client what is public, and the pre-established one its methods', async () => {
    const meter = await meterOf(idisPackage2());
    const outsider = await connect(meter, 16);
    expect((await outsider.get(DataClass, '0-0:43.1.0*255', 'value')).type).toBe('double-long-unsigned');
    expect(await failureOf(() => outsider.get(Register, '1-0:1.8.0*255', 'value'))).toContain('read-write-denied');
    expect(await failureOf(() => outsider.get(DataClass, '0-0:97.98.0*255', 'value'))).toContain('read-write-denied');
    const broadcast = await connect(meter, 102);
    expect(await failureOf(() => broadcast.get(DataClass, '0-0:42.0.0*255', 'value'))).toContain('read-write-denied');
  });
});

it('the plainest value of every attribute of every class can be encoded', () => {
  let n = 0;
  for (const definition of allClasses.all)
    for (const [key, attribute] of Object.entries(definition.attributes)) {
      expect(
        () => encode(attribute.schema, plainValue(attribute.schema)),
        `${definition.name} ${definition.version} ${key}`,
      ).not.toThrow();
      n++;
    }
  expect(n).toBeGreaterThan(900);
});
