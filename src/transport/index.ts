/**
 * Transports and framings: wrapper, M-Bus, IEC 61334 LLC, mode E; middleware to trace, record, replay and disturb; the
 * doctor.
 *
 * Stability: stable.
 *
 * @module
 */
export type { Clock } from '../core/clock.js';
export type { ConnectionOptions } from './channels/connection.js';
export type { DropListener, DroppedApdu } from './channels/drops.js';
export { type LlcOptions, llc61334Channel, type ServeLlcOptions, serveLlc61334 } from './channels/llc-61334.js';
export { rawChannel } from './channels/raw.js';
export type { ServedConnection, ServeOptions } from './channels/server.js';
export { serveWrapper, type WrapperMux, wrapperChannel, wrapperMux } from './channels/wrapper.js';
export type { Assembler, Deframer, DeframerOptions, FramePart, FrameSpan, SkippedSpan } from './deframer.js';
export {
  type DoctorEvent,
  type DoctorFinding,
  type DoctorOptions,
  type DoctorReport,
  diagnose,
  type UnexpectedOctets,
} from './doctor/doctor.js';
export { type DoctorPlan, type DoctorStep, serialPlan, tcpPlan } from './doctor/doctor-plan.js';
export type { ProbeAnswer } from './doctor/doctor-probe.js';
export { type Detection, detectFraming, type Framing } from './framing/detect.js';
export {
  blockCheck,
  type DataSet,
  decodeIdentification,
  decodeOptionSelect,
  decodeReadout,
  encodeIdentification,
  encodeOptionSelect,
  encodeReadout,
  encodeRequest,
  fromSevenE1,
  type Identification,
  type OptionSelect,
  type Readout,
  toSevenE1,
} from './framing/iec-62056-21.js';
export {
  decodeLlc61334,
  encodeLlc61334,
  type LlcAddressOrder,
  type LlcDeframerOptions,
  type LlcDirection,
  type LlcPdu,
  llc61334Deframer,
  llc61334HeaderLength,
} from './framing/llc-61334.js';
export {
  decodeMbusFrame,
  encodeMbusApdu,
  encodeMbusFrame,
  type MbusApdu,
  type MbusEncodeOptions,
  type MbusFrame,
  type MbusSegment,
  mbusSegment,
} from './framing/mbus.js';
export { type MbusAssemblerOptions, mbusAssembler } from './framing/mbus-assembler.js';
export { type MbusDeframerOptions, mbusDeframer } from './framing/mbus-deframer.js';
export { type RawDeframerOptions, rawDeframer } from './framing/raw.js';
export { refusedFramings, refuseFraming } from './framing/refused.js';
export { type TextDeframerOptions, type TextMessage, textDeframer } from './framing/text-deframer.js';
export {
  cosemOfWirelessMbus,
  decodeWirelessMbus,
  encodeWirelessMbus,
  type WirelessMbusFormat,
  type WirelessMbusTelegram,
} from './framing/wireless-mbus.js';
export { wirelessMbusDeframer } from './framing/wireless-mbus-deframer.js';
export {
  unwrap,
  type Wpdu,
  type WpduDeframerOptions,
  wpduDeframer,
  wrap,
  wrapperHeaderLength,
} from './framing/wpdu.js';
export { closedError, linkTransport, octetLink } from './link.js';
export { type PairOptions, transportPair } from './media/pair.js';
export type { LineSettings, SerialLine } from './media/serial-line.js';
export { openWebSerial, type WebSerialPort } from './media/web-serial.js';
export { type FaultOptions, type FaultRates, faults } from './middleware/faults.js';
export { type Interception, intercept } from './middleware/intercept.js';
export { type PcapEndpoint, type PcapOptions, PcapWriter, pcap } from './middleware/pcap.js';
export { type RecordedChunk, type ReplayOptions, record, replay } from './middleware/record.js';
export { type TraceEvent, trace } from './middleware/trace.js';
export type { PushedApdu } from './push/push-readings.js';
export { PushReceiver, type PushReceiverOptions } from './push/push-receiver.js';
export {
  type LineParity,
  type ModeEClientOptions,
  type ModeEInput,
  type ModeEOutput,
  type ModeEServerOptions,
  type ModeEState,
  type ModeEStep,
  modeEClient,
  modeEIdle,
  modeEServer,
} from './sign-on/mode-e.js';
export { type ModeEPort, type ModeEPortOptions, type ModeEResult, modeEPort } from './sign-on/mode-e-port.js';
export type { ApduChannel, ApduHandler, OctetLink, OctetSink, ReceiveOptions, Route, Transport } from './transport.js';
