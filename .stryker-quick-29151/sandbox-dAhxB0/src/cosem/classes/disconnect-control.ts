import { bool, enumeration, integer } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, mandatory, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `controlState`. */
export const ControlState = enumeration({
  disconnected: 0,
  connected: 1,
  'ready-for-reconnection': 2,
});
export type ControlState = Infer<typeof ControlState>;

/** Values of `controlMode`. */
export const ControlMode = enumeration({
  'mode-0': 0,
  'mode-1': 1,
  'mode-2': 2,
  'mode-3': 3,
  'mode-4': 4,
  'mode-5': 5,
  'mode-6': 6,
  'mode-7': 7,
});
export type ControlMode = Infer<typeof ControlMode>;

/** Values of `controlMode`. */
export const ControlModeV0 = enumeration({
  'mode-0': 0,
  'mode-1': 1,
  'mode-2': 2,
  'mode-3': 3,
  'mode-4': 4,
  'mode-5': 5,
  'mode-6': 6,
});
export type ControlModeV0 = Infer<typeof ControlModeV0>;

/**
 * Disconnect control (class_id 70, version 1). A breaker or valve: its state, and what may open and close it.
 *
 * Doubts and ranges:
 * - mode_7 present in Gurux (default version 1); assumed to be the change against version 0.
 *
 * Sources: Gurux, an Edition 16 class table.
 */
export const DisconnectControl = interfaceClass({
  name: 'Disconnect control',
  classId: 70,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** true: connected to the supply. */
    outputState: attribute(2, bool),
    /** Whether the device may be reconnected by hand. */
    controlState: attribute(3, ControlState),
    /** Which of remote, manual and local may connect and disconnect (table of the Blue Book); mode-0 is always connected. */
    controlMode: fixed(writable(attribute(4, ControlMode))),
  },
  methods: {
    remoteDisconnect: mandatory(method(1, integer)),
    remoteReconnect: mandatory(method(2, integer)),
  },
});

/**
 * Disconnect control (class_id 70, version 0).
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark, gvtret-dlms (weak).
 */
export const DisconnectControlV0 = revision(DisconnectControl, {
  version: 0,
  attributes: {
    /** Which of remote, manual and local may connect and disconnect (table of the Blue Book); mode-0 is always connected. */
    controlMode: fixed(writable(attribute(4, ControlModeV0))),
  },
});
