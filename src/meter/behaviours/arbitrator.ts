import { Arbitrator } from '../../cosem/classes/arbitrator.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

type Self = Running<typeof Arbitrator>;

/**
 * The action with the highest sum of weights among the latest requests; a tie keeps the outcome, or takes the lowest
 * number. Counted from 1; 0 for none.
 */
function decide(self: Self): number {
  const requests = self.get('mostRecentRequestsTable');
  const weights = self.get('weightingsTable');
  const sums = self
    .get('actions')
    .map((_, action) =>
      requests
        .map((bits, actor) => (bits[action] === '1' ? (weights[actor]?.[action] ?? 0) : 0))
        .reduce((a, b) => (self.engine.knobs.arbitrator === 'sum' ? a + b : Math.max(a, b)), 0),
    );
  const wanted = sums.map((_, action) => requests.some((bits) => bits[action] === '1'));
  const best = Math.max(...sums.filter((_, i) => wanted[i]), Number.NEGATIVE_INFINITY);
  const winners = sums.flatMap((sum, i) => (wanted[i] && sum === best ? [i + 1] : []));
  const last = self.get('lastOutcome');
  return winners.includes(last) ? last : (winners[0] ?? 0);
}

/** Arbitrator (class 68): actors request actions, and weights decide. */
export const arbitratorBehaviour: Behaviour<typeof Arbitrator> = {
  definition: Arbitrator,
  defaults: () => ({
    actions: [],
    permissionsTable: [],
    weightingsTable: [],
    mostRecentRequestsTable: [],
    lastOutcome: 0,
  }),
  methods: {
    requestAction(self, { requestActor, requestActionList }) {
      const permissions = self.get('permissionsTable')[requestActor - 1];
      if (permissions === undefined) return refuse();
      const masked = [...permissions].map((p, i) => (p === '1' && requestActionList[i] === '1' ? '1' : '0')).join('');
      const asks = requestActionList.includes('1');
      if (asks && !masked.includes('1')) return refuse();
      const requests = self.get('permissionsTable').map((p, i) => {
        const before = self.get('mostRecentRequestsTable')[i] ?? '0'.repeat(p.length);
        return i === requestActor - 1 ? masked : before;
      });
      self.set('mostRecentRequestsTable', requests, 'method');
      const outcome = decide(self);
      if (outcome === self.get('lastOutcome')) return;
      self.set('lastOutcome', outcome, 'method');
      const action = self.get('actions')[outcome - 1];
      if (action === undefined) return;
      try {
        self.engine.nested(() => self.engine.runScript(self.space, action.scriptLogicalName, action.scriptSelector));
      } catch (e) {
        if (!(e instanceof AccessRefused)) throw e;
      }
    },
    reset(self) {
      self.set(
        'mostRecentRequestsTable',
        self.get('mostRecentRequestsTable').map((bits) => '0'.repeat(bits.length)),
        'method',
      );
      self.set('lastOutcome', 0, 'method');
    },
  },
};
