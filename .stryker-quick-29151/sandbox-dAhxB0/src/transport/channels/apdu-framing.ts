import type { Deframer, DeframerOptions } from '../deframer.js';
import type { Route, Transport } from '../transport.js';

/** How one side carries APDUs: what channels and servers of all framings without a link of their own (wrapper, LLC, none) need to know. */
export interface ApduFraming<F> {
  deframer(options: DeframerOptions<F>): Deframer<F>;
  /** The APDU in a frame that came, and who speaks to whom. */
  read(frame: F): Route & { readonly apdu: Uint8Array };
  /** The octets that carry an APDU to the other side. @throws DlmsError `encode/invalid-value` for SAPs that the framing cannot write */
  write(route: Route, apdu: Uint8Array): Uint8Array;
}

/** Gives the framing for a transport: datagrams are deframed one by one. */
export type FramingFor<F> = (transport: Transport) => ApduFraming<F>;
