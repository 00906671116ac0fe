import { type Clock, systemClock } from '../../core/clock.js';
import { type DlmsError, isDlmsError } from '../../core/errors.js';
import { detectFraming, type Framing } from '../framing/detect.js';
import type { Identification } from '../framing/iec-62056-21.js';
import { closedError } from '../link.js';
import type { LineSettings, SerialLine } from '../media/serial-line.js';
import { modeEPort } from '../sign-on/mode-e-port.js';
import { aborted, DoctorLine, Stray } from './doctor-line.js';
import type { DoctorPlan, DoctorStep } from './doctor-plan.js';
import { type ProbeAnswer, probeHdlc, probeWrapper } from './doctor-probe.js';

/** A meter that answered, and how. */
export interface DoctorFinding extends ProbeAnswer {
  readonly step: DoctorStep;
  /** Speed of HDLC after a sign-on, in baud. */
  readonly baud?: number;
  /** The identification from the sign-on. */
  readonly identification?: Identification;
  /** Whether the line echoes what is sent. */
  readonly echo: boolean;
}
/** Octets that were not an answer: a push, a meter in another mode, or noise at a wrong speed. */
export interface UnexpectedOctets {
  readonly step: DoctorStep;
  /** How many arrived. */
  readonly octets: number;
  /** The first of them, at most 1024. */
  readonly sample: Uint8Array;
  /** Their framing, if it can be recognised. */
  readonly framing?: Framing;
}
/** What the doctor found. */
export interface DoctorReport {
  readonly findings: readonly DoctorFinding[];
  readonly unexpected: readonly UnexpectedOctets[];
  /** Meters that answered a sign-on of IEC 62056-21, whether or not HDLC followed. */
  readonly signOns: readonly { readonly step: DoctorStep; readonly identification: Identification }[];
  /** Lines that could not be opened or set, and sign-ons that were refused. */
  readonly problems: readonly { readonly step: DoctorStep; readonly error: DlmsError }[];
  /** Steps in which the line echoed what was sent, and nothing answered. */
  readonly echoes: readonly DoctorStep[];
  /** Number of questions asked. */
  readonly asked: number;
  /** Whether every step was completed, or ended by a finding; false if time ran out before. */
  readonly complete: boolean;
}
/** What the doctor does and finds, as it happens. */
export type DoctorEvent =
  | { readonly type: 'step'; readonly step: DoctorStep; readonly number: number; readonly of: number }
  | { readonly type: 'ask'; readonly step: DoctorStep; readonly client: number; readonly server: string }
  | { readonly type: 'found'; readonly finding: DoctorFinding }
  | { readonly type: 'problem'; readonly step: DoctorStep; readonly error: DlmsError };

/** Options of {@link diagnose}. */
export interface DoctorOptions {
  /** An APDU that any meter answers: the AARQ of a client without security. */
  readonly request: Uint8Array;
  /** Milliseconds allowed for each answer; the transfer time on a slow line is added. Default: 800. */
  readonly answerMs?: number;
  /** Milliseconds allowed in total. Default: 180 000. */
  readonly limitMs?: number;
  /**
   * Goes through the whole plan. Default: false; ends with the first meter that answers, after its other clients have
   * been tried.
   */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Called as it progresses. */
  readonly onEvent?: (event: DoctorEvent) => void;
}

/**
 * For "the meter does not answer": goes through a plan of framings, lines and addresses, and reports who answered to
 * what. It only opens links and sends a request for an association; nothing is read or written.
 *
 * @param open opens the line anew, with the given settings; the doctor closes it
 * @throws DlmsError `transport/aborted`; `transport/connect` when the line cannot be opened at all
 */
export async function diagnose(
  open: (line: LineSettings | undefined) => Promise<SerialLine>,
  plan: DoctorPlan,
  options: DoctorOptions,
): Promise<DoctorReport> {
  const run = new Run(open, plan, options);
  try {
    await run.all();
  } finally {
    await run.leave();
  }
  return run.report();
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

class Run {
  readonly #open: (line: LineSettings | undefined) => Promise<SerialLine>;
  readonly #plan: DoctorPlan;
  readonly #options: DoctorOptions;
  readonly #clock: Clock;
  readonly #end: number;
  readonly #report: Mutable<DoctorReport> = {
    findings: [],
    unexpected: [],
    signOns: [],
    problems: [],
    echoes: [],
    asked: 0,
    complete: true,
  };
  #line: DoctorLine | undefined;
  /** Whether a DISC has ended the sign-on of this line, so that the meter waits for the next one. */
  #stale = false;
  #signOn: { readonly baud: number; readonly identification?: Identification } | undefined;
  #opened = false;
  #stray = new Stray();

  constructor(open: (line: LineSettings | undefined) => Promise<SerialLine>, plan: DoctorPlan, options: DoctorOptions) {
    this.#open = open;
    this.#plan = plan;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#end = this.#clock.now() + (options.limitMs ?? 180_000);
  }
  report(): DoctorReport {
    return this.#report;
  }

  async all(): Promise<void> {
    const { steps } = this.#plan;
    for (const [i, step] of steps.entries()) {
      if (this.#late()) return;
      this.#options.onEvent?.({ type: 'step', step, number: i + 1, of: steps.length });
      this.#stray = new Stray();
      const before = this.#report.findings.length;
      await this.#step(step);
      this.#listened(step, this.#report.findings.length > before);
      await this.leave();
      if (this.#options.all !== true && this.#report.findings.slice(before).some(answered)) return;
    }
  }

  async #step(step: DoctorStep): Promise<void> {
    for (const client of step.clients)
      for (const server of step.servers) {
        const finding = await this.#ask(step, client, server);
        if (finding === 'unreachable') return;
        if (finding === undefined || !answered(finding)) continue;
        const known = new Set([finding.client]);
        for (const other of [...step.clients, ...this.#plan.moreClients]) {
          if (known.has(other)) continue;
          known.add(other);
          // Each association gets a connection of its own, because some meters allow only one.
          if (step.framing === 'wrapper') await this.leave();
          if ((await this.#ask(step, other, finding.server)) === 'unreachable') return;
        }
        return;
      }
  }

  async #ask(step: DoctorStep, client: number, server: string): Promise<DoctorFinding | undefined | 'unreachable'> {
    const { signal, request, onEvent } = this.#options;
    if (signal?.aborted === true) throw aborted(signal);
    if (this.#late()) return 'unreachable';
    const line = await this.#ready(step);
    if (line === undefined) return 'unreachable';
    onEvent?.({ type: 'ask', step, client, server });
    this.#report.asked++;
    const waitMs = Math.min(this.#wait(step), Math.max(1, this.#end - this.#clock.now()));
    const options = { request, waitMs, signal, parameters: step.parameters === true };
    const answer = await (step.framing === 'wrapper' ? probeWrapper : probeHdlc)(line, client, server, options);
    if (answer === undefined) return undefined;
    if (answer.answer === 'UA' && step.start !== 'direct') this.#stale = true;
    const finding: DoctorFinding = { ...answer, step, ...this.#signOn, echo: this.#stray.echo };
    this.#report.findings.push(finding);
    onEvent?.({ type: 'found', finding });
    return finding;
  }

  /** A line for asking; undefined if there is none. */
  async #ready(step: DoctorStep): Promise<DoctorLine | undefined> {
    if (this.#line !== undefined && !this.#line.closed && !this.#stale) return this.#line;
    await this.leave();
    try {
      this.#line = await (step.start === 'direct' ? this.#direct(step) : this.#signedOn(step));
      return this.#line;
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      if (e.code === 'transport/aborted' || (!this.#opened && e.code === 'transport/connect')) throw e;
      // If nobody signed on, that is an answer, not a problem.
      if (e.code !== 'transport/timeout') {
        this.#report.problems.push({ step, error: e });
        this.#options.onEvent?.({ type: 'problem', step, error: e });
      }
      return undefined;
    }
  }
  async #direct(step: DoctorStep): Promise<DoctorLine> {
    return new DoctorLine(await this.#transport(step), this.#clock, this.#stray);
  }
  async #signedOn(step: DoctorStep): Promise<DoctorLine> {
    const { signal } = this.#options;
    const port = modeEPort(await this.#transport(step), {
      clock: this.#clock,
      emulateSevenE1: step.start === 'mode-e-8bit',
    });
    try {
      const signed = await port.signOn({
        attempts: 2,
        fallback: 'hdlc',
        maxBaud: step.maxBaud ?? 9600,
        ...(signal === undefined ? {} : { signal }),
      });
      if (signed.type !== 'hdlc') throw closedError(undefined, 'the sign-on');
      const { baud, identification } = signed;
      this.#signOn = { baud, ...(identification === undefined ? {} : { identification }) };
      if (identification !== undefined && !this.#report.signOns.some((s) => s.step === step))
        this.#report.signOns.push({ step, identification });
      return new DoctorLine(signed.transport, this.#clock, this.#stray, () => port.close());
    } catch (e) {
      await port.close();
      throw e;
    }
  }
  /** Opens a transport. A gateway may need a moment before it accepts the next connection. */
  async #transport(step: DoctorStep): Promise<SerialLine> {
    const { signal } = this.#options;
    try {
      const transport = await this.#open(step.line);
      this.#opened = true;
      return transport;
    } catch (e) {
      if (!this.#opened || step.line !== undefined || !isDlmsError(e, 'transport/connect')) throw e;
      await new Promise<void>((resolve) => this.#clock.after(1000, resolve));
      if (signal?.aborted === true) throw aborted(signal);
      return await this.#open(step.line);
    }
  }

  /** Closes the open line. */
  async leave(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#signOn = undefined;
    this.#stale = false;
    await line?.close();
  }
  #listened(step: DoctorStep, found: boolean): void {
    const { echo, octets, sample } = this.#stray;
    if (found) return;
    if (echo) this.#report.echoes.push(step);
    if (octets === 0) return;
    // On a line that may be noisy, a first octet alone proves nothing.
    const detected = detectFraming(sample);
    const framing = detected?.sure === true ? detected.framing : undefined;
    this.#report.unexpected.push({ step, octets, sample, ...(framing === undefined ? {} : { framing }) });
  }
  /** The time for 100 octets there and back on the line, plus the time of the meter. */
  #wait(step: DoctorStep): number {
    const baud = this.#signOn?.baud ?? step.line?.baudRate;
    return (this.#options.answerMs ?? 800) + (baud === undefined ? 0 : 1_000_000 / baud);
  }
  #late(): boolean {
    if (this.#clock.now() < this.#end) return false;
    this.#report.complete = false;
    return true;
  }
}

/** Whether somebody talks to this client, rather than merely being there. */
const answered = (finding: DoctorFinding): boolean => finding.answer === 'UA' || finding.answer === 'apdu';
