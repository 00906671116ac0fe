import { array, bool, Data, enumeration, nullData, octetString, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { oneOf } from '../one-of.js';

const lcpOption = structure('lcp-option', {
  lcpOptionType: unsigned,
  lcpOptionLength: unsigned,
  lcpOptionData: Data,
});
/** An element of `lcpOptions`. */
export interface LcpOption extends Infer<typeof lcpOption> {}
export const LcpOption: Schema<LcpOption> = lcpOption;

const ipcpOption = structure('ipcp-option', {
  ipcpOptionType: unsigned,
  ipcpOptionLength: unsigned,
  ipcpOptionData: Data,
});
/** An element of `ipcpOptions`. */
export interface IpcpOption extends Infer<typeof ipcpOption> {}
export const IpcpOption: Schema<IpcpOption> = ipcpOption;

const papLogin = structure('pap-login', {
  userName: octetString,
  papPassword: octetString,
});
/** The `pap` option of a choice. */
export interface PapLogin extends Infer<typeof papLogin> {}
export const PapLogin: Schema<PapLogin> = papLogin;

/** Values of `algorithmId`. */
export const ChapAlgorithm = enumeration({
  'chap-with-md5': 5,
  'sha-1': 6,
  'ms-chap': 128,
  'ms-chap-2': 129,
});
export type ChapAlgorithm = Infer<typeof ChapAlgorithm>;

const chapAlgorithmChoice = structure('chap-algorithm-choice', {
  userName: octetString,
  algorithmId: ChapAlgorithm,
});
/** The `chap` option of a choice. */
export interface ChapAlgorithmChoice extends Infer<typeof chapAlgorithmChoice> {}
export const ChapAlgorithmChoice: Schema<ChapAlgorithmChoice> = chapAlgorithmChoice;

const eapParameters = structure('eap-parameters', {
  md5Challenge: bool,
  oneTimePassword: bool,
  genericTokenCard: bool,
});
/** The `eap` option of a choice. */
export interface EapParameters extends Infer<typeof eapParameters> {}
export const EapParameters: Schema<EapParameters> = eapParameters;

/** The options of `pppAuthentication`. */
export const PppAuthentication = oneOf('ppp-authentication', {
  'null-data': nullData,
  pap: PapLogin,
  chap: ChapAlgorithmChoice,
  eap: EapParameters,
});
export type PppAuthentication = Infer<typeof PppAuthentication>;

/**
 * PPP setup (class_id 44, version 0). The point-to-point protocol of a modem link.
 *
 * Notes:
 * - LCP option types: 1 max-rec-unit (default 1500), 2 async-control-char-map, 3 auth-protocol (0 none, 0xC023 PAP,
 *   0xC223 CHAP, 0xC227 EAP), 5 magic-number, 7 protocol-field-compression, 8 address-and-control-compression, 9
 *   FCS-alternatives, 13 callback.
 * - IPCP option types: 2 IP-compression-protocol (0x002D Van Jacobson, 0x0061 header compression, 0x0003 robust), 3
 *   preferred local IP, 20 preferred peer IP, 21 GAO, 22 USIP.
 * - CHAP algorithm_id: the sources have unsigned; its values are from memory.
 *
 * Sources: Gurux, jDLMS, a public table of the Edition 16 classes, SPODES (names only).
 */
export const PppSetup = interfaceClass({
  name: 'PPP setup',
  classId: 44,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    phyReference: fixed(attribute(2, LogicalName)),
    lcpOptions: fixed(writable(attribute(3, array(LcpOption)))),
    ipcpOptions: fixed(writable(attribute(4, array(IpcpOption)))),
    pppAuthentication: fixed(writable(attribute(5, PppAuthentication))),
  },
  methods: {},
});
