export { closedError, linkTransport, octetLink } from './link.js';
export { type PairOptions, transportPair } from './pair.js';
export type { ApduChannel, ApduHandler, OctetLink, OctetSink, ReceiveOptions, Route, Transport } from './transport.js';
export { Unwrapper, unwrap, type Wpdu, wrap, wrapperHeaderLength } from './wpdu.js';
export { type ServedConnection, type ServeOptions, serveWrapper, type WrapperMux, type WrapperOptions, wrapperChannel, wrapperMux } from './wrapper.js';
