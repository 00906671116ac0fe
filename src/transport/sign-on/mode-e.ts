import { append } from '../../core/append.js';
import { latin1 } from '../../core/bytes.js';
import { DlmsError } from '../../core/errors.js';
import {
  baudRates,
  decodeIdentification,
  decodeOptionSelect,
  encodeIdentification,
  encodeOptionSelect,
  encodeReadout,
  encodeRequest,
  fromSevenE1,
  type Identification,
  longestLine,
  type OptionSelect,
} from '../framing/iec-62056-21.js';

/**
 * The sign-on of IEC 62056-21 before HDLC (mode E), as a pure machine for each side. Both start at 300 baud 7E1. The
 * client asks `/?!`, the meter identifies itself, the client chooses HDLC and a speed (`ACK 2 Z 2`), the meter repeats
 * that, and both change to that speed and 8N1. If wanted, a meter without HDLC is read out as far as its mode allows
 * (data blocks of modes A to C).
 */
export interface ModeEState {
  /** What is awaited. */
  readonly name: 'idle' | 'request' | 'identification' | 'pause' | 'acknowledge' | 'readout' | 'done';
  /** When a tick is due. */
  readonly deadline?: number;
  /** Octets collected, without parity bits. */
  readonly held: Uint8Array;
  /** What the line may echo of what we sent. */
  readonly echo: Uint8Array;
  /** How much of that has arrived. */
  readonly echoed: number;
  /** How many of the held octets have been searched for the end of the readout. */
  readonly scanned?: number;
  /** When the current request was sent. */
  readonly since?: number;
  /** Whether the line has echoed our request. */
  readonly lineEchoes?: boolean;
  readonly attempts: number;
  readonly identification?: Identification;
  /** What follows the pause before an answer. */
  readonly next?: { readonly outputs: readonly ModeEOutput[]; readonly state: ModeEState };
  readonly baud: number;
}

/** What can happen to a sign-on. */
export type ModeEInput =
  | { readonly type: 'start' }
  | { readonly type: 'octets'; readonly octets: Uint8Array }
  | { readonly type: 'tick' };

/** Settings of a line during a sign-on: seven data bits with even parity, or eight without. */
export type LineParity = '7E1' | '8N1';

/** What a sign-on wants done, and how it ends. */
export type ModeEOutput =
  | { readonly type: 'write'; readonly octets: Uint8Array }
  /** Set the line, once what was written has left it. */
  | { readonly type: 'line'; readonly baud: number; readonly parity: LineParity }
  /** HDLC follows at this speed. `rest` has already arrived. */
  | {
      readonly type: 'hdlc';
      readonly baud: number;
      readonly identification?: Identification;
      readonly rest: Uint8Array;
    }
  /** The meter (client side) sent its data instead; for `decodeReadout`. */
  | { readonly type: 'readout'; readonly identification: Identification; readonly octets: Uint8Array }
  /** The client (meter side) asked for the readout, or anything but HDLC. */
  | { readonly type: 'option'; readonly option: OptionSelect }
  | { readonly type: 'failed'; readonly error: DlmsError };

/** Options for a client's sign-on by IEC 62056-21 mode E. */
export interface ModeEClientOptions {
  /** Device address. Default: none, for any device. */
  readonly address?: string;
  /** Highest speed to change to, in baud; the meter's own limit applies too. Default: 19 200. */
  readonly maxBaud?: number;
  /**
   * What to do with a meter that does not offer HDLC: `readout` reads its data block, `hdlc` asks for HDLC all the
   * same. Default: the sign-on fails.
   */
  readonly fallback?: 'readout' | 'hdlc';
  /** Number of requests before giving up. Default: 3. */
  readonly attempts?: number;
  /**
   * Milliseconds to wait for the identification and for the next octet. Default: 2200; the standard allows 1500 for a
   * reaction, and 700 are for a slow line.
   */
  readonly timeoutMs?: number;
  /** Milliseconds before the option select message. Default: 300 (the standard says 200 to 1500). */
  readonly reactionMs?: number;
  /**
   * Milliseconds to wait for the meter to repeat the option. Some do not, and HDLC is then tried all the same. Default:
   * 1500.
   */
  readonly acknowledgeMs?: number;
  /** Longest readout, in octets. Default: 65 536. */
  readonly maxReadout?: number;
}

/** Options for a meter's answer to a sign-on by IEC 62056-21 mode E. */
export interface ModeEServerOptions {
  readonly identification: Pick<Identification, 'manufacturer' | 'baudCharacter' | 'ident'>;
  /** Device address that requests may name; a request without an address is always answered. */
  readonly address?: string;
  /** The data block for a client that asks for the readout. Default: an empty one. */
  readonly readout?: string;
  /** Milliseconds before an answer. Default: 200 (20 if the third letter of the manufacturer is lower case). */
  readonly reactionMs?: number;
  /** Milliseconds to wait for the option select message. Default: 2000. */
  readonly timeoutMs?: number;
}

/** What comes of one input: the next state, and what to do. */
export type ModeEStep = [state: ModeEState, outputs: readonly ModeEOutput[]];

const none: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
/** The initial state of a sign-on. */
export const modeEIdle: ModeEState = { name: 'idle', held: none, echo: none, echoed: 0, attempts: 0, baud: 300 };
/** The time that such a message takes at 300 baud. */
const messageMs = 5000;

/**
 * The client's side. Feed `start`, then octets as they come (with or without parity bits) and a tick at
 * `state.deadline`, until the state is `done`.
 */
export function modeEClient(
  state: ModeEState,
  input: ModeEInput,
  now: number,
  options: ModeEClientOptions = {},
): ModeEStep {
  const { timeoutMs = 2200 } = options;
  switch (input.type) {
    case 'start':
      return request({ ...modeEIdle }, now, options);
    case 'tick':
      if (state.deadline === undefined || now < state.deadline) return [state, []];
      if (state.name === 'pause' && state.next !== undefined) return [state.next.state, state.next.outputs];
      if (state.name === 'acknowledge') return hdlc(state, state.held);
      if (state.name === 'identification' && state.attempts < (options.attempts ?? 3))
        return request(state, now, options);
      return failed(new DlmsError('transport/timeout', { waitedMs: timeoutMs, waitingFor: waitingFor(state) }));
    case 'octets': {
      if (state.name === 'idle' || state.name === 'done') return [state, []];
      const next = withoutEcho(state, fromSevenE1(input.octets));
      if (state.name === 'identification') return identified(next, now, options);
      if (state.name === 'acknowledge') return acknowledged(next, now, options);
      if (state.name === 'readout') return readingOut(next, now, options);
      // During our own pause only the echo of the line is expected; anything else is kept for later.
      return [next.held.length > longestLine ? { ...next, held: none } : next, []];
    }
  }
}

function request(state: ModeEState, now: number, options: ModeEClientOptions): ModeEStep {
  const octets = encodeRequest(options.address);
  return [
    {
      ...modeEIdle,
      name: 'identification',
      attempts: state.attempts + 1,
      echo: octets,
      since: now,
      deadline: now + (options.timeoutMs ?? 2200),
    },
    [
      { type: 'line', baud: 300, parity: '7E1' },
      { type: 'write', octets },
    ],
  ];
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: what follows from each mode
function identified(state: ModeEState, now: number, options: ModeEClientOptions): ModeEStep {
  let identification: Identification | undefined;
  let rest = state.held;
  while (identification === undefined) {
    const line = findLine(rest, 0x2f);
    rest = line.rest;
    if (line.message === undefined) {
      // A line that is never silent must not delay the sign-on forever: it gets the time of one message, and the time
      // to wait for it.
      const deadline = Math.min(now, (state.since ?? now) + messageMs) + (options.timeoutMs ?? 2200);
      return [{ ...state, held: rest.slice(), deadline }, []];
    }
    try {
      identification = decodeIdentification(line.message);
    } catch {
      // Noise, or somebody else's request; what follows may still be the identification.
    }
  }
  rest = rest.slice();
  const { mode, protocolSelection } = identification;
  const offersHdlc = mode === 'C' && protocolSelection === 2;
  if (!offersHdlc && options.fallback === undefined)
    return failed(
      new DlmsError('protocol/link', {
        side: 'remote',
        state: 'mode E sign-on',
        reason: `${identification.manufacturer} meter offers mode ${mode}, not HDLC (fallback 'hdlc' asks for it all the same, 'readout' reads the data block)`,
      }),
    );
  const readout = !offersHdlc && options.fallback === 'readout';
  const base: ModeEState = { ...modeEIdle, identification, held: rest, lineEchoes: state.lineEchoes === true };
  if (mode !== 'C' && readout) {
    // Modes A and B: the data follows unprompted, in B at the speed of Z.
    const baud = identification.maxBaud ?? 300;
    return [
      { ...base, name: 'readout', baud, deadline: now + (options.timeoutMs ?? 2200) },
      mode === 'B' ? [{ type: 'line', baud, parity: '7E1' }] : [],
    ];
  }
  const limit = Math.min(options.maxBaud ?? 19200, identification.maxBaud ?? 300);
  const z = Math.max(0, baudRates.filter((b) => b <= limit).length - 1);
  const baud = baudRates[z] as number;
  const select = encodeOptionSelect(readout ? '0' : '2', String(z), readout ? '0' : '2');
  // The meter repeats the same octets, so they count as an echo only if the line echoed the request.
  const echo = state.lineEchoes === true ? select : none;
  const at = now + (options.reactionMs ?? 300);
  const after: ModeEState = readout
    ? { ...base, held: none, name: 'readout', baud, echo, deadline: at + (options.timeoutMs ?? 2200) }
    : { ...base, held: none, name: 'acknowledge', baud, echo, deadline: at + (options.acknowledgeMs ?? 1500) };
  const outputs: ModeEOutput[] = [{ type: 'write', octets: select }];
  if (readout) outputs.push({ type: 'line', baud, parity: '7E1' });
  return [{ ...base, name: 'pause', deadline: at, next: { outputs, state: after } }, []];
}

function acknowledged(state: ModeEState, now: number, options: ModeEClientOptions): ModeEStep {
  // A meter that does not know HDLC sends its data, still at 300 baud.
  const stx = state.held.indexOf(0x02);
  if (stx >= 0 && options.fallback === 'readout')
    return readingOut({ ...state, name: 'readout', baud: 300, held: state.held.slice(stx) }, now, options);
  const { message, rest } = findLine(state.held, 0x06);
  if (message === undefined) return [{ ...state, held: rest }, []];
  const option = readOption(message);
  if (option === undefined) return [{ ...state, held: rest }, []];
  if (option.protocolControl !== '2' || option.modeControl !== '2')
    return failed(
      new DlmsError('protocol/link', {
        side: 'remote',
        state: 'mode E sign-on',
        reason: `the meter confirms ${option.protocolControl}${option.modeControl}, not HDLC`,
      }),
    );
  return hdlc({ ...state, baud: option.baud ?? state.baud }, rest);
}

function readingOut(state: ModeEState, now: number, options: ModeEClientOptions): ModeEStep {
  const limit = options.maxReadout ?? 65536;
  if (state.held.length > limit)
    return failed(new DlmsError('decode/too-large', { offset: 0, limit, actual: state.held.length }));
  const { held, scanned = 0 } = state;
  const stx = held[0] === 0x02 ? 0 : held.indexOf(0x02, scanned);
  // What is before STX is not part of the data, and no longer examined.
  if (stx > 0) return readingOut({ ...state, held: held.slice(stx), scanned: 0 }, now, options);
  const etx = stx < 0 ? -1 : held.indexOf(0x03, scanned);
  if (etx < 0 || etx + 1 >= held.length)
    return [{ ...state, scanned: etx < 0 ? held.length : etx, deadline: now + (options.timeoutMs ?? 2200) }, []];
  return [
    { ...modeEIdle, name: 'done' },
    [
      { type: 'readout', identification: state.identification as Identification, octets: held.slice(0, etx + 2) },
      { type: 'line', baud: 300, parity: '7E1' },
    ],
  ];
}

function hdlc(state: ModeEState, rest: Uint8Array): ModeEStep {
  const { baud, identification } = state;
  return [
    { ...modeEIdle, name: 'done' },
    [
      { type: 'line', baud, parity: '8N1' },
      { type: 'hdlc', baud, rest, ...(identification === undefined ? {} : { identification }) },
    ],
  ];
}

function failed(error: DlmsError): ModeEStep {
  return [{ ...modeEIdle, name: 'done' }, [{ type: 'failed', error }]];
}

/**
 * The meter's side. Feed `start`, then octets and ticks. After `hdlc` the link belongs to HDLC until it is released or
 * silent (inactivity time-out); feed `start` again then.
 */
export function modeEServer(state: ModeEState, input: ModeEInput, now: number, options: ModeEServerOptions): ModeEStep {
  const listening: ModeEState = { ...modeEIdle, name: 'request' };
  switch (input.type) {
    case 'start':
      return [listening, [{ type: 'line', baud: 300, parity: '7E1' }]];
    case 'tick':
      if (state.deadline === undefined || now < state.deadline) return [state, []];
      if (state.name === 'pause' && state.next !== undefined) return [state.next.state, state.next.outputs];
      return state.name === 'done' ? [state, []] : [listening, []];
    case 'octets': {
      if (state.name === 'idle' || state.name === 'done') return [state, []];
      const arrived = withoutEcho(state, fromSevenE1(input.octets));
      const next = arrived.held.length > longestLine ? { ...arrived, held: arrived.held.slice(-longestLine) } : arrived;
      if (state.name === 'request') return requested(next, now, options);
      if (state.name === 'acknowledge') return chosen(next, now, options);
      return [next, []];
    }
  }
}

function requested(state: ModeEState, now: number, options: ModeEServerOptions): ModeEStep {
  const { message, rest } = findLine(state.held, 0x2f);
  if (message === undefined) return [{ ...state, held: rest }, []];
  const asked = /^\/\?([^!]*)!\r\n$/.exec(latin1(message))?.[1];
  // Leading zeros of a device address do not count.
  const plain = (address: string | undefined) => address?.replace(/^0+/, '');
  if (asked === undefined || (plain(asked) !== '' && plain(asked) !== plain(options.address)))
    return rest.length === 0 ? [{ ...state, held: none }, []] : requested({ ...state, held: rest }, now, options);
  const identification = encodeIdentification({ ...options.identification, protocolSelection: 2 });
  return answer(identification, now, options, {
    ...modeEIdle,
    name: 'acknowledge',
    echo: identification,
    deadline: now + reaction(options) + (options.timeoutMs ?? 2000),
  });
}

function chosen(state: ModeEState, now: number, options: ModeEServerOptions): ModeEStep {
  const { message, rest } = findLine(state.held, 0x06);
  if (message === undefined)
    return state.held.includes(0x2f) && findLine(state.held, 0x2f).message !== undefined
      ? requested(state, now, options)
      : [{ ...state, held: rest }, []];
  const option = readOption(message);
  const offered = decodeIdentification(encodeIdentification(options.identification)).maxBaud ?? 300;
  if (option?.baud === undefined || option.baud > offered) return [{ ...modeEIdle, name: 'request' }, []];
  const { baud } = option;
  if (option.protocolControl === '2' && option.modeControl === '2')
    return answer(message, now, options, { ...modeEIdle, name: 'done' }, [
      { type: 'line', baud, parity: '8N1' },
      { type: 'hdlc', baud, rest: none },
    ]);
  if (option.modeControl !== '0') return [{ ...modeEIdle, name: 'request' }, [{ type: 'option', option }]];
  return [
    {
      ...modeEIdle,
      name: 'pause',
      deadline: now + reaction(options),
      next: {
        state: { ...modeEIdle, name: 'request' },
        outputs: [
          { type: 'line', baud, parity: '7E1' },
          { type: 'write', octets: encodeReadout(options.readout ?? '') },
          { type: 'line', baud: 300, parity: '7E1' },
          { type: 'option', option },
        ],
      },
    },
    [],
  ];
}

function answer(
  octets: Uint8Array,
  now: number,
  options: ModeEServerOptions,
  state: ModeEState,
  more: readonly ModeEOutput[] = [],
): ModeEStep {
  return [
    {
      ...modeEIdle,
      name: 'pause',
      deadline: now + reaction(options),
      next: { state, outputs: [{ type: 'write', octets }, ...more] },
    },
    [],
  ];
}

const reaction = (options: ModeEServerOptions): number =>
  options.reactionMs ?? (/[a-z]$/.test(options.identification.manufacturer) ? 20 : 200);

const waitingFor = (state: ModeEState): string =>
  state.name === 'identification'
    ? `the identification (IEC 62056-21, ${state.attempts} requests)`
    : 'the rest of the data block';

function readOption(message: Uint8Array): OptionSelect | undefined {
  try {
    return decodeOptionSelect(message);
  } catch {
    return undefined;
  }
}

/**
 * Removes the echo of what was sent (two-wire lines, optical heads). Only a complete echo counts, because an
 * identification begins like a request.
 */
function withoutEcho(state: ModeEState, input: Uint8Array): ModeEState {
  const { echo, echoed } = state;
  let n = 0;
  while (n < input.length && echoed + n < echo.length && input[n] === echo[echoed + n]) n++;
  if (echo.length > 0 && echoed + n === echo.length)
    return { ...state, echo: none, echoed: 0, lineEchoes: true, held: append(state.held, input.subarray(n)) };
  if (echo.length > 0 && n === input.length) return { ...state, echoed: echoed + n };
  return { ...state, echo: none, echoed: 0, held: append(append(state.held, echo.subarray(0, echoed)), input) };
}

/**
 * The first line that starts with this octet and ends with CR LF. `rest` is what follows it, or what to keep while it
 * is incomplete.
 */
function findLine(held: Uint8Array, first: number): { readonly message?: Uint8Array; readonly rest: Uint8Array } {
  const start = held.indexOf(first);
  if (start < 0) return { rest: none };
  const end = held.indexOf(0x0a, start);
  if (end < 0) return { rest: held.length - start > longestLine ? none : held.subarray(start) };
  return { message: held.slice(start, end + 1), rest: held.subarray(end + 1) };
}
