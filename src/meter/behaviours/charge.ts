import { equalBytes } from '../../core/bytes.js';
import { Charge, type UnitCharge } from '../../cosem/classes/charge.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Outage } from '../behaviour.js';
import { refuse } from '../engine.js';
import {
  type AccountObject,
  accountOf,
  type ChargeObject,
  type ChargeState,
  chargesOf,
  checked,
  isActive,
  priceOf,
  takeFor,
} from '../payment.js';
import { numberOf, unspecifiedDateTime } from '../values.js';

const day = 86_400;
const noUnit: UnitCharge = {
  chargePerUnitScaling: { commodityScale: 0, priceScale: 0 },
  commodityReference: { classId: 0, logicalName: '0-0:0.0.0*0', attributeIndex: 0 },
  chargeTable: [],
};
const typeOf = (self: ChargeObject): string => String(self.get('chargeType'));
const owner = (self: ChargeObject): AccountObject | undefined =>
  accountOf(self.space, 'chargeReferenceList', self.logicalName);

// ── by consumption ───────────────────────────────────────────────────────────────────────────────────────

function register(self: ChargeObject): number | undefined {
  try {
    return numberOf(self.space.read(self.get('unitChargeActive').commodityReference));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return undefined;
  }
}
/** Units of currency per unit of the register, as numerator and denominator. */
function rate(self: ChargeObject): { readonly times: number; readonly per: number } {
  const { commodityScale, priceScale } = self.get('unitChargeActive').chargePerUnitScaling;
  const power = priceScale - commodityScale;
  return { times: self.state.price * 10 ** Math.max(0, power), per: 10 ** Math.max(0, -power) };
}
/** Collects consumption since the last time at the price in force; less than a unit of currency is carried over. */
function collectConsumption(self: ChargeObject, account: AccountObject | undefined): void {
  const now = register(self);
  const { register: before, remainder } = self.state;
  if (now === undefined) return;
  // A register that went back was reset, or started again at zero; what was in between is unknown.
  const consumed = before === undefined || now < before ? 0 : now - before;
  const { times, per } = rate(self);
  const whole = consumed * times + remainder;
  const amount = isActive(account) ? Math.floor(whole / per) : 0;
  self.state = {
    ...self.state,
    register: now,
    remainder: isActive(account) ? whole - amount * per : 0,
    collected: self.engine.elapsed,
  };
  if (amount > 0 && account !== undefined) takeFor(account, self, amount);
}
/** When the next unit of currency will have been consumed; at most once a second. */
function nextConsumption(self: ChargeObject): number | undefined {
  const { engine, space } = self;
  const { commodityReference } = self.get('unitChargeActive');
  const object = space.get(commodityReference.logicalName);
  const { times, per } = rate(self);
  if (object === undefined || times <= 0 || self.state.register === undefined) return undefined;
  const [name] = object.attribute(commodityReference.attributeIndex);
  const needed = Math.ceil((per - self.state.remainder) / times);
  const at = object.source(name)?.crossing(self.state.register + needed, engine.elapsed);
  return at === undefined ? undefined : Math.max(at, self.state.collected + 1000);
}

// ── by time ──────────────────────────────────────────────────────────────────────────────────────────────

const aligned = (period: number): boolean => period > 0 && day % period === 0;
function nextPeriod(self: ChargeObject): number | undefined {
  const { engine } = self;
  const period = self.get('period');
  if (period === 0) return undefined;
  // A period that does not divide a day has to begin somewhere too: it counts elapsed time of the meter.
  if (!aligned(period)) return (Math.floor(engine.elapsed / (period * 1000)) + 1) * period * 1000;
  return engine.elapsedAt(engine.local.nextBoundary(period * 1000, engine.utc));
}
function missedPeriods(self: ChargeObject, { from, to, utcFrom, utcTo }: Outage): number {
  const period = self.get('period') * 1000;
  if (period === 0) return 0;
  const { local } = self.engine;
  const [a, b] = aligned(period / 1000) ? [local.local(utcFrom), local.local(utcTo)] : [from, to];
  return Math.max(0, Math.floor(b / period) - Math.floor(a / period));
}
const perPeriod = (self: ChargeObject): number => priceOf(self, self.get('unitChargeActive'));

// ── both ─────────────────────────────────────────────────────────────────────────────────────────────────

function plan(self: ChargeObject): void {
  const { engine } = self;
  const active = isActive(owner(self));
  const type = typeOf(self);
  const next = !active
    ? undefined
    : type === 'consumption-based-collection'
      ? nextConsumption(self)
      : type === 'time-based-collection'
        ? nextPeriod(self)
        : undefined;
  self.state = { ...self.state, next };
  const time = self.get('unitChargeActivationTime');
  const prices =
    time.year === null ? undefined : engine.local.next(time, { ...time, second: time.second ?? 0 }, self.state.seen);
  const instants = [next, prices === undefined ? undefined : Math.max(engine.elapsedAt(prices), engine.elapsed)];
  const known = instants.filter((t) => t !== undefined);
  self.schedule('charge', known.length === 0 ? undefined : Math.min(...known));
}
function begin(self: ChargeObject): void {
  self.unobserve();
  const { tariff } = self.options as { readonly tariff?: never };
  self.state = {
    ...self.state,
    price: priceOf(self, self.get('unitChargeActive')),
    seen: Math.max(self.state.seen, self.engine.utc),
  };
  if (typeOf(self) === 'consumption-based-collection') {
    self.state = { ...self.state, register: register(self), remainder: 0, collected: self.engine.elapsed };
    self.observe(self.get('unitChargeActive').commodityReference);
    if (tariff !== undefined) self.observe({ classId: 6, logicalName: tariff, attributeIndex: 4 });
  }
  plan(self);
}
/** Collects all charges of the account that are due now, by priority. */
function collectDue(self: ChargeObject): void {
  const { elapsed } = self.engine;
  const account = owner(self);
  const due = (account === undefined ? [self] : chargesOf(account)).filter(
    (c) => (c.state.next ?? Infinity) <= elapsed,
  );
  for (const charge of due) {
    if (typeOf(charge) === 'consumption-based-collection') collectConsumption(charge, account);
    else if (isActive(account)) takeFor(account, charge, perPeriod(charge));
    plan(charge);
  }
}
/** Activates prices; consumption so far is charged at the old ones. */
function activatePrices(self: ChargeObject): void {
  if (!self.has('unitChargePassive')) refuse();
  const account = owner(self);
  if (typeOf(self) === 'consumption-based-collection') collectConsumption(self, account);
  self.set('unitChargeActive', self.get('unitChargePassive'), 'method');
  const { remainder } = self.state;
  begin(self);
  self.state = { ...self.state, remainder };
  plan(self);
}

/**
 * Charge (class 113): by consumption (collected when a unit of currency is due, at most once a second), by time
 * (periods that divide a day begin at midnight), or by payment. The price is for 10^commodity_scale units of the
 * register (our choice); it is that of the tariff in the option `tariff` (a Register activation), or else the first.
 */
export const chargeBehaviour: Behaviour<typeof Charge, ChargeState> = {
  definition: Charge,
  state: () => ({
    register: undefined,
    remainder: 0,
    price: 0,
    next: undefined,
    collected: 0,
    seen: Number.NEGATIVE_INFINITY,
  }),
  defaults: () => ({
    totalAmountPaid: 0,
    chargeType: 'consumption-based-collection',
    priority: 1,
    unitChargeActive: noUnit,
    unitChargeActivationTime: unspecifiedDateTime,
    period: 0,
    chargeConfiguration: [],
    lastCollectionTime: { type: 'octet-string', value: unspecifiedDateTime },
    lastCollectionAmount: 0,
    totalAmountRemaining: 0,
    proportion: 0,
  }),
  start: begin,
  write: {
    period(self, value, cause) {
      self.set('period', value, cause);
      plan(self);
    },
    unitChargeActivationTime(self, time, cause) {
      self.set('unitChargeActivationTime', time, cause);
      self.state = { ...self.state, seen: self.engine.utc };
      plan(self);
    },
  },
  methods: {
    updateUnitCharge(self, entries) {
      if (!self.has('unitChargePassive')) refuse();
      const passive = self.get('unitChargePassive');
      const known = (index: Uint8Array): boolean => passive.chargeTable.some((e) => equalBytes(e.index, index));
      if (!entries.every((e) => known(e.index))) refuse();
      const chargeTable = passive.chargeTable.map((e) => entries.find((n) => equalBytes(n.index, e.index)) ?? e);
      self.set('unitChargePassive', { ...passive, chargeTable }, 'method');
    },
    activatePassiveUnitCharge: activatePrices,
    collect(self) {
      const account = owner(self);
      if (!isActive(account)) return refuse();
      if (typeOf(self) === 'consumption-based-collection') collectConsumption(self, account);
      else if (typeOf(self) === 'time-based-collection') takeFor(account, self, perPeriod(self));
      else refuse();
      plan(self);
    },
    updateTotalAmountRemaining: (self, n) =>
      self.set('totalAmountRemaining', Math.max(0, checked(self.get('totalAmountRemaining') + n)), 'method'),
    setTotalAmountRemaining: (self, n) => self.set('totalAmountRemaining', checked(n), 'method'),
  },
  due: {
    charge(self) {
      const { engine } = self;
      const time = self.get('unitChargeActivationTime');
      const at =
        time.year === null
          ? undefined
          : engine.local.next(time, { ...time, second: time.second ?? 0 }, self.state.seen);
      collectDue(self);
      if (at !== undefined && at <= engine.utc) {
        self.state = { ...self.state, seen: engine.utc };
        if (self.has('unitChargePassive')) activatePrices(self);
      }
      plan(self);
    },
  },
  observed(self, { classId }) {
    // What is measured is collected when its time comes; what somebody else writes, when it is written.
    if (classId !== 6 && nextConsumption(self) !== undefined) return plan(self);
    collectConsumption(self, owner(self));
    self.state = { ...self.state, price: priceOf(self, self.get('unitChargeActive')) };
    plan(self);
  },
  clockChanged: (self, { kind }) => (kind === 'season' ? undefined : plan(self)),
  powerUp(self, outage) {
    const account = owner(self);
    const missed = typeOf(self) === 'time-based-collection' ? missedPeriods(self, outage) : 0;
    if (missed > 0 && isActive(account) && self.engine.knobs.timeChargesInOutage === 'all')
      takeFor(account, self, missed * perPeriod(self));
    plan(self);
  },
};
