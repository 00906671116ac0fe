import { Client, type ClientOptions } from '../../src/client/index.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { type SimulatedMeter, type SimulatedMeterOptions, simulatedMeter } from '../../src/testing/simulated-meter.js';
import { serveWrapper, transportPair, wrapperChannel } from '../../src/transport/index.js';

/** Saturday, 13:07:30 local time. */
export const now: number = Date.UTC(2026, 10, 21, 12, 7, 30);
const opened: Client[] = [];
export const closeAll = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((c) => c.close()));
};

export const meterOf = (options: Partial<SimulatedMeterOptions> = {}): Promise<SimulatedMeter> =>
  simulatedMeter({ provider: nodeProvider, now: () => now, profileRows: 200, ...options });

export function connect(meter: SimulatedMeter, clientSap: number, options: ClientOptions = {}): Client {
  const [near, far] = transportPair();
  serveWrapper(far, meter.connection());
  const client = new Client(wrapperChannel(near, { clientSap, serverSap: 1, timeoutMs: 2000 }), options);
  opened.push(client);
  return client;
}
/** The reading client, connected. */
export async function reading(meter: SimulatedMeter, options: ClientOptions = {}): Promise<Client> {
  const client = connect(meter, 17, {
    authentication: { mechanism: 'lls', password: new TextEncoder().encode('12345678') },
    ciphering: 'none',
    ...options,
  });
  await client.connect();
  return client;
}
