import { afterEach, describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/index.js';
import { Client, type ClientOptions } from '../../src/client/index.js';
import { isDlmsError } from '../../src/core/index.js';
import { AssociationLnV1 } from '../../src/cosem/classes/association-ln.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { fromInstant, toInstant } from '../../src/cosem/date-time.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { VolatileStore } from '../../src/store/store.js';
import {
  type SimulatedMeter,
  type SimulatedMeterOptions,
  simulatedMeter,
  testKeys,
} from '../../src/testing/simulated-meter.js';
import { serveWrapper, transportPair, wrapperChannel } from '../../src/transport/index.js';

const now = Date.UTC(2026, 10, 21, 12, 7, 30);
const title = Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, 1);
const opened: Client[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((c) => c.close()));
});

async function meterOf(options: Partial<SimulatedMeterOptions> = {}): Promise<SimulatedMeter> {
  return simulatedMeter({ provider: nodeProvider, now: () => now, profileRows: 200, ...options });
}
function connect(meter: SimulatedMeter, clientSap: number, options: ClientOptions): Client {
  const [near, far] = transportPair();
  serveWrapper(far, meter.connection());
  const client = new Client(wrapperChannel(near, { clientSap, serverSap: 1, timeoutMs: 2000 }), options);
  opened.push(client);
  return client;
}
async function security(
  changes: Partial<ConstructorParameters<typeof SecurityContext>[0]> = {},
): Promise<SecurityContext> {
  return new SecurityContext({
    provider: nodeProvider,
    suite: 0,
    systemTitle: title,
    keys: await importKeys(nodeProvider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
    ...changes,
  });
}
async function manager(
  meter: SimulatedMeter,
  options: ClientOptions = {},
  changes: Partial<ConstructorParameters<typeof SecurityContext>[0]> = {},
): Promise<Client> {
  return connect(meter, 1, {
    authentication: { mechanism: 'hls-gmac' },
    security: await security(changes),
    ...options,
  });
}
const password = (text: string): ClientOptions => ({
  authentication: { mechanism: 'lls', password: new TextEncoder().encode(text) },
  ciphering: 'none',
});

describe('reading the simulated meter', () => {
  it('without security', async () => {
    const client = connect(await meterOf(), 16, {});
    await client.connect();
    const time = await client.get(Clock, '0-0:1.0.0*255', 'time');
    expect(toInstant(time)).toBe(now);
  });
  it('with a password', async () => {
    const client = connect(await meterOf(), 17, password('12345678'));
    await client.connect();
    const [value, scale] = await client.object(Register, '1-0:32.7.0*255').get('value', 'scalerUnit');
    expect(value).toEqual({ type: 'double-long-unsigned', value: 2304 });
    expect(scale).toEqual({ scaler: -1, unit: 'V' });
  });
  it.each([false, true])('with HLS 5 and authenticated encryption, dedicated key %s', async (dedicatedKey) => {
    const meter = await meterOf();
    const client = await manager(meter, { dedicatedKey });
    await client.connect();
    expect(await client.get(Register, '1-0:1.8.0*255', 'value')).toEqual({
      type: 'double-long-unsigned',
      value: meter.profile.energy[0],
    });
    await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 7 });
    expect(await client.get(DataClass, '0-0:96.1.0*255', 'value')).toEqual({ type: 'unsigned', value: 7 });
    await client.action(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0);
    expect(await client.get(DisconnectControl, '0-0:96.3.10*255', 'controlState')).toBe('disconnected');
  });
  it('sets the clock, and reads the list of objects by blocks', async () => {
    const client = await manager(await meterOf({ maxReceivePduSize: 300 }), { maxReceivePduSize: 200 });
    await client.connect();
    await client.set(Clock, '0-0:1.0.0*255', 'time', fromInstant(now + 3_600_000, -60));
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now + 3_600_000);
    const list = await client.get(AssociationLnV1, '0-0:40.0.0*255', 'objectList');
    expect(list.map((o) => o.logicalName)).toContain('1-0:99.1.0*255');
  });
  it('writes a long value by blocks', async () => {
    const client = await manager(await meterOf({ maxReceivePduSize: 128 }));
    await client.connect();
    const value = Uint8Array.from({ length: 1000 }, (_, i) => i & 0xff);
    await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'octet-string', value });
    expect(await client.get(DataClass, '0-0:96.1.0*255', 'value')).toEqual({ type: 'octet-string', value });
  });
  it('reads the profile whole, by range and by entry', async () => {
    const client = connect(await meterOf(), 17, { ...password('12345678'), maxReceivePduSize: 512 });
    await client.connect();
    const progress: number[] = [];
    const whole = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer', { onProgress: (n) => progress.push(n) });
    expect(whole).toMatchObject({ type: 'array' });
    expect(widths(whole)).toHaveLength(200);
    expect(progress.length).toBeGreaterThan(10);
    const [clock, , energy] = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'captureObjects');
    const at = (minutes: number) => ({ type: 'octet-string' as const, value: encodeTime(now - minutes * 60_000) });
    const range = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer', {
      selection: {
        by: 'range',
        parameters: { restrictingObject: clock!, fromValue: at(60), toValue: at(0), selectedValues: [clock!, energy!] },
      },
    });
    expect(widths(range)).toEqual([2, 2, 2, 2]);
    const entry = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer', {
      selection: { by: 'entry', parameters: { fromEntry: 199, toEntry: 0, fromSelectedValue: 3, toSelectedValue: 3 } },
    });
    expect(widths(entry)).toEqual([1, 1]);
  });
  it('recovers the counter that the meter expects', async () => {
    const meter = await meterOf();
    const first = await manager(
      meter,
      {},
      { counters: new InvocationCounters(new VolatileStore(), { initial: 5000 }) },
    );
    await first.connect();
    await first.close();
    expect(meter.lastCounter()).toBeGreaterThanOrEqual(5000);
    const second = await manager(meter);
    await second.connect();
    expect(await second.get(DataClass, '0-0:42.0.0*255', 'value')).toMatchObject({ type: 'octet-string' });
    const third = await manager(meter, { recoverCounter: false });
    await expect(third.connect()).rejects.toMatchObject({
      code: 'service/exception',
      context: { serviceError: 'invocation-counter-error' },
    });
  });
});

describe('refusals have names', () => {
  const code = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (e) {
      return isDlmsError(e) ? `${e.code} ${JSON.stringify(e.context)}` : String(e);
    }
    return 'no error';
  };
  it('wrong password', async () => {
    expect(await code(connect(await meterOf(), 17, password('wrong')).connect())).toContain('authentication-failure');
  });
  it('a mechanism that the association does not have', async () => {
    expect(await code(connect(await meterOf(), 17, {}).connect())).toContain('authentication-mechanism-name-required');
  });
  it('a client that the meter does not know', async () => {
    expect(await code(connect(await meterOf(), 99, {}).connect())).toContain('association/rejected');
  });
  it('wrong keys', async () => {
    const keys = await importKeys(nodeProvider, 0, { ...testKeys, globalUnicast: new Uint8Array(16) });
    expect(await code((await manager(await meterOf(), {}, { keys })).connect())).toContain('deciphering-error');
  });
  it('less protection than the meter requires', async () => {
    const policy = { send: { authenticated: true }, receive: { authenticated: true } };
    expect(await code((await manager(await meterOf(), {}, { policy })).connect())).toContain('deciphering-error');
  });
  it('objects, classes, attributes and rights', async () => {
    const client = connect(await meterOf(), 17, password('12345678'));
    await client.connect();
    expect(await code(client.get(Register, '1-0:99.99.99*255', 'value'))).toContain('object-undefined');
    expect(await code(client.get(Register, '0-0:1.0.0*255', 'value'))).toContain('object-class-inconsistent');
    expect(await code(client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 1 }))).toContain(
      'read-write-denied',
    );
    expect(await code(client.action(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0))).toContain(
      'read-write-denied',
    );
    expect(await code(client.getData(8, '0-0:1.0.0*255', 77))).toContain('object-undefined');
  });
  it('a call before the association is open', async () => {
    expect(await code(connect(await meterOf(), 16, {}).get(Clock, '0-0:1.0.0*255', 'time'))).toContain(
      'association/not-open',
    );
  });
});

/** Columns of each row. */
const widths = (buffer: Data): number[] =>
  buffer.type === 'array' ? buffer.value.map((row) => (row.type === 'structure' ? row.value.length : -1)) : [];

function encodeTime(at: number): Uint8Array {
  const t = fromInstant(at, -60);
  return Uint8Array.of(
    t.year! >> 8,
    t.year! & 255,
    Number(t.month),
    Number(t.dayOfMonth),
    t.dayOfWeek!,
    t.hour!,
    t.minute!,
    t.second!,
    0,
    0xff,
    0xc4,
    0,
  );
}
