import { array, integer, long, octetString, structure } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const multicastEntry = structure('multicast-entry', {
  mcastEntryLcid: integer,
  mcastEntryMembers: long,
});
/** An element of `macListMulticastEntries`. */
export interface MulticastEntry extends Infer<typeof multicastEntry> {}
export const MulticastEntry: Schema<MulticastEntry> = multicastEntry;

const directConnection = structure('direct-connection', {
  dconnEntrySrcSid: long,
  dconnEntrySrcLnid: long,
  dconnEntrySrcLcid: long,
  dconnEntryDstSid: long,
  dconnEntryDstLnid: long,
  dconnEntryDstLcid: long,
  dconnEntryDid: octetString,
});
/** An element of `macListDirectTable`. */
export interface DirectConnection extends Infer<typeof directConnection> {}
export const DirectConnection: Schema<DirectConnection> = directConnection;

const availableSwitch = structure('available-switch', {
  slistEntrySna: octetString,
  slistEntryLsid: long,
  slistEntryLevel: integer,
  slistEntryRxLevel: integer,
  slistEntryRxSnr: integer,
});
/** An element of `macListAvailableSwitches`. */
export interface AvailableSwitch extends Infer<typeof availableSwitch> {}
export const AvailableSwitch: Schema<AvailableSwitch> = availableSwitch;

const phyCommunication = structure('phy-communication', {
  phyCommEui: octetString,
  phyCommTxPwr: integer,
  phyCommTxCod: integer,
  phyCommRxCod: integer,
  phyCommRxLvl: integer,
  phyCommSnr: integer,
  phyCommTxPwrMod: integer,
  phyCommTxCodMod: integer,
  phyCommRxCodMod: integer,
});
/** An element of `macListPhyComm`. */
export interface PhyCommunication extends Infer<typeof phyCommunication> {}
export const PhyCommunication: Schema<PhyCommunication> = phyCommunication;

/**
 * PRIME NB OFDM PLC MAC network administration data (class_id 85, version 0). PRIME power line: tables that the base
 * node administers.
 *
 * Notes:
 * - The layouts are those of Gurux; some member names are from memory.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
 */
export const PrimeMacNetworkAdministrationData = interfaceClass({
  name: 'PRIME NB OFDM PLC MAC network administration data',
  classId: 85,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    macListMulticastEntries: attribute(2, array(MulticastEntry)),
    macListSwitchTable: attribute(3, array(long)),
    macListDirectTable: attribute(4, array(DirectConnection)),
    macListAvailableSwitches: attribute(5, array(AvailableSwitch)),
    macListPhyComm: attribute(6, array(PhyCommunication)),
  },
  methods: {
    reset: method(1, integer),
  },
});
