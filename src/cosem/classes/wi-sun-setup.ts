import { Data, dataOf, enumValue, longUnsigned, octetString, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * Wi-SUN setup (class_id 95, version 0). Wi-SUN network.
 *
 * Notes:
 * - The enumeration values, the members of channel_plan and reg_channel_exclusions and the alternatives of
 *   excluded_channels were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const WiSunSetup = interfaceClass({
  name: 'Wi-SUN setup',
  classId: 95,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    networkName: fixed(writable(attribute(2, octetString))),
    routingMethod: attribute(3, enumValue),
    panId: attribute(4, longUnsigned),
    discImin: fixed(writable(attribute(5, unsigned))),
    discImax: fixed(writable(attribute(6, unsigned))),
    dataMessageImin: fixed(writable(attribute(7, unsigned))),
    dataMessageImax: fixed(writable(attribute(8, unsigned))),
    defaultDioIntervalMin: fixed(writable(attribute(9, unsigned))),
    defaultDioIntervalDoublings: fixed(writable(attribute(10, unsigned))),
    channelPlan: fixed(writable(attribute(11, dataOf('structure')))),
    channelFunction: fixed(writable(attribute(12, enumValue))),
    excludedChannels: fixed(writable(attribute(13, Data))),
    joinState: attribute(14, enumValue),
    regChannelExclusions: fixed(writable(attribute(15, dataOf('structure')))),
  },
  methods: {
    resetJoinState: method(1, Data),
  },
});
