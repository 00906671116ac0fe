import { DlmsError } from '../core/errors.js';
import type { InterfaceClass, ObjectOf } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import { AccessRefused } from '../server/object.js';
import { Agenda, type Phase } from './agenda.js';
import type {
  AnyBehaviour,
  Authentication,
  Cause,
  ClockChange,
  Outage,
  Output,
  PushOutcome,
  PushOutput,
  Reference,
  Traffic,
} from './behaviour.js';
import type { MBusLine } from './behaviours/mbus-client.js';
import { Environment, type Source } from './environment.js';
import type { EventName } from './events.js';
import { type AmountSource, type LevelSource, levelOf } from './functions-of-time.js';
import { defaultKnobs, type Knobs } from './knobs.js';
import { LocalTime, utcZone, type Zone } from './local-time.js';
import { EngineObject, type SavedObject } from './object.js';
import { fromPlain, type Plain, toPlain } from './plain.js';
import { ObjectSpace } from './space.js';

/** Options of {@link MeterEngine}. */
export interface EngineOptions {
  /** What the clock of the meter shows at the start, in UTC milliseconds. */
  readonly utc: number;
  /** How each class behaves; a class without a behaviour is just a table of values. */
  readonly behaviours: readonly AnyBehaviour[];
  readonly knobs?: Partial<Knobs>;
  /** Seed for what is random (delays of pushes): the same seed gives the same run. Default: 1. */
  readonly seed?: number;
}
/** Where an attribute gets its value from. */
export type SourceOption =
  /** The integral of an input over hours: W to Wh. */
  | { readonly integral: string }
  /** An input, unchanged. */
  | { readonly input: string }
  /** A function of time that says how much is added between two instants: energy. */
  | { readonly amount: AmountSource }
  /** A function of time that says how much it is at an instant: power, voltage. Monitors do not notice its changes. */
  | { readonly level: LevelSource };

/** What an object has besides its attributes. */
export interface ObjectOptions {
  /** Attributes that are measured, by name. */
  readonly sources?: Readonly<Record<string, SourceOption>>;
  /** SAP of the logical device. Default: 1. */
  readonly sap?: number;
  /** Options of the behaviour that are not attributes. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Limit on work at one instant that starts more work at the same instant; beyond it, it must be a loop. */
const workLimit = 10_000;
/** Maximum number of outputs that wait to be taken. */
const outputLimit = 10_000;

/**
 * A running meter: objects as state machines on a virtual clock. Nothing here reads the clock of the host, starts a
 * timer or opens a socket: the shell says how far time has advanced ({@link MeterEngine.advanceTo}), and carries out
 * what leaves the meter ({@link MeterEngine.takeOutputs}).
 *
 * Elapsed time only grows; the time shown by the meter's clock can be set. Both are in milliseconds. Jumping to an
 * instant does the same as going there in steps.
 */
export class MeterEngine {
  readonly knobs: Knobs;
  readonly environment: Environment = new Environment();
  /**
   * Status of the clock as in a date-time, without daylight saving: bit 0 invalid, 1 doubtful, 2 other base, 3 status
   * invalid.
   */
  clockStatus = 0;
  /** How many scripts were dropped because scripts and monitors started each other too deeply. */
  dropped = 0;
  readonly #behaviours = new Map<string, AnyBehaviour>();
  readonly #agenda: Agenda<EngineObject>;
  readonly #spaces = new Map<number, ObjectSpace>();
  readonly #observers = new Map<string, Set<EngineObject>>();
  readonly #observed = new Map<EngineObject, Set<string>>();
  /** The open disconnectors. */
  readonly #open = new Set<Obis>();
  readonly #conditions = new Set<number>();
  #seed: number;
  #outputs: Output[] = [];
  #phase: Phase | undefined;
  #telling = 0;
  /** Failed authentications in a row. */
  #failures = 0;
  #draws = 0;
  #elapsed = 0;
  /** UTC minus elapsed time. */
  #offset: number;
  /** Real time minus elapsed time. */
  #origin: number;
  #operations = 0;
  #local: LocalTime = new LocalTime(utcZone);
  #supply = true;
  #network = true;
  #downSince: { readonly elapsed: number; readonly utc: number } | undefined;
  #depth = 0;
  #nesting = 0;
  #changes: { readonly object: EngineObject; readonly attribute: string; readonly cause: Cause }[] = [];
  /** The relay behind disconnectors: returns the actual position of the contact. Default: it obeys. */
  relay: ((contact: Obis, closed: boolean) => boolean) | undefined;
  /** The line to M-Bus devices. Without one nobody answers. */
  mbus: MBusLine | undefined;
  /** Called for every change of an attribute, once the operation is complete: for a journal. */
  onChange: ((object: EngineObject, attribute: string, cause: Cause) => void) | undefined;

  constructor(options: EngineOptions) {
    this.knobs = { ...defaultKnobs, ...options.knobs };
    this.#agenda = new Agenda(this.knobs.phaseOrder);
    this.#offset = options.utc;
    this.#origin = options.utc;
    this.#seed = options.seed ?? 1;
    for (const b of options.behaviours) this.#behaviours.set(`${b.definition.classId} ${b.definition.version}`, b);
  }

  // ── building ─────────────────────────────────────────────────────────────────────────────────────────

  /** The objects of a logical device, by its SAP. */
  space(sap = 1): ObjectSpace {
    let space = this.#spaces.get(sap);
    if (space === undefined) {
      space = new ObjectSpace(sap);
      this.#spaces.set(sap, space);
    }
    return space;
  }
  get spaces(): IterableIterator<ObjectSpace> {
    return this.#spaces.values();
  }
  /** Adds an object; attributes not given have the defaults of the class. {@link MeterEngine.start} starts the work. */
  add<C extends InterfaceClass>(
    definition: C,
    logicalName: Obis,
    attributes: Partial<ObjectOf<C>> = {},
    { sources = {}, sap = 1, options = {} }: ObjectOptions = {},
  ): EngineObject {
    const behaviour: AnyBehaviour = this.#behaviours.get(`${definition.classId} ${definition.version}`) ?? {
      definition,
    };
    const space = this.space(sap);
    if (space.get(logicalName) !== undefined)
      throw new DlmsError('configuration/invalid', { what: `two objects ${logicalName} in logical device ${sap}` });
    const object = new EngineObject(this, space, behaviour, definition, logicalName, attributes, options);
    for (const [name, source] of Object.entries(sources)) {
      const value = object.stored(name) as { readonly value?: unknown } | number | undefined;
      const start = Number(typeof value === 'object' ? (value.value ?? 0) : (value ?? 0));
      object.bind(name, this.#sourceOf(source, start));
    }
    this.#agenda.add(object);
    space.add(object);
    return object;
  }
  #sourceOf(option: SourceOption, start: number): Source {
    const { environment } = this;
    const real = (elapsed: number): number => this.#origin + elapsed;
    if ('integral' in option) return environment.integral(option.integral, start, this.#elapsed);
    if ('input' in option) return environment.input(option.input);
    if ('level' in option) return levelOf(option.level, real);
    return environment.growing(option.amount, real, start, this.#elapsed);
  }
  /** Call this once all objects have been added: they schedule their work from the current instant on. */
  start(): void {
    for (const o of this.#all()) this.operation(() => o.behaviour.start?.(o));
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Milliseconds since the engine started: only grows, whatever the clock of the meter is set to. */
  get elapsed(): number {
    return this.#elapsed;
  }
  /** What the clock of the meter shows, in UTC milliseconds. */
  get utc(): number {
    return this.#elapsed + this.#offset;
  }
  /**
   * Real time in UTC milliseconds, for what goes on around the meter: what the clock of the meter would show, had it
   * never been set.
   */
  get realTime(): number {
    return this.#elapsed + this.#origin;
  }
  get local(): LocalTime {
    return this.#local;
  }
  /** The elapsed time at which the clock of the meter will show a time, unless it is set before. */
  elapsedAt(utc: number): number {
    return utc - this.#offset;
  }
  /** What the clock of the meter will show at an elapsed time. */
  utcAt(elapsed: number): number {
    return elapsed + this.#offset;
  }
  /** The next instant at which there is work; undefined if there is none until something comes from outside. */
  get nextDue(): number | undefined {
    return this.#supply ? this.#agenda.next : undefined;
  }
  /**
   * Does everything due up to and at an instant, in order.
   * @throws DlmsError `encode/invalid-value` for an instant in the past
   */
  advanceTo(elapsed: number): void {
    if (!(elapsed >= this.#elapsed))
      throw new DlmsError('encode/invalid-value', {
        expected: `an instant from ${this.#elapsed} on`,
        actual: String(elapsed),
      });
    while (this.#supply) {
      const next = this.#agenda.next;
      if (next === undefined || next > elapsed) break;
      this.#elapsed = Math.max(this.#elapsed, next);
      this.#instant();
    }
    this.#elapsed = elapsed;
  }
  /** Does all work of the current instant, by phase, including what that starts at the same instant. */
  #instant(): void {
    for (let done = 0; ; done++) {
      const due = this.#agenda.take(this.#elapsed);
      if (due === undefined || !this.#supply) return;
      if (done > workLimit) {
        this.dropped++;
        return;
      }
      const work = (
        due.owner.behaviour.due as Partial<Record<Phase, (self: unknown, at: number) => void>> | undefined
      )?.[due.phase];
      if (work === undefined || !due.owner.active) continue;
      this.#phase = due.phase;
      try {
        this.operation(() => work(due.owner, due.at));
      } finally {
        this.#phase = undefined;
      }
    }
  }

  /**
   * Takes what has left the meter since the last call. If nobody takes the outputs, the oldest are dropped and counted.
   */
  takeOutputs(): Output[] {
    const taken = this.#outputs;
    this.#outputs = [];
    return taken;
  }
  /** Reports an attempt to authenticate: ports count it, and too many failures in a row are an event. */
  authenticated(attempt: Authentication): void {
    if (!this.#supply) return;
    this.operation(() => {
      for (const o of this.#working()) o.behaviour.authentication?.(o, attempt);
      this.#failures = attempt.right ? 0 : this.#failures + 1;
      if (this.#failures < this.knobs.authenticationFailuresForEvent) return;
      this.#failures = 0;
      this.raise('authenticationFailed');
    });
  }
  /** Reports traffic on a connection, or its end, for ports that close silent connections. */
  traffic(traffic: Traffic): void {
    if (this.#supply) for (const o of this.#working()) o.behaviour.traffic?.(o, traffic);
  }
  /**
   * Reports the outcome of a push: it could not be sent after all, or the receiver has confirmed it. An answer to a
   * push that is over changes nothing.
   */
  pushed({ sap, setup }: PushOutput, outcome: PushOutcome): void {
    this.input(`push ${sap} ${setup}`, outcome);
  }

  // ── what behaviours and the shell use ────────────────────────────────────────────────────────────────

  /** Sets when an object next has work of a phase; undefined cancels it. */
  schedule(object: EngineObject, phase: Phase, at: number | undefined): void {
    this.#agenda.schedule(object, phase, at === undefined ? undefined : Math.max(at, this.#elapsed));
  }
  /** Makes something leave the meter. */
  output(output: Output): void {
    this.#outputs.push(output);
    if (this.#outputs.length <= outputLimit) return;
    this.#outputs.shift();
    this.dropped++;
  }
  /** The current kind of work. */
  get phase(): Phase | undefined {
    return this.#phase;
  }
  /** Whether the current work was started by the change of an attribute, that is, by a monitor. */
  get telling(): boolean {
    return this.#telling > 0;
  }
  /** The next random number of this seed, from 0 to 1 (exclusive). */
  random(): number {
    // splitmix32
    let z = (this.#seed + Math.imul(++this.#draws, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 0x1_0000_0000;
  }
  /** Whether there is a network, by the input `network` (`up` or `down`). */
  get network(): boolean {
    return this.#network;
  }
  /** Sets an input. Measured attributes that depend on it change; objects that wait for it are notified. */
  input(name: string, value: unknown): void {
    this.operation(() => {
      if (typeof value === 'number') {
        this.environment.set(name, value, this.#elapsed);
        for (const o of this.#all())
          for (const [attribute, source] of o.sources)
            if (source.inputs.includes(name)) this.changed(o, attribute, 'engine');
      }
      if (name === 'network') this.#network = value !== 'down';
      if (this.#supply) for (const o of this.#working()) o.behaviour.input?.(o, name, value);
    });
  }
  /**
   * Reports that the meter has noticed something: event objects take the code, and logs and alarms follow. Without
   * supply nothing is noticed.
   * @param event by its name, or the code of something specific to a sensor or the manufacturer
   * @param utc when, by the clock of the meter. Default: now
   */
  raise(event: EventName | number, utc: number = this.utc): void {
    const code = typeof event === 'number' ? event : this.knobs.eventCodes[event];
    if (code === undefined || !this.#supply) return;
    this.operation(() => {
      for (const o of this.#working()) o.behaviour.event?.(o, code, utc);
    });
  }
  /** Reports the start or end of a lasting condition, whose alarm cannot be cleared as long as it lasts. */
  condition(event: EventName | number, present: boolean): void {
    const code = typeof event === 'number' ? event : this.knobs.eventCodes[event];
    if (code === undefined || this.#conditions.has(code) === present) return;
    if (!present) this.#conditions.delete(code);
    else {
      this.#conditions.add(code);
      this.raise(code);
    }
  }
  /** Codes of the lasting conditions. */
  get conditions(): ReadonlySet<number> {
    return this.#conditions;
  }
  /** Reports total loss or return of the supply. */
  power(on: boolean): void {
    if (on === this.#supply) return;
    if (!on) {
      this.operation(() => {
        this.raise('powerDown');
        for (const o of this.#working()) o.behaviour.powerDown?.(o);
      });
      this.#supply = false;
      this.#downSince = { elapsed: this.#elapsed, utc: this.utc };
      this.environment.count(false, this.#elapsed);
      return;
    }
    const since = this.#downSince as { readonly elapsed: number; readonly utc: number };
    this.#supply = true;
    this.#downSince = undefined;
    this.environment.count(this.#open.size === 0, this.#elapsed);
    const outage: Outage = { from: since.elapsed, to: this.#elapsed, utcFrom: since.utc, utcTo: this.utc };
    this.operation(() => {
      // The clock comes first, because the others need the time.
      const clocks = this.#all().filter((o) => o.definition.classId === 8);
      for (const o of clocks) o.behaviour.powerUp?.(o, outage);
      this.raise('powerUp');
      for (const o of this.#working()) if (!clocks.includes(o)) o.behaviour.powerUp?.(o, outage);
    });
  }
  get supply(): boolean {
    return this.#supply;
  }
  /** Moves a contact ({@link MeterEngine.relay} is the device). @returns its actual position afterwards */
  drive(contact: Obis, closed: boolean): boolean {
    return this.relay?.(contact, closed) ?? closed;
  }
  /** Sets whether a disconnector lets consumption through. */
  connect(contact: Obis, closed: boolean): void {
    if (closed) this.#open.delete(contact);
    else this.#open.add(contact);
    const counting = this.#supply && this.#open.size === 0;
    if (counting === this.environment.counting) return;
    this.environment.count(counting, this.#elapsed);
    // What grows goes on or stands still from now on: who waits for a value to be reached hears of it.
    this.operation(() => {
      for (const o of this.#all()) for (const attribute of o.sources.keys()) this.changed(o, attribute, 'engine');
    });
  }
  /** Sets the rule of local time, from the Clock object. */
  setZone(zone: Zone): void {
    this.#local = new LocalTime(zone);
  }
  /** Sets the clock of the meter, and notifies everything that depends on it. */
  setClock(utc: number, kind: ClockChange['kind']): void {
    const from = this.utc;
    this.#offset = utc - this.#elapsed;
    this.clockChanged({ kind, from, to: utc });
  }
  /** Notifies everything that depends on the clock. */
  clockChanged(change: ClockChange): void {
    this.operation(() => {
      for (const o of this.#working()) o.behaviour.clockChanged?.(o, change);
    });
  }

  // ── changes ──────────────────────────────────────────────────────────────────────────────────────────

  /** How many operations there were: as long as it is the same, nothing but time has changed. */
  get operations(): number {
    return this.#operations;
  }
  /** Does something as one operation: observers of attributes are notified when it is complete, never in the middle. */
  operation<T>(work: () => T): T {
    this.#operations++;
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
      if (this.#depth === 0) this.#tell();
    }
  }
  /**
   * Does something that may start itself again, such as scripts that run scripts. If nested too deeply, it is refused
   * and counted.
   */
  nested<T>(work: () => T): T {
    if (this.#nesting >= this.knobs.nestingLimit) {
      this.dropped++;
      return refuse();
    }
    this.#nesting++;
    try {
      return this.operation(work);
    } finally {
      this.#nesting--;
    }
  }
  /**
   * Runs a script from a table of the same logical device; selector 0 or a name of zeros runs nothing.
   * @throws AccessRefused
   */
  runScript(space: ObjectSpace, table: Obis, selector: number): void {
    if (selector === 0 || table === '0-0:0.0.0*0') return;
    space.invoke(9, table, 1, { type: 'long-unsigned', value: selector }, 'script');
  }
  /** Records that an attribute has changed; observers are notified when the operation is complete. */
  changed(object: EngineObject, attribute: string, cause: Cause): void {
    this.#changes.push({ object, attribute, cause });
    if (this.#depth === 0) this.#tell();
  }
  #tell(): void {
    while (this.#changes.length > 0) {
      const changes = this.#changes;
      this.#changes = [];
      if (this.#nesting >= this.knobs.nestingLimit) {
        this.dropped += changes.length;
        for (const { object, attribute, cause } of changes) this.onChange?.(object, attribute, cause);
        continue;
      }
      this.#nesting++;
      this.#depth++;
      this.#telling++;
      try {
        for (const { object, attribute, cause } of changes) {
          this.onChange?.(object, attribute, cause);
          const reference = referenceOf(object, attribute);
          const observers = this.#observers.get(keyOf(object.space, reference));
          if (observers === undefined) continue;
          for (const o of [...observers]) if (o.active) o.behaviour.observed?.(o, reference, cause);
        }
      } finally {
        this.#telling--;
        this.#depth--;
        // What observers have changed is reported one level deeper.
        if (this.#depth === 0 && this.#changes.length > 0) this.#tell();
        this.#nesting--;
      }
    }
  }
  /** Lets an object observe the changes of an attribute. */
  observe(observer: EngineObject, reference: Reference): void {
    this.#hear(observer, keyOf(observer.space, reference));
  }
  #hear(observer: EngineObject, key: string): void {
    const observers = this.#observers.get(key) ?? new Set();
    observers.add(observer);
    this.#observers.set(key, observers);
    const own = this.#observed.get(observer) ?? new Set();
    own.add(key);
    this.#observed.set(observer, own);
  }
  /** Ends everything that an object observes. */
  unobserve(observer: EngineObject): void {
    for (const key of this.#observed.get(observer) ?? []) this.#observers.get(key)?.delete(observer);
    this.#observed.delete(observer);
  }
  // ── for a store ──────────────────────────────────────────────────────────────────────────────────────

  /**
   * All that the engine holds, as JSON has it: passwords included. Drivers (relay, M-Bus line, image store) keep what
   * is theirs.
   * @throws DlmsError `configuration/invalid` in the middle of an operation
   */
  save(): SavedEngine {
    if (this.#depth > 0) throw new DlmsError('configuration/invalid', { what: 'a meter saved in an operation' });
    const objects = this.#all();
    return {
      format: 'dlms-cosem-meter/1',
      engine: toPlain({
        elapsed: this.#elapsed,
        offset: this.#offset,
        origin: this.#origin,
        clockStatus: this.clockStatus,
        dropped: this.dropped,
        seed: this.#seed,
        draws: this.#draws,
        failures: this.#failures,
        supply: this.#supply,
        downSince: this.#downSince,
        network: this.#network,
        conditions: [...this.#conditions],
        open: [...this.#open],
        outputs: this.#outputs,
        zone: this.#local.zone,
        environment: this.environment.save(),
        // In one order, so that what is the same is saved as the same text.
        agenda: [...this.#agenda.entries()].map(({ owner, phase, at }) => [nameOf(owner), phase, at]).sort(byText),
        observers: [...this.#observers]
          .filter(([, observers]) => observers.size > 0)
          .map(([key, observers]) => [key, [...observers].map(nameOf)])
          .sort(byText),
      }),
      objects: Object.fromEntries(objects.map((o) => [nameOf(o), o.save()])),
    };
  }
  /**
   * Takes back what {@link MeterEngine.save} gave, instead of {@link MeterEngine.start}: for an engine with the same
   * objects and drivers. It goes on as if nothing had happened; a time that passed meanwhile is for the shell to tell.
   * @throws DlmsError `configuration/invalid` when the objects are not the same
   */
  restore({ format, engine, objects }: SavedEngine): void {
    const all = new Map(this.#all().map((o) => [nameOf(o), o]));
    const missing = [...all.keys()].find((n) => !Object.hasOwn(objects, n));
    const unknown = Object.keys(objects).find((n) => !all.has(n));
    if (format !== 'dlms-cosem-meter/1' || missing !== undefined || unknown !== undefined)
      throw new DlmsError('configuration/invalid', {
        what: `a saved meter ${missing === undefined ? `with ${unknown ?? format}` : `without ${missing}`}`,
      });
    const saved = fromPlain(engine) as SavedState;
    this.#elapsed = saved.elapsed;
    this.#offset = saved.offset;
    this.#origin = saved.origin;
    this.clockStatus = saved.clockStatus;
    this.dropped = saved.dropped;
    this.#seed = saved.seed;
    this.#draws = saved.draws;
    this.#failures = saved.failures;
    this.#supply = saved.supply;
    this.#downSince = saved.downSince;
    this.#network = saved.network;
    this.#outputs = [...saved.outputs];
    this.#local = new LocalTime(saved.zone);
    replace(this.#conditions, saved.conditions);
    replace(this.#open, saved.open);
    this.environment.restore(saved.environment);
    for (const [name, object] of Object.entries(objects)) all.get(name)?.restore(object);
    this.#agenda.clear();
    for (const [name, phase, at] of saved.agenda) this.#agenda.schedule(all.get(name) as EngineObject, phase, at);
    this.#observers.clear();
    this.#observed.clear();
    for (const [key, observers] of saved.observers)
      for (const name of observers) this.#hear(all.get(name) as EngineObject, key);
  }
  #all(): EngineObject[] {
    return [...this.#spaces.values()].flatMap((s) => [...s]);
  }
  #working(): EngineObject[] {
    return this.#all().filter((o) => o.active);
  }
}

/** What {@link MeterEngine.save} gives: JSON. */
export interface SavedEngine {
  readonly format: string;
  readonly engine: Plain;
  /** By SAP of the logical device and logical name. */
  readonly objects: Readonly<Record<string, SavedObject>>;
}
interface SavedState {
  readonly elapsed: number;
  readonly offset: number;
  readonly origin: number;
  readonly clockStatus: number;
  readonly dropped: number;
  readonly seed: number;
  readonly draws: number;
  readonly failures: number;
  readonly supply: boolean;
  readonly downSince: { readonly elapsed: number; readonly utc: number } | undefined;
  readonly network: boolean;
  readonly conditions: readonly number[];
  readonly open: readonly Obis[];
  readonly outputs: readonly Output[];
  readonly zone: Zone;
  readonly environment: unknown;
  readonly agenda: readonly (readonly [owner: string, phase: Phase, at: number])[];
  readonly observers: readonly (readonly [key: string, observers: readonly string[]])[];
}
const byText = (a: readonly unknown[], b: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1);
const nameOf = (o: EngineObject): string => `${o.space.sap} ${o.logicalName}`;
function replace<T>(set: Set<T>, values: readonly T[]): void {
  set.clear();
  for (const v of values) set.add(v);
}
const referenceOf = (object: EngineObject, attribute: string): Reference => ({
  classId: object.definition.classId,
  logicalName: object.logicalName,
  attributeIndex: object.definition.attributes[attribute]?.index ?? 0,
});
const keyOf = (space: ObjectSpace, { classId, logicalName, attributeIndex }: Reference): string =>
  `${space.sap} ${classId} ${logicalName} ${attributeIndex}`;

/** Refuses a value that has the right type, but that this meter cannot handle. */
export const refuse = (): never => {
  throw new AccessRefused('other-reason');
};
