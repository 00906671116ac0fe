import { formatHex } from '../core/hex.js';
import { nodeProvider } from '../security/node-provider.js';
import { simulatedMeter, testKeys } from '../testing/simulated-meter.js';
import { serveHdlc } from '../transport/hdlc/serve.js';
import { listenTcp } from '../transport/tcp.js';
import { serveWrapper } from '../transport/wrapper.js';
import { type Command, command } from './command.js';
import { whole } from './connect.js';
import { exitCodes, usage } from './failure.js';
import { hexArgument } from './input.js';
import { painter } from './text.js';

export const simulateCommand: Command = command({
  name: 'simulate',
  summary: 'a simulated meter on a TCP port, for trying and testing',
  arguments: '',
  count: [0, 0],
  options: {
    port: { type: 'string', value: 'N', help: 'TCP port (default 4059; 0: a free one)' },
    host: { type: 'string', value: 'ADDRESS', help: 'address to listen on (default 127.0.0.1: not reachable from outside)' },
    hdlc: { type: 'boolean', help: 'HDLC over TCP instead of the wrapper' },
    rows: { type: 'string', value: 'N', help: 'rows of the load profile (default 10000)' },
    password: { type: 'string', value: 'TEXT', help: 'password of the reading association (default 12345678)' },
    ek: { type: 'string', value: 'HEX', help: 'global unicast encryption key (default: a key that everybody knows)' },
    ak: { type: 'string', value: 'HEX', help: 'authentication key (default: a key that everybody knows)' },
    'system-title': { type: 'string', value: 'HEX', help: 'system title of the meter, 8 octets' },
    json: { type: 'boolean', help: 'one line of JSON that says where it listens' },
  },
  notes: [
    'Clients: 16 public, no security; 17 reading, with password; 1 management, HLS 5 with authenticated encryption. Logical device 1. Runs until it is interrupted.',
  ],
  examples: ['dlms-cosem simulate --port 4059'],
  async run(_, values, io) {
    const port = whole(values.port ?? '4059', '--port', 0, 65535);
    const rows = whole(values.rows ?? '10000', '--rows', 0, 1_000_000);
    if ((values.ek === undefined) !== (values.ak === undefined)) throw usage('--ek and --ak go together');
    const keys =
      values.ek === undefined || values.ak === undefined
        ? testKeys
        : { globalUnicast: hexArgument(values.ek, '--ek', [16, 32]), authentication: hexArgument(values.ak, '--ak', [16, 32]) };
    const simulated = await simulatedMeter({
      provider: nodeProvider,
      keys,
      suite: keys.globalUnicast.length === 32 ? 2 : 0,
      profileRows: rows,
      ...(values.password === undefined ? {} : { password: new TextEncoder().encode(values.password) }),
      ...(values['system-title'] === undefined ? {} : { systemTitle: hexArgument(values['system-title'], '--system-title', [8]) }),
    });
    const listener = await listenTcp({ port, ...(values.host === undefined ? {} : { host: values.host }) }, (transport) => {
      if (values.hdlc === true) serveHdlc(transport, simulated.connection(), { devices: [1] });
      else serveWrapper(transport, simulated.connection());
    });
    const scheme = values.hdlc === true ? 'hdlc+tcp' : 'tcp';
    const base = `${scheme}://${values.host ?? '127.0.0.1'}:${listener.port}`;
    if (values.json === true)
      io.stdout.write(
        `${JSON.stringify({ url: base, port: listener.port, systemTitle: formatHex(simulated.systemTitle), clients: { public: 16, reading: 17, management: 1 } })}\n`,
      );
    else {
      const paint = painter(io);
      const known = values.ek === undefined ? ` --ek ${formatHex(testKeys.globalUnicast)} --ak ${formatHex(testKeys.authentication)}` : ' --ek … --ak …';
      io.stdout.write(
        [
          `${paint('bold', 'simulated meter')} at ${base}, system title ${formatHex(simulated.systemTitle)}, ${rows} rows of load profile`,
          `  dlms-cosem read "${base}?client=16"`,
          `  dlms-cosem read "${base}?client=17" --password ${values.password ?? '12345678'}`,
          `  dlms-cosem read "${base}?client=1"${known}`,
          'stop with Ctrl+C',
          '',
        ].join('\n'),
      );
    }
    await stopped(io.signal);
    await listener.close();
    return exitCodes.ok;
  },
});

const stopped = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
