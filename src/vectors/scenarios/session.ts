import { Client } from '../../client/client.js';
import { DlmsError } from '../../core/errors.js';
import type { MeterEngine } from '../../meter/index.js';
import { importKeys, SecurityContext } from '../../security/context.js';
import { InvocationCounters } from '../../security/counters.js';
import { llsMatches } from '../../security/hls.js';
import { nobleProvider } from '../../security/providers/noble.js';
import type { AssociationConfig } from '../../server/association.js';
import { Meter } from '../../server/meter.js';
import { associationLnObject } from '../../server/objects/association-ln.js';
import { objectRights, readOnlyRights } from '../../server/rights.js';
import { VolatileStore } from '../../store/store.js';
import type { ApduChannel, ApduHandler } from '../../transport/transport.js';

/** Octets are handed over at once: there is no line, and no time passes in a request. */
class DirectChannel implements ApduChannel {
  readonly #connect: () => ApduHandler;
  readonly #clientSap: number;
  #handler: ApduHandler | undefined;
  readonly #answers: Uint8Array[] = [];
  constructor(connect: () => ApduHandler, clientSap: number) {
    this.#connect = connect;
    this.#clientSap = clientSap;
  }
  async open(): Promise<void> {
    this.#handler = this.#connect();
    this.#answers.length = 0;
  }
  async send(apdu: Uint8Array): Promise<void> {
    this.#answers.push(...((await this.#handler?.handle(apdu, { clientSap: this.#clientSap, serverSap: 1 })) ?? []));
  }
  async receive(): Promise<Uint8Array> {
    const answer = this.#answers.shift();
    if (answer === undefined) throw new DlmsError('transport/timeout', { waitedMs: 0, waitingFor: 'an answer' });
    return answer;
  }
  async close(): Promise<void> {
    this.#handler?.released?.(undefined);
    this.#handler = undefined;
  }
}

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const meterTitle = text('SCE00001');
const clientTitle = text('CLI00001');
const octets = (from: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => (from + i) & 0xff);
const material = { globalUnicast: octets(0), authentication: octets(0xd0), master: octets(0x30) };
const password = text('12345678');

/** The meter of a scenario behind associations, and the clients of the scenario. */
export class ScenarioSession {
  readonly engine: MeterEngine;
  readonly #meter: Meter;
  readonly #clients = new Map<string, Client>();

  private constructor(engine: MeterEngine, meter: Meter) {
    this.engine = engine;
    this.#meter = meter;
  }
  static async of(engine: MeterEngine): Promise<ScenarioSession> {
    const security = async (): Promise<SecurityContext> =>
      new SecurityContext({
        provider: nobleProvider,
        suite: 0,
        systemTitle: meterTitle,
        keys: await importKeys(nobleProvider, 0, material),
        counters: new InvocationCounters(new VolatileStore()),
      });
    const managing = (clientSap: number, n: number): AssociationConfig => ({
      clientSap,
      logicalName: `0-0:40.0.${n}*255`,
      mechanism: 'hls-gmac',
      ciphering: 'required',
      rights: objectRights,
      security,
    });
    const associations: AssociationConfig[] = [
      { clientSap: 16, logicalName: '0-0:40.0.1*255', mechanism: 'none', ciphering: 'none', rights: readOnlyRights },
      managing(1, 2),
      {
        clientSap: 2,
        logicalName: '0-0:40.0.4*255',
        mechanism: 'lls',
        ciphering: 'none',
        password: (given: Uint8Array) => llsMatches(password, given),
        rights: readOnlyRights,
      },
      managing(3, 3),
    ];
    const { served } = engine.space();
    for (const a of associations)
      if (served.get(a.logicalName) === undefined) served.add(associationLnObject(a, { objects: served }));
    served.add(associationLnObject(associations, { objects: served }));
    return new ScenarioSession(engine, new Meter({ sap: 1, objects: served, associations }));
  }
  /** The client of an association, opened when it is used first. Requests come when all that is due is done. */
  async client(clientSap = 1): Promise<Client> {
    const name = String(clientSap);
    let client = this.#clients.get(name);
    if (client === undefined) {
      client = await this.#open(clientSap);
      this.#clients.set(name, client);
    }
    this.engine.advanceTo(this.engine.elapsed);
    return client;
  }
  async #open(clientSap: number): Promise<Client> {
    const channel = new DirectChannel(() => this.#meter.connection(), clientSap);
    const client =
      clientSap === 1 || clientSap === 3
        ? new Client(channel, {
            authentication: { mechanism: 'hls-gmac' },
            security: new SecurityContext({
              provider: nobleProvider,
              suite: 0,
              systemTitle: clientTitle,
              keys: await importKeys(nobleProvider, 0, material),
              counters: new InvocationCounters(new VolatileStore()),
            }),
          })
        : new Client(
            channel,
            clientSap === 2
              ? { authentication: { mechanism: 'lls', password } }
              : { authentication: { mechanism: 'none' } },
          );
    await client.connect();
    return client;
  }
}
