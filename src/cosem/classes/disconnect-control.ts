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
 * Disconnect control (class_id 70, version 1). A breaker or valve: its state, and what may open or close it.
 *
 * Notes:
 * - Gurux has mode_7 (its default is version 1); this is assumed to be the change from version 0.
 *
 * Sources: Gurux, a public table of the Edition 16 classes.
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
    /** Also says whether the device is ready to be reconnected manually. */
    controlState: attribute(3, ControlState),
    /**
     * Which of remote, manual and local control may connect and disconnect (see the table in the Blue Book); mode-0:
     * always connected.
     */
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
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const DisconnectControlV0 = revision(DisconnectControl, {
  version: 0,
  attributes: {
    /**
     * Which of remote, manual and local control may connect and disconnect (see the table in the Blue Book); mode-0:
     * always connected.
     */
    controlMode: fixed(writable(attribute(4, ControlModeV0))),
  },
});
