import { Credit } from '../../cosem/classes/credit.js';
import type { DateTime } from '../../cosem/date-time.js';
import type { Behaviour } from '../behaviour.js';
import { refuse } from '../engine.js';
import { accountOf, type CreditObject, checked, judge, select } from '../payment.js';
import { unspecifiedDateTime } from '../values.js';

function amount(self: CreditObject, value: number): void {
  self.set('currentCreditAmount', checked(value), 'method');
  rejudge(self);
}
function rejudge({ space, logicalName }: CreditObject): void {
  const account = accountOf(space, 'creditReferenceList', logicalName);
  if (account !== undefined) judge(account);
}
/** A time-based credit gets its amount again at each match of its period. */
function plan(self: CreditObject): void {
  const { engine } = self;
  const time = self.get('period').value as DateTime;
  const never = time.hour === null && time.dayOfMonth === null && time.year === null;
  const at =
    never || self.get('creditType') !== 'time-based-credit'
      ? undefined
      : engine.local.next(time, { ...time, minute: time.minute ?? 0, second: time.second ?? 0 }, engine.utc);
  self.schedule('charge', at === undefined ? undefined : engine.elapsedAt(at));
}

/** Credit (class 112): its state follows from the amounts of all credits of the account. */
export const creditBehaviour: Behaviour<typeof Credit> = {
  definition: Credit,
  defaults: () => ({
    currentCreditAmount: 0,
    creditType: 'token-credit',
    priority: 1,
    warningThreshold: 0,
    limit: 0,
    creditConfiguration: [],
    creditStatus: 'enabled',
    presetCreditAmount: 0,
    creditAvailableThreshold: 0,
    period: { type: 'octet-string', value: unspecifiedDateTime },
  }),
  start: plan,
  write: {
    limit(self, value, cause) {
      self.set('limit', value, cause);
      rejudge(self);
    },
    priority(self, value, cause) {
      self.set('priority', value, cause);
      rejudge(self);
    },
    period(self, value, cause) {
      self.set('period', value, cause);
      plan(self);
    },
  },
  methods: {
    updateAmount: (self, n) => amount(self, self.get('currentCreditAmount') + n),
    setAmountToValue: amount,
    invokeCredit(self) {
      if (self.get('creditStatus') !== 'selectable') refuse();
      select(self);
      rejudge(self);
    },
  },
  due: {
    charge(self) {
      self.set('currentCreditAmount', self.get('presetCreditAmount'));
      rejudge(self);
      plan(self);
    },
  },
  clockChanged: plan,
  powerUp: plan,
};
