import type { Data } from '../../axdr/data.js';
import { ExtendedRegister } from '../../cosem/classes/extended-register.js';
import type { Behaviour, Reference, Running } from '../behaviour.js';
import { numberAt } from '../thresholds.js';
import { dateTimeAt, defaultOf, numberOf, unspecifiedDateTime, withNumber } from '../values.js';

type Self = Running<typeof ExtendedRegister>;

/** The attribute whose maximum this register holds. */
const maximumOf = ({ options }: Self): Reference | undefined => options.maximumOf as Reference | undefined;
/** Only a greater value replaces it: an equal one keeps the older time. */
function compare(self: Self): void {
  const reference = maximumOf(self);
  const value = reference === undefined ? undefined : numberAt(self, reference);
  const held = self.get('value') as Data;
  if (value === undefined || value <= (numberOf(held) ?? Number.NEGATIVE_INFINITY)) return;
  self.set('value', withNumber(held, value) as never);
  self.set('captureTime', dateTimeAt(self.engine, self.engine.utc));
}

/**
 * Extended register (class 4): value, status and capture time change together. Option `maximumOf`, a reference: it holds
 * the maximum of that attribute since its last reset.
 */
export const extendedRegisterBehaviour: Behaviour<typeof ExtendedRegister> = {
  definition: ExtendedRegister,
  defaults: () => ({ captureTime: unspecifiedDateTime }),
  start(self) {
    const reference = maximumOf(self);
    if (reference !== undefined) self.observe(reference);
  },
  methods: {
    reset(self) {
      self.set('value', defaultOf(self.get('value')), 'method');
      if (self.has('status')) self.set('status', defaultOf(self.get('status')), 'method');
      const now = self.engine.knobs.extendedResetTime === 'now';
      self.set('captureTime', now ? dateTimeAt(self.engine, self.engine.utc) : unspecifiedDateTime, 'method');
    },
  },
  observed: compare,
};
