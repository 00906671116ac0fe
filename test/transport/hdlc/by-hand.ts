import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  encodeHdlcFrame,
  type HdlcAddress,
  type HdlcControl,
  type HdlcFrame,
  hdlcAddress,
  hdlcDeframer,
} from '../../../src/transport/hdlc/index.js';
import { linkTransport } from '../../../src/transport/link.js';
import type { OctetLink, OctetSink, Transport } from '../../../src/transport/transport.js';
import { VirtualClock } from '../virtual-clock.js';

/** `UIP+ 0A`: type, poll or final, segmentation, information. */
export const described = ({ control, segmented, information }: HdlcFrame): string =>
  `${control.type}${control.pf ? 'P' : ''}${segmented ? '+' : ''} ${formatHex(information)}`.trimEnd();

/** Where a frame goes and what it carries, when that is not what it mostly is. */
export interface Say {
  readonly destination?: HdlcAddress;
  readonly source?: HdlcAddress;
  readonly information?: string;
  readonly segmented?: boolean;
}
/** The octets of a frame of the meter with the upper address 1, to the client 16. */
export const fromMeter = (control: HdlcControl, { information = '', ...over }: Say = {}): Uint8Array =>
  encodeHdlcFrame({
    segmented: false,
    destination: hdlcAddress(16),
    source: hdlcAddress(1),
    control,
    information: parseHex(information),
    ...over,
  });
/** The octets of a frame of the client 16 to the meter with the upper address 1. */
export const fromClient = (control: HdlcControl, over: Say = {}): Uint8Array =>
  fromMeter(control, { destination: hdlcAddress(1), source: hdlcAddress(16), ...over });

/** A transport whose other end is the test: what is written to it, and what comes in at once. */
export class ByHand {
  readonly clock = new VirtualClock();
  readonly transport: Transport;
  readonly diagnostics: unknown[] = [];
  /** Frames that were written. */
  readonly heard: HdlcFrame[] = [];
  closed = 0;
  aborted = 0;
  #sink: OctetSink | undefined;

  /** What `write` and `close` of the medium give: undefined when there is nothing to wait for. */
  constructor({ write, close }: { write?: OctetLink['write']; close?: OctetLink['close'] } = {}) {
    const deframer = hdlcDeframer();
    this.transport = linkTransport({
      start: (sink) => {
        this.#sink = sink;
      },
      write: (octets) => {
        this.heard.push(...deframer.push(octets));
        return write?.(octets);
      },
      pause: () => undefined,
      resume: () => undefined,
      close: () => {
        this.closed++;
        return close?.();
      },
      abort: () => {
        this.aborted++;
      },
    });
  }
  readonly onDiagnostic = (e: unknown): void => void this.diagnostics.push(e);
  arrive(...chunks: Uint8Array[]): void {
    for (const chunk of chunks) this.#sink?.octets(chunk);
  }
  /** The medium ends by itself. */
  end(error?: unknown): void {
    this.#sink?.ended(error);
  }
  get texts(): string[] {
    return this.heard.map(described);
  }
}
