import { DisconnectControl, DisconnectControlV0 } from '../../cosem/classes/disconnect-control.js';
import type { Obis } from '../../cosem/obis.js';
import { access, type CosemObject, object } from '../object.js';

/** A disconnector that opens and closes. */
export function disconnector(logicalName: Obis = '0-0:96.3.10*255', version: 0 | 1 = 1): CosemObject {
  let connected = true;
  return object(
    // The versions differ in one name of the control mode.
    version === 0 ? (DisconnectControlV0 as unknown as typeof DisconnectControl) : DisconnectControl,
    logicalName,
    {
      outputState: access({ get: () => connected }),
      controlState: access({ get: () => (connected ? 'connected' : 'disconnected') }),
      controlMode: 'mode-1',
    },
    {
      remoteDisconnect: () => {
        connected = false;
      },
      remoteReconnect: () => {
        connected = true;
      },
    },
  );
}
