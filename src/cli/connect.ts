import { Client } from '../client/client.js';
import type { Authentication, ClientOptions } from '../client/options.js';
import { shortNames } from '../client/short-name.js';
import type { MaybePromise } from '../core/promise.js';
import { SecurityContext } from '../security/context.js';
import type { InvocationCounters } from '../security/counters.js';
import { aesEcbReply } from '../security/hls.js';
import { importKeys } from '../security/keys.js';
import { nodeProvider } from '../security/providers/node-provider.js';
import type { KeyPair, PublicKey } from '../security/providers/provider.js';
import { defaultConformance } from '../session/association.js';
import { shortNameConformance } from '../session/short-name.js';
import { wrapperChannel } from '../transport/channels/wrapper.js';
import { hdlcAddress, parseHdlcAddress } from '../transport/hdlc/address.js';
import { hdlcChannel } from '../transport/hdlc/bus.js';
import type { HdlcParameters as HdlcSizes } from '../transport/hdlc/parameters.js';
import { closedError, linkTransport } from '../transport/link.js';
import type { LineSettings, SerialLine } from '../transport/media/serial-line.js';
import { connectTcp } from '../transport/media/tcp.js';
import { connectTls } from '../transport/media/tls.js';
import { connectUdp } from '../transport/media/udp.js';
import { modeEPort } from '../transport/sign-on/mode-e-port.js';
import type { ApduChannel, OctetLink, Transport } from '../transport/transport.js';
import type { ConformanceBit } from '../xdlms/initiate.js';
import type { Option } from './command.js';
import { counterOptions, forgottenCounters, keptCounters } from './counters.js';
import { quoted, usage } from './failure.js';
import { trustedFile } from './guarded-file.js';
import { hexArgument } from './input.js';
import type { Io } from './io.js';
import { type GivenKeys, givenKeys, meterKeyOptions, waysToGive } from './keys.js';
import { peerKey, signingKey, suiteOf } from './signature-keys.js';

// Finds a meter by its URL, and makes a client for it.

export const urlNote =
  'URL: tcp://HOST:PORT?client=16&server=1 (wrapper; default port 4059), hdlc+tcp://HOST:PORT?client=16&server=1/17 (HDLC over TCP), udp://, tls://, serial:///dev/ttyUSB0?client=16&server=1&baud=9600 (HDLC; needs the package serialport). client is the client address (SAP), server the logical device; with HDLC also UPPER/LOWER, or UPPER/LOWER:4 for a four-octet address. With HDLC also parity=even or odd, echo=yes (the line echoes what is sent), parameters=yes (SNRM with parameters, for jDLMS servers), start=mode-e (IEC 62056-21 sign-on at 300 baud; baud is then the highest speed) or start=mode-e-8bit (the same over a line that stays at 8 data bits). dlms-cosem doctor finds out what a meter answers to.';

export const connectOptions = {
  mechanism: {
    type: 'string',
    value: 'NAME',
    help: 'none, lls, hls-2, hls-md5, hls-sha1, hls-gmac, hls-sha256 or hls-ecdsa; default: hls-ecdsa with a signing key, hls-gmac with keys, lls with a password, otherwise none',
  },
  'signing-key': {
    type: 'string',
    value: 'FILE',
    help: "this client's key for hls-ecdsa: PEM (PKCS #8 or SEC 1), or the scalar in hexadecimal digits; P-256 means security suite 1, P-384 suite 2",
  },
  'peer-key': {
    type: 'string',
    value: 'FILE',
    help: "the meter's public signature key for hls-ecdsa: its certificate or public key as PEM, or x and y in hexadecimal digits",
  },
  ...meterKeyOptions,
  'system-title': {
    type: 'string',
    value: 'HEX',
    help: 'system title of this client, 8 octets (default 444C4D5300000001)',
  },
  'meter-title': {
    type: 'string',
    value: 'HEX',
    help: 'system title that the meter must have; default: the one that it sends',
  },
  protection: {
    type: 'string',
    value: 'NAME',
    help: 'both (default), authenticated, or encrypted (which proves nothing and does not detect replays)',
  },
  suite: {
    type: 'string',
    value: 'N',
    help: 'security suite 0, 1 or 2; default: taken from the signing key, otherwise from the length of the keys',
  },
  'short-name': { type: 'boolean', help: 'short name referencing, for meters without logical name referencing' },
  'hls-by-write': {
    type: 'boolean',
    help: 'with --short-name: send the HLS reply as a WRITE, which the Gurux family expects',
  },
  'pre-established': { type: 'boolean', help: 'the association is always open: send no AARQ' },
  ciphering: {
    type: 'string',
    value: 'NAME',
    help: 'required (default if there are keys) or none: data is sent in clear, and the keys serve HLS only',
  },
  dedicated: { type: 'boolean', help: 'propose a dedicated key for this association' },
  'general-glo': { type: 'boolean', help: 'general-glo-ciphering instead of the service-specific glo- APDUs' },
  gbt: { type: 'boolean', help: 'propose general block transfer' },
  'max-pdu': { type: 'string', value: 'N', help: 'longest APDU to accept, in octets (default 65535)' },
  'hdlc-info': {
    type: 'string',
    value: 'N',
    help: 'longest HDLC information field to propose, 32 to 2030 octets (default 128)',
  },
  'hdlc-window': {
    type: 'string',
    value: 'N',
    help: 'HDLC frames to send without waiting for an acknowledgement, 1 to 7 (default 1)',
  },
  counter: {
    type: 'string',
    value: 'N',
    help: 'lowest invocation counter to use; not needed if the meter names the one it expects',
  },
  ...counterOptions,
  ca: { type: 'string', value: 'FILE', help: 'certification authority to trust for tls://' },
  timeout: { type: 'string', value: 'SECONDS', help: 'how long to wait for each answer (default 10)' },
} as const satisfies Record<string, Option>;
export type ConnectValues = {
  readonly [K in keyof typeof connectOptions]?: (typeof connectOptions)[K]['type'] extends 'boolean' ? boolean : string;
};

const urlParameters: readonly string[] = ['client', 'server', 'baud', 'parity', 'start', 'echo', 'parameters'];

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
    throw usage(`${quoted(text)} is not a URL like tcp://127.0.0.1:4059?client=16&server=1`);
  }
  const scheme = url.protocol.slice(0, -1);
  if (scheme !== 'tcp' && scheme !== 'hdlc+tcp' && scheme !== 'udp' && scheme !== 'tls' && scheme !== 'serial')
    throw usage(`unknown scheme ${quoted(scheme)}; use tcp, hdlc+tcp, udp, tls or serial`);
  if (scheme !== 'serial' && url.hostname === '') throw usage(`${quoted(text)} names no host`);
  for (const name of url.searchParams.keys())
    if (!urlParameters.includes(name))
      throw usage(`unknown ${quoted(name)} in the URL; known are ${urlParameters.join(', ')}`);
  if (url.password !== '' || url.username !== '')
    throw usage('secrets do not belong in a URL: use DLMS_COSEM_PASSWORD, --ask password or the file of --keys');
  return {
    url,
    scheme,
    client: integerOption(url.searchParams.get('client') ?? '16', 'client', 0, 0xffff),
    server: url.searchParams.get('server') ?? '1',
  };
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
    wrapperChannel(through(t), {
      clientSap: client,
      serverSap: integerOption(target.server, 'server', 0, 0xffff),
      timeoutMs,
    });
  const hdlc = (t: Transport): ApduChannel =>
    hdlcChannel(through(t), {
      client,
      server: /^\d+$/.test(target.server) ? hdlcAddress(Number(target.server)) : parseHdlcAddress(target.server),
      responseTimeoutMs: Math.min(timeoutMs, 5000),
      receiveTimeoutMs: timeoutMs,
      echo: choice(url, 'echo', ['no', 'yes']) === 'yes',
      ...hdlcSizes(values),
      sendParameters: choice(url, 'parameters', ['no', 'yes']) === 'yes',
    });
  switch (scheme) {
    case 'tcp':
      return wrapper(await connectTcp(connect));
    case 'udp':
      return wrapper(await connectUdp(connect));
    case 'tls':
      return wrapper(
        await connectTls({
          ...connect,
          ...(values.ca === undefined ? {} : { ca: new TextDecoder().decode(await trustedFile(values.ca, '--ca')) }),
        }),
      );
    case 'hdlc+tcp':
      return hdlc(await started(url, await connectTcp(connect), signal));
    case 'serial': {
      const { openSerial } = await import('../transport/media/serial.js');
      return hdlc(await started(url, await openSerial({ path: serialPath(url), ...lineOf(url) }), signal));
    }
  }
}
/** `/dev/ttyUSB0`; `COM3` from serial:///COM3. */
const serialPath = (url: URL): string => decodeURIComponent(url.pathname).replace(/^\/(COM\d+)$/i, '$1');
function lineOf(url: URL): Partial<LineSettings> {
  if (choice(url, 'start', starts) === 'mode-e') return { baudRate: 300, dataBits: 7, parity: 'even' };
  return {
    baudRate: integerOption(url.searchParams.get('baud') ?? '9600', 'baud', 1, 4_000_000),
    parity: choice(url, 'parity', ['none', 'even', 'odd']),
  };
}
const starts = ['direct', 'mode-e', 'mode-e-8bit'] as const;

/** The line, after the sign-on if the URL asks for one. */
async function started(url: URL, line: SerialLine, signal: AbortSignal | undefined): Promise<Transport> {
  const start = choice(url, 'start', starts);
  if (start === 'direct') return line;
  const port = modeEPort(line, { emulateSevenE1: start === 'mode-e-8bit' });
  const baud = url.searchParams.get('baud');
  try {
    const signed = await port.signOn({
      fallback: 'hdlc',
      ...(baud === null ? {} : { maxBaud: integerOption(baud, 'baud', 300, 19200) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (signed.type !== 'hdlc') throw closedError(undefined, 'the sign-on');
    const { direct } = signed.transport;
    // Closes the line too, which the transport of a sign-on leaves open; here nobody else needs it.
    return direct === undefined
      ? signed.transport
      : linkTransport({ ...linkOf(direct), close: () => port.close(), abort: () => void port.close() });
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
  if (found === undefined) throw usage(`unknown ${name}=${quoted(given)} in the URL; known are ${values.join(', ')}`);
  return found;
}

/** Default system title of the client: `DLMS`, then 00 00 00 01. */
export const defaultClientTitle: Uint8Array = Uint8Array.of(0x44, 0x4c, 0x4d, 0x53, 0, 0, 0, 1);

/** Makes a client, not yet connected. `through` may put middleware around the transport. */
export async function clientOf(
  target: Target,
  values: ConnectValues,
  io: Io,
  extra: Partial<ClientOptions> = {},
  through: (t: Transport) => Transport = (t) => t,
): Promise<Client> {
  const timeoutMs = 1000 * Number(values.timeout ?? 10);
  if (!(timeoutMs > 0)) throw usage('--timeout must be a number of seconds');
  const { authentication, security, ciphered } = await credentials(values, io);
  const shortName = values['short-name'] === true;
  if (values['hls-by-write'] === true && !shortName) throw usage('--hls-by-write needs --short-name');
  const maxReceivePduSize =
    values['max-pdu'] === undefined ? undefined : integerOption(values['max-pdu'], '--max-pdu', 64, 0xffff);
  const channel = await channelOf(target, values, timeoutMs, io.signal, through);
  const options: ClientOptions = {
    timeoutMs,
    authentication,
    ...(security === undefined ? {} : { security }),
    ciphering: ciphered ? 'required' : 'none',
    ...(values.dedicated === true ? { dedicatedKey: true } : {}),
    ...(values['pre-established'] === true ? { preEstablished: true } : {}),
    ...(maxReceivePduSize === undefined ? {} : { maxReceivePduSize }),
    ...(shortName ? { referencing: shortNames(values['hls-by-write'] === true ? { replyToHls: 'write' } : {}) } : {}),
    ...proposed(values, shortName),
    ...extra,
  };
  try {
    return new Client(channel, options);
  } catch (e) {
    // The connection exists already, and nobody else can close it.
    await channel.close();
    throw e;
  }
}

/** Block transfer and general protection are proposed only on request. */
function proposed(values: ConnectValues, shortName: boolean): { conformance?: readonly ConformanceBit[] } {
  const more: ConformanceBit[] = [];
  if (values.gbt === true) more.push('general-block-transfer');
  if (values['general-glo'] === true) more.push('general-protection');
  return more.length === 0
    ? {}
    : { conformance: [...(shortName ? shortNameConformance : defaultConformance), ...more] };
}
/** The same for both directions: what a link proposes and what it accepts. */
export function hdlcSizes(values: { readonly 'hdlc-info'?: string; readonly 'hdlc-window'?: string }): HdlcSizes {
  const info =
    values['hdlc-info'] === undefined ? undefined : integerOption(values['hdlc-info'], '--hdlc-info', 32, 2030);
  const window =
    values['hdlc-window'] === undefined ? undefined : integerOption(values['hdlc-window'], '--hdlc-window', 1, 7);
  return {
    ...(info === undefined ? {} : { maxInfoTransmit: info, maxInfoReceive: info }),
    ...(window === undefined ? {} : { windowTransmit: window, windowReceive: window }),
  };
}

interface Credentials {
  readonly authentication: Authentication;
  readonly security: SecurityContext | undefined;
  readonly ciphered: boolean;
}
/**
 * Who we are according to the options. What needs keys is refused without them: an unset variable must not make us send
 * in clear.
 */
async function credentials(values: ConnectValues, io: Io): Promise<Credentials> {
  const keys = await givenKeys(values, io);
  const { password: secret, encryption } = keys;
  if (encryption === undefined) refuseWithoutKey(values, keys);
  if (values['general-glo'] === true && values.dedicated === true)
    throw usage('--general-glo and --dedicated exclude each other');
  const { ciphering = encryption === undefined ? 'none' : 'required' } = values;
  if (ciphering !== 'required' && ciphering !== 'none')
    throw usage(`--ciphering must be required or none, not ${quoted(ciphering)}`);
  if (ciphering === 'required' && encryption === undefined)
    throw usage(`--ciphering required needs keys. ${waysToGive}`);
  const mechanism = mechanismOf(values, keys);
  const needSecret = (): Uint8Array => {
    if (secret === undefined)
      throw usage(
        `mechanism ${mechanism} needs a password: DLMS_COSEM_PASSWORD, --ask password, or the file of --keys`,
      );
    return secret;
  };
  const signatures = await signaturesOf(values, mechanism);
  const suite = suiteFor(values, encryption, signatures);
  const authentication = await authenticationOf(mechanism, keys, needSecret);
  const initial = values.counter === undefined ? undefined : integerOption(values.counter, '--counter', 0, 0xfffffffe);
  const ciphered = ciphering === 'required';
  // HLS 5 encrypts nothing, but its tags need counters too.
  const counted = encryption !== undefined && (ciphered || mechanism === 'hls-gmac');
  const useless = counterNames.find((name) => values[name] !== undefined);
  if (!counted && useless !== undefined)
    throw usage(`--${useless} has no effect: without ciphering and with mechanism ${mechanism} nothing is counted`);
  const counters = counted ? () => keptCounters(values, io, initial) : forgottenCounters;
  const security =
    ciphered || mechanism.startsWith('hls') ? await securityOf(values, keys, suite, signatures, counters) : undefined;
  return { authentication, security, ciphered };
}
const counterNames = ['counter', 'counters', 'create-counters'] as const;
function refuseWithoutKey(values: ConnectValues, { authentication, broadcast }: GivenKeys): void {
  if (authentication !== undefined || broadcast !== undefined)
    throw usage(`the global unicast encryption key is missing. ${waysToGive}`);
  const needs = (['protection', 'general-glo', 'dedicated', ...counterNames] as const).find(
    (name) => values[name] !== undefined,
  );
  if (needs !== undefined) throw usage(`--${needs} needs keys. ${waysToGive}`);
}
/** The mechanism that was named, else the strongest that the keys allow. */
function mechanismOf(values: ConnectValues, { encryption, password }: GivenKeys): string {
  if (values['pre-established'] === true) {
    const { mechanism = 'none' } = values;
    if (mechanism !== 'none')
      throw usage(
        `--pre-established and --mechanism ${quoted(mechanism)} exclude each other: without AARQ nothing is authenticated`,
      );
    return mechanism;
  }
  if (values.mechanism !== undefined) return values.mechanism;
  if (values['signing-key'] !== undefined) return 'hls-ecdsa';
  if (encryption !== undefined) return 'hls-gmac';
  return password === undefined ? 'none' : 'lls';
}
/** The suite that was named, else the one of the keys; what does not go together is refused. */
function suiteFor(
  values: ConnectValues,
  encryption: Uint8Array | undefined,
  signatures: { readonly signing: KeyPair } | undefined,
): number {
  const byCurve = signatures === undefined ? undefined : suiteOf(signatures.signing.publicKey.curve);
  const suite =
    values.suite === undefined
      ? (byCurve ?? (encryption?.length === 32 ? 2 : 0))
      : integerOption(values.suite, '--suite', 0, 2);
  if (byCurve !== undefined && suite !== byCurve)
    throw usage(`--suite ${suite} does not fit the signing key, which belongs to suite ${byCurve}`);
  const needed = suite === 2 ? 32 : 16;
  if (encryption !== undefined && encryption.length !== needed)
    throw usage(`the encryption key has ${encryption.length} octets; suite ${suite} needs ${needed}`);
  return suite;
}
async function authenticationOf(
  mechanism: string,
  keys: GivenKeys,
  needSecret: () => Uint8Array,
): Promise<Authentication> {
  switch (mechanism) {
    case 'none':
    case 'hls-ecdsa':
      return { mechanism };
    case 'lls':
      return { mechanism, password: needSecret() };
    case 'hls-2':
      return { mechanism, manufacturer: aesEcbReply(needSecret()) };
    case 'hls-md5':
    case 'hls-sha1':
    case 'hls-sha256':
      return { mechanism, secret: await nodeProvider.importKey('secret', needSecret()) };
    case 'hls-gmac':
      if (keys.encryption === undefined || keys.authentication === undefined)
        throw usage(`mechanism hls-gmac needs the encryption key and the authentication key. ${waysToGive}`);
      return { mechanism };
    default:
      throw usage(`--mechanism ${quoted(mechanism)} is not known`);
  }
}
/** The value of `--protection`. */
export function appliedProtection(name = 'both'): { readonly authenticated: boolean; readonly encrypted: boolean } {
  if (!['both', 'authenticated', 'encrypted'].includes(name))
    throw usage('--protection must be both, authenticated or encrypted');
  return { authenticated: name !== 'encrypted', encrypted: name !== 'authenticated' };
}
/** Both keys of HLS 7: without the meter's key its answer proves nothing. */
async function signaturesOf(
  values: ConnectValues,
  mechanism: string,
): Promise<{ signing: KeyPair; peerSigning: PublicKey } | undefined> {
  const { 'signing-key': own, 'peer-key': peer } = values;
  if (mechanism !== 'hls-ecdsa') {
    if (own !== undefined || peer !== undefined) throw usage('--signing-key and --peer-key need --mechanism hls-ecdsa');
    return undefined;
  }
  if (own === undefined || peer === undefined) throw usage('mechanism hls-ecdsa needs --signing-key and --peer-key');
  const signatures = { signing: await signingKey(own), peerSigning: await peerKey(peer) };
  const { curve } = signatures.signing.publicKey;
  if (signatures.peerSigning.curve !== curve)
    throw usage(
      `--peer-key is for ${signatures.peerSigning.curve}, --signing-key for ${curve}: both must belong to one suite`,
    );
  return signatures;
}
async function securityOf(
  values: ConnectValues,
  keys: GivenKeys,
  suite: number,
  signatures: { signing: KeyPair; peerSigning: PublicKey } | undefined,
  counters: () => MaybePromise<InvocationCounters>,
): Promise<SecurityContext> {
  const title = keys.title ?? defaultClientTitle;
  const applied = appliedProtection(values.protection);
  if (keys.encryption !== undefined && applied.authenticated && keys.authentication === undefined)
    throw usage(
      `the authentication key is missing: authenticated messages need it (or --protection encrypted). ${waysToGive}`,
    );
  return new SecurityContext({
    provider: nodeProvider,
    suite,
    systemTitle: title,
    peerSystemTitle:
      values['meter-title'] === undefined ? undefined : hexArgument(values['meter-title'], '--meter-title', [8]),
    keys: await importKeys(nodeProvider, suite, {
      globalUnicast: keys.encryption,
      authentication: keys.authentication,
      globalBroadcast: keys.broadcast,
      ...signatures,
    }),
    counters: await counters(),
    policy: { send: applied, receive: applied, withoutReplayProtection: !applied.authenticated },
    ...(values['general-glo'] === true ? { form: 'general-glo' as const } : {}),
    acceptSuites: suite === 2 ? [2] : [0, 1],
  });
}

export function integerOption(text: string, what: string, least: number, most: number): number {
  const n = /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!(n >= least && n <= most))
    throw usage(`${what} must be a whole number from ${least} to ${most}, not ${quoted(text)}`);
  return n;
}
