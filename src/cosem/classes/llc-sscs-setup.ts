import { integer, longUnsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * 61334-4-32 LLC SSCS setup (class_id 80, version 0). PRIME power line: convergence sublayer for the LLC of IEC
 * 61334-4-32.
 *
 * Notes:
 * - After deregistration, service_node_address is 0xFFE and base_node_address is 0.
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const LlcSscsSetup = interfaceClass({
  name: '61334-4-32 LLC SSCS setup',
  classId: 80,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    serviceNodeAddress: attribute(2, longUnsigned),
    baseNodeAddress: attribute(3, longUnsigned),
  },
  methods: {
    reset: method(1, integer),
  },
});
