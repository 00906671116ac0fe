import type { Data } from '../../axdr/data.js';
import { DataClass } from '../../cosem/classes/data.js';
import type { Obis } from '../../cosem/obis.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { numberOf, withNumber } from '../values.js';
import { captureLogsOf } from './profile-generic.js';

/** The role of a Data object besides its value. */
export interface DataOptions {
  /** Makes it an event object: it holds the last of these codes, and logs that capture it get a row. */
  readonly events?: readonly number[];
  /** Counts events with these codes. */
  readonly counts?: readonly number[];
  /**
   * Makes it an alarm or error register: the bit that an event sets, by its code. It stays set until a client clears
   * it.
   */
  readonly bits?: Readonly<Record<number, number>>;
  /** Which of the two. Default: an alarm register. */
  readonly register?: 'alarm' | 'error';
  /** Makes it an alarm descriptor: it gets the bits that rise in a register, as far as the filter lets them pass. */
  readonly descriptor?: { readonly register: Obis; readonly filter: Obis };
}
type Self = Running<typeof DataClass>;
const optionsOf = (self: { readonly options: object }): DataOptions => self.options as DataOptions;
const bitsOf = (value: unknown): bigint => BigInt(numberOf(value as Data) ?? 0);
const withBits = (self: Self, bits: bigint): void =>
  self.set('value', withNumber(self.get('value') as Data, Number(bits)) as never);

/** Sets a bit; descriptors are only notified if it was not set before. */
function rise(self: Self, bit: number): void {
  const before = bitsOf(self.get('value'));
  const mask = 1n << BigInt(bit);
  if ((before & mask) !== 0n) return;
  withBits(self, before | mask);
  for (const other of self.space.ofClass(1) as unknown as Self[]) {
    const { descriptor } = optionsOf(other);
    if (descriptor?.register !== self.logicalName) continue;
    const filter = bitsOf(self.space.get(descriptor.filter)?.get('value'));
    if ((filter & mask) !== 0n) withBits(other, bitsOf(other.get('value')) | mask);
  }
}

/**
 * Data (class 1): its type is fixed by its first value. With the options of {@link DataOptions} it is an event object,
 * a counter, an alarm or error register, or an alarm descriptor. That writing a 1 does not set a bit is our choice
 * (knob `alarmWrite`), and so is that only a rising bit reaches the descriptor.
 */
export const dataBehaviour: Behaviour<typeof DataClass> = {
  definition: DataClass,
  write: {
    value(self, value, cause) {
      if (value.type !== self.get('value').type) throw new AccessRefused('type-unmatched');
      const { bits, register, descriptor } = optionsOf(self);
      if ((bits === undefined && descriptor === undefined) || numberOf(value) === undefined) {
        self.set('value', value, cause);
        return;
      }
      const { engine } = self;
      const before = bitsOf(self.get('value'));
      const after = engine.knobs.alarmWrite === 'clear' ? before & bitsOf(value) : bitsOf(value);
      self.set('value', withNumber(value as Data, Number(after)) as never, cause);
      if (bits === undefined) return;
      if ((before & ~after) !== 0n)
        engine.raise(register === 'error' ? 'errorRegisterCleared' : 'alarmRegisterCleared');
      // Lasting conditions come back at once.
      for (const code of engine.conditions) if (bits[code] !== undefined) rise(self, bits[code]);
    },
  },
  event(self, code, utc) {
    const { events, counts, bits } = optionsOf(self);
    if (counts?.includes(code) === true) {
      const value = self.get('value') as Data;
      self.set('value', withNumber(value, (numberOf(value) ?? 0) + 1) as never);
    }
    if (bits?.[code] !== undefined) rise(self, bits[code]);
    if (events?.includes(code) === true) record(self, code, utc);
  },
};

/** The event object takes the code, and its logs get a row. */
export function record(self: Self, code: number, utc: number): void {
  self.set('value', withNumber(self.get('value') as Data, code) as never);
  captureLogsOf(self, utc);
}
