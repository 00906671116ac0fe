import { array, bool, Data, dataOf, doubleLongUnsigned, enumValue, integer } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * LoRaWAN setup (class_id 128, version 0). LoRaWAN modem.
 *
 * Notes:
 * - The enumeration values, structure members and method parameters were not found in any source.
 *
 * Source: a public table of the Edition 16 classes.
 */
export const LoRaWanSetup = interfaceClass({
  name: 'LoRaWAN setup',
  classId: 128,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    class: attribute(2, enumValue),
    state: attribute(3, enumValue),
    maxTransmitEirpSetting: fixed(writable(attribute(4, integer))),
    adrMode: attribute(5, bool),
    regionalParameters: attribute(6, enumValue),
    deviceOperation: attribute(7, dataOf('structure')),
    modemVersions: fixed(attribute(8, dataOf('structure'))),
    devAddr: attribute(9, doubleLongUnsigned),
    joinStrategy: attribute(10, enumValue),
    multicastsParameters: attribute(11, array(Data)),
  },
  methods: {
    disconnectFromNetwork: method(1, Data),
    changeClass: method(2, Data),
    changeRegion: method(3, Data),
  },
});
