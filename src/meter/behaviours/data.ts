import { DataClass } from '../../cosem/classes/data.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour } from '../behaviour.js';

/** Data (class 1): its type is fixed by its first value. */
export const dataBehaviour: Behaviour<typeof DataClass> = {
  definition: DataClass,
  write: {
    value(self, value, cause) {
      if (value.type !== self.get('value').type) throw new AccessRefused('type-unmatched');
      self.set('value', value, cause);
    },
  },
};
