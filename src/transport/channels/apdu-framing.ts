import type { Deframer, DeframerOptions } from '../deframer.js';
import type { Route, Transport } from '../transport.js';

/**
 * How one side carries APDUs: all that channels and servers need to know of a framing without a link of its own
 * (wrapper, LLC, none).
 */
export interface ApduFraming<F> {
  deframer(options: DeframerOptions<F>): Deframer<F>;
  /** The APDU in a received frame, and who speaks to whom. */
  read(frame: F): Route & { readonly apdu: Uint8Array };
  /**
   * The octets that carry an APDU to the other side.
   * @throws DlmsError `encode/invalid-value` for SAPs that the framing cannot represent
   */
  write(route: Route, apdu: Uint8Array): Uint8Array;
}

/** Makes the framing for a transport: datagrams are deframed one by one. */
export type FramingFor<F> = (transport: Transport) => ApduFraming<F>;
