import { array, bitString, enumeration, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { DateTime } from '../date-time.js';
import { attribute, fixed, interfaceClass, mandatory, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `tokenDeliveryMethod`. */
export const TokenDeliveryMethod = enumeration({
  remote: 0,
  local: 1,
  manual: 2,
});
export type TokenDeliveryMethod = Infer<typeof TokenDeliveryMethod>;

/** Values of `statusCode`. */
export const TokenStatusCode = enumeration({
  'format-ok': 0,
  'authentication-ok': 1,
  'validation-ok': 2,
  'token-execution-ok': 3,
  'token-format-failure': 4,
  'authentication-failure': 5,
  'validation-result-failure': 6,
  'token-execution-result-failure': 7,
  'token-received-not-yet-processed': 8,
});
export type TokenStatusCode = Infer<typeof TokenStatusCode>;

const tokenStatus = structure('token-status', {
  statusCode: TokenStatusCode,
  dataValue: bitString,
});
/** The type of `tokenStatus`. */
export interface TokenStatus extends Infer<typeof tokenStatus> {}
export const TokenStatus: Schema<TokenStatus> = tokenStatus;

/**
 * Token gateway (class_id 115, version 0). Accepts tokens and reports the outcome of the last one.
 *
 * Notes:
 * - Whether enter returns the token_status structure is not confirmed.
 *
 * Sources: Gurux, Wireshark, a public table of the Edition 16 classes, SPODES (names only).
 */
export const TokenGateway = interfaceClass({
  name: 'Token gateway',
  classId: 115,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    token: attribute(2, octetString),
    tokenTime: attribute(3, DateTime),
    tokenDescription: attribute(4, array(octetString)),
    tokenDeliveryMethod: attribute(5, TokenDeliveryMethod),
    tokenStatus: attribute(6, TokenStatus),
  },
  methods: {
    enter: mandatory(method(1, octetString)),
  },
});
