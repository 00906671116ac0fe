import {
  array,
  doubleLongUnsigned,
  enumeration,
  longUnsigned,
  octetString,
  sizedOctetString,
  structure,
  unsigned,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `addressConfigMode`. */
export const Ipv6AddressConfigMode = enumeration({
  'auto-configuration': 0,
  dhcpv6: 1,
  manual: 2,
  'neighbour-discovery': 3,
});
export type Ipv6AddressConfigMode = Infer<typeof Ipv6AddressConfigMode>;

const neighborDiscoverySetup = structure('neighbor-discovery-setup', {
  rsMaxRetry: unsigned,
  rsRetryWaitTime: longUnsigned,
  raSendPeriod: doubleLongUnsigned,
});
/** An element of `neighborDiscoverySetup`. */
export interface NeighborDiscoverySetup extends Infer<typeof neighborDiscoverySetup> {}
export const NeighborDiscoverySetup: Schema<NeighborDiscoverySetup> = neighborDiscoverySetup;

/** Values of `ipv6AddressType`. */
export const Ipv6AddressType = enumeration({
  unicast: 0,
  multicast: 1,
  gateway: 2,
});
export type Ipv6AddressType = Infer<typeof Ipv6AddressType>;

const ipv6AddressChange = structure('ipv6-address-change', {
  ipv6AddressType: Ipv6AddressType,
  ipv6Address: octetString,
});
/** The parameter of `addIpv6Address`. */
export interface Ipv6AddressChange extends Infer<typeof ipv6AddressChange> {}
export const Ipv6AddressChange: Schema<Ipv6AddressChange> = ipv6AddressChange;

/**
 * IPv6 setup (class_id 48, version 0). The IPv6 layer. Addresses have 16 octets.
 *
 * Notes:
 * - Whether attributes 4 to 8 are static or dynamic is from memory.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const Ipv6Setup = interfaceClass({
  name: 'IPv6 setup',
  classId: 48,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    dlReference: fixed(attribute(2, LogicalName)),
    addressConfigMode: fixed(writable(attribute(3, Ipv6AddressConfigMode))),
    unicastIpv6Addresses: writable(attribute(4, array(octetString))),
    multicastIpv6Addresses: writable(attribute(5, array(octetString))),
    gatewayIpv6Addresses: writable(attribute(6, array(octetString))),
    primaryDnsAddress: writable(attribute(7, sizedOctetString(16))),
    secondaryDnsAddress: writable(attribute(8, sizedOctetString(16))),
    trafficClass: fixed(writable(attribute(9, unsigned))),
    neighborDiscoverySetup: fixed(writable(attribute(10, array(NeighborDiscoverySetup)))),
  },
  methods: {
    addIpv6Address: method(1, Ipv6AddressChange),
    removeIpv6Address: method(2, Ipv6AddressChange),
  },
});
