import { type Clock as HostClock, systemClock } from '../core/clock.js';
import { DlmsError } from '../core/errors.js';
import type { Clock } from '../cosem/classes/clock.js';
import type { InterfaceClass, ObjectOf } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { AssociationConfig } from '../server/association.js';
import { type LogicalDevice, Meter } from '../server/meter.js';
import { securitySetupObject } from '../server/objects/security-setup.js';
import type { SecurityState } from '../server/objects/security-state.js';
import type { AccessRights } from '../server/rights.js';
import { type Store, VolatileStore } from '../store/store.js';
import { serveAssociations } from './association.js';
import { behaviours } from './behaviours/index.js';
import {
  addDefined,
  type EventLogDefinition,
  invalid,
  type ProfileDefinition,
  type PushDefinition,
  type RegisterDefinition,
} from './defined-objects.js';
import { MeterEngine, type ObjectOptions } from './engine.js';
import type { Knobs } from './knobs.js';
import { MeterStore } from './meter-store.js';
import { type OtherOutput, type RunningMeter, runMeter, type SendPush } from './running-meter.js';

/** An object of a class that has no list of its own in a {@link MeterDefinition}. Made by {@link meterObject}. */
export interface ObjectDefinition {
  readonly definition: InterfaceClass;
  readonly logicalName: Obis;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly options: Omit<ObjectOptions, 'sap'>;
}
/**
 * An object of any class, typed by the class.
 *
 * @example
 * meterObject(DisconnectControl, '0-0:96.3.10*255', { controlMode: 'mode-4' })
 */
export const meterObject = <C extends InterfaceClass>(
  definition: C,
  logicalName: Obis,
  attributes: Partial<Omit<ObjectOf<C>, 'logicalName'>> = {},
  options: Omit<ObjectOptions, 'sap'> = {},
): ObjectDefinition => ({ definition, logicalName, attributes, options });

/** A client of the meter: its SAP, how it proves who it is, and what it may do. */
export interface ClientDefinition extends Omit<AssociationConfig, 'logicalName' | 'rights' | 'security'> {
  /** Logical name of the association object. Default: 0-0:40.0.1*255 for the first client, and so on. */
  readonly logicalName?: Obis;
  /** Always named: nothing is allowed by default. */
  readonly rights: AccessRights;
  /** Default: that of the meter, where messages are ciphered or the mechanism needs it. */
  readonly security?: NonNullable<AssociationConfig['security']>;
}

/** What a meter is made of; see {@link defineMeter}. */
export interface MeterDefinition {
  /** Up to 16 characters, beginning with the three of the manufacturer. */
  readonly logicalDeviceName: string;
  /**
   * Keeps what the meter holds. It has no default: `FileStore` for a meter that goes on after a restart, `VolatileStore`
   * for one that forgets everything.
   */
  readonly store: Store;
  /** Begins the names of this meter in the store, for several meters in one store. Default: `meter `. */
  readonly storePrefix?: string;
  /** Attributes of the clock, 0-0:1.0.0*255. Default: UTC without daylight saving. */
  readonly clock?: Partial<Omit<ObjectOf<typeof Clock>, 'logicalName'>>;
  readonly registers?: Readonly<Record<Obis, RegisterDefinition>>;
  readonly profiles?: Readonly<Record<Obis, ProfileDefinition>>;
  readonly eventLogs?: Readonly<Record<Obis, EventLogDefinition>>;
  readonly pushes?: Readonly<Record<Obis, PushDefinition>>;
  /** Objects of other classes. */
  readonly objects?: readonly ObjectDefinition[];
  readonly clients: readonly ClientDefinition[];
  /**
   * Keys, counters and policy of all ciphered associations; its counters must be in a durable store if `store` is one.
   * The Security setup 0-0:43.0.0*255 is offered if it stores changes (`persistKeys` and `persistPolicy`).
   */
  readonly security?: SecurityState;
  /** Sends pushes. Required if there are any. */
  readonly send?: SendPush;
  /** Called for what leaves the meter besides pushes, such as the modem that is to connect. Default: it is dropped. */
  readonly onOutput?: (output: OtherOutput) => void;
  /** Called for errors that no client sees: a store that cannot write, a push that was not sent, failed handlers. */
  readonly onError?: (error: unknown) => void;
  readonly knobs?: Partial<Knobs>;
  /** Seed for what is random (delays of pushes). Default: 1. */
  readonly seed?: number;
  /** Limits of the logical device. */
  readonly limits?: Omit<LogicalDevice, 'sap' | 'objects' | 'associations' | 'clock' | 'onError'>;
  /** Measures time. Default: the clock of this machine. */
  readonly hostClock?: HostClock;
  /** Milliseconds since 1970, asked once at the start. Default: the clock of this machine. */
  readonly now?: () => number;
}

/**
 * Makes a meter that runs: objects with their behaviour, associations with their rights, in real time, kept in a store.
 * A store that already has the meter wins over the attributes given here; the time since then was an outage.
 * @throws DlmsError `configuration/invalid` for what is missing or does not fit, also when the store has a meter with
 *   other objects; `configuration/open-to-everybody`
 *
 * @example
 * const meter = await defineMeter({
 *   logicalDeviceName: 'XYZ0000000000001',
 *   store: await FileStore.open('state'),
 *   registers: { '1-0:1.8.0*255': { scalerUnit: { scaler: 0, unit: 'Wh' }, amount: (from, to) => (to - from) / 9000 } },
 *   profiles: {
 *     '1-0:99.1.0*255': { capturePeriod: 900, profileEntries: 9600, captureObjects: ['0-0:1.0.0*255', '1-0:1.8.0*255'] },
 *   },
 *   clients: [{ clientSap: 1, mechanism: 'lls', ciphering: 'none', password, rights: readOnlyRights }],
 * });
 * serveWrapper(transport, meter.connection());
 */
export async function defineMeter(definition: MeterDefinition): Promise<RunningMeter> {
  const { store, hostClock = systemClock, now = Date.now, knobs = {}, seed = 1, onError } = definition;
  check(definition);
  const engine = new MeterEngine({ utc: now(), behaviours, knobs, seed });
  addDefined(engine, definition);
  const space = engine.space();
  const { security } = definition;
  if (security?.options.persistKeys !== undefined && security.options.persistPolicy !== undefined)
    space.served.add(securitySetupObject(security));
  const associations = definition.clients.map((client, i) => associationOf(client, i, security));
  const { maxReceivePduSize = 1024, maxSendPduSize = 1024 } = definition.limits ?? {};
  serveAssociations(space, associations, { maxReceivePduSize, maxSendPduSize });
  const meter = new Meter({
    ...definition.limits,
    sap: space.sap,
    objects: space.served,
    associations,
    clock: hostClock,
    ...(onError === undefined ? {} : { onError }),
  });
  return runMeter({
    engine,
    meter,
    kept: new MeterStore(engine, store, definition.storePrefix),
    clock: hostClock,
    now,
    send: definition.send,
    onOutput: definition.onOutput,
    onError,
  });
}

/** Types say all of this, but not everybody has them. */
function check({ store, clients, pushes, send, security, logicalDeviceName }: Partial<MeterDefinition>): void {
  if (store === undefined)
    throw new DlmsError('configuration/invalid', {
      what: 'a meter without a store',
      hint: 'a VolatileStore forgets everything',
    });
  if (clients === undefined || clients.length === 0) throw invalid('a meter without clients');
  for (const { clientSap, rights } of clients as readonly Partial<ClientDefinition>[])
    if (rights === undefined) throw invalid(`client ${clientSap} without rights`);
  if (pushes !== undefined && Object.keys(pushes).length > 0 && send === undefined)
    throw invalid('pushes without a function that sends them');
  if (security?.counters.store instanceof VolatileStore && !(store instanceof VolatileStore))
    throw invalid('counters that a restart forgets, in a meter that goes on after it');
  if (typeof logicalDeviceName !== 'string' || !/^[\x20-\x7e]{4,16}$/.test(logicalDeviceName))
    throw new DlmsError('configuration/invalid', {
      what: `the logical device name ${String(logicalDeviceName)}`,
      hint: '4 to 16 characters of ASCII',
    });
}
function associationOf(client: ClientDefinition, i: number, state: SecurityState | undefined): AssociationConfig {
  const needed = client.ciphering === 'required' || client.mechanism.startsWith('hls');
  const security = client.security ?? (needed ? state?.context : undefined);
  return {
    ...client,
    logicalName: client.logicalName ?? (`0-0:40.0.${i + 1}*255` as Obis),
    ...(security === undefined ? {} : { security }),
  };
}
