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
  type HdlcLinkInput,
  type HdlcLinkOptions,
  type HdlcLinkOutput,
  type HdlcLinkSettings,
  type HdlcLinkState,
  type HdlcSegment,
  hdlcLinkDeadline,
  hdlcLinkDown,
  hdlcLinkPatience,
  hdlcLinkSettings,
  hdlcLinkStep,
  hdlcUnsent,
} from './link.js';
export {
  decodeHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  hdlcDefaultParameters,
} from './parameters.js';
export { type HdlcMessage, type HdlcReassembler, type HdlcReassemblerOptions, hdlcReassembler } from './reassembler.js';
export { decodeFrmr, encodeFrmr, type HdlcRejection } from './reject.js';
export { type HdlcServer, type HdlcServerOptions, serveHdlc } from './serve.js';
