import { readFile } from 'node:fs/promises';
import type { Authentication, ClientOptions } from '../client/association.js';
import { Client } from '../client/client.js';
import { shortNames } from '../client/short-name.js';
import { importKeys, SecurityContext } from '../security/context.js';
import { InvocationCounters, MemoryCounterStore } from '../security/counters.js';
import { aesEcbReply } from '../security/hls.js';
import { nodeProvider } from '../security/node-provider.js';
import { FileCounterStore } from '../security/node-store.js';
import type { SecurityPolicy } from '../security/policy.js';
import type { KeyPair, PublicKey } from '../security/provider.js';
import { hdlcAddress, parseHdlcAddress } from '../transport/hdlc/address.js';
import { hdlcChannel } from '../transport/hdlc/bus.js';
import { closedError, linkTransport } from '../transport/link.js';
import { modeEPort } from '../transport/mode-e-port.js';
import type { LineSettings, SerialLine } from '../transport/serial-line.js';
import { connectTcp } from '../transport/tcp.js';
import { connectTls } from '../transport/tls.js';
import type { ApduChannel, OctetLink, Transport } from '../transport/transport.js';
import { connectUdp } from '../transport/udp.js';
import { wrapperChannel } from '../transport/wrapper.js';
import type { Option } from './command.js';
import { usage } from './failure.js';
import { hexArgument } from './input.js';
import type { Io } from './io.js';
import { givenKeys, keyOptions } from './keys.js';
import { peerKey, signingKey, suiteOf } from './signature-keys.js';

// A meter by its URL, and a client for it.

export const urlNote =
  'URL: tcp://HOST:PORT?client=16&server=1 (wrapper; port 4059 when left out), hdlc+tcp://HOST:PORT?client=16&server=1/17 (HDLC over TCP), udp://, tls://, serial:///dev/ttyUSB0?client=16&server=1&baud=9600 (HDLC; needs the package serialport). client is the client address (SAP), server the logical device, for HDLC also UPPER/LOWER. With HDLC also parity=even or odd, echo=yes (the line gives back what is sent), start=mode-e (sign-on of IEC 62056-21 at 300 baud; baud is then the highest speed) or start=mode-e-8bit (the same over a line that stays at 8 data bits). dlms-cosem doctor finds out what a meter answers to.';

export const connectOptions = {
  password: { type: 'string', value: 'TEXT', help: 'password (LLS) or HLS secret; hex:… for octets' },
  mechanism: {
    type: 'string',
    value: 'NAME',
    help: 'none, lls, hls-2, hls-md5, hls-sha1, hls-gmac, hls-sha256 or hls-ecdsa; default: hls-ecdsa with a signing key, hls-gmac with keys, lls with a password, else none',
  },
  'signing-key': {
    type: 'string',
    value: 'FILE',
    help: 'own key for hls-ecdsa: PEM (PKCS 8 or SEC 1), or the scalar in hexadecimal digits; P-256 is security suite 1, P-384 suite 2',
  },
  'peer-key': {
    type: 'string',
    value: 'FILE',
    help: 'signature key of the meter for hls-ecdsa: PEM of its certificate or public key, or x and y in hexadecimal digits',
  },
  ...keyOptions,
  'system-title': { type: 'string', value: 'HEX', help: 'system title of this client, 8 octets (default 444C4D5300000001)' },
  'meter-title': { type: 'string', value: 'HEX', help: 'system title that the meter must have; default: the one that it states' },
  protection: { type: 'string', value: 'NAME', help: 'both (default), authenticated or encrypted' },
  suite: { type: 'string', value: 'N', help: 'security suite 0, 1 or 2; default by the signing key, else by the length of the keys' },
  'short-name': { type: 'boolean', help: 'short name referencing, for meters that have no logical name referencing' },
  dedicated: { type: 'boolean', help: 'propose a dedicated key for this association' },
  counter: { type: 'string', value: 'N', help: 'first invocation counter to use; a meter that names the one it expects is followed without it' },
  counters: { type: 'string', value: 'DIR', help: 'folder that remembers the counters between runs' },
  ca: { type: 'string', value: 'FILE', help: 'certification authority to believe for tls://' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long to wait for each answer (default 10)' },
} as const satisfies Record<string, Option>;
export type ConnectValues = { readonly [K in keyof typeof connectOptions]?: (typeof connectOptions)[K]['type'] extends 'boolean' ? boolean : string };

const urlParameters: readonly string[] = ['client', 'server', 'baud', 'parity', 'start', 'echo'];

export interface Target {
  readonly url: URL;
  readonly scheme: 'tcp' | 'hdlc+tcp' | 'udp' | 'tls' | 'serial';
  readonly client: number;
  readonly server: string;
}
export function targetOf(text: string): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(`${JSON.stringify(text)} is no URL like tcp://127.0.0.1:4059?client=16&server=1`);
  }
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'tcp' && scheme !== 'hdlc+tcp' && scheme !== 'udp' && scheme !== 'tls' && scheme !== 'serial')
    throw usage(`scheme ${JSON.stringify(scheme)} is not known; use tcp, hdlc+tcp, udp, tls or serial`);
  if (scheme !== 'serial' && url.hostname === '') throw usage(`${JSON.stringify(text)} names no host`);
  for (const name of url.searchParams.keys())
    if (!urlParameters.includes(name)) throw usage(`${JSON.stringify(name)} in the URL is not known; ${urlParameters.join(', ')} are`);
  if (url.password !== '' || url.username !== '') throw usage('secrets do not belong into a URL: use --password');
  return { url, scheme, client: whole(url.searchParams.get('client') ?? '16', 'client', 0, 0xffff), server: url.searchParams.get('server') ?? '1' };
}

async function channelOf(
  target: Target,
  values: ConnectValues,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  through: (t: Transport) => Transport,
): Promise<ApduChannel> {
  const { url, scheme, client } = target;
  const connect = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 4059 : Number(url.port),
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  };
  const wrapper = (t: Transport): ApduChannel =>
    wrapperChannel(through(t), { clientSap: client, serverSap: whole(target.server, 'server', 0, 0xffff), timeoutMs });
  const hdlc = (t: Transport): ApduChannel =>
    hdlcChannel(through(t), {
      client,
      server: /^\d+$/.test(target.server) ? hdlcAddress(Number(target.server)) : parseHdlcAddress(target.server),
      responseTimeoutMs: Math.min(timeoutMs, 5000),
      receiveTimeoutMs: timeoutMs,
      echo: choice(url, 'echo', ['no', 'yes']) === 'yes',
    });
  switch (scheme) {
    case 'tcp':
      return wrapper(await connectTcp(connect));
    case 'udp':
      return wrapper(await connectUdp(connect));
    case 'tls':
      return wrapper(await connectTls({ ...connect, ...(values.ca === undefined ? {} : { ca: await fileText(values.ca) }) }));
    case 'hdlc+tcp':
      return hdlc(await started(url, await connectTcp(connect), signal));
    case 'serial': {
      const { openSerial } = await import('../transport/serial.js');
      return hdlc(await started(url, await openSerial({ path: serialPath(url), ...lineOf(url) }), signal));
    }
  }
}
/** `/dev/ttyUSB0`; `COM3` from serial:///COM3. */
const serialPath = (url: URL): string => decodeURIComponent(url.pathname).replace(/^\/(COM\d+)$/i, '$1');
function lineOf(url: URL): Partial<LineSettings> {
  if (choice(url, 'start', starts) === 'mode-e') return { baudRate: 300, dataBits: 7, parity: 'even' };
  return { baudRate: whole(url.searchParams.get('baud') ?? '9600', 'baud', 1, 4_000_000), parity: choice(url, 'parity', ['none', 'even', 'odd']) };
}
const starts = ['direct', 'mode-e', 'mode-e-8bit'] as const;

/** The line after the sign-on that the URL asks for. */
async function started(url: URL, line: SerialLine, signal: AbortSignal | undefined): Promise<Transport> {
  const start = choice(url, 'start', starts);
  if (start === 'direct') return line;
  const port = modeEPort(line, { emulateSevenE1: start === 'mode-e-8bit' });
  const baud = url.searchParams.get('baud');
  try {
    const signed = await port.signOn({
      fallback: 'hdlc',
      ...(baud === null ? {} : { maxBaud: whole(baud, 'baud', 300, 19200) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (signed.type !== 'hdlc') throw closedError(undefined, 'the sign-on');
    const { direct } = signed.transport;
    // The transport of a sign-on leaves the line open: here nobody else needs it.
    return direct === undefined ? signed.transport : linkTransport({ ...linkOf(direct), close: () => port.close(), abort: () => void port.close() });
  } catch (e) {
    await port.close();
    throw e;
  }
}
const linkOf = (link: OctetLink): Omit<OctetLink, 'close' | 'abort'> => ({
  start: (sink) => link.start(sink),
  write: (octets) => link.write(octets),
  pause: () => link.pause(),
  resume: () => link.resume(),
});
function choice<const T extends string>(url: URL, name: string, values: readonly [T, ...T[]]): T {
  const given = url.searchParams.get(name) ?? values[0];
  const found = values.find((v) => v === given);
  if (found === undefined) throw usage(`${name}=${given} in the URL is not known; ${values.join(', ')} are`);
  return found;
}
const fileText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch(() => {
    throw usage(`--ca: nothing readable at ${path}`);
  });

/** A client that is not connected yet. `through` may put middleware around the transport. */
export async function clientOf(
  target: Target,
  values: ConnectValues,
  io: Io,
  extra: Partial<ClientOptions> = {},
  through: (t: Transport) => Transport = (t) => t,
): Promise<Client> {
  const timeoutMs = 1000 * Number(values.timeout ?? 10);
  if (!(timeoutMs > 0)) throw usage('--timeout must be a number of seconds');
  const { authentication, security } = await credentials(values, io);
  const channel = await channelOf(target, values, timeoutMs, io.signal, through);
  return new Client(channel, {
    timeoutMs,
    authentication,
    ...(security === undefined ? {} : { security, ciphered: security.keys.globalUnicast !== undefined }),
    ...(values.dedicated === true ? { dedicatedKey: true } : {}),
    ...(values['short-name'] === true ? { referencing: shortNames() } : {}),
    ...extra,
  });
}

async function credentials(values: ConnectValues, io: Io): Promise<{ authentication: Authentication; security: SecurityContext | undefined }> {
  const keys = givenKeys(values);
  const secret = values.password === undefined ? undefined : passwordOctets(values.password);
  const byKeys = values['signing-key'] !== undefined ? 'hls-ecdsa' : keys.encryption !== undefined && secret === undefined ? 'hls-gmac' : undefined;
  const mechanism = values.mechanism ?? byKeys ?? (secret === undefined ? 'none' : 'lls');
  const needSecret = (): Uint8Array => {
    if (secret === undefined) throw usage(`mechanism ${mechanism} needs --password`);
    return secret;
  };
  const signatures = await signaturesOf(values, mechanism, io);
  const byCurve = signatures === undefined ? undefined : suiteOf(signatures.signing.publicKey.curve);
  const suite = values.suite === undefined ? (byCurve ?? (keys.encryption?.length === 32 ? 2 : 0)) : whole(values.suite, '--suite', 0, 2);
  if (byCurve !== undefined && suite !== byCurve) throw usage(`--suite ${suite} does not go with the signing key: it is of suite ${byCurve}`);
  if (keys.encryption !== undefined && keys.encryption.length !== (suite === 2 ? 32 : 16))
    throw usage(`--ek has ${keys.encryption.length} octets; suite ${suite} needs ${suite === 2 ? 32 : 16}`);
  const security = keys.encryption === undefined && !mechanism.startsWith('hls') ? undefined : await securityOf(values, keys, suite, signatures);
  switch (mechanism) {
    case 'none':
      return { authentication: { mechanism }, security };
    case 'lls':
      return { authentication: { mechanism, password: needSecret() }, security };
    case 'hls-2':
      return { authentication: { mechanism, manufacturer: aesEcbReply(needSecret()) }, security };
    case 'hls-md5':
    case 'hls-sha1':
    case 'hls-sha256':
      return { authentication: { mechanism, secret: await nodeProvider.importKey('secret', needSecret()) }, security };
    case 'hls-gmac':
      if (keys.encryption === undefined || keys.authentication === undefined) throw usage('mechanism hls-gmac needs --ek and --ak');
      return { authentication: { mechanism }, security };
    case 'hls-ecdsa':
      return { authentication: { mechanism }, security };
    default:
      throw usage(`--mechanism ${mechanism} is not known`);
  }
}
/** Both keys of HLS 7: without the one of the meter its answer proves nothing. */
async function signaturesOf(values: ConnectValues, mechanism: string, io: Io): Promise<{ signing: KeyPair; peerSigning: PublicKey } | undefined> {
  const { 'signing-key': own, 'peer-key': peer } = values;
  if (mechanism !== 'hls-ecdsa') {
    if (own !== undefined || peer !== undefined) throw usage('--signing-key and --peer-key go with --mechanism hls-ecdsa');
    return undefined;
  }
  if (own === undefined || peer === undefined) throw usage('mechanism hls-ecdsa needs --signing-key and --peer-key');
  const signatures = { signing: await signingKey(own, io), peerSigning: await peerKey(peer) };
  const { curve } = signatures.signing.publicKey;
  if (signatures.peerSigning.curve !== curve)
    throw usage(`--peer-key is of ${signatures.peerSigning.curve}, --signing-key of ${curve}: both belong to one suite`);
  return signatures;
}
async function securityOf(
  values: ConnectValues,
  keys: ReturnType<typeof givenKeys>,
  suite: number,
  signatures: { signing: KeyPair; peerSigning: PublicKey } | undefined,
): Promise<SecurityContext> {
  const title = keys.title ?? Uint8Array.of(0x44, 0x4c, 0x4d, 0x53, 0, 0, 0, 1);
  const initial = values.counter === undefined ? undefined : whole(values.counter, '--counter', 0, 0xfffffffe);
  const store = values.counters === undefined ? new MemoryCounterStore() : new FileCounterStore(values.counters);
  const { protection = 'both' } = values;
  if (!['both', 'authenticated', 'encrypted'].includes(protection)) throw usage('--protection must be both, authenticated or encrypted');
  const applied = { authenticated: protection !== 'encrypted', encrypted: protection !== 'authenticated' };
  const policy: SecurityPolicy = { send: applied, receive: applied };
  if (keys.encryption !== undefined && applied.authenticated && keys.authentication === undefined)
    throw usage('--ak is missing: authenticated messages need it (or --protection encrypted)');
  return new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: title,
    peerSystemTitle: values['meter-title'] === undefined ? undefined : hexArgument(values['meter-title'], '--meter-title', [8]),
    keys: await importKeys(nodeProvider, suite, {
      globalUnicast: keys.encryption,
      authentication: keys.authentication,
      globalBroadcast: keys.broadcast,
      ...signatures,
    }),
    counters: new InvocationCounters(store, initial === undefined ? {} : { initial }),
    policy,
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
}
const passwordOctets = (text: string): Uint8Array => (text.startsWith('hex:') ? hexArgument(text.slice(4), '--password') : new TextEncoder().encode(text));

export function whole(text: string, what: string, least: number, most: number): number {
  const n = /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(n >= least && n <= most)) throw usage(`${what} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return n;
}
