import type { MaybePromise } from '../../core/promise.js';
import { andThen } from '../../core/promise.js';
import { DisconnectControl, DisconnectControlV0 } from '../../cosem/classes/disconnect-control.js';
import type { Obis } from '../../cosem/obis.js';
import { accessor, type CosemObject, cosemObject } from '../object.js';

/** Options of {@link disconnectControlObject}. */
export interface DisconnectControlObjectOptions {
  /** Default: 0-0:96.3.10*255. */
  readonly logicalName?: Obis;
  /** Version of the class. Default: 1; the versions differ in one value of the control mode. */
  readonly version?: 0 | 1;
  /** Whether the supply is connected initially. Default: true. */
  readonly connected?: boolean;
  /** Switches the breaker or valve. If it throws, the method fails and the state stays as it is. */
  readonly onSwitch?: (connected: boolean) => MaybePromise<void>;
}

/**
 * A breaker or valve (Disconnect control, class 70) that follows remote commands at once, which is control mode 4:
 * remote disconnection and reconnection (transitions b and a), and no manual disconnection.
 */
export function disconnectControlObject(options: DisconnectControlObjectOptions = {}): CosemObject {
  let connected = options.connected ?? true;
  const to = (state: boolean): MaybePromise<void> =>
    andThen(options.onSwitch?.(state), () => {
      connected = state;
    });
  return cosemObject(
    options.version === 0 ? (DisconnectControlV0 as unknown as typeof DisconnectControl) : DisconnectControl,
    options.logicalName ?? '0-0:96.3.10*255',
    {
      outputState: accessor({ get: () => connected }),
      controlState: accessor({ get: () => (connected ? 'connected' : 'disconnected') }),
      controlMode: 'mode-4',
    },
    { remoteDisconnect: () => to(false), remoteReconnect: () => to(true) },
  );
}
