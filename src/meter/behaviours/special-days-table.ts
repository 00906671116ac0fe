import { type SpecialDay, SpecialDaysTable } from '../../cosem/classes/special-days-table.js';
import type { Behaviour } from '../behaviour.js';
import type { LocalTime } from '../local-time.js';
import type { ObjectSpace } from '../space.js';

const unspecified = ({ specialdayDate: d }: SpecialDay): number =>
  [d.year, d.month, d.dayOfMonth, d.dayOfWeek].filter((f) => f === null).length;

/** The day id of a special day, given as its local midnight: the most specific entry wins, then the lowest index. */
export function specialDay(space: ObjectSpace, local: LocalTime, midnight: number): number | undefined {
  const entries = space.ofClass(11).flatMap((o) => o.get('entries') as readonly SpecialDay[]);
  return entries
    .filter((e) => local.matchesDate(e.specialdayDate, midnight))
    .sort((a, b) => unspecified(a) - unspecified(b) || a.index - b.index)[0]?.dayId;
}

/** Special days table (class 11). */
export const specialDaysTableBehaviour: Behaviour<typeof SpecialDaysTable> = {
  definition: SpecialDaysTable,
  defaults: () => ({ entries: [] }),
  methods: {
    insert(self, entry) {
      const others = self.get('entries').filter((e) => e.index !== entry.index);
      self.set(
        'entries',
        [...others, entry].sort((a, b) => a.index - b.index),
        'method',
      );
    },
    delete(self, index) {
      self.set(
        'entries',
        self.get('entries').filter((e) => e.index !== index),
        'method',
      );
    },
  },
};
