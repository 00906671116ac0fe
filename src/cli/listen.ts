import { Data } from '../axdr/data.js';
import { toJson } from '../axdr/json.js';
import { listenPushTcp, listenPushUdp, type PushFault, type RemoteAddress } from '../client/push-node.js';
import { formatHex, parseHex } from '../core/hex.js';
import { plainReading, scaledReading } from '../cosem/push-readings.js';
import type { CompanionProfile } from '../idis/profile.js';
import type { InvocationCounters } from '../security/counters.js';
import type { PushedApdu } from '../transport/push/push-readings.js';
import { type Command, command } from './command.js';
import { integerOption } from './connect.js';
import { counterOptions, forgottenCounters, keptCounters } from './counters.js';
import { exitCodes, failureOf, usage } from './failure.js';
import { hexArgument } from './input.js';
import type { Io } from './io.js';
import { profileArgument } from './profiles.js';
import { type PushKeyFile, pushKeyRing, readPushKeys } from './push-keys.js';
import { type OpenedPush, openPush, type Senders } from './push-message.js';
import { Notes, painter } from './text.js';
import { readingsTable, valueText } from './values.js';

export const listenCommand: Command = command({
  name: 'listen',
  summary: 'receive, verify, name and print what meters push, over TCP or UDP, in any framing',
  arguments: '',
  count: [0, 0],
  options: {
    port: { type: 'string', value: 'N', help: 'TCP or UDP port (default 4059; 0: a free one)' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'address to listen on (default 127.0.0.1: not reachable from outside; 0.0.0.0 for every network)',
    },
    udp: { type: 'boolean', help: 'datagrams instead of TCP' },
    keys: {
      type: 'string',
      value: 'FILE',
      help: 'keys and policy of each sender, a JSON file that only you can read and write (see below)',
    },
    profile: {
      type: 'string',
      value: 'ID|FILE',
      help: 'companion profile that names values, alarms and events, e.g. idis-package-2',
    },
    confirm: {
      type: 'boolean',
      help: 'confirm every verified data-notification; default: those whose service class asks for it',
    },
    'never-confirm': { type: 'boolean', help: 'confirm nothing' },
    'system-title': {
      type: 'string',
      value: 'HEX',
      help: 'system title of this receiver, 8 octets (default 444C4D5300000001)',
    },
    ...counterOptions,
    count: { type: 'string', value: 'N', help: 'stop after this many accepted messages' },
    json: { type: 'boolean', help: 'a line of JSON for each message, for programs' },
  },
  notes: [
    'The framing (wrapper, HDLC, M-Bus, bare APDU) is recognised for each connection or datagram. A message is printed if it meets the policy of its sender; otherwise (wrong key, seen before, less protected than required) it is refused. authenticated: true appears only where a key proved it.',
    'FILE is {"format": "push-keys/1", "plain": "refuse", "senders": [{"systemTitle": HEX, "encryptionKey": HEX, "authenticationKey": HEX}]}. A sender may have broadcastKey, suite (0, 1, 2), name, profile, address (for messages that do not name their sender) and policy: both (default), authenticated, encrypted (shown as not authenticated) or unverified (opens what it can, replays included). Unprotected messages are accepted without a key file, or with one that says "plain": "accept". Details: docs/push-keys.md.',
    'Counters are kept between runs, so that a message from an earlier run is not accepted again and no confirmation is ciphered with a used counter. Unverified messages are never confirmed.',
    'Runs until interrupted, with exit code 0; with --count, an interruption before the last message gives exit code 5. With --json the first line says where it listens ("type": "listening"); "push" and "refused" follow.',
  ],
  examples: [
    'dlms-cosem listen --port 4059 --host 0.0.0.0 --keys keys.json --profile idis-package-2',
    'dlms-cosem listen --port 0 --udp --json --count 1',
  ],
  async run(_, values, io) {
    const port = integerOption(values.port ?? '4059', '--port', 0, 65535);
    const count =
      values.count === undefined ? undefined : integerOption(values.count, '--count', 1, Number.MAX_SAFE_INTEGER);
    if (values.confirm === true && values['never-confirm'] === true)
      throw usage('--confirm and --never-confirm exclude each other');
    for (const name of ['confirm', 'counters', 'create-counters'] as const)
      if (values[name] !== undefined && values.keys === undefined)
        throw usage(`--${name} needs --keys: without keys nothing is verified`);
    const title =
      values['system-title'] === undefined ? ownTitle : hexArgument(values['system-title'], '--system-title', [8]);
    const file = values.keys === undefined ? undefined : await readPushKeys(values.keys);
    const counters = file === undefined ? forgottenCounters() : await keptCounters(values, io);
    const senders = await sendersOf(file, values.profile, title, counters);
    const confirm = values['never-confirm'] === true ? 'never' : values.confirm === true ? 'always' : 'asked';
    const listening = new Listening(senders, confirm, values.json === true, count, io);
    const options = { port, ...(values.host === undefined ? {} : { host: values.host }), ...listening.reception };
    const listener = await (values.udp === true ? listenPushUdp : listenPushTcp)(options, (push, from) =>
      listening.take(push, from),
    );
    const at = {
      transport: values.udp === true ? 'udp' : 'tcp',
      host: values.host ?? '127.0.0.1',
      port: listener.port,
    };
    if (values.json === true) io.stdout.write(`${JSON.stringify({ type: 'listening', ...at })}\n`);
    else io.stderr.write(`listening on ${at.host}:${at.port} (${at.transport.toUpperCase()}); stop with Ctrl+C\n`);
    const stop = (): void => listening.end();
    if (io.signal?.aborted === true) stop();
    io.signal?.addEventListener('abort', stop, { once: true });
    await listening.ended;
    io.signal?.removeEventListener('abort', stop);
    await listener.close();
    return count !== undefined && !listening.complete ? exitCodes.interrupted : exitCodes.ok;
  },
});

const ownTitle = Uint8Array.of(0x44, 0x4c, 0x4d, 0x53, 0, 0, 0, 1);

/** The senders in the key file, with their profiles loaded. */
async function sendersOf(
  file: PushKeyFile | undefined,
  profile: string | undefined,
  own: Uint8Array,
  counters: InvocationCounters,
): Promise<Senders & { nameOf(systemTitle: Uint8Array): string | undefined }> {
  const common = profile === undefined ? undefined : await profileArgument(profile);
  const profiles = new Map<string, CompanionProfile>();
  for (const s of file?.senders ?? [])
    if (s.profile !== undefined && !profiles.has(s.profile)) profiles.set(s.profile, await profileArgument(s.profile));
  const known = new Map(file?.senders.map((s) => [s.systemTitle.toUpperCase(), s] as const));
  const byAddress = new Map(
    file?.senders.flatMap((s) => (s.address === undefined ? [] : [[s.address, parseHex(s.systemTitle)] as const])),
  );
  const of = (title: Uint8Array | undefined) => (title === undefined ? undefined : known.get(formatHex(title)));
  return {
    ring: file === undefined ? undefined : await pushKeyRing(file, own, counters),
    plain: file === undefined || file.plain === 'accept',
    policyOf: (title) => of(title)?.policy ?? 'both',
    // A socket for both IP versions shows 192.0.2.1 as ::ffff:192.0.2.1.
    titleAt: (address) => byAddress.get(address) ?? byAddress.get(address.replace(/^::ffff:/i, '')),
    profileOf: (title) => profiles.get(of(title)?.profile ?? '') ?? common,
    nameOf: (title) => of(title)?.name,
  };
}

class Listening {
  readonly ended: Promise<void>;
  readonly #senders: Awaited<ReturnType<typeof sendersOf>>;
  readonly #confirm: 'never' | 'asked' | 'always';
  readonly #json: boolean;
  readonly #count: number | undefined;
  readonly #io: Io;
  readonly #notes: Notes;
  #taken = 0;
  #end: () => void = () => undefined;

  constructor(
    senders: Awaited<ReturnType<typeof sendersOf>>,
    confirm: 'never' | 'asked' | 'always',
    json: boolean,
    count: number | undefined,
    io: Io,
  ) {
    this.#senders = senders;
    this.#confirm = confirm;
    this.#json = json;
    this.#count = count;
    this.#io = io;
    this.#notes = new Notes(io);
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }
  get complete(): boolean {
    return this.#count !== undefined && this.#taken >= this.#count;
  }
  /** Reports what does not get as far as {@link take}. */
  get reception(): { onError(e: unknown, about: PushFault): void } {
    return {
      onError: (e, { kind }) =>
        this.#notes.write(`${kind === 'dropped' || kind === 'refused' ? `${kind}: ` : ''}${failureOf(e).line}`),
    };
  }
  end(): void {
    this.#end();
  }

  /** @returns what to answer */
  async take(push: PushedApdu, from: RemoteAddress): Promise<Uint8Array[]> {
    if (this.complete) return [];
    try {
      return await this.#message(push, from);
    } catch (e) {
      this.#refused(e, push, from);
      return [];
    }
  }
  async #message(push: PushedApdu, from: RemoteAddress): Promise<Uint8Array[]> {
    const opened = await openPush(push.apdu, from.address, this.#senders);
    // While this message was being verified, another may have been the last one.
    if (this.complete) return [];
    this.#taken++;
    const wanted = opened.authenticated && (this.#confirm === 'always' || (this.#confirm === 'asked' && opened.asked));
    const confirmation = wanted && push.framing !== 'mbus' ? await opened.confirm() : undefined;
    if (wanted && push.framing === 'mbus') this.#notes.write('not confirmed: M-Bus cannot carry an answer');
    this.#show(opened, push, from, confirmation !== undefined);
    // An answer must be sent before the connection is closed.
    if (this.complete) setTimeout(() => this.#end(), confirmation === undefined ? 0 : 100);
    return confirmation === undefined ? [] : [confirmation];
  }
  #refused(e: unknown, push: PushedApdu, from: RemoteAddress): void {
    const { line } = failureOf(e);
    if (this.#json)
      this.#line({ type: 'refused', received: now(), from: at(from), framing: push.framing, reason: line });
    else this.#notes.write(`refused from ${at(from)}: ${line}`);
  }
  #line(value: object): void {
    this.#io.stdout.write(`${JSON.stringify(value)}\n`);
  }
  #show(opened: OpenedPush, push: PushedApdu, from: RemoteAddress, confirmed: boolean): void {
    if (this.#json)
      return this.#line({
        type: 'push',
        received: now(),
        from: at(from),
        framing: push.framing,
        ...asJson(opened, this.#senders),
        confirmed,
      });
    const paint = painter(this.#io);
    const { systemTitle, authenticated, layers, readings, unnamed } = opened;
    const name = systemTitle === undefined ? undefined : this.#senders.nameOf(systemTitle);
    const counter = layers[0]?.invocationCounter;
    const lines = [
      [
        paint('bold', opened.time ?? now()),
        `from ${at(from)} (${push.framing})`,
        systemTitle === undefined
          ? 'sender not named'
          : `sender ${formatHex(systemTitle)}${name === undefined ? '' : ` ${name}`}`,
        paint(authenticated ? 'green' : 'yellow', `authenticated: ${authenticated}`),
        ...(counter === undefined ? [] : [`counter ${counter}`]),
        ...(confirmed ? ['confirmed'] : []),
      ].join(', '),
      ...(opened.setup === undefined ? [] : [`push setup ${opened.setup}`]),
      ...(opened.namedBy === undefined ? [] : [`named by ${opened.namedBy}`]),
      ...new Set(opened.quirks.map((q) => `${paint('yellow', `accepted deviation ${q.name}`)}: ${q.detail}`)),
      ...(readings.length === 0 ? [] : [readingsTable(readings, paint)]),
      ...readings.flatMap(meaning),
      ...unnamed.map((d) => `not named: ${valueText(d)}`),
    ];
    this.#io.stdout.write(`${lines.join('\n')}\n\n`);
  }
}

/** Events and the bits of alarms, in words. */
function meaning({ obis, event, bits }: OpenedPush['readings'][number]): string[] {
  return [
    ...(event === undefined
      ? []
      : [`${obis}: event ${event.code}${event.name === undefined ? ', not in the profile' : ` ${event.name}`}`]),
    ...(bits === undefined || bits.length === 0
      ? []
      : [`${obis}: ${bits.map((b) => b.name ?? `bit ${b.bit}`).join(', ')}`]),
  ];
}
function asJson(opened: OpenedPush, senders: Awaited<ReturnType<typeof sendersOf>>): object {
  const {
    service,
    systemTitle,
    authenticated,
    layers,
    invokeId,
    time,
    setup,
    namedBy,
    readings,
    unnamed,
    quirks,
    asked,
  } = opened;
  const name = systemTitle === undefined ? undefined : senders.nameOf(systemTitle);
  return {
    service,
    systemTitle: systemTitle === undefined ? null : formatHex(systemTitle),
    ...(name === undefined ? {} : { sender: name }),
    authenticated,
    protection: layers.map((l) => ({
      form: l.kind,
      authenticated: l.authenticated,
      encrypted: l.encrypted,
      suite: l.suite ?? null,
      invocationCounter: l.invocationCounter ?? null,
    })),
    ...(invokeId === undefined ? {} : { invokeId }),
    ...(time === undefined ? {} : { time }),
    ...(setup === undefined ? {} : { setup }),
    ...(namedBy === undefined ? {} : { namedBy }),
    readings: readings.map((r) => {
      const scaled = scaledReading(r)?.toDecimalString();
      return {
        name: r.name,
        ...plainReading(r),
        obis: r.obis,
        ...(scaled === undefined ? {} : { scaled }),
        ...(r.event === undefined ? {} : { event: { code: r.event.code, name: r.event.name ?? null } }),
        ...(r.bits === undefined ? {} : { bits: r.bits.map((b) => b.name ?? `bit ${b.bit}`) }),
      };
    }),
    ...(unnamed.length === 0 ? {} : { unnamed: unnamed.map((d) => toJson(Data, d)) }),
    ...(quirks.length === 0 ? {} : { quirks: quirks.map((q) => q.name) }),
    confirmationAsked: asked,
  };
}
const now = (): string => new Date().toISOString();
const at = ({ address, port }: RemoteAddress): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
