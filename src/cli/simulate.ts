import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { concat } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import { andThen } from '../core/promise.js';
import { aesEcbReply } from '../security/hls.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import type { AssociationConfig } from '../server/association.js';
import { serverConformance } from '../server/association.js';
import type { SecurityState } from '../server/objects/security-state.js';
import { objectRights, readOnlyRights } from '../server/rights.js';
import { serverShortNames } from '../server/services/short-names.js';
import { type Mechanism, mechanisms } from '../session/association.js';
import { simulatedClients, simulatedMeter, testKeysOf } from '../testing/simulated-meter.js';
import { serveWrapper } from '../transport/channels/wrapper.js';
import { type HdlcAddress, parseHdlcAddress } from '../transport/hdlc/address.js';
import { serveHdlc } from '../transport/hdlc/serve.js';
import { listenTcp } from '../transport/media/tcp.js';
import { type Command, command, type Values } from './command.js';
import { appliedProtection, defaultClientTitle, hdlcSizes, integerOption } from './connect.js';
import { exitCodes, quoted, usage } from './failure.js';
import { formatKeyFile, type GivenKeys, givenKeys, keysNote, meterKeyOptions } from './keys.js';
import { peerKey, signingKey, suiteOf } from './signature-keys.js';
import { painter } from './text.js';

const options = {
  port: { type: 'string', value: 'N', help: 'TCP port (default 4059; 0: a free one)' },
  host: {
    type: 'string',
    value: 'ADDRESS',
    help: 'address to listen on (default 127.0.0.1: not reachable from outside)',
  },
  rows: { type: 'string', value: 'N', help: 'rows of the load profile (default 10000)' },
  suite: {
    type: 'string',
    value: 'N',
    help: 'security suite 0, 1 or 2; default: taken from the signing key, otherwise from the length of the keys',
  },
  protection: {
    type: 'string',
    value: 'NAME',
    help: 'what the ciphered associations apply and require: both (default), authenticated, or encrypted (which proves nothing and does not detect replays)',
  },
  ...meterKeyOptions,
  'save-keys': {
    type: 'string',
    value: 'FILE',
    help: 'write the keys and password of this meter to a new file, for read --keys',
  },
  'signing-key': {
    type: 'string',
    value: 'FILE',
    help: "the meter's signing key, as for read; adds client 2 with HLS 7",
  },
  'peer-key': { type: 'string', value: 'FILE', help: 'public signature key of that client' },
  'system-title': {
    type: 'string',
    value: 'HEX',
    help: 'system title of the meter, 8 octets (default: SIM and random octets; with a given title, every run starts with the same counters)',
  },
  association: {
    type: 'string',
    multiple: true,
    value: 'CLIENT:MECHANISM[:WORDS]',
    help: 'one more association, e.g. 40:hls-sha256, 41:hls-gmac:ciphering,short-names or 42:none:ciphering,pre-established; may be repeated',
  },
  gbt: { type: 'boolean', help: 'offer general block transfer' },
  'max-pdu': { type: 'string', value: 'N', help: 'longest APDU that the meter accepts, in octets (default 1024)' },
  hdlc: { type: 'boolean', help: 'HDLC over TCP instead of the wrapper' },
  'hdlc-address': {
    type: 'string',
    value: 'ADDRESS',
    help: 'HDLC address of the meter: 1 (default), 1/17, or 1/17:4 (four octets)',
  },
  'hdlc-info': {
    type: 'string',
    value: 'N',
    help: 'longest HDLC information field to grant, 32 to 2030 octets (default 2030)',
  },
  'hdlc-window': {
    type: 'string',
    value: 'N',
    help: 'HDLC window to grant (frames without waiting for an acknowledgement), 1 to 7 (default 7)',
  },
  json: { type: 'boolean', help: 'one line of JSON that says where it listens' },
} as const;

export const simulateCommand: Command = command({
  name: 'simulate',
  summary: 'run a simulated meter on a TCP port, for trials and tests',
  arguments: '',
  count: [0, 0],
  options,
  notes: [
    'Clients: 16 public, no security; 17 reading, with password; 1 management, HLS 5 with authenticated encryption; 2 the same with HLS 7, if there are signing keys. Unless you give keys and a password, it uses well-known ones. Logical device 1. Runs until interrupted.',
    'The mechanisms of --association are those of read. LLS and HLS 2, 3, 4 and 6 use the password as their secret, HLS 5 and ciphering the keys, HLS 7 the signing keys. WORDS: ciphering, short-names, pre-established. Requests with general protection are answered with the same protection.',
    keysNote,
  ],
  examples: [
    'dlms-cosem simulate --port 4059 --save-keys keys.json',
    'dlms-cosem simulate --port 0 --hdlc --hdlc-info 128 --hdlc-window 1 --association 40:hls-md5',
  ],
  async run(_, values, io) {
    const port = integerOption(values.port ?? '4059', '--port', 0, 65535);
    const rows = integerOption(values.rows ?? '10000', '--rows', 0, 1_000_000);
    const hdlc = values.hdlc === true;
    const { 'hdlc-address': server = '1' } = values;
    const device = deviceOf(values, server);
    const sizes = hdlcSizes(values);
    const given = await givenKeys(values, io);
    const { suite, keys } = await keysOf(values, given);
    const password = given.password ?? new TextEncoder().encode('12345678');
    const state: { security?: SecurityState } = {};
    const taken = new Set<number>(Object.values(simulatedClients));
    const applied = appliedProtection(values.protection);
    const simulated = await simulatedMeter({
      provider: nodeProvider,
      keys,
      suite,
      password,
      profileRows: rows,
      policy: { send: applied, receive: applied, withoutReplayProtection: !applied.authenticated },
      associations: await Promise.all(
        (values.association ?? []).map((text, i) => associationOf(text, i, password, state, taken)),
      ),
      ...(values.gbt === true ? { conformance: [...serverConformance, 'general-block-transfer' as const] } : {}),
      ...(values['max-pdu'] === undefined
        ? {}
        : { maxReceivePduSize: integerOption(values['max-pdu'], '--max-pdu', 64, 0xffff) }),
      // The meter forgets its counters when it ends, so the next one must have another title: clients remember which
      // values they have seen from whom.
      systemTitle: given.title ?? concat(Uint8Array.of(0x53, 0x49, 0x4d, 0), randomBytes(4)),
    });
    state.security = simulated.security;
    if (values['save-keys'] !== undefined) await saveKeys(values['save-keys'], keys, password);
    const listener = await listenTcp(
      { port, ...(values.host === undefined ? {} : { host: values.host }) },
      (transport) => {
        const handler = simulated.connection();
        if (hdlc) serveHdlc(transport, handler, { devices: [device], silenceMs: 600_000, ...sizes });
        else serveWrapper(transport, handler);
      },
    );
    const url = `${hdlc ? 'hdlc+tcp' : 'tcp'}://${values.host ?? '127.0.0.1'}:${listener.port}`;
    const clients = { public: 16, reading: 17, management: 1, ...(keys.signing === undefined ? {} : { signing: 2 }) };
    if (values.json === true)
      io.stdout.write(
        `${JSON.stringify({ url, port: listener.port, server, systemTitle: formatHex(simulated.systemTitle), clients })}\n`,
      );
    else {
      const paint = painter(io);
      const at = (client: number): string =>
        `  dlms-cosem read "${url}?client=${client}${server === '1' ? '' : `&server=${server}`}"`;
      const file = values['save-keys'] ?? values.keys;
      const known = given.password === undefined ? 'DLMS_COSEM_PASSWORD=12345678' : 'DLMS_COSEM_PASSWORD=…';
      io.stdout.write(
        [
          `${paint('bold', 'simulated meter')} at ${url}, system title ${formatHex(simulated.systemTitle)}, suite ${suite}, ${rows} rows of load profile`,
          at(simulatedClients.public),
          ` ${process.platform === 'win32' ? '' : ` ${known}`}${at(simulatedClients.reading).slice(1)}`,
          `${at(simulatedClients.management)} ${file === undefined ? '--ask ek,ak    (simulate --save-keys FILE writes a file for --keys)' : `--keys ${file}`}`,
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

/** The HDLC address of the meter. */
function deviceOf(values: Values<typeof options>, address: string): HdlcAddress {
  for (const name of ['hdlc-address', 'hdlc-info', 'hdlc-window'] as const)
    if (values[name] !== undefined && values.hdlc !== true) throw usage(`--${name} needs --hdlc`);
  const device = parseHdlcAddress(address);
  if (device.upper !== 1)
    throw usage(`--hdlc-address ${quoted(address)}: the meter only has logical device 1, e.g. 1/17`);
  return device;
}
/** The keys of the meter, and their suite. */
async function keysOf(values: Values<typeof options>, given: GivenKeys) {
  const { encryption, authentication, broadcast } = given;
  if ((encryption === undefined) !== (authentication === undefined))
    throw usage('the encryption key and the authentication key must be given together');
  const { 'signing-key': own, 'peer-key': peer } = values;
  if ((own === undefined) !== (peer === undefined)) throw usage('--signing-key and --peer-key must be given together');
  const signatures =
    own === undefined || peer === undefined
      ? undefined
      : { signing: await signingKey(own), peerSigning: await peerKey(peer) };
  const byCurve = signatures === undefined ? undefined : suiteOf(signatures.signing.publicKey.curve);
  const suite =
    values.suite === undefined
      ? (byCurve ?? (encryption?.length === 32 ? 2 : 0))
      : integerOption(values.suite, '--suite', 0, 2);
  if (byCurve !== undefined && suite !== byCurve)
    throw usage(`--suite ${suite} does not fit the signing key, which belongs to suite ${byCurve}`);
  if (signatures !== undefined && signatures.peerSigning.curve !== signatures.signing.publicKey.curve)
    throw usage('--peer-key and --signing-key are for different curves: both must belong to one suite');
  if (encryption !== undefined && encryption.length !== (suite === 2 ? 32 : 16))
    throw usage(`the encryption key has ${encryption.length} octets; suite ${suite} needs ${suite === 2 ? 32 : 16}`);
  const symmetric =
    encryption === undefined || authentication === undefined
      ? testKeysOf(suite)
      : {
          globalUnicast: encryption,
          authentication,
          ...(broadcast === undefined ? {} : { globalBroadcast: broadcast }),
        };
  return { suite, keys: { ...symmetric, ...signatures } };
}

const words = ['ciphering', 'short-names', 'pre-established'] as const;
/** @param state of the meter, which does not exist yet */
async function associationOf(
  text: string,
  index: number,
  password: Uint8Array,
  state: { readonly security?: SecurityState },
  taken: Set<number>,
): Promise<AssociationConfig> {
  const wrong = (what: string): Error => usage(`--association ${quoted(text)}: ${what}`);
  const [, client, mechanism, list] = /^(\d+):([a-z0-9-]+)(?::([a-z-]+(?:,[a-z-]+)*))?$/.exec(text) ?? [];
  if (client === undefined || mechanism === undefined)
    throw wrong('CLIENT:MECHANISM[:WORDS] is needed, e.g. 40:hls-gmac:ciphering');
  if (!Object.hasOwn(mechanisms, mechanism))
    throw wrong(`unknown mechanism ${quoted(mechanism)}; known are ${Object.keys(mechanisms).join(', ')}`);
  const given = new Set(list?.split(',') ?? []);
  for (const word of given)
    if (!(words as readonly string[]).includes(word))
      throw wrong(`unknown word ${quoted(word)}; known are ${words.join(', ')}`);
  const ciphered = given.has('ciphering');
  const hls = mechanism.startsWith('hls-');
  const clientSap = integerOption(client, '--association: client', 1, 0xffff);
  if (taken.has(clientSap)) throw wrong(`client ${clientSap} has an association already`);
  taken.add(clientSap);
  return {
    clientSap,
    logicalName: `0-0:40.0.${10 + index}*255`,
    mechanism: mechanism as Mechanism,
    ciphering: ciphered ? 'required' : 'none',
    // Those who prove nothing and protect nothing may only read.
    rights: mechanism === 'none' && !ciphered ? readOnlyRights : objectRights,
    ...(ciphered || hls
      ? {
          security: () => {
            if (state.security === undefined) throw new Error('the meter is not ready');
            return andThen(state.security.context(), (context) => {
              // No message names the client, so it is the one of `read`, with its default title.
              if (given.has('pre-established')) context.setPeer(defaultClientTitle);
              return context;
            });
          },
        }
      : {}),
    ...(mechanism === 'lls' ? { password } : {}),
    ...(mechanism === 'hls-2' ? { manufacturer: aesEcbReply(password) } : {}),
    ...(['hls-md5', 'hls-sha1', 'hls-sha256'].includes(mechanism)
      ? { secret: await nodeProvider.importKey('secret', password) }
      : {}),
    ...(given.has('short-names') ? { referencing: serverShortNames() } : {}),
    ...(given.has('pre-established') ? { preEstablished: true } : {}),
  };
}

/** Writes the key file. An existing file with other contents is never overwritten. */
async function saveKeys(
  path: string,
  keys: { readonly globalUnicast?: unknown; readonly authentication?: unknown },
  password: Uint8Array,
): Promise<void> {
  const { globalUnicast, authentication } = keys;
  if (!(globalUnicast instanceof Uint8Array) || !(authentication instanceof Uint8Array))
    throw usage('--save-keys: there are no keys to save');
  const content = formatKeyFile({
    encryptionKey: formatHex(globalUnicast),
    authenticationKey: formatHex(authentication),
    password: `hex:${formatHex(password)}`,
  });
  await writeFile(path, content, { flag: 'wx', mode: 0o600 }).catch(async (e: NodeJS.ErrnoException) => {
    if (e.code !== 'EEXIST') throw usage(`--save-keys: cannot write ${path} (${e.code})`);
    if ((await readFile(path, 'utf8').catch(() => '')) !== content)
      throw usage(`--save-keys: ${path} exists already, with other content`);
  });
}

const stopped = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
