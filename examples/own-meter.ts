import { InvocationCounters, importKeys, type KeyMaterial, nobleProvider, type Store } from 'dlms-cosem';
import { defineMeter, household, type RunningMeter, type SendPush } from 'dlms-cosem/meter';
import { objectRights, readOnlyRights, SecurityState } from 'dlms-cosem/server';

/** A meter of your own: `serveWrapper(transport, meter.connection())` serves it; with a `FileStore` it goes on after a restart. */
export async function ownMeter(
  store: Store,
  material: KeyMaterial,
  password: Uint8Array,
  send: SendPush,
): Promise<RunningMeter> {
  const load = household(42);
  const security = new SecurityState({
    provider: nobleProvider,
    suite: 0,
    systemTitle: new TextEncoder().encode('XYZ00001'),
    keys: await importKeys(nobleProvider, 0, material),
    counters: new InvocationCounters(store),
  });
  const captureObjects = ['0-0:1.0.0*255', '1-0:1.8.0*255'] as const;
  return defineMeter({
    logicalDeviceName: 'XYZ0000000000001',
    store,
    security,
    send,
    clock: { timeZone: -60 },
    registers: {
      '1-0:1.8.0*255': { scalerUnit: { scaler: 0, unit: 'Wh' }, amount: load.energy },
      '1-0:1.7.0*255': { scalerUnit: { scaler: 0, unit: 'W' }, level: load.power },
      '1-0:32.7.0*255': { scalerUnit: { scaler: -1, unit: 'V' }, level: () => 2300 },
    },
    profiles: { '1-0:99.1.0*255': { capturePeriod: 900, profileEntries: 9600, captureObjects } },
    eventLogs: { '0-0:99.98.0*255': { events: ['powerDown', 'powerUp', 'clockAdjustedNewTime'] } },
    pushes: { '0-1:25.9.0*255': { pushObjectList: captureObjects, dailyAt: ['00:05', '12:05'] } },
    clients: [
      { clientSap: 17, mechanism: 'lls', ciphering: 'none', password, rights: readOnlyRights },
      { clientSap: 1, mechanism: 'hls-gmac', ciphering: 'required', rights: objectRights },
    ],
  });
}
