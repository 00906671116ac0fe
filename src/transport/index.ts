export { closedError, linkTransport, octetLink } from './link.js';
export {
  decodeMbusFrame,
  encodeMbusApdu,
  encodeMbusFrame,
  type MbusApdu,
  MbusAssembler,
  type MbusAssemblerOptions,
  MbusDeframer,
  type MbusDeframerOptions,
  type MbusEncodeOptions,
  type MbusFrame,
  type MbusSegment,
  mbusSegment,
} from './mbus.js';
export { type PairOptions, transportPair } from './pair.js';
export { type RawOptions, rawChannel } from './raw.js';
export { refuseCarriage, refusedCarriages } from './refused.js';
export type { ApduChannel, ApduHandler, OctetLink, OctetSink, ReceiveOptions, Route, Transport } from './transport.js';
export { cosemOfWirelessMbus, decodeWirelessMbus, encodeWirelessMbus, type WirelessMbusFormat, type WirelessMbusTelegram } from './wireless-mbus.js';
export { Unwrapper, unwrap, type Wpdu, wrap, wrapperHeaderLength } from './wpdu.js';
export { type ServedConnection, type ServeOptions, serveWrapper, type WrapperMux, type WrapperOptions, wrapperChannel, wrapperMux } from './wrapper.js';
