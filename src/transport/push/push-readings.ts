import { DlmsError, isDlmsError } from '../../core/errors.js';
import type { Assembler, Deframer, DeframerOptions } from '../deframer.js';
import { type Framing, llcLength } from '../framing/detect.js';
import type { MbusApdu, MbusFrame } from '../framing/mbus.js';
import { mbusAssembler } from '../framing/mbus-assembler.js';
import { mbusDeframer } from '../framing/mbus-deframer.js';
import { rawDeframer } from '../framing/raw.js';
import { type Wpdu, wpduDeframer, wrap } from '../framing/wpdu.js';
import { hdlcDeframer } from '../hdlc/deframer.js';
import { addLlc, encodeHdlcFrame, type HdlcFrame, llcCommand, llcOf, stripLlc } from '../hdlc/frame.js';
import { type HdlcMessage, hdlcReassembler } from '../hdlc/reassembler.js';
import type { Route } from '../transport.js';

/** An unsolicited APDU, and what its framing says about its sender. */
export interface PushedApdu {
  readonly apdu: Uint8Array;
  readonly framing: Exclude<Framing, 'iec-62056-21'>;
  /** Undefined for a bare APDU. For M-Bus: DTSAP and STSAP. */
  readonly route?: Route;
  /** Physical address: the lower address of the HDLC source, or the A field of M-Bus. */
  readonly physicalAddress?: number;
  /**
   * Frames an answer (a confirmation) for the way back.
   * @throws DlmsError `service/unsupported` for M-Bus, where a slave cannot be answered this way
   */
  frameAnswer(apdu: Uint8Array): Uint8Array;
}

interface ReadingOptions {
  readonly maxApduSize: number;
  readonly onDropped?: (error: DlmsError) => void;
}
/** Reads pushes in one framing: a deframer of whole APDUs. */
export interface PushReading extends Deframer<PushedApdu> {
  readonly framing: PushedApdu['framing'];
}

/** How pushes are made from the frames of one framing. */
interface PushRule<F, M> {
  deframer(options: DeframerOptions<F> & ReadingOptions): Deframer<F>;
  assembler(options: ReadingOptions): Assembler<F, M>;
  /** Describes a frame that carries no part of a push. */
  foreign?(frame: F): string | undefined;
  pushed(message: M): Omit<PushedApdu, 'framing'>;
}

/** For framings in which every frame is a message. */
const nothingToJoin = <F>(): Assembler<F, F> => ({ push: (frame) => frame, pending: 0, reset() {} });

const bare: PushRule<Uint8Array, Uint8Array> = {
  deframer: rawDeframer,
  assembler: nothingToJoin,
  pushed: (octets) => ({ apdu: octets.subarray(llcLength(octets)), frameAnswer: (apdu) => apdu }),
};
const wrapper: PushRule<Wpdu, Wpdu> = {
  deframer: wpduDeframer,
  assembler: nothingToJoin,
  pushed: ({ source, destination, payload }) => ({
    apdu: payload,
    route: { clientSap: destination, serverSap: source },
    frameAnswer: (apdu) => wrap(destination, source, apdu),
  }),
};
const hdlc: PushRule<HdlcFrame, HdlcMessage> = {
  deframer: hdlcDeframer,
  assembler: (options) => hdlcReassembler({ ...options, maxOctets: options.maxApduSize }),
  foreign: ({ control: { type } }) => (type === 'I' || type === 'UI' ? undefined : type),
  pushed({ information, destination, source }) {
    // A command (sent by a client) has its addresses the other way round.
    const [client, server] = llcOf(information) === 'command' ? [source, destination] : [destination, source];
    return {
      apdu: stripLlc(information),
      route: { clientSap: client.upper, serverSap: server.upper },
      ...(server.lower === undefined ? {} : { physicalAddress: server.lower }),
      frameAnswer: (apdu) =>
        encodeHdlcFrame({
          segmented: false,
          destination: source,
          source: destination,
          control: { type: 'UI', pf: false },
          information: addLlc(llcCommand, apdu),
        }),
    };
  },
};
const mbus: PushRule<MbusFrame, MbusApdu> = {
  deframer: mbusDeframer,
  assembler: (options) => mbusAssembler({ ...options, maxApduSize: Math.min(options.maxApduSize, 4096) }),
  foreign: ({ controlInformation: ci }) =>
    ci > 0x1f ? `an M-Bus frame of another application (CI ${ci.toString(16)})` : undefined,
  pushed: ({ apdu, stsap, dtsap, address }) => ({
    apdu,
    route: { clientSap: dtsap, serverSap: stsap },
    physicalAddress: address,
    frameAnswer() {
      throw new DlmsError('service/unsupported', { what: 'an answer to a push over M-Bus' });
    },
  }),
};
const rules = { apdu: bare, wrapper, hdlc, mbus } as const;

/** An APDU without framing, possibly with an LLC header in front. */
export const bareApdu = (octets: Uint8Array): PushedApdu => ({ ...bare.pushed(octets), framing: 'apdu' });

export function readingOf(framing: PushedApdu['framing'], options: ReadingOptions): PushReading {
  return new Reading(framing, rules[framing] as PushRule<unknown, unknown>, options);
}

class Reading<F, M> implements PushReading {
  readonly framing: PushedApdu['framing'];
  readonly #rule: PushRule<F, M>;
  readonly #deframer: Deframer<F>;
  readonly #assembler: Assembler<F, M>;
  readonly #dropped: (error: DlmsError) => void;

  constructor(framing: PushedApdu['framing'], rule: PushRule<F, M>, options: ReadingOptions) {
    const { onDropped } = options;
    this.framing = framing;
    this.#rule = rule;
    // Errors are only made if somebody listens.
    const listen: DeframerOptions<F> = onDropped === undefined ? {} : { onSkipped: ({ error }) => onDropped(error) };
    this.#deframer = rule.deframer({ ...options, ...listen });
    this.#assembler = rule.assembler(options);
    this.#dropped = onDropped ?? (() => {});
  }
  get pending(): number {
    return this.#deframer.pending + this.#assembler.pending;
  }
  get failure(): DlmsError | undefined {
    return this.#deframer.failure;
  }
  push(chunk: Uint8Array): PushedApdu[] {
    return this.#pushes(this.#deframer.push(chunk));
  }
  flush(): PushedApdu[] {
    const pushes = this.#pushes(this.#deframer.flush());
    const { pending } = this.#assembler;
    if (pending > 0)
      this.#dropped(new DlmsError('decode/unexpected-end', { offset: pending, expected: 'the rest of the segments' }));
    this.#assembler.reset();
    return pushes;
  }

  #pushes(frames: readonly F[]): PushedApdu[] {
    const pushes: PushedApdu[] = [];
    for (const frame of frames) {
      const foreign = this.#rule.foreign?.(frame);
      if (foreign !== undefined) {
        this.#refuse(foreign);
        continue;
      }
      const message = this.#message(frame);
      if (message === undefined) continue;
      const push = { ...this.#rule.pushed(message), framing: this.framing };
      if (push.apdu.length > 0) pushes.push(push);
      else this.#refuse('an empty message');
    }
    return pushes;
  }
  #message(frame: F): M | undefined {
    try {
      return this.#assembler.push(frame);
    } catch (error) {
      if (!isDlmsError(error)) throw error;
      this.#dropped(error as DlmsError);
      return undefined;
    }
  }
  #refuse(what: string): void {
    const reason = `${what}, which carries no push`;
    this.#dropped(new DlmsError('protocol/link', { side: 'remote', state: 'receiving pushes', reason }));
  }
}
