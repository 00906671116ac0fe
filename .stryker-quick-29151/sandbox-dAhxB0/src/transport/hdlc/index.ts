/**
 * HDLC of IEC 62056-46: frames, the link as a pure machine, channels of a client, and the side of the meter.
 *
 * Stability: stable.
 *
 * @module
 */
export {
  decodeHdlcAddress,
  encodeHdlcAddress,
  formatHdlcAddress,
  type HdlcAddress,
  hdlcAddress,
  hdlcReserved,
  isAllStation,
  parseHdlcAddress,
} from './address.js';
export { type HdlcBus, type HdlcBusOptions, type HdlcPush, hdlcBus, hdlcChannel } from './bus.js';
export type { HdlcChannelOptions } from './channel.js';
export { decodeHdlcControl, encodeHdlcControl, type HdlcControl } from './control.js';
export { type HdlcDeframer, type HdlcDeframerCounters, type HdlcDeframerOptions, hdlcDeframer } from './deframer.js';
export { fcs16 } from './fcs.js';
export {
  addLlc,
  decodeHdlcFrame,
  encodeHdlcFrame,
  encodeHdlcFrames,
  type HdlcFrame,
  llcCommand,
  llcOf,
  llcResponse,
  stripLlc,
} from './frame.js';
export type { HdlcLineOptions } from './line.js';
export {
  hdlcAwaitsAnswer,
  hdlcClientLink,
  hdlcLinkDeadline,
  hdlcLinkIsUp,
  hdlcLinkStep,
  hdlcServerLink,
  hdlcUnsent,
} from './link.js';
export { type HdlcLinkOptions, type HdlcLinkSettings, hdlcLinkPatience } from './link-options.js';
export type { HdlcReceiving } from './link-receiving.js';
export type { HdlcSending } from './link-sending.js';
export type { HdlcClientState, HdlcLinkInput, HdlcLinkOutput, HdlcLinkState, HdlcServerState } from './link-state.js';
export {
  decodeHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  hdlcDefaultParameters,
} from './parameters.js';
export { type HdlcMessage, type HdlcReassembler, type HdlcReassemblerOptions, hdlcReassembler } from './reassembler.js';
export { decodeFrmr, encodeFrmr, type HdlcRejection } from './reject.js';
export type { HdlcSegment, HdlcSegments } from './segments.js';
export { type HdlcServer, type HdlcServerOptions, serveHdlc } from './serve.js';
