import { Account } from '../../cosem/classes/account.js';
import type { DateTime } from '../../cosem/date-time.js';
import type { Behaviour } from '../behaviour.js';
import { refuse } from '../engine.js';
import { type AccountObject, type AccountState, chargesOf, creditsOf, isActive, judge, owed } from '../payment.js';
import { unspecifiedDateTime } from '../values.js';

type Status = 'new-inactive-account' | 'account-active' | 'account-closed';
function change(self: AccountObject, from: Status, to: Status): void {
  const mode = self.get('accountModeAndStatus');
  if (mode.accountStatus !== from) refuse();
  self.set('accountModeAndStatus', { ...mode, accountStatus: to }, 'method');
  for (const charge of chargesOf(self))
    (charge as { behaviour?: { start?(o: unknown): void } }).behaviour?.start?.(charge);
  judge(self);
  plan(self);
}
function reset(self: AccountObject): void {
  change(self, 'account-closed', 'new-inactive-account');
  for (const credit of creditsOf(self)) {
    credit.set('currentCreditAmount', 0);
    credit.set('creditStatus', 'enabled');
  }
  for (const charge of chargesOf(self)) {
    charge.set('totalAmountPaid', 0);
    charge.set('totalAmountRemaining', 0);
    charge.set('lastCollectionAmount', 0);
  }
}
/** Schedules its automatic activation or closing; never if the time is not specified. */
function plan(self: AccountObject): void {
  const { engine } = self;
  const { accountStatus } = self.get('accountModeAndStatus');
  const time: DateTime | undefined =
    accountStatus === 'new-inactive-account'
      ? self.get('accountActivationTime')
      : accountStatus === 'account-active'
        ? self.get('accountClosureTime')
        : undefined;
  const at =
    time?.year == null ? undefined : engine.local.next(time, { ...time, second: time.second ?? 0 }, engine.utc);
  self.schedule('charge', at === undefined ? undefined : engine.elapsedAt(at));
}
function available(self: AccountObject): number {
  return creditsOf(self)
    .filter((c) => ['in-use', 'selected-invoked'].includes(String(c.get('creditStatus'))))
    .reduce((sum, c) => sum + Math.max(0, c.get('currentCreditAmount')), 0);
}

/**
 * Account (class 111). Our choices where the sources are silent: available credit counts credits in use and selected
 * ones, and the amount to clear is negative. The meter does not know friendly credit periods.
 */
export const accountBehaviour: Behaviour<typeof Account, AccountState> = {
  definition: Account,
  state: () => ({ disconnected: false, provision: { since: Number.NEGATIVE_INFINITY, amount: 0 } }),
  defaults: () => ({
    accountModeAndStatus: { paymentMode: 'credit-mode', accountStatus: 'new-inactive-account' },
    currentCreditInUse: 0,
    clearanceThreshold: 0,
    creditReferenceList: [],
    chargeReferenceList: [],
    creditChargeConfiguration: [],
    tokenGatewayConfiguration: [],
    accountActivationTime: unspecifiedDateTime,
    accountClosureTime: unspecifiedDateTime,
    currency: { currencyName: '', currencyScale: 0, currencyUnit: 'monetary' },
    lowCreditThreshold: 0,
    nextCreditAvailableThreshold: 0,
    maxProvision: 0,
    maxProvisionPeriod: 0,
  }),
  start(self) {
    judge(self, true);
    plan(self);
  },
  computed: {
    availableCredit: available,
    aggregatedDebt: (self) => chargesOf(self).reduce((sum, c) => sum + c.get('totalAmountRemaining'), 0),
    amountToClear: (self) => 0 - creditsOf(self).reduce((sum, c) => sum + owed(c), 0),
    currentCreditStatus(self) {
      const credits = creditsOf(self);
      const used = credits.findIndex((c) => c.get('creditStatus') === 'in-use');
      const next = credits.slice(used + 1).map((c) => c.get('creditStatus'));
      const amount = available(self);
      const inUse = credits[used];
      return [
        ...(amount > 0 ? (['in-credit'] as const) : []),
        ...(amount < self.get('lowCreditThreshold') ? (['low-credit'] as const) : []),
        ...(next.includes('enabled') ? (['next-credit-enabled'] as const) : []),
        ...(next.includes('selectable') ? (['next-credit-selectable'] as const) : []),
        ...(next.includes('selected-invoked') ? (['next-credit-selected'] as const) : []),
        ...(inUse?.get('creditConfiguration').includes('requires-confirmation-before-selection') === true
          ? (['selectable-credit-in-use'] as const)
          : []),
        ...(inUse === undefined ? (['out-of-credit'] as const) : []),
      ];
    },
  },
  write: {
    accountActivationTime(self, time, cause) {
      self.set('accountActivationTime', time, cause);
      plan(self);
    },
    accountClosureTime(self, time, cause) {
      self.set('accountClosureTime', time, cause);
      plan(self);
    },
  },
  methods: {
    activateAccount: (self) => change(self, 'new-inactive-account', 'account-active'),
    closeAccount: (self) => change(self, 'account-active', 'account-closed'),
    resetAccount: reset,
  },
  due: {
    charge(self) {
      if (isActive(self)) change(self, 'account-active', 'account-closed');
      else change(self, 'new-inactive-account', 'account-active');
    },
  },
  clockChanged: plan,
  powerUp: plan,
};
