import type { Data } from '../../axdr/data.js';
import { Register } from '../../cosem/classes/register.js';
import type { Behaviour } from '../behaviour.js';
import { defaultOf, withNumber } from '../values.js';
import { captureLogsOf } from './profile-generic.js';

/**
 * Register (class 3). A measured register cannot be reset, because its source goes on. Option `powerFailureDuration`:
 * it holds the seconds of the last long outage, and logs that capture it get a row when the supply is back.
 */
export const registerBehaviour: Behaviour<typeof Register> = {
  definition: Register,
  methods: {
    reset(self) {
      self.set('value', defaultOf(self.get('value')), 'method');
    },
  },
  powerUp(self, outage) {
    const { engine, options } = self;
    const seconds = Math.floor((outage.to - outage.from) / 1000);
    if (options.powerFailureDuration !== true || seconds < engine.knobs.longPowerFailureThreshold) return;
    self.set('value', withNumber(self.get('value') as Data, seconds) as never);
    captureLogsOf(self, engine.utc);
  },
};
