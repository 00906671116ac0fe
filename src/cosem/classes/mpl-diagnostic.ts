import { bool, Data, longUnsigned, unsigned } from '../../axdr/data.js';
import { attribute, fixed, interfaceClass, method } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/**
 * MPL diagnostic (class_id 98, version 0). State of the multicast forwarding (MPL, RFC 7731).
 *
 * Source: a public table of the Edition 16 classes.
 */
export const MplDiagnostic = interfaceClass({
  name: 'MPL diagnostic',
  classId: 98,
  version: 0,
  confidence: 'one source',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    proactiveForwarding: attribute(2, bool),
    z: attribute(3, unsigned),
    tunit: attribute(4, unsigned),
    seLifetime: attribute(5, longUnsigned),
    dmK: attribute(6, unsigned),
    dmImin: attribute(7, longUnsigned),
    dmImax: attribute(8, unsigned),
    dmTExp: attribute(9, longUnsigned),
    cK: attribute(10, unsigned),
    cImin: attribute(11, longUnsigned),
    cImax: attribute(12, unsigned),
    cTExp: attribute(13, longUnsigned),
  },
  methods: {
    reset: method(1, Data),
  },
});
