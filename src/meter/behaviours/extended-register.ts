import { ExtendedRegister } from '../../cosem/classes/extended-register.js';
import type { Behaviour } from '../behaviour.js';
import { dateTimeAt, defaultOf, unspecifiedDateTime } from '../values.js';

/** Extended register (class 4): value, status and capture time change together. */
export const extendedRegisterBehaviour: Behaviour<typeof ExtendedRegister> = {
  definition: ExtendedRegister,
  defaults: () => ({ captureTime: unspecifiedDateTime }),
  methods: {
    reset(self) {
      self.set('value', defaultOf(self.get('value')), 'method');
      if (self.has('status')) self.set('status', defaultOf(self.get('status')), 'method');
      const now = self.engine.knobs.extendedResetTime === 'now';
      self.set('captureTime', now ? dateTimeAt(self.engine, self.engine.utc) : unspecifiedDateTime, 'method');
    },
  },
};
