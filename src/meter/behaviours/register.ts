import { Register } from '../../cosem/classes/register.js';
import type { Behaviour } from '../behaviour.js';
import { defaultOf } from '../values.js';

/** Register (class 3). What is measured cannot be reset: its source goes on. */
export const registerBehaviour: Behaviour<typeof Register> = {
  definition: Register,
  methods: {
    reset(self) {
      self.set('value', defaultOf(self.get('value')), 'method');
    },
  },
};
