import { encode } from '../axdr/schema.js';
import type { Clock } from '../core/clock.js';
import { DlmsError } from '../core/errors.js';
import type { SendDestinationAndMethod } from '../cosem/classes/push-setup.js';
import { dateTimeToBytes } from '../cosem/date-time.js';
import type { Meter } from '../server/meter.js';
import { Apdu } from '../xdlms/apdu.js';
import type { Output, PushOutput } from './behaviour.js';
import type { MeterEngine } from './engine.js';
import type { MeterStore } from './meter-store.js';

/** A push to be sent. */
export interface MeterPush extends PushOutput {
  /** The Data-Notification in clear: whoever sends it protects it, if the receiver is to know who it is from. */
  readonly apdu: Uint8Array;
  /** Where to, as the Push setup says. */
  readonly destination?: SendDestinationAndMethod;
  /** The client SAP that the Push setup names. */
  readonly clientSap?: number;
}
/**
 * Sends a push. `confirmed` when the receiver has confirmed it; a rejection means that it was not sent, so that it is
 * repeated as its Push setup says. It ends by itself: what never ends keeps {@link RunningMeter.close} waiting.
 */
export type SendPush = (push: MeterPush) => Promise<'confirmed' | void>;
/** What leaves a meter besides pushes. */
export type OtherOutput = Exclude<Output, PushOutput>;

/** What a {@link RunningMeter} is made of. */
export interface Surroundings {
  readonly engine: MeterEngine;
  readonly meter: Meter;
  readonly kept: MeterStore;
  readonly clock: Clock;
  readonly now: () => number;
  readonly send: SendPush | undefined;
  readonly onOutput: ((output: OtherOutput) => void) | undefined;
  readonly onError: ((error: unknown) => void) | undefined;
}

/** Longer waits fire at once in real timers: 2^31 - 1 milliseconds. */
const longestWait = 0x7fff_ffff;
/** Maximum number of outputs that wait for a store that cannot write. */
const heldLimit = 1000;
/** Milliseconds until the store is tried again. */
const retryMs = 60_000;

/** A meter in real time. Made by {@link defineMeter}. */
export interface RunningMeter {
  /** Its objects. What is done here directly is noticed with the next request or instant: use {@link RunningMeter.run}. */
  readonly engine: MeterEngine;
  /**
   * A handler for one connection, for `serveWrapper` or `serveHdlc`. Without supply the meter stays silent. A request
   * whose effect cannot be stored ends the connection instead of being answered.
   */
  connection(): ReturnType<Meter['connection']>;
  /**
   * Does something with the engine at the present instant: `power`, `raise`, `input`. What follows from it is in the
   * store once the promise resolves. The work is done when it returns: it waits for nothing.
   *
   * @example
   * await meter.run((engine) => engine.power(false));
   */
  run<T>(work: (engine: MeterEngine) => T): Promise<T>;
  /**
   * Stops the meter: what it holds is in the store, and pushes on their way are over. The store stays open.
   * @throws DlmsError `security/counter-store` when the store cannot write; the meter goes on then
   */
  close(): Promise<void>;
}

/** Takes up what the store has, or begins. */
export async function runMeter(around: Surroundings): Promise<RunningMeter> {
  const { engine, kept, now } = around;
  if (await kept.restore()) comeBack(engine, now());
  else engine.start();
  const running = new Shell(around);
  await running.settle();
  return running;
}

/**
 * The shell around an engine, which is advanced to the present before every request and whenever work is due, by one
 * timer. What a request or an instant has changed is in the store before anybody hears of it.
 */
class Shell implements RunningMeter {
  readonly engine: MeterEngine;
  readonly #around: Surroundings;
  /** Of the clock, when the engine stood at `#elapsed`. */
  readonly #started: number;
  readonly #elapsed: number;
  /** Operations of the engine that the store knows. */
  #stored = -1;
  /** Ends the one timer, which fires at `#due`. */
  #stop: (() => void) | undefined;
  #due: number = Number.POSITIVE_INFINITY;
  #closed = false;
  /** What has left the engine, but is not to be seen before the store knows that it has. */
  #held: Output[] = [];
  readonly #sending = new Set<Promise<void>>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.engine = around.engine;
    this.#started = around.clock.now();
    this.#elapsed = around.engine.elapsed;
  }
  connection(): ReturnType<Meter['connection']> {
    const inner = this.#around.meter.connection();
    return {
      handle: async (apdu, route) => {
        this.#check();
        this.#advance();
        if (!this.engine.supply) return [];
        const answers = await inner.handle(apdu, route);
        // Most requests only read.
        if (this.engine.operations !== this.#stored) await this.settle();
        return answers;
      },
      released: (route) => inner.released?.(route),
    };
  }
  async run<T>(work: (engine: MeterEngine) => T): Promise<T> {
    this.#check();
    this.#advance();
    try {
      return work(this.engine);
    } finally {
      await this.settle();
    }
  }
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#advance();
    this.#closed = true;
    this.#stored = -1;
    try {
      await this.settle();
    } catch (e) {
      this.#closed = false;
      this.#wait(retryMs);
      throw e;
    }
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }
  #check(): void {
    if (this.#closed)
      throw new DlmsError('transport/closed', { by: 'local', during: 'running a meter that is closed' });
  }

  /** Elapsed time of the engine by the clock of the host. */
  #now(): number {
    return this.#elapsed + this.#around.clock.now() - this.#started;
  }
  /** Does what is due up to now. An error in a function of the application must not stop the meter. */
  #advance(): void {
    try {
      this.engine.advanceTo(Math.max(this.engine.elapsed, this.#now()));
    } catch (e) {
      this.#report(e);
    }
  }
  /**
   * Stores what has changed, sends what is to leave the meter, and waits for what is due next. What could not be stored
   * is tried again with the next request, and a minute later at the latest.
   */
  async settle(): Promise<void> {
    this.#wait();
    const outputs = [...this.#held, ...this.engine.takeOutputs()];
    this.#held = [];
    const { operations } = this.engine;
    if (operations !== this.#stored)
      try {
        await this.#around.kept.save();
        this.#stored = Math.max(this.#stored, operations);
      } catch (e) {
        this.#hold(outputs);
        this.#wait(retryMs);
        this.#report(e);
        throw e;
      }
    for (const output of outputs) this.#carryOut(output);
  }
  /** Keeps what may not leave yet; too much of it loses its oldest, which are counted. */
  #hold(outputs: readonly Output[]): void {
    const all = [...outputs, ...this.#held];
    this.#held = all.slice(-heldLimit);
    this.engine.dropped += all.length - this.#held.length;
  }
  /** @param atMost milliseconds */
  #wait(atMost: number = Number.POSITIVE_INFINITY): void {
    const { nextDue = Number.POSITIVE_INFINITY } = this.engine;
    const due = this.#closed ? Number.POSITIVE_INFINITY : Math.min(nextDue, this.#now() + atMost);
    // Most requests change nothing about that.
    if (due === this.#due && this.#stop !== undefined) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#due = due;
    if (due === Number.POSITIVE_INFINITY) return;
    const ms = due - this.#now();
    this.#stop = this.#around.clock.after(Math.min(longestWait, Math.max(0, Math.ceil(ms))), () => {
      this.#stop = undefined;
      this.#advance();
      // Reported already.
      this.settle().catch(() => {});
    });
  }
  #carryOut(output: Output): void {
    try {
      if (output.type !== 'push') this.#around.onOutput?.(output);
      else if (output.sent) this.#push(output);
    } catch (e) {
      this.#report(e);
    }
  }
  #push(output: PushOutput): void {
    const { send } = this.#around;
    if (send === undefined)
      throw new DlmsError('configuration/invalid', { what: `a push of ${output.setup} without send` });
    const tell = (outcome: 'confirmed' | 'failed'): Promise<void> | void =>
      this.#closed ? undefined : this.run((engine) => engine.pushed(output, outcome));
    const sending = (async () => send(pushOf(this.engine, output)))()
      .then(
        (outcome) => (outcome === 'confirmed' ? tell(outcome) : undefined),
        (e) => {
          this.#report(e);
          return tell('failed');
        },
      )
      .catch((e) => this.#report(e))
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }
  #report(e: unknown): void {
    try {
      this.#around.onError?.(e);
    } catch {}
  }
}

/** While nobody ran the meter, it was without supply: it measured nothing, and its logs say so. */
function comeBack(engine: MeterEngine, now: number): void {
  const on = engine.supply;
  if (on) engine.power(false);
  engine.advanceTo(engine.elapsed + Math.max(0, now - engine.realTime));
  if (on) engine.power(true);
}

function pushOf(engine: MeterEngine, output: PushOutput): MeterPush {
  const setup = engine.space(output.sap).get(output.setup);
  const stored = <T>(attribute: string): T | undefined => setup?.stored(attribute) as T | undefined;
  const destination = stored<SendDestinationAndMethod>('sendDestinationAndMethod');
  const clientSap = stored<number>('pushClientSap');
  return {
    ...output,
    ...(destination === undefined ? {} : { destination }),
    ...(clientSap === undefined ? {} : { clientSap }),
    apdu: encode(Apdu, {
      type: 'data-notification',
      longInvokeIdAndPriority: {
        invokeId: output.invokeId,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: output.confirmed ? 'confirmed' : 'unconfirmed',
        priority: 'normal',
      },
      dateTime: dateTimeToBytes(output.dateTime),
      notificationBody: { dataValue: output.body },
    }),
  };
}
