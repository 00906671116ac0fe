import { equalBytes } from '../../core/bytes.js';
import { wpduDeframer, wrap } from '../framing/wpdu.js';
import { formatHdlcAddress, type HdlcAddress, hdlcAddress, parseHdlcAddress } from '../hdlc/address.js';
import type { HdlcControl } from '../hdlc/control.js';
import { hdlcDeframer } from '../hdlc/deframer.js';
import { addLlc, encodeHdlcFrame, type HdlcFrame, llcCommand, stripLlc } from '../hdlc/frame.js';
import {
  decodeHdlcParameters,
  encodeHdlcParameters,
  type HdlcParameters,
  hdlcDefaultParameters,
} from '../hdlc/parameters.js';
import type { DoctorLine } from './doctor-line.js';

/** What a meter answered. */
export interface ProbeAnswer {
  /** Client address in the answer: a late answer counts for whom it was meant. */
  readonly client: number;
  /** Server address in the answer: after a call to all stations, it tells the address of the meter. */
  readonly server: string;
  /** `UA`: the link was opened; `DM`, `FRMR`: somebody is there and refuses; `apdu` (wrapper): an APDU arrived. */
  readonly answer: 'UA' | 'DM' | 'FRMR' | 'apdu';
  /** The answer to the request. Absent if none arrived although the link was open. */
  readonly apdu?: Uint8Array;
  /** The parameters that the UA offers. */
  readonly parameters?: HdlcParameters;
}
export interface ProbeOptions {
  readonly request: Uint8Array;
  readonly waitMs: number;
  /** Sends SNRM with parameters. */
  readonly parameters?: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Asks over the wrapper, with the request itself. */
export async function probeWrapper(
  line: DoctorLine,
  client: number,
  server: string,
  options: ProbeOptions,
): Promise<ProbeAnswer | undefined> {
  const deframer = wpduDeframer();
  const asked = await line.ask(
    wrap(client, Number(server), options.request),
    // What is not a WPDU is left to the line, and identified at the end.
    (chunk) => deframer.push(chunk)[0],
    options.waitMs,
    options.signal,
  );
  if (asked.type !== 'answer') return undefined;
  const { destination, source, payload } = asked.value;
  return { client: destination, server: String(source), answer: 'apdu', apdu: payload };
}

/** Asks over HDLC: SNRM; if a link opens, the request in an I frame; then DISC. */
export async function probeHdlc(
  line: DoctorLine,
  client: number,
  server: string,
  options: ProbeOptions,
): Promise<ProbeAnswer | undefined> {
  const { waitMs, signal } = options;
  const opened = await ask(
    line,
    frameOf(
      client,
      parseHdlcAddress(server),
      { type: 'SNRM', pf: true },
      options.parameters === true ? defaults : undefined,
    ),
    isUnnumbered,
    waitMs,
    signal,
  );
  if (opened === undefined) return undefined;
  const { control, destination, source, information } = opened;
  const answer = control.type as 'UA' | 'DM' | 'FRMR';
  const found = { client: destination.upper, server: formatHdlcAddress(source), answer };
  if (answer !== 'UA') return found;
  const to = (c: HdlcControl, octets?: Uint8Array): HdlcFrame => frameOf(destination.upper, source, c, octets);
  try {
    const apdu = await requestOn(line, to, options);
    return { ...found, ...parametersOf(information), ...(apdu === undefined ? {} : { apdu }) };
  } finally {
    // If left alone, the link of a meter stays up for minutes and keeps others out.
    if (signal?.aborted === true) await ask(line, to({ type: 'DISC', pf: true }), isUnnumbered, 50, undefined);
    else await ask(line, to({ type: 'DISC', pf: true }), isUnnumbered, waitMs, undefined);
  }
}

/** Sends the request in the first I frame; asks again if the meter says RR. */
async function requestOn(
  line: DoctorLine,
  to: (control: HdlcControl, information?: Uint8Array) => HdlcFrame,
  { request, waitMs, signal }: ProbeOptions,
): Promise<Uint8Array | undefined> {
  const content = addLlc(llcCommand, request);
  const isAnswer = (f: HdlcFrame): boolean =>
    f.control.type === 'RR' || (f.control.type === 'I' && !equalBytes(f.information, content));
  let answer = await ask(line, to({ type: 'I', ns: 0, nr: 0, pf: true }, content), isAnswer, 2 * waitMs, signal);
  for (let polls = 0; answer?.control.type === 'RR' && polls < 5; polls++) {
    await line.pause(100, signal);
    answer = await ask(
      line,
      to({ type: 'RR', nr: 0, pf: true }),
      (f) => isAnswer(f) && f.destination.upper === answer?.destination.upper,
      waitMs,
      signal,
    );
  }
  // An answer in several segments is an answer too, but its APDU is incomplete.
  return answer?.control.type === 'I' && !answer.segmented ? stripLlc(answer.information) : undefined;
}

async function ask(
  line: DoctorLine,
  frame: HdlcFrame,
  fits: (frame: HdlcFrame) => boolean,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<HdlcFrame | undefined> {
  const deframer = hdlcDeframer();
  const asked = await line.ask(encodeHdlcFrame(frame), (chunk) => deframer.push(chunk).find(fits), waitMs, signal);
  return asked.type === 'answer' ? asked.value : undefined;
}

const defaults: Uint8Array = /* @__PURE__ */ encodeHdlcParameters(hdlcDefaultParameters);
const isUnnumbered = (frame: HdlcFrame): boolean => ['UA', 'DM', 'FRMR'].includes(frame.control.type);

const frameOf = (
  client: number,
  server: HdlcAddress,
  control: HdlcControl,
  information: Uint8Array = new Uint8Array(0),
): HdlcFrame => ({
  segmented: false,
  destination: server,
  source: hdlcAddress(client),
  control,
  information,
});

function parametersOf(information: Uint8Array): { parameters?: HdlcParameters } {
  try {
    return { parameters: decodeHdlcParameters(information) };
  } catch {
    // For finding the meter, it does not matter what is there instead.
    return {};
  }
}
