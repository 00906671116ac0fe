import { octetString } from '../../../src/axdr/index.js';
import { type Authentication, Client, type ClientOptions } from '../../../src/client/index.js';
import { shortNames } from '../../../src/client/short-name.js';
import { DlmsError } from '../../../src/core/errors.js';
import { formatHex } from '../../../src/core/hex.js';
import { attribute, interfaceClass, method, writable } from '../../../src/cosem/interface-class.js';
import { LogicalName } from '../../../src/cosem/obis.js';
import { SecurityContext, type SecurityContextOptions } from '../../../src/security/context.js';
import { InvocationCounters } from '../../../src/security/counters.js';
import { importKeys, type KeyMaterial, type SecurityKeys } from '../../../src/security/keys.js';
import type { Protection, SecurityPolicy } from '../../../src/security/policy.js';
import { nodeProvider as provider } from '../../../src/security/providers/node-provider.js';
import { checkContext } from '../../../src/server/check-config.js';
import {
  type AssociationConfig,
  accessor,
  cosemObject,
  Meter,
  ObjectStore,
  objectRights,
  serverShortNames,
} from '../../../src/server/index.js';
import { VolatileStore } from '../../../src/store/store.js';
import type { ApduChannel, ApduHandler } from '../../../src/transport/index.js';
import type { Cell, Goal } from './rules.js';

export const title = (name: string): Uint8Array =>
  Uint8Array.from([...name.slice(0, 7), '\x01'].map((c) => c.charCodeAt(0)));
export const titles = {
  client: title('CLIENT_'),
  meter: title('METER__'),
  other: title('OTHER__'),
  lesser: title('LESSER_'),
} as const;
const password = new TextEncoder().encode('right password');
const lesserPassword = new TextEncoder().encode('other password');
const sap = { right: 1, lesser: 2 } as const;

/** Keys by their salt: 1 the meter's, 2 another meter's, 3 those of the client with lesser rights, 4 guessed. */
export function keyMaterial(suite: 0 | 1 | 2, salt: number): KeyMaterial {
  const octets = (n: number, kind: number): Uint8Array =>
    Uint8Array.from({ length: n }, (_, i) => (i * 11 + kind * 37 + salt * 101 + 5) & 0xff);
  const n = suite === 2 ? 32 : 16;
  const symmetric = {
    globalUnicast: octets(n, 1),
    authentication: octets(n, 2),
    globalBroadcast: octets(n, 3),
    master: octets(n, 4),
  };
  if (suite === 0) return symmetric;
  // Scalars below the order of the curve.
  const scalar = (kind: number): Uint8Array => octets(suite === 2 ? 48 : 32, kind).map((o, i) => (i === 0 ? 1 : o));
  return { ...symmetric, signing: scalar(5), agreement: scalar(6) };
}
/** Handles are made once: computing public keys costs more than all the rest. */
const imported = new Map<string, SecurityKeys>();
async function keysOf(suite: 0 | 1 | 2, material: KeyMaterial): Promise<SecurityKeys> {
  const name = `${suite} ${Object.entries(material).map(([slot, octets]) => `${slot} ${formatHex(octets as Uint8Array)}`)}`;
  let keys = imported.get(name);
  if (keys === undefined) {
    keys = await importKeys(provider, suite, material);
    imported.set(name, keys);
  }
  return keys;
}
const protections: Readonly<Record<Cell['policy'], Protection>> = {
  nothing: {},
  authenticated: { authenticated: true },
  encrypted: { encrypted: true },
  both: { authenticated: true, encrypted: true },
  'both-and-signed': { authenticated: true, encrypted: true, signed: true },
};
/** What the side that the cell is about asks for, it gets; the other way everything is protected, unless a meter is asked for what every client can do. */
function policyOfSide({ role, policy }: Cell, own: Cell['role']): SecurityPolicy {
  const asked = protections[policy];
  const given = role === 'meter' && policy !== 'nothing' ? asked : protections.both;
  const [send, receive] =
    own === role
      ? [given, asked]
      : [
          asked === protections.nothing && role === 'meter' ? protections.both : asked,
          role === 'meter' ? given : protections.both,
        ];
  const proven = receive.authenticated === true || receive.signed === true;
  return { send, receive, ...(proven ? {} : { withoutReplayProtection: true as const }) };
}

/** One value to read and write, and a method. */
export const Target = interfaceClass({
  name: 'Target',
  classId: 9000,
  version: 0,
  attributes: {
    logicalName: attribute(1, LogicalName),
    secret: attribute(2, octetString),
    setting: writable(attribute(3, octetString)),
  },
  methods: { act: method(1, octetString) },
});
export const targetName = '0-0:96.1.0*255';
export const baseName = 0x1000;
export const actOffset = 0x40;
const methodOffset = (classId: number): number | undefined => (classId === Target.classId ? actOffset : undefined);

/** Octets that nobody draws by chance: where they turn up, they were read. */
export const marker: Uint8Array = new TextEncoder().encode('the meter alone knows this');
export const payload = (text: string): Uint8Array => new TextEncoder().encode(text.padEnd(24, '.'));

/** What carries octets between the honest two, and lets somebody on the path change them. */
export interface Path {
  /** What arrives instead of `apdu`; several, or none. `answer` asks the meter on the same route. */
  request?(
    apdu: Uint8Array,
    ask: (apdu: Uint8Array) => Promise<readonly Uint8Array[]>,
  ): Promise<readonly Uint8Array[]> | readonly Uint8Array[];
  response?(
    answers: readonly Uint8Array[],
    request: Uint8Array,
  ): Promise<readonly Uint8Array[]> | readonly Uint8Array[];
}

export interface Scene {
  readonly cell: Cell;
  /** Octets that went over the line between the honest two. */
  readonly wire: { readonly from: 'client' | 'meter'; readonly apdu: Uint8Array }[];
  /** A new connection to the meter, for anybody. */
  connection(clientSap?: number): (apdu: Uint8Array) => Promise<readonly Uint8Array[]>;
  /** The right client, on a connection of its own. It reads, writes and acts with values that nobody else sends. */
  rightClient(path?: Path): RightClient;
  /** What honest runs did, and what was carried out. */
  readonly done: { readonly kind: 'write' | 'invoke'; readonly value: string }[];
  readonly asked: string[];
  /** What the right client was told and is not true. */
  readonly believed: Goal[];
  contextOf(
    salt: number,
    own: Uint8Array,
    peer: Uint8Array,
    changes?: Partial<SecurityContextOptions> & { material?: KeyMaterial },
  ): Promise<SecurityContext>;
}
export interface RightClient {
  readonly client: Client;
  /** Everything once; errors are what they are. Returns whether all of it went well. */
  run(steps?: readonly ('read' | 'write' | 'invoke')[]): Promise<boolean>;
  close(): Promise<void>;
}

/** Builds both sides, or throws what construction throws. */
export async function sceneOf(cell: Cell): Promise<Scene> {
  const wire: Scene['wire'] = [];
  const done: Scene['done'] = [];
  const asked: string[] = [];
  const believed: Goal[] = [];
  const { suite, ciphering, mechanism, preEstablished } = cell;
  const publicKeys = async (salt: number): Promise<Partial<SecurityContextOptions['keys']>> => {
    const keys = await keysOf(suite, keyMaterial(suite, salt));
    return suite === 0 ? {} : { peerSigning: keys.signing?.publicKey, peerAgreement: keys.agreement?.publicKey };
  };
  const contextOf: Scene['contextOf'] = async (salt, own, peer, { material, ...changes } = {}) =>
    new SecurityContext({
      provider,
      suite,
      systemTitle: own,
      peerSystemTitle: peer,
      keys: await keysOf(suite, material ?? keyMaterial(suite, salt)),
      counters: new InvocationCounters(new VolatileStore()),
      policy: { send: {}, receive: {}, withoutReplayProtection: true },
      ...changes,
    });
  // The meter's own pairs differ from the client's, which have salt 1.
  const meterPairs =
    suite === 0 ? {} : { signing: keyMaterial(suite, 7).signing, agreement: keyMaterial(suite, 7).agreement };
  const withKeys = (own: 'client' | 'meter'): KeyMaterial => {
    if (!cell.keys) return {};
    const all = keyMaterial(suite, 1);
    return own === 'client' ? all : { ...all, ...meterPairs };
  };
  const needsContext = ciphering === 'required' || ['hls-gmac', 'hls-sha256', 'hls-ecdsa'].includes(mechanism);
  const meterCounters = new InvocationCounters(new VolatileStore());
  const clientCounters = new InvocationCounters(new VolatileStore());
  const side = async (own: 'client' | 'meter', counters: InvocationCounters): Promise<SecurityContext> => {
    const keys = await keysOf(suite, withKeys(own));
    const peers = cell.keys ? await publicKeys(own === 'client' ? 7 : 1) : {};
    return new SecurityContext({
      provider,
      suite,
      systemTitle: own === 'client' ? titles.client : titles.meter,
      peerSystemTitle: own === 'client' ? titles.meter : titles.client,
      keys: { ...keys, ...peers },
      counters,
      policy: policyOfSide(cell, own),
    });
  };
  const secret = await provider.importKey('secret', payload('shared secret'));
  const manufacturer = async (challenge: Uint8Array): Promise<Uint8Array> =>
    provider.digest('SHA-256', [challenge, secret]);

  let setting = payload('factory');
  const objects = new ObjectStore().add(
    cosemObject(
      Target,
      targetName,
      {
        secret: marker,
        setting: accessor({
          get: () => setting,
          set: (value: Uint8Array) => {
            setting = value.slice();
            done.push({ kind: 'write', value: formatHex(value) });
          },
        }),
      },
      {
        act: (value) => {
          done.push({ kind: 'invoke', value: formatHex(value) });
        },
      },
    ),
  );
  const open = ciphering === 'none' && mechanism === 'none';
  const right: AssociationConfig = {
    clientSap: sap.right,
    logicalName: '0-0:40.0.1*255',
    mechanism,
    ciphering,
    preEstablished,
    rights: open
      ? { attribute: (_, a) => (a.name === 'secret' ? { read: true, write: false } : undefined) }
      : objectRights,
    ...(cell.referencing === 'SN'
      ? { referencing: serverShortNames({ baseNames: { [targetName]: baseName }, methodOffset }) }
      : {}),
    ...(mechanism === 'lls' ? { password } : {}),
    ...(mechanism === 'hls-2' ? { manufacturer } : {}),
    ...(mechanism === 'hls-md5' || mechanism === 'hls-sha1' || mechanism === 'hls-sha256' ? { secret } : {}),
    ...(needsContext || mechanism.startsWith('hls') ? { security: () => side('meter', meterCounters) } : {}),
  };
  const lesser: AssociationConfig = {
    clientSap: sap.lesser,
    logicalName: '0-0:40.0.2*255',
    mechanism: 'lls',
    ciphering: 'none',
    password: lesserPassword,
    rights: { attribute: (_, a) => (a.name === 'logicalName' ? { read: true, write: false } : undefined) },
  };
  const meter = new Meter({
    sap: 1,
    objects,
    associations: [right, lesser],
    maxReceivePduSize: 0,
    guessesPerSecond: 1e9,
  });
  const authentication: Authentication =
    mechanism === 'none'
      ? { mechanism }
      : mechanism === 'lls'
        ? { mechanism, password }
        : mechanism === 'hls-2'
          ? { mechanism, manufacturer }
          : mechanism === 'hls-gmac' || mechanism === 'hls-ecdsa'
            ? { mechanism }
            : { mechanism, secret };
  const clientContext = needsContext || mechanism.startsWith('hls') ? await side('client', clientCounters) : undefined;
  const options: ClientOptions = {
    // A meter says which mechanism a pre-established association stands for; nothing of it is carried out.
    authentication: preEstablished && cell.role === 'meter' ? { mechanism: 'none' } : authentication,
    ciphering,
    preEstablished,
    challengeLength: 32,
    ...(cell.referencing === 'SN'
      ? {
          referencing: shortNames({
            methodOffset,
            objects: [
              {
                classId: Target.classId,
                version: 0,
                logicalName: targetName,
                baseName,
                attributes: undefined,
                methods: undefined,
              },
            ],
          }),
        }
      : {}),
  };
  // Faults of construction show here, before anything is attacked: those of the side that the cell is about. What a context lacks shows when one is made.
  const meterSide = async (): Promise<void> => {
    if (!needsContext) return;
    const context = await right.security?.(titles.client);
    if (context !== undefined) checkContext(right, context);
  };
  const clientSide = async (): Promise<void> => {
    new Client(silent, { ...options, ...(clientContext === undefined ? {} : { security: clientContext }) });
  };
  if (cell.role === 'meter') await meterSide();
  else await clientSide();
  try {
    await (cell.role === 'meter' ? clientSide() : meterSide());
  } catch (e) {
    throw new Error(`the other side cannot be built: ${(e as Error).message}`, { cause: e });
  }

  let runs = 0;
  const scene: Scene = {
    cell,
    wire,
    done,
    asked,
    believed,
    contextOf,
    connection(clientSap = sap.right) {
      const handler = meter.connection();
      return async (apdu) => handler.handle(apdu, { clientSap, serverSap: 1 });
    },
    rightClient(path = {}) {
      const channel = new PathChannel(meter.connection(), path, wire);
      const client = new Client(channel, {
        ...options,
        timeoutMs: 50,
        ...(clientContext === undefined ? {} : { security: clientContext.fresh() }),
      });
      return {
        client,
        close: () => client.close().catch(() => {}),
        async run(steps = ['read', 'write', 'invoke']) {
          runs++;
          let good = true;
          const attempt = async (work: () => Promise<void>): Promise<boolean> => {
            try {
              await work();
              return true;
            } catch (e) {
              if (!(e instanceof DlmsError)) throw e;
              good = false;
              return false;
            }
          };
          if (!(await attempt(() => client.connect()))) return false;
          for (const step of steps) {
            const value = payload(`${step} ${runs}`);
            const before = done.length;
            if (step === 'read')
              await attempt(async () => {
                const read = await client.get(Target, targetName, 'secret');
                if (formatHex(read) !== formatHex(marker)) believed.push('write');
              });
            else {
              asked.push(formatHex(value));
              const told = await attempt(() =>
                step === 'write'
                  ? client.set(Target, targetName, 'setting', value)
                  : client.action(Target, targetName, 'act', value).then(() => {}),
              );
              if (told && !done.slice(before).some((d) => d.value === formatHex(value))) believed.push('invoke');
            }
          }
          return good;
        },
      };
    },
  };
  return scene;
}

class PathChannel implements ApduChannel {
  readonly #handler: ApduHandler;
  readonly #path: Path;
  readonly #wire: Scene['wire'];
  readonly #waiting: Uint8Array[] = [];
  constructor(handler: ApduHandler, path: Path, wire: Scene['wire']) {
    this.#handler = handler;
    this.#path = path;
    this.#wire = wire;
  }
  async open(): Promise<void> {}
  async send(apdu: Uint8Array): Promise<void> {
    this.#wire.push({ from: 'client', apdu });
    const ask = async (a: Uint8Array): Promise<readonly Uint8Array[]> =>
      this.#handler.handle(a, { clientSap: sap.right, serverSap: 1 });
    const arriving = (await this.#path.request?.(apdu, ask)) ?? [apdu];
    const answers: Uint8Array[] = [];
    for (const a of arriving) answers.push(...(await ask(a)));
    for (const answer of answers) this.#wire.push({ from: 'meter', apdu: answer });
    this.#waiting.push(...((await this.#path.response?.(answers, apdu)) ?? answers));
  }
  async receive(): Promise<Uint8Array> {
    const next = this.#waiting.shift();
    if (next === undefined) throw new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' });
    return next;
  }
  async close(): Promise<void> {
    this.#waiting.length = 0;
  }
}
const silent: ApduChannel = {
  open: async () => {},
  send: async () => {},
  receive: () => Promise.reject(new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' })),
  close: async () => {},
};
