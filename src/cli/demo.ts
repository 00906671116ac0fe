import { readFile } from 'node:fs/promises';
import { decodeTable } from '../axdr/table.js';
import { Client } from '../client/client.js';
import { concat } from '../core/bytes.js';
import { formatHex, parseHex } from '../core/hex.js';
import { Clock } from '../cosem/classes/clock.js';
import { ProfileGeneric } from '../cosem/classes/profile-generic.js';
import { Register } from '../cosem/classes/register.js';
import { dateTimeFromBytes } from '../cosem/date-time.js';
import { formatDateTime } from '../cosem/date-time-text.js';
import type { Obis } from '../cosem/obis.js';
import { readingsOf } from '../cosem/push-readings.js';
import { scaled } from '../cosem/scaled.js';
import { SecurityContext } from '../security/context.js';
import { importKeys } from '../security/keys.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import { simulatedClients, simulatedMeter, testKeys } from '../testing/simulated-meter.js';
import { decipherWith } from '../translator/decipher.js';
import { explain } from '../translator/explain.js';
import { explainText } from '../translator/explain-text.js';
import { serveWrapper, wrapperChannel } from '../transport/channels/wrapper.js';
import { connectTcp, listenTcp } from '../transport/media/tcp.js';
import { trace } from '../transport/middleware/trace.js';
import { type Command, command } from './command.js';
import { forgottenCounters } from './counters.js';
import { exitCodes, Failure } from './failure.js';
import type { Io } from './io.js';
import { noKeys } from './keys.js';
import { apdusIn, MessageReader } from './messages.js';
import { explainNames } from './names.js';
import { Progress, painter, plot, size, table } from './text.js';
import { nameOf, readingsTable } from './values.js';

export const demoCommand: Command = command({
  name: 'demo',
  summary: 'read a meter in this process with HLS 5 and authenticated encryption, and decode a captured push',
  arguments: '',
  count: [0, 0],
  options: { rows: { type: 'string', value: 'N', help: 'rows of the load profile (default 10000)' } },
  async run(_, values, io) {
    const rows = Number(values.rows ?? 10_000);
    await readMeter(io, Number.isInteger(rows) && rows > 0 ? rows : 10_000);
    await decodePush(io);
    return exitCodes.ok;
  },
});

const registers: readonly Obis[] = ['1-0:1.8.0*255', '1-0:2.8.0*255', '1-0:32.7.0*255'];
const profileName: Obis = '1-0:99.1.0*255';

async function readMeter(io: Io, rows: number): Promise<void> {
  const paint = painter(io);
  const say = (text: string): unknown => io.stdout.write(`${text}\n`);
  const meter = await simulatedMeter({ provider: nodeProvider, profileRows: rows });
  const listener = await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, meter.connection()));
  try {
    say(paint('bold', '1. A simulated meter on loopback'));
    say(`   listening on 127.0.0.1:${listener.port}, system title ${formatHex(meter.systemTitle)}\n`);

    // What goes over the wire is kept, to be explained afterwards.
    const wire: { sent: Uint8Array[]; received: Uint8Array[] } = { sent: [], received: [] };
    let keep = false;
    const transport = trace(await connectTcp({ host: '127.0.0.1', port: listener.port }), (event) => {
      if (keep && event.type !== 'ended') wire[event.type].push(event.octets);
    });
    const title = Uint8Array.of(0x44, 0x4c, 0x4d, 0x53, 0, 0, 0, 1);
    const security = new SecurityContext({
      provider: nodeProvider,
      suite: 0,
      systemTitle: title,
      keys: await importKeys(nodeProvider, 0, testKeys),
      counters: forgottenCounters(),
    });
    const client = new Client(wrapperChannel(transport, { clientSap: simulatedClients.management, serverSap: 1 }), {
      authentication: { mechanism: 'hls-gmac' },
      security,
    });
    await client.connect(io.signal);
    say(paint('bold', '2. An association: HLS 5 (GMAC) both ways, authenticated encryption, suite 0'));
    say(`   open; the meter proved to be ${formatHex(security.peerSystemTitle as Uint8Array)}\n`);

    say(paint('bold', '3. Clock and registers'));
    keep = true;
    const time = await client.get(Clock, '0-0:1.0.0*255', 'time');
    keep = false;
    const lines: string[][] = [['0-0:1.0.0*255', nameOf('0-0:1.0.0*255'), formatDateTime(time), '']];
    for (const name of registers) {
      const [value, scale] = await client.object(Register, name).get('value', 'scalerUnit');
      const exact = scaled(value, scale);
      lines.push([name, nameOf(name), exact?.toDecimalString() ?? '', String(scale.unit)]);
    }
    say(
      `${indented(table([{ title: 'Object' }, { title: 'Name' }, { title: 'Value', right: true }, { title: 'Unit' }], lines, paint))}\n`,
    );

    say(paint('bold', '4. The octets of one exchange: reading the clock'));
    for (const direction of ['sent', 'received'] as const) {
      const octets = concat(...wire[direction]);
      const systemTitle = direction === 'sent' ? title : meter.systemTitle;
      const keys = decipherWith({
        encryptionKey: testKeys.globalUnicast,
        authenticationKey: testKeys.authentication,
        systemTitle,
      });
      say(`   ${direction}: ${formatHex(octets, ' ')}`);
      say(
        indented(
          explainText(explain(octets, { decipher: keys, names: explainNames() }), { colours: io.isTTY, octets: 8 }),
        ),
      );
    }
    say('');

    say(paint('bold', `5. The load profile: ${rows} rows, by blocks`));
    const progress = new Progress(io);
    const started = performance.now();
    const octets = await client.getEncoded(
      { cosemAttributeDescriptor: { classId: 7, instanceId: profileName, attributeId: 2 } },
      { onProgress: (n) => progress.show(`   ${size(n)} of the profile`) },
    );
    progress.done();
    const seconds = (performance.now() - started) / 1000;
    const columns = await client.get(ProfileGeneric, profileName, 'captureObjects');
    const period = await client.get(ProfileGeneric, profileName, 'capturePeriod');
    say(
      `   ${size(octets.length)} in ${seconds.toFixed(1)} s, ${columns.length} columns, every ${period / 60} minutes`,
    );
    say(`${indented(loadCurve(octets, period, Math.min((io.columns ?? 100) - 14, 96)))}\n`);
    await client.close();
  } finally {
    await listener.close();
  }
}

/** Mean power of the newest days, from the differences of the energy column. */
function loadCurve(octets: Uint8Array, period: number, width: number): string {
  const { columns, length } = decodeTable(octets);
  const [clock, , energy] = columns;
  if (clock?.type !== 'octets' || energy?.type !== 'number')
    throw new Failure('the profile does not begin with clock, status and energy');
  const from = Math.max(1, length - Math.round((4 * 86_400) / period));
  const power = Array.from(
    { length: length - from },
    (_, i) => (((energy.values[from + i] as number) - (energy.values[from + i - 1] as number)) * 3600) / period,
  );
  const at = (row: number): string =>
    formatDateTime(dateTimeFromBytes(clock.values.subarray(row * clock.width, (row + 1) * clock.width)));
  const high = `${Math.max(...power).toFixed(0)} W`;
  const rows = plot(power, width, 6);
  return [
    ...rows.map((r, i) => `${(i === 0 ? high : i === rows.length - 1 ? '0 W' : '').padStart(8)} │${r}`),
    `${' '.repeat(9)}└${'─'.repeat(Math.min(width, power.length))}`,
    `${' '.repeat(10)}${at(from)} … ${at(length - 1)}`,
  ].join('\n');
}

/** A push from a real meter, published with its keys: HDLC frames, general block transfer, general-glo-ciphering. */
const push = 'cap-lg-e450-enc-1';
async function decodePush(io: Io): Promise<void> {
  const paint = painter(io);
  const say = (text: string): unknown => io.stdout.write(`${text}\n`);
  const file = await captures();
  if (file === undefined) {
    say('(the captured pushes are in the repository, test/vectors/captures.json; not here)');
    return;
  }
  const vector = (JSON.parse(file) as { id: string; input: { hex: string }; params: Record<string, string> }[]).find(
    (v) => v.id === push,
  );
  if (vector === undefined) throw new Failure(`${push} is not among the captured pushes`);
  const { meter = '', encryptionKey = '', authenticationKey = '' } = vector.params;
  say(paint('bold', `6. A captured push: ${meter}`));
  const octets = parseHex(vector.input.hex);
  const { apdus } = apdusIn(octets);
  const keys = { ...noKeys, encryption: parseHex(encryptionKey), authentication: parseHex(authenticationKey) };
  for (const { octets: apdu, framing } of apdus) {
    const message = await new MessageReader({ keys, unverified: false, mode: 'both' }).read(apdu, framing);
    if (message.error !== undefined) throw message.error;
    say(`   ${octets.length} octets, ${framing}; authenticated: ${message.authenticated}`);
    if (message.apdu?.type === 'data-notification')
      say(indented(readingsTable(readingsOf(message.apdu.notificationBody.dataValue), paint)));
  }
}
/** Next to the package, if it is the repository. */
async function captures(): Promise<string | undefined> {
  for (const up of [
    '../../test/vectors/captures.json',
    '../../../test/vectors/captures.json',
    '../../../../test/vectors/captures.json',
  ]) {
    const text = await readFile(new URL(up, import.meta.url), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
const indented = (text: string): string => text.replace(/^/gm, '   ');
