import type { Data } from '../../axdr/data.js';
import { numberOf, withNumber } from '../values.js';
import type { Profile } from './profile-rows.js';

/** Bits of the status word of a load profile (two public sources; 4 and 6 are manufacturer specific). */
const bit = {
  clockInvalid: 1 << 1,
  dataNotValid: 1 << 2,
  daylightSaving: 1 << 3,
  clockAdjusted: 1 << 5,
  powerDown: 1 << 7,
} as const;

function change(self: Profile, to: (bits: number) => number): void {
  const { statusObject } = self.options;
  const object = typeof statusObject === 'string' ? self.space.get(statusObject as never) : undefined;
  const value = object?.get('value') as Data | undefined;
  const bits = value === undefined ? undefined : numberOf(value);
  if (object === undefined || value === undefined || bits === undefined) return;
  const next = to(bits);
  if (next !== bits) object.set('value', withNumber(value, next));
}
/** The lasting conditions at a time. */
function lasting({ engine }: Profile, utc: number): number {
  const invalid = (engine.clockStatus & 1) !== 0 ? bit.clockInvalid | bit.dataNotValid : 0;
  return invalid | (engine.local.daylightSaving(utc) ? bit.daylightSaving : 0);
}
const lastingBits = bit.clockInvalid | bit.dataNotValid | bit.daylightSaving;

/** Records something about the current interval in the status object (option `statusObject`). */
export const mark = (self: Profile, what: keyof typeof bit): void => change(self, (bits) => bits | bit[what]);
/** Sets the status word to what is to be captured at a time. */
export const statusAt = (self: Profile, utc: number): void =>
  change(self, (bits) => (bits & ~lastingBits) | lasting(self, utc));
/** Clears the status word for the next interval, except for lasting conditions. */
export const clearStatus = (self: Profile): void => change(self, () => lasting(self, self.engine.utc));
