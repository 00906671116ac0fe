import type { Account } from '../cosem/classes/account.js';
import type { Charge, UnitCharge } from '../cosem/classes/charge.js';
import type { Credit } from '../cosem/classes/credit.js';
import type { Obis } from '../cosem/obis.js';
import type { Running } from './behaviour.js';
import { refuse } from './engine.js';
import type { ObjectSpace } from './space.js';
import { dateTimeAt } from './values.js';

// An account governs the credits and charges that it lists. Amounts are whole numbers of the smallest unit of the
// currency.

/** What an Account remembers. */
export interface AccountState {
  /** Whether the supply was disconnected because credit had run out. */
  disconnected: boolean;
  /** What charges took from payments in the provision period that began at `since` (UTC milliseconds). */
  provision: { readonly since: number; readonly amount: number };
}
export type AccountObject = Running<typeof Account, AccountState>;
export type CreditObject = Running<typeof Credit>;
export interface ChargeState {
  /** The register at the last collection. */
  register: number | undefined;
  /** The fraction of a unit of currency left over then. */
  remainder: number;
  /** The price of consumption from now on. */
  price: number;
  /** Elapsed milliseconds of the next collection. */
  next: number | undefined;
  /** Elapsed milliseconds of the last collection by consumption. */
  collected: number;
  /** Up to when, by the clock, the activation of passive prices was checked. */
  seen: number;
}
export type ChargeObject = Running<typeof Charge, ChargeState>;

const greatest = 0x7fff_ffff;
/** @throws AccessRefused for an amount out of range */
export function checked(amount: number): number {
  if (!Number.isInteger(amount) || Math.abs(amount) > greatest) refuse();
  return amount;
}
/** Amounts counted by the meter itself stop at the end of their range. */
export const bounded = (amount: number): number => Math.max(-greatest, Math.min(greatest, amount));

export function accountOf(
  space: ObjectSpace,
  what: 'creditReferenceList' | 'chargeReferenceList',
  name: Obis,
): AccountObject | undefined {
  return (space.ofClass(111) as unknown as AccountObject[]).find((a) => a.get(what).includes(name));
}
export const isActive = (account: AccountObject | undefined): account is AccountObject =>
  account?.get('accountModeAndStatus').accountStatus === 'account-active';
const listed = <O>({ space }: AccountObject, names: readonly Obis[], classId: number): O[] =>
  names.flatMap((n) => {
    const object = space.get(n);
    return object?.definition.classId === classId ? [object as unknown as O] : [];
  });
/** Credits in the order in which they are used; those of priority 0 are not used automatically. */
export const creditsOf = (account: AccountObject): CreditObject[] =>
  listed<CreditObject>(account, account.get('creditReferenceList'), 112)
    .filter((c) => c.get('priority') > 0)
    .sort((a, b) => a.get('priority') - b.get('priority'));
export const chargesOf = (account: AccountObject): ChargeObject[] =>
  listed<ChargeObject>(account, account.get('chargeReferenceList'), 113).sort(
    (a, b) => a.get('priority') - b.get('priority'),
  );

// ── credits ──────────────────────────────────────────────────────────────────────────────────────────────

type Flag = ReturnType<typeof flagsOf>[number];
const flagsOf = (credit: CreditObject) => credit.get('creditConfiguration');
const has = (credit: CreditObject, flag: Flag): boolean => flagsOf(credit).includes(flag);
const amountOf = (credit: CreditObject): number => credit.get('currentCreditAmount');
const usable = (credit: CreditObject): boolean => amountOf(credit) > credit.get('limit');
const statusOf = (credit: CreditObject): string => String(credit.get('creditStatus'));
const isToken = (credit: CreditObject): boolean => credit.get('creditType') === 'token-credit';
function become(
  credit: CreditObject,
  status: 'enabled' | 'selectable' | 'selected-invoked' | 'in-use' | 'exhausted',
): void {
  if (statusOf(credit) !== status) credit.set('creditStatus', status);
}
/** What still has to be paid back to a used credit. */
export function owed(credit: CreditObject): number {
  const used = ['selected-invoked', 'in-use', 'exhausted'].includes(statusOf(credit));
  if (isToken(credit)) return Math.max(0, -amountOf(credit));
  if (!used || !has(credit, 'requires-credit-amount-to-be-paid-back')) return 0;
  return Math.max(0, credit.get('presetCreditAmount') - amountOf(credit));
}
/** Puts a credit into use when those before it run out. */
export function select(credit: CreditObject): void {
  credit.set('currentCreditAmount', credit.get('presetCreditAmount'));
  become(credit, 'selected-invoked');
}

/** Sets the states of all credits from the current amounts; the supply follows, unless this is the initial state. */
export function judge(account: AccountObject, steady = false): void {
  const credits = creditsOf(account);
  for (const credit of credits) {
    if (statusOf(credit) === 'in-use' && !usable(credit)) become(credit, 'exhausted');
    else if (statusOf(credit) === 'exhausted' && usable(credit) && owed(credit) === 0) become(credit, 'enabled');
  }
  offer(credits);
  // The first that has an amount and was selected is in use; a token credit need not be selected.
  const chosen = credits.find(
    (c) => usable(c) && (isToken(c) || statusOf(c) === 'selected-invoked' || statusOf(c) === 'in-use'),
  );
  for (const credit of credits) {
    if (credit === chosen) become(credit, 'in-use');
    else if (statusOf(credit) === 'in-use') become(credit, owed(credit) === 0 ? 'enabled' : 'selected-invoked');
  }
  const position = chosen === undefined ? 0 : account.get('creditReferenceList').indexOf(chosen.logicalName) + 1;
  if (account.get('currentCreditInUse') !== position) account.set('currentCreditInUse', position);
  switchSupply(account, chosen === undefined, steady);
}
/** Credits become selectable, or are selected, when little is left of those before them. */
function offer(credits: readonly CreditObject[]): void {
  for (const [i, credit] of credits.entries()) {
    const before = credits.slice(0, i);
    const left = before.reduce((sum, c) => sum + Math.max(0, amountOf(c)), 0);
    const low = i > 0 && left < credit.get('creditAvailableThreshold');
    const status = statusOf(credit);
    if (low && status === 'enabled' && !isToken(credit)) {
      if (has(credit, 'requires-confirmation-before-selection')) become(credit, 'selectable');
      else select(credit);
    } else if (!low && status === 'selectable') become(credit, 'enabled');
  }
}
/** In prepayment mode, the supply is disconnected without credit; it comes back as far as the disconnector allows. */
function switchSupply(account: AccountObject, out: boolean, steady: boolean): void {
  const { paymentMode } = account.get('accountModeAndStatus');
  const wanted = out && isActive(account) && paymentMode === 'prepayment-mode';
  if (wanted === account.state.disconnected) return;
  account.state = { ...account.state, disconnected: wanted };
  if (!steady) account.engine.input('disconnector.local', wanted ? 'disconnect' : 'reconnect');
}

// ── charges ──────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Takes an amount for a charge from the credits that it may use, in order; what they lack makes the token credit
 * negative.
 */
export function takeFor(account: AccountObject, charge: ChargeObject, wanted: number): void {
  const remaining = charge.get('totalAmountRemaining');
  const endless = charge.get('chargeConfiguration').includes('continuous-collection');
  const amount = endless ? wanted : Math.min(wanted, remaining);
  if (amount <= 0) return;
  const credits = creditsOf(account).filter((c) => mayTake(account, charge, c));
  if (credits.length === 0) return;
  let rest = amount;
  const chosen = credits.filter((c) => isToken(c) || ['selected-invoked', 'in-use'].includes(statusOf(c)));
  for (const credit of chosen) {
    const part = Math.min(rest, Math.max(0, amountOf(credit) - credit.get('limit')));
    if (part === 0) continue;
    credit.set('currentCreditAmount', amountOf(credit) - part);
    rest -= part;
  }
  const debtor = credits.find(isToken) ?? credits.at(-1);
  if (rest > 0 && debtor !== undefined) debtor.set('currentCreditAmount', bounded(amountOf(debtor) - rest));
  book(charge, amount);
  judge(account);
}
/** Records a paid amount. */
export function book(charge: ChargeObject, amount: number): void {
  const { engine } = charge;
  charge.set('totalAmountPaid', bounded(charge.get('totalAmountPaid') + amount));
  charge.set('totalAmountRemaining', Math.max(0, charge.get('totalAmountRemaining') - amount));
  charge.set('lastCollectionAmount', amount);
  charge.set('lastCollectionTime', { type: 'octet-string', value: dateTimeAt(engine, engine.utc) } as never);
}
/** Without any configuration, every charge may use every credit. */
function mayTake(account: AccountObject, charge: ChargeObject, credit: CreditObject): boolean {
  const configuration = account.get('creditChargeConfiguration');
  if (configuration.length === 0) return true;
  const found = configuration.find(
    (c) => c.creditReference === credit.logicalName && c.chargeReference === charge.logicalName,
  );
  if (found === undefined) return false;
  return !account.state.disconnected || found.collectionConfiguration.includes('collect-when-supply-disconnected');
}
/** The price in force: that of the tariff, by its index, or else the first. */
export function priceOf(charge: ChargeObject, unit: UnitCharge): number {
  const { tariff } = charge.options as { readonly tariff?: Obis };
  const activation = tariff === undefined ? undefined : charge.space.get(tariff);
  const mask = activation?.get('activeMask') as Uint8Array | undefined;
  const same = (index: Uint8Array): boolean => mask !== undefined && String(index) === String(mask);
  const { chargeTable } = unit;
  return (chargeTable.find((e) => same(e.index)) ?? chargeTable[0])?.chargePerUnit ?? 0;
}

// ── payments ─────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Distributes a payment: first to charges by payment, then to credits that must be paid back, then to the credits that
 * take tokens.
 */
export function pay(account: AccountObject, amount: number): void {
  let rest = amount;
  for (const charge of chargesOf(account)) {
    if (charge.get('chargeType') !== 'payment-event-based-collection') continue;
    const part = Math.min(rest, partOf(account, charge, amount));
    if (part <= 0) continue;
    book(charge, part);
    account.state = {
      ...account.state,
      provision: { ...account.state.provision, amount: account.state.provision.amount + part },
    };
    rest -= part;
  }
  const credits = creditsOf(account);
  for (const credit of credits.filter((c) => !isToken(c))) {
    const part = Math.min(rest, owed(credit));
    if (part === 0) continue;
    credit.set('currentCreditAmount', amountOf(credit) + part);
    rest -= part;
  }
  const split = account.get('tokenGatewayConfiguration');
  const receiving = credits.filter((c) =>
    split.length > 0
      ? split.some((s) => s.creditReference === c.logicalName)
      : has(c, 'able-to-receive-credit-amounts-from-tokens'),
  );
  const whole = rest;
  for (const [i, credit] of receiving.entries()) {
    const percent = split.find((s) => s.creditReference === credit.logicalName)?.tokenProportion ?? 100;
    const part = i === receiving.length - 1 ? rest : Math.min(rest, Math.floor((whole * percent) / 100));
    credit.set('currentCreditAmount', bounded(amountOf(credit) + part));
    rest -= part;
  }
  judge(account);
}
/**
 * A share in hundredths of a percent, or a fixed amount; at most what remains and what the provision period still
 * allows.
 */
function partOf(account: AccountObject, charge: ChargeObject, payment: number): number {
  const percentage = charge.get('chargeConfiguration').includes('percentage-based-collection');
  const wanted = percentage
    ? Math.floor((payment * charge.get('proportion')) / 10_000)
    : priceOf(charge, charge.get('unitChargeActive'));
  const endless = charge.get('chargeConfiguration').includes('continuous-collection');
  const most = endless ? wanted : Math.min(wanted, charge.get('totalAmountRemaining'));
  const period = account.get('maxProvisionPeriod') * 1000;
  const limit = account.get('maxProvision');
  if (period === 0 || limit === 0) return most;
  const { utc } = account.engine;
  const { since } = account.state.provision;
  if (utc - since >= period) {
    const begins = Number.isFinite(since) ? since + Math.floor((utc - since) / period) * period : utc;
    account.state = { ...account.state, provision: { since: begins, amount: 0 } };
  }
  return Math.min(most, limit - account.state.provision.amount);
}
