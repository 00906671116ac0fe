import { Client } from '../../client/client.js';
import { apduFacts } from '../../core/apdu-facts.js';
import { isDlmsError } from '../../core/errors.js';
import { AssociationLnV2 } from '../../cosem/classes/association-ln.js';
import { DataClass } from '../../cosem/classes/data.js';
import type { Obis } from '../../cosem/obis.js';
import { type EngineObject, type MeterEngine, type Output, serveAssociations, withUsers } from '../../meter/index.js';
import { SecurityContext } from '../../security/context.js';
import { InvocationCounters } from '../../security/counters.js';
import { llsMatches } from '../../security/hls.js';
import { importKeys, type SecurityKeys } from '../../security/keys.js';
import { protect } from '../../security/protect.js';
import { nobleProvider } from '../../security/providers/noble.js';
import type { AssociationConfig } from '../../server/association.js';
import { Meter } from '../../server/meter.js';
import { securitySetupObject } from '../../server/objects/security-setup.js';
import { SecurityState } from '../../server/objects/security-state.js';
import { type AccessRights, objectRights, readOnlyRights } from '../../server/rights.js';
import { getAttribute } from '../../session/get.js';
import { VolatileStore } from '../../store/store.js';
import type { ApduHandler } from '../../transport/transport.js';
import { DirectChannel } from './channel.js';
import { keyMaterial } from './made.js';
import { isRecord, type Json } from './notation.js';
import { type Given, Unsupported } from './scenario.js';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const meterTitle = text('SCE00001');
/** Each client has its own: counters belong to a key and a title. */
const clientTitle = (sap: number): Uint8Array => text(`CLI0000${sap}`);
const { GUEK, AK, KEK, newGUEK } = keyMaterial as Readonly<Record<'GUEK' | 'AK' | 'KEK' | 'newGUEK', Uint8Array>>;
const material = { globalUnicast: GUEK, authentication: AK, master: KEK };
/** The setup objects of the ports. */
const ports: Readonly<Record<string, Obis>> = {
  wan: '0-0:25.0.0*255',
  optical: '0-0:20.0.0*255',
  local: '0-0:20.0.0*255',
};

/** One association of a client, over a connection of its own. */
export interface Line {
  readonly client: Client;
  readonly channel: DirectChannel;
  readonly port: Obis;
  readonly name: string;
  handler: ApduHandler;
  /** Opened by a step, and not by the first request. */
  readonly explicit: boolean;
  /** Stopped before the client has proven itself. */
  pending?: Promise<void>;
}

/** The meter of a scenario behind associations, and the clients of the scenario. */
export class ScenarioSession {
  readonly engine: MeterEngine;
  /** What has left the meter. */
  readonly outputs: Output[] = [];
  readonly #meter: Meter;
  readonly #given: Given;
  readonly #lines = new Map<string, Line>();
  /** Where requests without a name go: the association that was opened last. */
  #current: string | undefined;
  #count = 0;
  /** Those of the meter, which outlive it. */
  readonly #meterCounters: InvocationCounters;
  /** All associations of the client count on. */
  #counters = new InvocationCounters(new VolatileStore());
  #unicast: Uint8Array = GUEK;
  readonly #locked = new Set<Obis>();
  /** The line whose request is judged. */
  #asking: Line | undefined;

  private constructor(
    engine: MeterEngine,
    given: Given,
    counters: InvocationCounters,
    meter: (session: ScenarioSession) => Meter,
  ) {
    this.#meterCounters = counters;
    this.engine = engine;
    this.#given = given;
    this.#meter = meter(this);
  }
  static async of(
    engine: MeterEngine,
    given: Given,
    blocksOfSet = false,
    counters: InvocationCounters = new InvocationCounters(new VolatileStore()),
  ): Promise<ScenarioSession> {
    const state = new SecurityState({
      provider: nobleProvider,
      suite: 0,
      systemTitle: meterTitle,
      keys: await importKeys(nobleProvider, 0, material),
      counters,
      persistKeys: () => engine.raise('keyChanged'),
    });
    const space = engine.space();
    if (given.objects.some((o) => o.class === 64)) space.served.add(securitySetupObject(state));
    const session = new ScenarioSession(engine, given, counters, (self) => {
      const associations = self.#associations(state);
      serveAssociations(space, associations);
      return new Meter({
        sap: 1,
        objects: space.served,
        associations,
        // A long value of a client then needs blocks.
        ...(blocksOfSet ? { maxReceivePduSize: 150 } : {}),
      });
    });
    await session.settle();
    return session;
  }
  #associations(state: SecurityState): AssociationConfig[] {
    const { engine } = this;
    const password = text('12345678');
    const object = (n: number, secret: Uint8Array = new Uint8Array()): EngineObject =>
      engine.add(AssociationLnV2, `0-0:40.0.${n}*255` as Obis, { secret });
    const managing = (clientSap: number, n: number): AssociationConfig =>
      withUsers(
        {
          clientSap,
          logicalName: `0-0:40.0.${n}*255`,
          mechanism: 'hls-gmac',
          ciphering: 'required',
          rights: objectRights,
          security: state.context,
        },
        object(n),
      );
    const low = object(4, password);
    return [
      this.#publicClient(),
      managing(1, 2),
      withUsers(
        {
          clientSap: 2,
          logicalName: '0-0:40.0.4*255',
          mechanism: 'lls',
          ciphering: 'none',
          password: (given: Uint8Array) => {
            const right = llsMatches(low.stored('secret') as Uint8Array, given);
            engine.authenticated({ right, port: this.#asking?.port });
            return right;
          },
          rights: ownSecretRights,
        },
        low,
      ),
      managing(3, 3),
    ];
  }
  #publicClient(): AssociationConfig {
    const named = Array.isArray(this.#given.associations)
      ? this.#given.associations.find((a) => isRecord(a) && a.clientSap === 16)
      : undefined;
    const objects = isRecord(named) ? (named.objects as readonly string[]) : undefined;
    const { engine } = this;
    for (const name of objects ?? [])
      if (engine.space().served.get(name as Obis) === undefined && !name.startsWith('0-0:40.'))
        engine.add(DataClass, name as Obis, { value: { type: 'octet-string', value: text('SCE') } });
    const rights: AccessRights =
      objects === undefined
        ? readOnlyRights
        : {
            attribute: (object, { readable }) => ({
              read: readable && objects.includes(object.logicalName),
              write: false,
            }),
          };
    return { clientSap: 16, logicalName: '0-0:40.0.1*255', mechanism: 'none', ciphering: 'none', rights };
  }

  // ── lines ────────────────────────────────────────────────────────────────────────────────────────────

  /** The association that a step names, or the one that was opened last, or that of a client with all rights. */
  async line({ via, port }: { readonly [key: string]: Json | undefined }): Promise<Line> {
    const explicit = typeof via === 'string' ? this.#lines.get(via) : undefined;
    const current = via === undefined && port === undefined ? this.#current : undefined;
    const found = explicit ?? (current === undefined ? undefined : this.#lines.get(current));
    if (found !== undefined) return found;
    const clientSap = typeof via === 'number' ? via : 1;
    if (typeof via === 'string') throw new Unsupported(`association ${via}`);
    const name = `${clientSap} ${String(port ?? 'wan')}`;
    return this.#lines.get(name) ?? (await this.#connected(await this.#newLine(name, { clientSap, port }, false)));
  }
  /** No step has opened an association that would have to go on. */
  get plain(): boolean {
    return [...this.#lines.values()].every((l) => !l.explicit) && !this.#given.objects.some((o) => o.class === 64);
  }
  /** The same clients before another engine, which has all that this one held. */
  async moved(engine: MeterEngine, blocksOfSet: boolean): Promise<ScenarioSession> {
    const moved = await ScenarioSession.of(engine, this.#given, blocksOfSet, this.#meterCounters);
    engine.restore(JSON.parse(JSON.stringify(this.engine.save())));
    moved.outputs.push(...this.outputs);
    moved.#counters = this.#counters;
    for (const port of this.#locked) moved.#locked.add(port);
    engine.mbus = this.engine.mbus;
    return moved;
  }
  /** Final expectations: by a client with all rights, in an association of its own. */
  forExpectations(): void {
    this.#current = undefined;
  }
  async #connected(line: Line): Promise<Line> {
    await line.client.connect();
    return line;
  }
  async #newLine(
    name: string,
    { clientSap, mechanism, password, port, user }: { readonly [key: string]: Json | undefined },
    explicit: boolean,
  ): Promise<Line> {
    const portName = ports[String(port ?? 'wan')];
    if (portName === undefined) throw new Unsupported(`port ${String(port)}`);
    const low = mechanism === 'low' || (mechanism === undefined && clientSap === 2);
    const high = mechanism === 'gmac' || (mechanism === undefined && (clientSap === 1 || clientSap === 3));
    const channel = new DirectChannel(
      (apdu) => this.#carry(line, apdu, Number(clientSap)),
      () => this.#ended(line),
    );
    const client = new Client(channel, {
      ...(this.#given.smallPdu === true ? { maxReceivePduSize: 200 } : {}),
      ...(typeof user === 'number' ? { userId: user } : this.#userOf(Number(clientSap))),
      ...(high
        ? {
            authentication: { mechanism: 'hls-gmac' as const },
            security: await clientSecurity(Number(clientSap), this.#unicast, this.#counters),
          }
        : low
          ? {
              authentication: { mechanism: 'lls' as const, password: text(String(password ?? '12345678')) },
              ciphering: 'none' as const,
            }
          : { authentication: { mechanism: 'none' as const } }),
    });
    const line: Line = { client, channel, port: portName, name, handler: this.#meter.connection(), explicit };
    this.#lines.set(name, line);
    return line;
  }
  /** Where users are listed, the client is the first of them. */
  #userOf(clientSap: number): { userId?: number } {
    const association = { 1: '0-0:40.0.2*255', 2: '0-0:40.0.4*255', 3: '0-0:40.0.3*255' }[clientSap] as
      | Obis
      | undefined;
    const object = association === undefined ? undefined : this.engine.space().get(association);
    const [user] = (object?.get('userList') ?? []) as readonly { readonly userId: number }[];
    return user === undefined ? {} : { userId: user.userId };
  }
  async #carry(line: Line, apdu: Uint8Array, clientSap: number): Promise<readonly Uint8Array[]> {
    const { engine } = this;
    if (!engine.supply || this.#locked.has(line.port)) return [];
    engine.advanceTo(engine.elapsed);
    engine.traffic({ port: line.port, connection: line.name, open: true });
    this.#asking = line;
    const answers = await line.handler.handle(apdu, { clientSap, serverSap: 1 });
    await this.settle();
    return answers;
  }
  /** The meter forgets the connection; the client does not know. */
  #ended(line: Line): void {
    line.handler.released?.(undefined);
    line.handler = this.#meter.connection();
    this.engine.traffic({ port: line.port, connection: line.name, open: false });
  }
  /** What is due now is done, and what leaves the meter is carried out. */
  async settle(): Promise<void> {
    const { engine } = this;
    engine.advanceTo(engine.elapsed);
    for (const output of engine.takeOutputs()) {
      this.outputs.push(output);
      if (output.type === 'port') this.#locked[output.locked ? 'add' : 'delete'](output.port);
      const silent = output.type === 'disconnect' ? this.#lines.get(output.connection) : undefined;
      if (silent !== undefined) this.#drop(silent);
    }
  }
  #drop(line: Line): void {
    this.#ended(line);
    if (!line.explicit) this.#lines.delete(line.name);
  }
  /** Loss of supply ends all associations. */
  power(on: boolean): void {
    if (!on) for (const line of [...this.#lines.values()]) this.#drop(line);
    this.engine.power(on);
  }

  // ── associations ─────────────────────────────────────────────────────────────────────────────────────

  /** Opens an association: `accepted`, `rejected`, or `no answer`. */
  async associate(step: { readonly [key: string]: Json }): Promise<'accepted' | 'rejected' | 'no answer'> {
    const name = typeof step.as === 'string' ? step.as : `opened ${++this.#count}`;
    const line = await this.#newLine(name, step, true);
    if (step.stopAfter === 'AARE') {
      const reached = line.channel.keep('receiving', 0);
      line.pending = line.client.connect();
      line.pending.catch(() => undefined);
      await reached;
      this.#current = name;
      return 'accepted';
    }
    try {
      await line.client.connect();
      this.#current = name;
      return 'accepted';
    } catch (e) {
      this.#lines.delete(name);
      if (isDlmsError(e, 'transport/timeout')) return 'no answer';
      if (isDlmsError(e) && e.code.startsWith('association/')) return 'rejected';
      throw e;
    }
  }
  async release(): Promise<void> {
    const line = this.#current === undefined ? undefined : this.#lines.get(this.#current);
    if (line === undefined) throw new Unsupported('release without an association');
    await line.client.close();
    this.#lines.delete(line.name);
    this.#current = undefined;
  }
  /** Asks for the time of the clock while the client has not proven itself. */
  async askPending(line: Line, classId: number, instanceId: Obis, attributeId: number): Promise<string> {
    const security = line.client.association.options.security as SecurityContext;
    const conversation = getAttribute(
      { invokeId: 1, serviceClass: 'confirmed', priority: 'normal' } as never,
      { cosemAttributeDescriptor: { classId, instanceId, attributeId } },
      line.client.association.limits,
    );
    const apdu = conversation.next().value as Uint8Array;
    const [answer] = await this.#carry(line, await protect(apdu, security, { form: 'glo' }), 1);
    return answer === undefined
      ? 'no answer'
      : answer[0] === apduFacts['get-response'].glo
        ? 'success'
        : 'no association';
  }
  async replyToHls(): Promise<void> {
    const line = await this.line({});
    line.channel.resume();
    await line.pending;
    delete line.pending;
  }
  /** A new key was transferred: associations that are opened later use it. */
  keyTransferred(): void {
    this.#unicast = newGUEK;
  }
  /** The client uses its new keys from now on. */
  async useNewKeys(line: Line): Promise<void> {
    const changed: SecurityKeys = await importKeys(nobleProvider, 0, {
      globalUnicast: newGUEK,
    });
    line.client.association.options.security?.setKeys(changed);
  }
}
const clientSecurity = async (
  clientSap: number,
  globalUnicast: Uint8Array,
  counters: InvocationCounters,
): Promise<SecurityContext> =>
  new SecurityContext({
    provider: nobleProvider,
    suite: 0,
    systemTitle: clientTitle(clientSap),
    keys: await importKeys(nobleProvider, 0, { ...material, globalUnicast }),
    counters,
  });
/** Reads everything, and writes the secret of its own association. */
const ownSecretRights: AccessRights = {
  attribute: (object, { readable, index }, { association }) => ({
    read: readable,
    write:
      index === 7 &&
      object.definition.classId === 15 &&
      (object.logicalName === association || object.logicalName === '0-0:40.0.0*255'),
  }),
};
