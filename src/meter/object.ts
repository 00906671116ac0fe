import { decode, encode, type Schema } from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';
import { formatHex, parseHex } from '../core/hex.js';
import type { Attribute, InterfaceClass } from '../cosem/interface-class.js';
import type { Obis } from '../cosem/obis.js';
import {
  type AccessContext,
  AccessRefused,
  type AttributeHandlers,
  accessor,
  type CosemObject,
  cosemObject,
  type MethodHandlers,
} from '../server/object.js';
import type { Phase } from './agenda.js';
import type { AnyBehaviour, Cause, Reference, Running } from './behaviour.js';
import type { MeterEngine } from './engine.js';
import type { Source } from './environment.js';
import { fromPlain, type Plain, toPlain } from './plain.js';
import type { ObjectSpace } from './space.js';

type Loose = Record<string, unknown>;
type Functions = Readonly<Record<string, ((...args: never[]) => unknown) | undefined>>;

/** An object of the engine: its values, its sources, and its behaviour. */
export class EngineObject implements Running<InterfaceClass, unknown> {
  readonly engine: MeterEngine;
  readonly space: ObjectSpace;
  readonly definition: InterfaceClass;
  readonly logicalName: Obis;
  readonly behaviour: AnyBehaviour;
  readonly options: Readonly<Record<string, unknown>>;
  state: unknown;
  /** Whether its function is switched on; otherwise it refuses everything, and does nothing. */
  active = true;
  readonly #values = new Map<string, unknown>();
  readonly #sources = new Map<string, Source>();
  readonly #written = new Set<string>();

  constructor(
    engine: MeterEngine,
    space: ObjectSpace,
    behaviour: AnyBehaviour,
    definition: InterfaceClass,
    logicalName: Obis,
    attributes: Readonly<Record<string, unknown>>,
    options: Readonly<Record<string, unknown>>,
  ) {
    this.engine = engine;
    this.space = space;
    this.behaviour = behaviour;
    this.definition = definition;
    this.logicalName = logicalName;
    this.options = options;
    this.state = behaviour.state?.();
    const given = Object.entries(attributes).filter(([, v]) => v !== undefined);
    for (const [name, value] of given) this.#values.set(name, value);
    const defaults = Object.entries((behaviour.defaults?.(this) ?? {}) as Loose);
    for (const [name, value] of defaults)
      if (!this.#values.has(name) && definition.attributes[name] !== undefined) this.#values.set(name, value);
    this.#values.set('logicalName', logicalName);
  }
  /**
   * The name and the declaration of an attribute.
   * @throws AccessRefused `object-undefined` for an index that the class does not have
   */
  attribute(index: number): [name: string, attribute: Attribute] {
    const found = Object.entries(this.definition.attributes).find(([, a]) => a.index === index);
    if (found === undefined) throw new AccessRefused('object-undefined');
    return found;
  }
  /** Switches it off, or on again, in which case it continues from now. */
  activate(on: boolean): void {
    if (on === this.active) return;
    this.active = on;
    if (on) this.behaviour.start?.(this);
  }
  /** Connects an attribute to a source. */
  bind(attribute: string, source: Source): void {
    this.#sources.set(attribute, source);
  }

  // ── what a behaviour uses ────────────────────────────────────────────────────────────────────────────

  /** Whether this meter has the attribute. */
  has(attribute: string): boolean {
    const { computed } = this.behaviour as { computed?: Functions };
    return computed?.[attribute] !== undefined || this.#values.has(attribute) || this.#sources.has(attribute);
  }
  /** Untyped here, because the class is unknown; behaviours see it typed. */
  // biome-ignore lint/suspicious/noExplicitAny: the behaviour, which knows the class, sees the type
  get(attribute: string): any {
    const { computed } = this.behaviour as { computed?: Readonly<Record<string, (self: unknown) => unknown>> };
    const compute = computed?.[attribute];
    if (compute !== undefined) return compute(this);
    const source = this.#sources.get(attribute);
    if (source !== undefined) return this.#measured(attribute, source.value(this.engine.elapsed));
    if (!this.#values.has(attribute)) throw new AccessRefused('object-unavailable');
    return this.#values.get(attribute);
  }
  /** The stored value, without anything measured or computed on top. */
  stored(attribute: string): unknown {
    return this.#values.get(attribute);
  }
  set(attribute: string, value: unknown, cause: Cause = 'engine'): void {
    this.#written.add(attribute);
    this.#values.set(attribute, value);
    this.engine.changed(this, attribute, cause);
  }
  source(attribute: string): Source | undefined {
    return this.#sources.get(attribute);
  }
  /** Sets whether what is measured counts, according to the active tariff. */
  count(on: boolean): void {
    for (const [attribute, source] of this.#sources) {
      source.count?.(on, this.engine.elapsed);
      this.engine.changed(this, attribute, 'engine');
    }
  }
  get sources(): ReadonlyMap<string, Source> {
    return this.#sources;
  }
  schedule(phase: Phase, at: number | undefined): void {
    this.engine.schedule(this, phase, at);
  }
  observe(reference: Reference): void {
    this.engine.observe(this, reference);
  }
  /** Stops observing anything. */
  unobserve(): void {
    this.engine.unobserve(this);
  }

  // ── what clients and scripts do ──────────────────────────────────────────────────────────────────────

  #working(): void {
    if (!this.active) throw new AccessRefused('object-unavailable');
  }
  /** Writes an attribute as its behaviour allows. @throws AccessRefused */
  write(attribute: string, value: unknown, cause: Cause): void {
    this.#working();
    const { write } = this.behaviour as {
      write?: Readonly<Record<string, (self: unknown, value: unknown, cause: Cause) => void>>;
    };
    const own = write?.[attribute];
    if (attribute === 'logicalName' || !this.has(attribute)) throw new AccessRefused('read-write-denied');
    this.engine.operation(() => {
      this.#written.delete(attribute);
      if (own !== undefined) own(this, value, cause);
      else this.set(attribute, value, cause);
      // What is computed when read, like the time of a clock, counts as written too.
      if (!this.#written.has(attribute)) this.engine.changed(this, attribute, cause);
    });
  }
  /** Invokes a method. @throws AccessRefused */
  invoke(method: string, parameter: unknown, cause: Cause, context?: AccessContext): unknown {
    const { methods } = this.behaviour as {
      methods?: Readonly<Record<string, (self: unknown, p: unknown, cause: Cause, c?: AccessContext) => unknown>>;
    };
    this.#working();
    const own = methods?.[method];
    if (own === undefined) throw new AccessRefused('object-unavailable');
    return this.engine.operation(() => own(this, parameter, cause, context));
  }
  // ── for a store ──────────────────────────────────────────────────────────────────────────────────────

  /** Everything that it holds, passwords included. */
  save(): SavedObject {
    const { definition, state, active } = this;
    const values = [...this.#values].filter(([name]) => name !== 'logicalName');
    return {
      attributes: Object.fromEntries(
        values.map(([name, value]) => [name, formatHex(encode(schemaOf(definition, name), value))]),
      ),
      state: toPlain(state),
      sources: Object.fromEntries([...this.#sources].map(([name, s]) => [name, toPlain(s.save?.())])),
      active,
    };
  }
  /** Takes back what {@link EngineObject.save} gave. Nobody hears of it. */
  restore({ attributes, state, sources, active }: SavedObject): void {
    this.#values.clear();
    this.#values.set('logicalName', this.logicalName);
    for (const [name, hex] of Object.entries(attributes))
      this.#values.set(name, decode(schemaOf(this.definition, name), parseHex(hex)));
    for (const [name, saved] of Object.entries(sources)) this.#sources.get(name)?.restore?.(fromPlain(saved));
    this.state = fromPlain(state);
    this.active = active;
  }

  /** This object in the form for the server, which applies the rights of the association. */
  served(): CosemObject {
    const { behaviour, definition } = this;
    const { selective, methods } = behaviour as {
      selective?: Readonly<Record<string, (self: unknown, context: AccessContext) => Uint8Array>>;
      methods?: Functions;
    };
    const attributes: Loose = {};
    for (const name of Object.keys(definition.attributes)) {
      if (name === 'logicalName' || !this.has(name)) continue;
      if (behaviour.hidden?.includes(name) === true) {
        attributes[name] = accessor({ set: (value) => this.write(name, value, 'client') });
        continue;
      }
      const restricted = selective?.[name];
      attributes[name] = accessor({
        ...(restricted === undefined
          ? { get: () => this.#read(name) }
          : { selective: true, getEncoded: (context: AccessContext) => this.#selected(restricted, context) }),
        set: (value) => this.write(name, value, 'client'),
      });
    }
    const invocable: Loose = {};
    for (const name of Object.keys(definition.methods))
      if (methods?.[name] !== undefined)
        invocable[name] = (parameter: unknown, context: AccessContext) =>
          this.invoke(name, parameter, 'client', context);
    return cosemObject(
      definition,
      this.logicalName,
      attributes as AttributeHandlers<InterfaceClass>,
      invocable as MethodHandlers<InterfaceClass>,
    );
  }
  #read(attribute: string): unknown {
    this.#working();
    return this.get(attribute);
  }
  #selected(restricted: (self: unknown, context: AccessContext) => Uint8Array, context: AccessContext): Uint8Array {
    this.#working();
    return restricted(this, context);
  }
  /** A number in the Data type of the attribute; a counter starts again at zero after the last value of its type. */
  #measured(attribute: string, value: number): unknown {
    const given = this.#values.get(attribute) as { readonly type?: string; readonly value?: unknown } | undefined;
    if (given === undefined || typeof given !== 'object') return value;
    const modulus = moduli[given.type ?? ''];
    if (modulus !== undefined && value < 0) throw new AccessRefused('hardware-fault');
    const counted = modulus === undefined ? value : value % modulus;
    return { type: given.type, value: typeof given.value === 'bigint' ? BigInt(counted) : counted };
  }
}
/** What is kept of an object: its attributes as octets of Data in hexadecimal digits, and what else it remembers. */
export interface SavedObject {
  readonly attributes: Readonly<Record<string, string>>;
  readonly state: Plain;
  readonly sources: Readonly<Record<string, Plain>>;
  readonly active: boolean;
}
function schemaOf(definition: InterfaceClass, attribute: string): Schema<unknown> {
  const found = definition.attributes[attribute];
  if (found === undefined) throw new DlmsError('configuration/invalid', { what: `${definition.name} ${attribute}` });
  return found.schema;
}
const moduli: Readonly<Record<string, number>> = {
  unsigned: 0x100,
  'long-unsigned': 0x1_0000,
  'double-long-unsigned': 0x1_0000_0000,
};
