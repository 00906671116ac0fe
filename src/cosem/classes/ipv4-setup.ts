import {
  array,
  bool,
  doubleLongUnsigned,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, unclassified, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const ipOption = structure('ip-option', {
  ipOptionType: unsigned,
  ipOptionLength: unsigned,
  ipOptionData: octetString,
});
/** An element of `ipOptions`. */
export interface IpOption extends Infer<typeof ipOption> {}
export const IpOption: Schema<IpOption> = ipOption;

/**
 * IPv4 setup (class_id 42, version 0). The IPv4 layer. Addresses are numbers; the first octet is the most significant
 * one.
 *
 * Notes:
 * - IP option types: 0x82 security, 0x83 loose source route, 0x89 strict source route, 0x07 record route, 0x44 internet
 *   timestamp.
 * - The address attributes are static or dynamic, depending on use_DHCP_flag.
 * - Gurux reads attribute 3 as an octet-string or double-long-unsigned.
 * - jDLMS marks add_mc_IP_address as mandatory.
 *
 * Sources: Gurux, jDLMS, SPODES, a public table of the Edition 16 classes.
 */
export const Ipv4Setup = interfaceClass({
  name: 'IPv4 setup',
  classId: 42,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Logical name of the data link setup. */
    dlReference: fixed(attribute(2, LogicalName)),
    ipAddress: unclassified(writable(attribute(3, doubleLongUnsigned))),
    multicastIpAddress: unclassified(writable(attribute(4, array(doubleLongUnsigned)))),
    ipOptions: fixed(writable(attribute(5, array(IpOption)))),
    subnetMask: unclassified(writable(attribute(6, doubleLongUnsigned))),
    gatewayIpAddress: unclassified(writable(attribute(7, doubleLongUnsigned))),
    useDhcpFlag: fixed(writable(attribute(8, bool))),
    primaryDnsAddress: unclassified(writable(attribute(9, doubleLongUnsigned))),
    secondaryDnsAddress: unclassified(writable(attribute(10, doubleLongUnsigned))),
  },
  methods: {
    addMcIpAddress: method(1, doubleLongUnsigned),
    deleteMcIpAddress: method(2, doubleLongUnsigned),
    getNbofMcIpAddresses: method(3, integer, longUnsigned),
  },
});
