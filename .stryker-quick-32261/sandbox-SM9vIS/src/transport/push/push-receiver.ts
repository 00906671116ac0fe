import { concat } from '../../core/bytes.js';
import { DlmsError, isDlmsError } from '../../core/errors.js';
import { detectFraming, type Framing, llcLength } from '../framing/detect.js';
import { excerpt } from '../framing/excerpt.js';
import { MbusAssembler, MbusDeframer } from '../framing/mbus.js';
import { Unwrapper, wrap } from '../framing/wpdu.js';
import type { HdlcAddress } from '../hdlc/address.js';
import { hdlcDeframer } from '../hdlc/deframer.js';
import { addLlc, encodeHdlcFrame, llcCommand, llcOf, stripLlc } from '../hdlc/frame.js';
import { type HdlcReassembler, hdlcReassembler } from '../hdlc/reassembler.js';
import type { Route } from '../transport.js';

/** An APDU that came unasked, and what its framing says of where from. */
export interface PushedApdu {
  readonly apdu: Uint8Array;
  readonly framing: Exclude<Framing, 'iec-62056-21'>;
  /** Undefined for a bare APDU. For M-Bus: DTSAP and STSAP. */
  readonly route?: Route;
  /** Physical address: of the HDLC source (lower address), or the A field of M-Bus. */
  readonly physicalAddress?: number;
  /** Octets that carry an answer (a confirmation) the same way back. @throws DlmsError `service/unsupported` for M-Bus, where a slave cannot be answered so. */
  frameAnswer(apdu: Uint8Array): Uint8Array;
}

export interface PushReceiverOptions {
  /** The framing, where it is known. Default: found out from what comes. */
  readonly framing?: PushedApdu['framing'];
  /** Each chunk is a datagram: looked at by itself, nothing is kept for the next. Default false. */
  readonly datagrams?: boolean;
  /** Longest APDU. Default 65535. */
  readonly maxApduSize?: number;
  /** Octets looked through for a beginning before they are dropped. Default 4096: the longest HDLC frame twice. */
  readonly maxUndecided?: number;
  /** Hears of octets that were no frame, and why. */
  readonly onDropped?: (error: DlmsError) => void;
}

/**
 * Turns octets of any framing into APDUs: feed chunks, take what they complete. It knows no keys and decodes nothing. Memory is bounded by the options.
 * After a silence of the line call `flush`: what is incomplete then is dropped, and a bare APDU on a stream is recognised.
 */
export class PushReceiver {
  readonly #options: PushReceiverOptions;
  #decoder: Decoder | undefined;
  #undecided: Uint8Array = new Uint8Array(0);

  constructor(options: PushReceiverOptions = {}) {
    this.#options = options;
    if (options.framing !== undefined && options.datagrams !== true) this.#decoder = this.#make(options.framing);
  }

  /** Octets that wait for more. */
  get pending(): number {
    return this.#undecided.length + (this.#decoder?.pending() ?? 0);
  }

  /** What was found out so far; undefined while nothing is. */
  get framing(): Framing | undefined {
    return this.#decoder?.framing;
  }

  push(chunk: Uint8Array): PushedApdu[] {
    if (this.#options.datagrams === true) return this.#whole(chunk);
    if (this.#decoder !== undefined) return this.#feed(this.#decoder, chunk);
    this.#undecided = this.#undecided.length === 0 ? chunk : concat(this.#undecided, chunk);
    const found = detectFraming(this.#undecided, { complete: false });
    if (found === undefined || found === 'more') {
      const over = this.#undecided.length - (this.#options.maxUndecided ?? 4096);
      if (found === undefined) this.#drop('no known framing');
      else if (over > 0) this.#drop('no frame was completed');
      return [];
    }
    return this.#decide(found.framing, found.offset);
  }

  /** The line is silent, or has ended. */
  flush(): PushedApdu[] {
    const decoder = this.#decoder;
    if (decoder !== undefined) {
      if (decoder.pending() === 0) return [];
      const rest = decoder.flush();
      // Half a WPDU: whatever comes next begins anew.
      if (this.#options.framing === undefined && decoder.framing === 'wrapper') this.#decoder = undefined;
      return rest;
    }
    if (this.#undecided.length === 0) return [];
    const found = detectFraming(this.#undecided);
    if (found !== undefined) {
      const apdus = this.#decide(found.framing, found.offset);
      return this.#decoder === undefined ? apdus : [...apdus, ...this.flush()];
    }
    this.#drop('no known framing');
    return [];
  }

  #decide(framing: Framing, offset: number): PushedApdu[] {
    const octets = this.#undecided;
    this.#undecided = new Uint8Array(0);
    if (framing === 'iec-62056-21') {
      this.#options.onDropped?.(
        new DlmsError('decode/unsupported', { offset, what: 'a push in the text of IEC 62056-21, which is no DLMS' }),
      );
      return [];
    }
    if (framing === 'apdu') return [bare(octets.subarray(offset))];
    const decoder = this.#make(framing);
    this.#decoder = decoder;
    if (offset > 0) this.#passOver(octets.subarray(0, offset), 'before the first frame');
    return this.#feed(decoder, octets.subarray(framing === 'wrapper' ? 0 : offset));
  }

  #whole(datagram: Uint8Array): PushedApdu[] {
    const framing = this.#options.framing ?? detectFraming(datagram)?.framing;
    if (framing === 'apdu') return [bare(datagram)];
    if (framing === undefined || framing === 'iec-62056-21') {
      this.#options.onDropped?.(
        new DlmsError('decode/framing', { offset: 0, reason: `a datagram of no known framing: ${excerpt(datagram)}` }),
      );
      return [];
    }
    const decoder = this.#make(framing);
    const apdus = this.#feed(decoder, datagram);
    return [...apdus, ...decoder.flush()];
  }

  #feed(decoder: Decoder, chunk: Uint8Array): PushedApdu[] {
    const apdus: PushedApdu[] = [];
    try {
      decoder.push(chunk, apdus);
    } catch (error) {
      if (!isDlmsError(error)) throw error;
      this.#options.onDropped?.(error);
      if (decoder === this.#decoder)
        this.#decoder = this.#options.framing === undefined ? undefined : this.#make(this.#options.framing);
    }
    return apdus;
  }

  #make(framing: PushedApdu['framing']): Decoder {
    const limit = this.#options.maxApduSize ?? 0xffff;
    const { onDropped } = this.#options;
    // Errors are made only where somebody hears them: in a storm of false beginnings they would cost the most.
    const invalid = onDropped === undefined ? {} : { onInvalid: onDropped };
    const dropped = onDropped === undefined ? {} : { onDropped };
    switch (framing) {
      case 'wrapper':
        return wrapperDecoder(new Unwrapper(limit), onDropped);
      case 'hdlc':
        return hdlcDecoder(hdlcReassembler({ maxOctets: limit, ...dropped }), onDropped);
      case 'mbus':
        return mbusDecoder(
          new MbusDeframer(invalid),
          new MbusAssembler({ maxApduSize: Math.min(limit, 4096), ...dropped }),
          onDropped,
        );
      case 'apdu':
        return { framing, pending: () => 0, flush: () => [], push: (chunk, apdus) => apdus.push(bare(chunk)) };
    }
  }

  #drop(reason: string): void {
    const octets = this.#undecided;
    this.#undecided = new Uint8Array(0);
    this.#passOver(octets, reason);
  }
  #passOver(octets: Uint8Array, reason: string): void {
    this.#options.onDropped?.(new DlmsError('decode/framing', { offset: 0, reason: `${reason}: ${excerpt(octets)}` }));
  }
}

interface Decoder {
  readonly framing: PushedApdu['framing'];
  push(chunk: Uint8Array, apdus: PushedApdu[]): void;
  flush(): PushedApdu[];
  pending(): number;
}

function bare(octets: Uint8Array): PushedApdu {
  return { apdu: octets.subarray(llcLength(octets)), framing: 'apdu', frameAnswer: (apdu) => apdu };
}

function wrapperDecoder(unwrapper: Unwrapper, onDropped: PushReceiverOptions['onDropped']): Decoder {
  return {
    framing: 'wrapper',
    pending: () => unwrapper.held,
    push(chunk, apdus) {
      unwrapper.feed(chunk);
      for (let pdu = unwrapper.next(); pdu !== undefined; pdu = unwrapper.next()) {
        const { source, destination, payload } = pdu;
        const frameAnswer = (apdu: Uint8Array) => wrap(destination, source, apdu);
        apdus.push({
          apdu: payload,
          framing: 'wrapper',
          route: { clientSap: destination, serverSap: source },
          frameAnswer,
        });
      }
    },
    flush() {
      if (unwrapper.held > 0)
        onDropped?.(new DlmsError('decode/unexpected-end', { offset: unwrapper.held, expected: 'the rest of a WPDU' }));
      return [];
    },
  };
}

function hdlcDecoder(reassembler: HdlcReassembler, onDropped: PushReceiverOptions['onDropped']): Decoder {
  let told = false;
  const deframer = hdlcDeframer(
    onDropped === undefined
      ? {}
      : {
          onInvalid(error) {
            told = true;
            onDropped(error);
          },
        },
  );
  let discarded = 0;
  const frames = (found: ReturnType<typeof deframer.push>, apdus: PushedApdu[]) => {
    if (onDropped !== undefined) {
      const before = discarded;
      ({ discarded } = deframer.counters);
      if (discarded > before && !told)
        onDropped(
          new DlmsError('decode/framing', {
            offset: deframer.counters.octets,
            reason: `${discarded - before} octets belong to no frame`,
          }),
        );
    }
    told = false;
    for (const frame of found) {
      try {
        const message = reassembler.push(frame);
        if (message !== undefined && message.information.length > 0)
          apdus.push(fromHdlc(message.information, message.destination, message.source));
        else if (message !== undefined || (frame.control.type !== 'I' && frame.control.type !== 'UI'))
          onDropped?.(
            new DlmsError('protocol/link', {
              side: 'remote',
              state: 'receiving pushes',
              reason: `${frame.control.type}, which carries no push`,
            }),
          );
      } catch (error) {
        onDropped?.(error as DlmsError);
      }
    }
  };
  return {
    framing: 'hdlc',
    pending: () => deframer.pending + reassembler.pending,
    push: (chunk, apdus) => frames(deframer.push(chunk), apdus),
    flush() {
      const apdus: PushedApdu[] = [];
      while (deframer.pending > 0) frames(deframer.abandon(), apdus);
      if (reassembler.pending > 0)
        onDropped?.(
          new DlmsError('decode/unexpected-end', { offset: reassembler.pending, expected: 'the rest of the segments' }),
        );
      reassembler.reset();
      return apdus;
    },
  };
}

function fromHdlc(information: Uint8Array, destination: HdlcAddress, source: HdlcAddress): PushedApdu {
  // A command (what a client sends) has its addresses the other way round.
  const [client, server] = llcOf(information) === 'command' ? [source, destination] : [destination, source];
  return {
    apdu: stripLlc(information),
    framing: 'hdlc',
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
}

function mbusDecoder(
  deframer: MbusDeframer,
  assembler: MbusAssembler,
  onDropped: PushReceiverOptions['onDropped'],
): Decoder {
  const frames = (found: ReturnType<MbusDeframer['push']>, apdus: PushedApdu[]) => {
    for (const frame of found) {
      const message = assembler.push(frame);
      if (frame.controlInformation > 0x1f)
        onDropped?.(
          new DlmsError('decode/unsupported', {
            offset: 0,
            what: `an M-Bus frame of another application (CI ${frame.controlInformation.toString(16)})`,
          }),
        );
      if (message === undefined) continue;
      apdus.push({
        apdu: message.apdu,
        framing: 'mbus',
        route: { clientSap: message.dtsap, serverSap: message.stsap },
        physicalAddress: message.address,
        frameAnswer() {
          throw new DlmsError('service/unsupported', { what: 'an answer to a push over M-Bus' });
        },
      });
    }
  };
  return {
    framing: 'mbus',
    pending: () => deframer.pending,
    push: (chunk, apdus) => frames(deframer.push(chunk), apdus),
    flush() {
      const apdus: PushedApdu[] = [];
      frames(deframer.flush(), apdus);
      return apdus;
    },
  };
}
