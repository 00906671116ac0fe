import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { decode } from '../../src/axdr/schema.js';
import { Client, type ClientOptions, readProfile } from '../../src/client/index.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { PushSetup } from '../../src/cosem/classes/push-setup.js';
import { Register } from '../../src/cosem/classes/register.js';
import { toInstant } from '../../src/cosem/date-time.js';
import {
  defineMeter,
  household,
  type MeterDefinition,
  type MeterPush,
  type RunningMeter,
} from '../../src/meter/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { SecurityState } from '../../src/server/objects/security-state.js';
import { objectRights, readOnlyRights } from '../../src/server/rights.js';
import { FileStore } from '../../src/store/file-store.js';
import { type Store, type StoreChange, VolatileStore } from '../../src/store/store.js';
import { PushReceiver, serveWrapper, transportPair, wrapperChannel } from '../../src/transport/index.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import { rowsOf, start } from './a-meter.js';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const quarter = 900_000;
const title = text('OWN00001');
const load = '1-0:99.1.0*255';
const log = '0-0:99.98.0*255';
const setup = '0-1:25.9.0*255';
const import_ = '1-0:1.8.0*255';
const material = { globalUnicast: new Uint8Array(16).fill(7), authentication: new Uint8Array(16).fill(8) };

/** The host: its clock, and what is left of it after a restart. */
class Host {
  readonly clock = new VirtualClock();
  readonly store: Store;
  readonly pushes: MeterPush[] = [];
  readonly errors: unknown[] = [];
  readonly meters: RunningMeter[] = [];
  readonly clients: Client[] = [];
  readonly clientCounters = new InvocationCounters(new VolatileStore());
  constructor(store: Store = new VolatileStore()) {
    this.store = store;
  }
  async security(): Promise<SecurityState> {
    return new SecurityState({
      provider: nodeProvider,
      suite: 0,
      systemTitle: title,
      keys: await importKeys(nodeProvider, 0, material),
      counters: new InvocationCounters(this.store),
    });
  }
  async definition(changed: Partial<MeterDefinition> = {}): Promise<MeterDefinition> {
    return {
      logicalDeviceName: 'OWN0000000000001',
      store: this.store,
      clock: { timeZone: -60 },
      registers: {
        [import_]: { scalerUnit: { scaler: 0, unit: 'Wh' }, amount: (from, to) => (to - from) / 3600 },
        '1-0:2.8.0*255': {
          scalerUnit: { scaler: 0, unit: 'Wh' },
          amount: household(1).energy,
          value: { type: 'double-long-unsigned', value: 5000 },
        },
        '1-0:1.7.0*255': { scalerUnit: { scaler: 0, unit: 'W' }, level: (at) => (at % 3_600_000) / 1000 },
      },
      profiles: { [load]: { capturePeriod: 900, profileEntries: 1000, captureObjects: ['0-0:1.0.0*255', import_] } },
      eventLogs: { [log]: { events: ['powerDown', 'powerUp'] } },
      pushes: { [setup]: { pushObjectList: ['0-0:42.0.0*255', import_], pushClientSap: 16, dailyAt: ['12:00'] } },
      security: await this.security(),
      clients: [
        { clientSap: 17, mechanism: 'lls', ciphering: 'none', password: text('12345678'), rights: readOnlyRights },
        { clientSap: 1, mechanism: 'hls-gmac', ciphering: 'required', rights: objectRights },
      ],
      send: async (push) => void this.pushes.push(push),
      onError: (e) => this.errors.push(e),
      hostClock: this.clock,
      now: () => start + this.clock.now(),
      ...changed,
    };
  }
  async meter(changed: Partial<MeterDefinition> = {}): Promise<RunningMeter> {
    const meter = await defineMeter(await this.definition(changed));
    this.meters.push(meter);
    return meter;
  }
  async #client(meter: RunningMeter, clientSap: number, options: ClientOptions): Promise<Client> {
    const [near, far] = transportPair();
    serveWrapper(far, meter.connection());
    const client = new Client(wrapperChannel(near, { clientSap, serverSap: 1, timeoutMs: 500 }), options);
    this.clients.push(client);
    await client.connect();
    return client;
  }
  reading(meter: RunningMeter): Promise<Client> {
    return this.#client(meter, 17, {
      authentication: { mechanism: 'lls', password: text('12345678') },
      ciphering: 'none',
    });
  }
  async management(meter: RunningMeter): Promise<Client> {
    const security = new SecurityContext({
      provider: nodeProvider,
      suite: 0,
      systemTitle: text('CLI00001'),
      keys: await importKeys(nodeProvider, 0, material),
      counters: this.clientCounters,
    });
    return this.#client(meter, 1, { authentication: { mechanism: 'hls-gmac' }, security });
  }
  async end(): Promise<void> {
    await Promise.all(this.clients.map((c) => c.close().catch(() => {})));
    await Promise.all(this.meters.map((m) => m.close().catch(() => {})));
  }
}
/** Until everything that waits for nothing but promises is done. */
const idle = (): Promise<void> => new Promise((done) => setImmediate(done));
const hosts: Host[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((h) => h.end()));
});
function aHost(store?: Store): Host {
  const host = new Host(store);
  hosts.push(host);
  return host;
}
const numberAt = async (client: Client, name: typeof import_ | '1-0:2.8.0*255' | '1-0:1.7.0*255'): Promise<unknown> =>
  ((await client.get(Register, name, 'value')) as { value: unknown }).value;

describe('a defined meter in real time', () => {
  it('shows the time of its host in its own zone, also to the request after a long silence', async () => {
    const host = aHost();
    const client = await host.reading(await host.meter());
    expect(await client.get(Clock, '0-0:1.0.0*255', 'time')).toMatchObject({ hour: 11, deviationMinutes: -60 });
    host.clock.advance(42 * 60_000);
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(start + 42 * 60_000);
  });
  it('registers grow by the exact integral, and levels are those of the instant', async () => {
    const host = aHost();
    const client = await host.reading(await host.meter());
    expect(await numberAt(client, import_)).toBe(0);
    host.clock.advance(1_800_000);
    expect(await numberAt(client, import_)).toBe(500);
    expect(await numberAt(client, '1-0:1.7.0*255')).toBe(1800);
    expect(await numberAt(client, '1-0:2.8.0*255')).toBe(
      5000 + Math.floor(household(1).energy(start, start + 1_800_000)),
    );
  });
  it('captures a profile, of which a client reads the rows between two times', async () => {
    const host = aHost();
    const client = await host.reading(await host.meter());
    host.clock.advance(10 * quarter);
    const data = await readProfile(client, load, {
      from: new Date(start + 3 * quarter),
      to: new Date(start + 5 * quarter),
    });
    expect(data.rows.map((r) => [r.instant, String(r.cells[1])])).toEqual(
      [3, 4, 5].map((n) => [start + n * quarter, `${n * 250} Wh`]),
    );
  });
  it('waits with one timer for all its objects, at the instant that is due next', async () => {
    const host = aHost();
    await host.meter();
    expect([host.clock.pending, host.clock.next]).toEqual([1, quarter]);
    host.clock.advance(quarter + 1);
    expect([host.clock.pending, host.clock.next]).toEqual([1, 2 * quarter]);
  });
  it('logs a power failure, counts nothing meanwhile, and answers nobody', async () => {
    const host = aHost();
    const meter = await host.meter();
    const client = await host.reading(meter);
    host.clock.advance(60_000);
    await meter.run((engine) => engine.power(false));
    host.clock.advance(600_000);
    expect(await meter.connection().handle(Uint8Array.of(0xc0), { clientSap: 17, serverSap: 1 })).toEqual([]);
    await meter.run((engine) => engine.power(true));
    const events = await readProfile(client, log);
    expect(events.rows.map((r) => [r.instant, String(r.cells[1])])).toEqual([
      [start + 60_000, '1'],
      [start + 660_000, '2'],
    ]);
    expect(await numberAt(client, import_)).toBe(16);
    host.clock.advance(60_000);
    expect(await numberAt(client, import_)).toBe(33);
  });
  it('one that is closed does nothing more, and says so', async () => {
    const host = aHost();
    const meter = await host.meter();
    await meter.close();
    expect(host.clock.pending).toBe(0);
    await expect(meter.run(() => 0)).rejects.toMatchObject({ code: 'transport/closed' });
  });
});

describe('pushes of a defined meter', () => {
  it('go out at their time of day, as messages that a listener reads', async () => {
    const host = aHost();
    const [near, far] = transportPair();
    const line = serveWrapper(far, { handle: () => [] });
    const received = new PushReceiver();
    await host.meter({
      send: (push) => line.send({ clientSap: push.clientSap ?? 0, serverSap: push.sap }, push.apdu),
    });
    host.clock.advance(3_600_000 + 1);
    const reader = near.readable.getReader();
    const { value } = await reader.read();
    const [push] = received.push(value as Uint8Array);
    expect(push?.route).toEqual({ clientSap: 16, serverSap: 1 });
    expect(decode(Apdu, push?.apdu as Uint8Array)).toMatchObject({
      type: 'data-notification',
      notificationBody: {
        dataValue: {
          type: 'structure',
          value: [
            { type: 'octet-string', value: text('OWN0000000000001') },
            { type: 'double-long-unsigned', value: 1000 },
          ],
        },
      },
    });
    await reader.cancel();
  });
  it('one that could not be sent is repeated, and the reason is reported', async () => {
    const host = aHost();
    let tried = 0;
    const meter = await host.meter({
      pushes: {
        [setup]: {
          pushObjectList: [import_],
          numberOfRetries: 2,
          repetitionDelay: { repetitionDelayMin: 60, repetitionDelayExponent: 100, repetitionDelayMax: 60 },
          pushOperationMethod: 'unconfirmed-retry-on-supporting-layer-failure',
        },
      },
      send: async () => {
        tried++;
        if (tried === 1) throw new Error('no network');
      },
    });
    const client = await host.management(meter);
    await client.action(PushSetup, setup, 'push', 0);
    host.clock.advance(0);
    await idle();
    expect(tried).toBe(1);
    await idle();
    expect(host.errors).toEqual([new Error('no network')]);
    host.clock.advance(60_000);
    await idle();
    expect(tried).toBe(2);
    host.clock.advance(600_000);
    await idle();
    expect(tried).toBe(2);
  });
});

describe('confirmed pushes of a defined meter', () => {
  it.each([
    ['ends with the confirmation, which is noted', 'confirmed', 1],
    ['is repeated without one', undefined, 2],
  ] as const)('one %s', async (_, outcome, times) => {
    const host = aHost();
    let tried = 0;
    const meter = await host.meter({
      pushes: {
        [setup]: {
          pushObjectList: [import_],
          numberOfRetries: 1,
          repetitionDelay: { repetitionDelayMin: 60, repetitionDelayExponent: 100, repetitionDelayMax: 60 },
          pushOperationMethod: 'confirmed-retry-on-missing-confirmation',
          dailyAt: ['11:01'],
        },
      },
      send: async () => {
        tried++;
        return outcome;
      },
    });
    for (let i = 0; i < 5; i++) {
      host.clock.advance(60_000);
      await idle();
    }
    expect(tried).toBe(times);
    const last = meter.engine.space().find(40, setup).get('lastConfirmationDateTime') as { minute: number | null };
    expect(last.minute).toBe(outcome === 'confirmed' ? 1 : null);
  });
});

describe('rights of a defined meter', () => {
  it('refuse what they do not name, and allow what they do', async () => {
    const host = aHost();
    const meter = await host.meter();
    const reading = await host.reading(meter);
    await expect(reading.set(Clock, '0-0:1.0.0*255', 'timeZone', 0)).rejects.toMatchObject({
      code: 'service/data-access',
    });
    await expect(reading.action(PushSetup, setup, 'push', 0)).rejects.toMatchObject({ code: 'service/action' });
    expect(host.pushes).toEqual([]);
    const management = await host.management(meter);
    await management.set(Clock, '0-0:1.0.0*255', 'timeZone', 0);
    expect(await reading.get(Clock, '0-0:1.0.0*255', 'time')).toMatchObject({ hour: 10 });
    await management.action(PushSetup, setup, 'push', 0);
    host.clock.advance(0);
    await idle();
    expect(host.pushes.map((p) => p.setup)).toEqual([setup]);
  });
});

describe('a defined meter after a restart', () => {
  it('goes on with its rows, registers, settings and counters; the time between was an outage', async () => {
    const host = aHost();
    let meter = await host.meter();
    const management = await host.management(meter);
    await management.set(Clock, '0-0:1.0.0*255', 'timeZone', 0);
    host.clock.advance(4 * quarter);
    await management.close();
    // Killed: nothing is closed. What was captured is there.
    const counters = host.store.entries('') as readonly (readonly [string, string])[];
    host.clock.advance(quarter / 2);
    const { store } = host;
    const later = aHost(store);
    later.clock.advance(host.clock.now() + 4 * quarter);
    meter = await later.meter();
    const client = await later.reading(meter);
    expect(await client.get(Clock, '0-0:1.0.0*255', 'time')).toMatchObject({ hour: 12, minute: 7, second: 30 });
    const rows = rowsOf(meter.engine.space().find(7, load));
    expect(rows.slice(0, 4)).toEqual([
      ['10:15:00', 250],
      ['10:30:00', 500],
      ['10:45:00', 750],
      ['11:00:00', 1000],
    ]);
    expect(rowsOf(meter.engine.space().find(7, log))).toEqual([
      ['11:00:00', 1],
      ['12:07:30', 2],
    ]);
    later.clock.advance(quarter);
    expect(await numberAt(client, import_)).toBe(1250);
    // Counters of the keys, in the same store, are never below what they were.
    const sent = counters.filter(([name]) => !name.startsWith('meter '));
    expect(sent.length).toBeGreaterThan(0);
    for (const [name, value] of sent) expect(Number(store.get(name))).toBeGreaterThanOrEqual(Number(value));
  });
  it('a message recorded before it is refused after it', async () => {
    const host = aHost();
    const route = { clientSap: 1, serverSap: 1 };
    const messages: Uint8Array[] = [];
    const meter = await host.meter();
    const management = await host.management({
      ...meter,
      connection() {
        const inner = meter.connection();
        return {
          handle(apdu, from) {
            messages.push(apdu);
            return inner.handle(apdu, from);
          },
        };
      },
    });
    await management.set(Clock, '0-0:1.0.0*255', 'timeZone', 0);
    const later = aHost(host.store);
    const again = await later.meter();
    const handler = again.connection();
    for (const message of messages) await handler.handle(message, route);
    await again.run((engine) => expect(engine.space().find(8, '0-0:1.0.0*255').get('timeZone')).toBe(0));
    expect(later.errors.map((e) => (e as { code?: string }).code)).toContain('security/replay');
  });
  it('goes on from files as well', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'define-meter-'));
    try {
      const path = join(directory, 'state');
      const files = await FileStore.create(path);
      const host = aHost(files);
      const meter = await host.meter();
      const management = await host.management(meter);
      await management.set(Clock, '0-0:1.0.0*255', 'timeZone', 60);
      host.clock.advance(2 * quarter);
      await host.end();
      await files.close();
      const again = await FileStore.open(path);
      const later = aHost(again);
      later.clock.advance(host.clock.now());
      const client = await later.reading(await later.meter());
      expect(await client.get(Clock, '0-0:1.0.0*255', 'timeZone')).toBe(60);
      expect((await readProfile(client, load)).rows.map((r) => r.instant)).toEqual([
        start + quarter,
        start + 2 * quarter,
      ]);
      expect(later.errors).toEqual([]);
      await later.end();
      await again.close();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  it('keys can only be changed where the change is stored', async () => {
    const host = aHost();
    const present = async (security: SecurityState): Promise<boolean> => {
      const meter = await host.meter({ security, storePrefix: `${host.meters.length} ` });
      return meter.engine.space().served.get('0-0:43.0.0*255') !== undefined;
    };
    const forgetting = await host.security();
    expect(await present(forgetting)).toBe(false);
    const storing = { persistKeys: () => {}, persistPolicy: () => {} };
    expect(await present(new SecurityState({ ...forgetting.options, ...storing }))).toBe(true);
  });
  it('one with other objects is refused by name', async () => {
    const host = aHost();
    await host.meter();
    await expect(aHost(host.store).meter({ eventLogs: {} })).rejects.toThrow('0-0:96.11.0*255');
  });
});

/** Cannot write when told so. */
class Failing extends VolatileStore {
  fails = false;
  override update<T>(names: readonly string[], change: StoreChange<T>): T {
    if (this.fails && names.some((n) => n.startsWith('meter '))) throw new Error('no space left');
    return super.update(names, change);
  }
}
describe('a store that cannot write', () => {
  it('lets no client believe in a change, and nothing leave the meter, until it can', async () => {
    const store = new Failing();
    const host = aHost(store);
    const meter = await host.meter();
    const client = await host.management(meter);
    store.fails = true;
    await expect(client.action(PushSetup, setup, 'push', 0)).rejects.toMatchObject({ code: 'transport/closed' });
    expect(host.pushes).toEqual([]);
    host.clock.advance(1);
    expect(host.errors).toContainEqual(new Error('no space left'));
    store.fails = false;
    // Nobody asks: it tries again by itself, long before the next capture.
    host.clock.advance(60_001);
    await idle();
    expect(host.pushes).toHaveLength(1);
    expect(host.clock.pending).toBe(1);
  });
});

describe('what is missing is refused at construction', () => {
  const without = async (changed: object): Promise<unknown> => aHost().meter(changed as never);
  it.each([
    ['a store', { store: undefined }, /without a store/],
    ['clients', { clients: [] }, /without clients/],
    [
      'rights',
      { clients: [{ clientSap: 17, mechanism: 'lls', ciphering: 'none', password: text('12345678') }] },
      /17 without rights/,
    ],
    [
      'a password',
      { clients: [{ clientSap: 17, mechanism: 'lls', ciphering: 'none', rights: readOnlyRights }] },
      /without a password/,
    ],
    [
      'keys',
      {
        security: undefined,
        clients: [{ clientSap: 1, mechanism: 'hls-gmac', ciphering: 'required', rights: objectRights }],
      },
      /there is no security/,
    ],
    ['a way to send', { send: undefined }, /without a function that sends/],
    ['a name', { logicalDeviceName: '' }, /logical device name/],
    ['what a profile captures', { profiles: { [load]: { captureObjects: ['1-0:9.9.9*255'] } } }, /1-0:9.9.9\*255/],
    ['a repetition delay', { pushes: { [setup]: { pushObjectList: [], numberOfRetries: 1 } } }, /repetitionDelay/],
    ['a time of day', { pushes: { [setup]: { pushObjectList: [], dailyAt: ['24:00'] } } }, /24:00/],
  ])('%s', async (_, changed, message) => {
    const refused = expect(without(changed)).rejects;
    await refused.toThrow(message);
    await refused.toMatchObject({ code: 'configuration/invalid' });
  });
  it('rights that let everybody change something', async () => {
    const clients = [{ clientSap: 16, mechanism: 'none', ciphering: 'none', rights: objectRights }];
    await expect(without({ clients })).rejects.toMatchObject({ code: 'configuration/open-to-everybody' });
  });
  it('counters that a restart forgets, in a meter that goes on', async () => {
    const inner = new VolatileStore();
    const durable: Store = {
      defers: false,
      get: (n) => inner.get(n),
      entries: (p) => inner.entries(p),
      update: (n, c) => inner.update(n, c),
      close: () => inner.close(),
    };
    await expect(without({ store: durable })).rejects.toThrow(/forgets/);
  });
});
