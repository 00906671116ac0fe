import { DisconnectControl, DisconnectControlV0 } from '../../cosem/classes/disconnect-control.js';
import type { Obis } from '../../cosem/obis.js';
import { accessor, type CosemObject, cosemObject } from '../object.js';

/** A disconnector that opens and closes. */
export function disconnector(logicalName: Obis = '0-0:96.3.10*255', version: 0 | 1 = 1): CosemObject {
  let connected = true;
  return cosemObject(
    // The versions differ in one name of the control mode.
    version === 0 ? (DisconnectControlV0 as unknown as typeof DisconnectControl) : DisconnectControl,
    logicalName,
    {
      outputState: accessor({ get: () => connected }),
      controlState: accessor({ get: () => (connected ? 'connected' : 'disconnected') }),
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
