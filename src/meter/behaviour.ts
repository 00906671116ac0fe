import type { Data } from '../axdr/data.js';
import type { DateTime } from '../cosem/date-time.js';
import type {
  AttributeName,
  AttributeValue,
  InterfaceClass,
  MethodName,
  MethodParameter,
  MethodResult,
  ObjectOf,
} from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import type { AccessContext } from '../server/object.js';
import type { Phase } from './agenda.js';
import type { MeterEngine } from './engine.js';
import type { Source } from './environment.js';
import type { ObjectSpace } from './space.js';

/**
 * Who changes an attribute: a client, a script of the meter, the method of the object itself, or the engine (time,
 * measurement).
 */
export type Cause = 'client' | 'script' | 'method' | 'engine';

/** An attribute of an object, or, with a `dataIndex` from 1, one element of it. */
export interface Reference {
  readonly classId: number;
  readonly logicalName: Obis;
  readonly attributeIndex: number;
  readonly dataIndex?: number;
}

/** The clock was set, or the rule of local time has changed. Times are UTC milliseconds. */
export interface ClockChange {
  /**
   * `adjusted`: set by more than the synchronisation limit. `synchronised`: by less, or by a method that says so.
   * `season`: daylight saving began or ended; UTC goes on. `zone`: the rule of local time was changed; UTC goes on.
   * `lost`: the reserve ran out, and the clock started again.
   */
  readonly kind: 'adjusted' | 'synchronised' | 'season' | 'zone' | 'lost';
  readonly from: number;
  readonly to: number;
}
/** A time without supply, in elapsed milliseconds; UTC by the clock of the meter. */
export interface Outage {
  readonly from: number;
  readonly to: number;
  readonly utcFrom: number;
  readonly utcTo: number;
}

/**
 * A running object. Values of attributes are typed by the class; `state` is what the object remembers besides, as plain
 * JSON values, so that it can be stored.
 */
export interface Running<C extends InterfaceClass = InterfaceClass, S = unknown> {
  readonly engine: MeterEngine;
  /** The logical device it belongs to. */
  readonly space: ObjectSpace;
  readonly definition: C;
  readonly logicalName: Obis;
  /** Options of this object that are not attributes. */
  readonly options: Readonly<Record<string, unknown>>;
  state: S;
  /**
   * The value as a client would read it.
   * @throws AccessRefused `object-unavailable` for an attribute that this meter does not have
   */
  get<A extends AttributeName<C>>(attribute: A): AttributeValue<C, A>;
  /** Whether this meter has the attribute. */
  has(attribute: AttributeName<C>): boolean;
  /** Sets an attribute; observers are notified when the current operation is complete. */
  set<A extends AttributeName<C>>(attribute: A, value: AttributeValue<C, A>, cause?: Cause): void;
  /** The source of an attribute that is measured. */
  source(attribute: AttributeName<C>): Source | undefined;
  /** Sets when this object next has work of a phase, in elapsed milliseconds; undefined cancels it. */
  schedule(phase: Phase, at: number | undefined): void;
  /** Observes the changes of an attribute from now on, until {@link Running.unobserve}. */
  observe(reference: Reference): void;
  /** Stops observing anything. */
  unobserve(): void;
}

/**
 * How an interface class behaves: one file, one value, a table of functions. Whatever is left out behaves like a table
 * of values.
 */
export interface Behaviour<C extends InterfaceClass = InterfaceClass, S = undefined> {
  readonly definition: C;
  /** Default values of attributes. */
  readonly defaults?: (self: Running<C, S>) => Partial<ObjectOf<C>>;
  /** The initial state. */
  readonly state?: () => S;
  /**
   * Called when the state is complete and the supply is on: schedules what is due. Not called after the object was
   * restored from a store; it continues then.
   */
  readonly start?: (self: Running<C, S>) => void;
  /** Attributes that clients can never read. */
  readonly hidden?: readonly AttributeName<C>[];
  /** Attributes that are computed when they are read. */
  readonly computed?: { readonly [A in AttributeName<C>]?: (self: Running<C, S>) => AttributeValue<C, A> };
  /**
   * Writes by clients and scripts: checks everything, then applies it (with `self.set`). An attribute without an entry
   * is stored as received.
   * @throws AccessRefused; nothing is changed then
   */
  readonly write?: {
    readonly [A in AttributeName<C>]?: (self: Running<C, S>, value: AttributeValue<C, A>, cause: Cause) => void;
  };
  /** Selective reads: returns octets of Data. Without an entry, a selection is refused. */
  readonly selective?: {
    readonly [A in AttributeName<C>]?: (self: Running<C, S>, context: AccessContext) => Uint8Array;
  };
  /** What the methods do; one that is left out does not exist. @throws AccessRefused */
  readonly methods?: {
    readonly [M in MethodName<C>]?: (
      self: Running<C, S>,
      parameter: MethodParameter<C, M>,
      cause: Cause,
      context?: AccessContext,
    ) => MethodResult<C, M>;
  };
  /** Work whose time has come, by phase. `at` is the instant it was scheduled for. */
  readonly due?: Readonly<Partial<Record<Phase, (self: Running<C, S>, at: number) => void>>>;
  /** Called when an observed attribute has changed, after the operation that changed it is complete. */
  readonly observed?: (self: Running<C, S>, reference: Reference, cause: Cause) => void;
  /** Called when the clock was set, or local time has changed. */
  readonly clockChanged?: (self: Running<C, S>, change: ClockChange) => void;
  /** Called when the supply fails. */
  readonly powerDown?: (self: Running<C, S>) => void;
  /** Called when the supply is back. */
  readonly powerUp?: (self: Running<C, S>, outage: Outage) => void;
  /** Called when the meter has noticed something that has a code; `utc` is when, by its clock. */
  readonly event?: (self: Running<C, S>, code: number, utc: number) => void;
  /** Called when somebody has tried to authenticate. */
  readonly authentication?: (self: Running<C, S>, attempt: Authentication) => void;
  /** Called when something has arrived over a connection, or the connection is gone. */
  readonly traffic?: (self: Running<C, S>, traffic: Traffic) => void;
  /** Called for something from outside: a button, a sensor, an answer from a device. */
  readonly input?: (self: Running<C, S>, name: string, value: unknown) => void;
}
/** A behaviour of any class and state, for tables of them. */
// biome-ignore lint/suspicious/noExplicitAny: no other type takes every class and state
export type AnyBehaviour = Behaviour<any, any>;

/** The behaviour of a class in this version and in others, as far as they share attributes and methods. */
export const inVersions = (latest: AnyBehaviour, ...others: readonly InterfaceClass[]): readonly AnyBehaviour[] => [
  latest,
  ...others.map((definition) => ({ ...latest, definition })),
];

/** The outcome of an attempt to push. */
export type PushOutcome = 'failed' | 'confirmed';
/** An attempt to push. */
export interface PushOutput {
  readonly type: 'push';
  /** Elapsed milliseconds, and UTC by the clock of the meter. */
  readonly at: number;
  readonly utc: number;
  /** The logical device, and its Push setup, which says where to send it. */
  readonly sap: number;
  readonly setup: Obis;
  /** From 1; repetitions continue the count. */
  readonly attempt: number;
  /** The same for repetitions. */
  readonly invokeId: number;
  readonly dateTime: DateTime;
  readonly body: Data;
  /** Whether the receiver is asked for a confirmation. */
  readonly confirmed: boolean;
  /** False if there is no connection, so that the attempt has already failed. */
  readonly sent: boolean;
}
/** The modem connects, or disconnects. */
export interface ConnectionOutput {
  readonly type: 'connection';
  readonly at: number;
  readonly sap: number;
  /** The Auto connect object. */
  readonly object: Obis;
  readonly state: 'up' | 'down';
}
/** A connection has been silent for too long, and is to be closed. */
export interface DisconnectOutput {
  readonly type: 'disconnect';
  readonly at: number;
  /** The setup object of the port, and the name given to {@link MeterEngine.traffic}. */
  readonly port: Obis;
  readonly connection: string;
}
/** A port is to fall silent, or to answer again. */
export interface PortOutput {
  readonly type: 'port';
  readonly at: number;
  /** The setup object of the port. */
  readonly port: Obis;
  readonly locked: boolean;
}
/** What leaves the meter: the shell around the engine carries it out. */
export type Output = PushOutput | ConnectionOutput | DisconnectOutput | PortOutput;
/** An attempt to authenticate: a password, or a reply to a challenge. */
export interface Authentication {
  readonly right: boolean;
  /** The setup object of the port over which it came. */
  readonly port?: Obis | undefined;
}
/** Something has arrived over a connection; `open` is false if the connection is gone. */
export interface Traffic {
  readonly port: Obis;
  readonly connection: string;
  readonly open: boolean;
}
