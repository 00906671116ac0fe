import {
  array,
  doubleLong,
  enumeration,
  integer,
  longUnsigned,
  structure,
  unsigned,
  utf8String,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { DateTime } from '../date-time.js';
import { bitStringFlags } from '../flags.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `paymentMode`. */
export const PaymentMode = enumeration({
  'credit-mode': 1,
  'prepayment-mode': 2,
});
export type PaymentMode = Infer<typeof PaymentMode>;

/** Values of `accountStatus`. */
export const AccountStatus = enumeration({
  'new-inactive-account': 1,
  'account-active': 2,
  'account-closed': 3,
});
export type AccountStatus = Infer<typeof AccountStatus>;

const accountModeAndStatus = structure('account-mode-and-status', {
  paymentMode: PaymentMode,
  accountStatus: AccountStatus,
});
/** The type of `accountModeAndStatus`. */
export interface AccountModeAndStatus extends Infer<typeof accountModeAndStatus> {}
export const AccountModeAndStatus: Schema<AccountModeAndStatus> = accountModeAndStatus;

/** Flags of `currentCreditStatus`. */
export const AccountCreditStatus = bitStringFlags(8, {
  'in-credit': 0,
  'low-credit': 1,
  'next-credit-enabled': 2,
  'next-credit-selectable': 3,
  'next-credit-selected': 4,
  'selectable-credit-in-use': 5,
  'out-of-credit': 6,
  reserved: 7,
});
export type AccountCreditStatus = Infer<typeof AccountCreditStatus>;

/** Flags of `collectionConfiguration`. */
export const CollectionConfiguration = bitStringFlags(3, {
  'collect-when-supply-disconnected': 0,
  'collect-in-load-limiting-periods': 1,
  'collect-in-friendly-credit-periods': 2,
});
export type CollectionConfiguration = Infer<typeof CollectionConfiguration>;

const creditChargeConfiguration = structure('credit-charge-configuration', {
  creditReference: LogicalName,
  chargeReference: LogicalName,
  collectionConfiguration: CollectionConfiguration,
});
/** An element of `creditChargeConfiguration`. */
export interface CreditChargeConfiguration extends Infer<typeof creditChargeConfiguration> {}
export const CreditChargeConfiguration: Schema<CreditChargeConfiguration> = creditChargeConfiguration;

const tokenGatewayConfiguration = structure('token-gateway-configuration', {
  creditReference: LogicalName,
  tokenProportion: unsigned,
});
/** An element of `tokenGatewayConfiguration`. */
export interface TokenGatewayConfiguration extends Infer<typeof tokenGatewayConfiguration> {}
export const TokenGatewayConfiguration: Schema<TokenGatewayConfiguration> = tokenGatewayConfiguration;

/** Values of `currencyUnit`. */
export const CurrencyUnit = enumeration({
  time: 0,
  consumption: 1,
  monetary: 2,
});
export type CurrencyUnit = Infer<typeof CurrencyUnit>;

const currency = structure('currency', {
  currencyName: utf8String,
  currencyScale: integer,
  currencyUnit: CurrencyUnit,
});
/** The type of `currency`. */
export interface Currency extends Infer<typeof currency> {}
export const Currency: Schema<Currency> = currency;

/**
 * Account (class_id 111, version 0). A customer account: mode, status, credits and charges.
 *
 * Notes:
 * - Gurux calls bit 4 of current_credit_status credit reference list.
 *
 * Sources: Gurux, Wireshark, a public table of the Edition 16 classes, SPODES (names only).
 */
export const Account = interfaceClass({
  name: 'Account',
  classId: 111,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    accountModeAndStatus: fixed(attribute(2, AccountModeAndStatus)),
    /** Position in `credit_reference_list`. */
    currentCreditInUse: attribute(3, unsigned),
    currentCreditStatus: attribute(4, AccountCreditStatus),
    availableCredit: attribute(5, doubleLong),
    amountToClear: attribute(6, doubleLong),
    clearanceThreshold: fixed(writable(attribute(7, doubleLong))),
    aggregatedDebt: attribute(8, doubleLong),
    creditReferenceList: fixed(writable(attribute(9, array(LogicalName)))),
    chargeReferenceList: fixed(writable(attribute(10, array(LogicalName)))),
    creditChargeConfiguration: fixed(writable(attribute(11, array(CreditChargeConfiguration)))),
    tokenGatewayConfiguration: fixed(writable(attribute(12, array(TokenGatewayConfiguration)))),
    accountActivationTime: fixed(writable(attribute(13, DateTime))),
    accountClosureTime: fixed(writable(attribute(14, DateTime))),
    currency: fixed(writable(attribute(15, Currency))),
    lowCreditThreshold: writable(attribute(16, doubleLong)),
    nextCreditAvailableThreshold: writable(attribute(17, doubleLong)),
    maxProvision: fixed(writable(attribute(18, longUnsigned))),
    maxProvisionPeriod: fixed(writable(attribute(19, doubleLong))),
  },
  methods: {
    activateAccount: method(1, integer),
    closeAccount: method(2, integer),
    resetAccount: method(3, integer),
  },
});
