import { rawDeframer } from '../framing/raw.js';
import type { ApduChannel, Transport } from '../transport.js';
import type { ApduFraming } from './apdu-framing.js';
import { Connection, type ConnectionOptions } from './connection.js';

/**
 * A channel without framing: each chunk is one APDU. For media that keep boundaries themselves (datagrams, a message
 * broker, tests). Do not use it on a TCP stream, where chunks may be split anywhere.
 */
export function rawChannel(transport: Transport, options: ConnectionOptions = {}): ApduChannel {
  const framing: ApduFraming<Uint8Array> = {
    deframer: (listeners) => rawDeframer({ ...options, ...listeners }),
    read: (apdu) => ({ ...nobody, apdu }),
    write: (_, apdu) => apdu,
  };
  return new Connection(transport, framing, options).channel(nobody, true);
}
/** Bare APDUs have no addresses. */
const nobody = { clientSap: 0, serverSap: 0 };
