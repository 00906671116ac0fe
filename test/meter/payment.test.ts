import { describe, expect, it } from 'vitest';
import { Account } from '../../src/cosem/classes/account.js';
import { Charge } from '../../src/cosem/classes/charge.js';
import { Credit } from '../../src/cosem/classes/credit.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { Register } from '../../src/cosem/classes/register.js';
import { RegisterActivation } from '../../src/cosem/classes/register-activation.js';
import type { ObjectOf } from '../../src/cosem/interface-class.js';
import type { Knobs } from '../../src/meter/index.js';
import { aMeter, bits } from './a-meter.js';

const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const prices = (...table: [string, number][]) => ({
  chargePerUnitScaling: { commodityScale: 3, priceScale: 0 },
  commodityReference: { classId: 3, logicalName: '1-0:1.8.0*255' as const, attributeIndex: 2 },
  chargeTable: table.map(([index, chargePerUnit]) => ({ index: text(index), chargePerUnit })),
});

function aPrepaidMeter(
  amount: number,
  charge: Partial<ObjectOf<typeof Charge>>,
  knobs: Partial<Knobs> = {},
  status: 'account-active' | 'account-closed' = 'account-active',
) {
  const engine = aMeter(knobs);
  engine.input('P', 0);
  engine.add(Register, '1-0:1.8.0*255', { value: bits(0) as never }, { sources: { value: { integral: 'P' } } });
  const activation = engine.add(RegisterActivation, '0-0:14.0.0*255', {
    registerAssignment: [],
    maskList: [],
    activeMask: text('1'),
  });
  const account = engine.add(Account, '0-0:19.0.0*255', {
    accountModeAndStatus: { paymentMode: 'prepayment-mode', accountStatus: status },
    creditReferenceList: ['0-0:19.10.0*255'],
    chargeReferenceList: ['0-0:19.20.0*255'],
  });
  const credit = engine.add(Credit, '0-0:19.10.0*255', {
    currentCreditAmount: amount,
    creditStatus: 'in-use',
    creditConfiguration: ['able-to-receive-credit-amounts-from-tokens'],
  });
  const object = engine.add(
    Charge,
    '0-0:19.20.0*255',
    { chargeConfiguration: ['continuous-collection'], ...charge },
    { options: { tariff: '0-0:14.0.0*255' } },
  );
  const relay = engine.add(DisconnectControl, '0-0:96.3.10*255', { controlMode: 'mode-6' });
  engine.start();
  const left = (): number => credit.get('currentCreditAmount') as number;
  return { engine, account, credit, object, activation, relay, left };
}
const hours = (n: number): number => n * 3_600_000;

describe('charges by consumption', () => {
  it('a unit that was consumed before the tariff changed costs the old price', () => {
    const { engine, activation, left } = aPrepaidMeter(1000, { unitChargeActive: prices(['1', 20], ['2', 50]) });
    engine.input('P', 1000);
    engine.advanceTo(hours(5.5));
    activation.set('activeMask', text('2'));
    engine.advanceTo(hours(10));
    // 5.5 kWh at 20, 4.5 kWh at 50
    expect(left()).toBe(1000 - 110 - 225);
  });
  it('a quantity that changes all the time is collected all the same', () => {
    const { engine, left } = aPrepaidMeter(1000, { unitChargeActive: prices(['1', 20]) });
    for (let i = 0; i < 100; i++) {
      engine.input('P', 3_600_000 + (i % 2));
      engine.advanceTo(engine.elapsed + 100);
    }
    // 200 were consumed; the last second may be still to come.
    expect(left()).toBeGreaterThanOrEqual(800);
    expect(left()).toBeLessThan(820);
  });
  it('without credit the supply goes, and nothing is consumed then; with credit it comes back', () => {
    const { engine, account, credit, relay, left } = aPrepaidMeter(100, { unitChargeActive: prices(['1', 20]) });
    engine.input('P', 1000);
    engine.advanceTo(hours(20));
    expect([left(), relay.get('controlState')]).toEqual([0, 'ready-for-reconnection']);
    expect(account.get('currentCreditStatus')).toContain('out-of-credit');
    credit.invoke('updateAmount', 40, 'client');
    expect(relay.get('controlState')).toBe('connected');
    engine.advanceTo(hours(21));
    expect(left()).toBe(20);
  });
  it('nothing is collected for an account that is closed', () => {
    const { engine, left, account } = aPrepaidMeter(100, { unitChargeActive: prices(['1', 20]) }, {}, 'account-closed');
    engine.input('P', 1000);
    engine.advanceTo(hours(2));
    expect(left()).toBe(100);
    expect(() => account.invoke('activateAccount', 0, 'client')).toThrow('other-reason');
    account.invoke('resetAccount', 0, 'client');
    account.invoke('activateAccount', 0, 'client');
    expect(account.get('accountModeAndStatus')).toMatchObject({ accountStatus: 'account-active' });
  });
});

describe('charges by time', () => {
  const hourly = { chargeType: 'time-based-collection', period: 3600, unitChargeActive: prices(['1', 5]) } as const;
  it('are due at full hours, and end when nothing remains', () => {
    const { engine, object, left } = aPrepaidMeter(100, {
      ...hourly,
      chargeConfiguration: [],
      totalAmountRemaining: 12,
    });
    engine.advanceTo(hours(1.5));
    expect([left(), object.get('totalAmountRemaining')]).toEqual([95, 7]);
    engine.advanceTo(hours(10));
    expect([left(), object.get('totalAmountRemaining'), object.get('totalAmountPaid')]).toEqual([88, 0, 12]);
  });
  it('for a time without supply are collected when it is back, or not at all', () => {
    for (const [timeChargesInOutage, expected] of [
      ['all', 100 - 4 * 5],
      ['none', 100 - 2 * 5],
    ] as const) {
      const { engine, left } = aPrepaidMeter(100, hourly, { timeChargesInOutage });
      engine.advanceTo(hours(1.5));
      engine.power(false);
      engine.advanceTo(hours(3.5));
      engine.power(true);
      engine.advanceTo(hours(4));
      expect(left()).toBe(expected);
    }
  });
});

describe('amounts', () => {
  it('that have no place are refused, and nothing is changed', () => {
    const { credit, left } = aPrepaidMeter(0x7fff_fff0, {});
    expect(() => credit.invoke('updateAmount', 0x20, 'client')).toThrow('other-reason');
    expect(left()).toBe(0x7fff_fff0);
  });
});
