export { type Detection, detectFraming, type Framing, isApduTag } from './detect.js';
export {
  type DoctorEvent,
  type DoctorFinding,
  type DoctorHeard,
  type DoctorOptions,
  type DoctorReport,
  diagnose,
} from './doctor.js';
export { type DoctorPlan, type DoctorStep, serialPlan, tcpPlan } from './doctor-plan.js';
export type { ProbeAnswer } from './doctor-probe.js';
export { type FaultOptions, type FaultRates, faults } from './faults.js';
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
} from './iec-62056-21.js';
export { type Interception, intercept } from './intercept.js';
export { closedError, linkTransport, octetLink } from './link.js';
export {
  decodeLlc61334,
  encodeLlc61334,
  type LlcAddressOrder,
  type LlcDirection,
  type LlcOptions,
  type LlcPdu,
  llc61334Channel,
  llc61334HeaderLength,
  type ServeLlcOptions,
  serveLlc61334,
} from './llc-61334.js';
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
export {
  type LineParity,
  type ModeEClientOptions,
  type ModeEInput,
  type ModeEOutput,
  type ModeEServerOptions,
  type ModeEState,
  modeEClient,
  modeEIdle,
  modeEServer,
} from './mode-e.js';
export { type ModeEPort, type ModeEPortOptions, type ModeEResult, modeEPort } from './mode-e-port.js';
export { type PairOptions, transportPair } from './pair.js';
export { type PcapEndpoint, type PcapOptions, PcapWriter, pcap } from './pcap.js';
export { type PushedApdu, PushReceiver, type PushReceiverOptions } from './push-receiver.js';
export { type RawOptions, rawChannel } from './raw.js';
export { type RecordedChunk, type ReplayOptions, record, replay } from './record.js';
export { refuseCarriage, refusedCarriages } from './refused.js';
export type { LineSettings, SerialLine } from './serial-line.js';
export { type TraceEvent, trace } from './trace.js';
export type { ApduChannel, ApduHandler, OctetLink, OctetSink, ReceiveOptions, Route, Transport } from './transport.js';
export { openWebSerial, type WebSerialPort } from './web-serial.js';
export {
  cosemOfWirelessMbus,
  decodeWirelessMbus,
  encodeWirelessMbus,
  type WirelessMbusFormat,
  type WirelessMbusTelegram,
} from './wireless-mbus.js';
export { Unwrapper, unwrap, type Wpdu, wrap, wrapperHeaderLength } from './wpdu.js';
export {
  type ServedConnection,
  type ServeOptions,
  serveWrapper,
  type WrapperMux,
  type WrapperOptions,
  wrapperChannel,
  wrapperMux,
} from './wrapper.js';
