import { formatHex } from '../../../../src/core/hex.js';
import {
  type HdlcClientState,
  type HdlcFrame,
  type HdlcLinkInput,
  type HdlcLinkOptions,
  type HdlcLinkOutput,
  type HdlcServerState,
  hdlcAddress,
  hdlcClientLink,
  hdlcLinkIsUp,
  hdlcLinkStep,
  hdlcServerLink,
} from '../../../../src/transport/hdlc/index.js';
import { Interned, memoized } from './interned.js';
import {
  apdu,
  armed,
  frameText,
  isApdu,
  isFormer,
  mark,
  marked,
  octetsKey,
  still,
  type Timer,
  timers,
  undefinedState,
  unset,
} from './values.js';

// The two ends of the link that is explored: the machine and what its application did so far, as one value. Both are
// numbered when first met and each step is computed once, so the exploration itself only looks up numbers.

/** What is explored. */
export interface Plan {
  readonly window: number;
  /** Segments of each request and of each reply. */
  readonly requestSegments: number;
  readonly replySegments: number;
  /** APDUs each way in one link. */
  readonly apdus: number;
  readonly retries: number;
  /**
   * Turns of its sender, beside its own, that can overtake a frame, or arrive before its double: 1 for a round trip.
   */
  readonly lateTurns: number;
  /**
   * Frames that can be on their way to the client, in order, when a timer of it goes off or its application wants
   * something. With 0, an answer that comes after the time-out is a late one, so one frame at a time can be such an
   * answer.
   */
  readonly early: number;
  /** The server says "not ready" while its application works on an APDU. */
  readonly notReady?: boolean;
  /** The machine, when it is another: tests show that a broken one is found. */
  readonly machine?: typeof hdlcLinkStep;
}

/** In order of the times that are usual. */
const inOrder: readonly Timer[] = ['pollAt', 'deadline', 'lateUntil', 'busyUntil', 'inactiveAt'];

/** What an application does by itself, or a timer. */
export type Local = Timer | 'connect' | 'send' | 'disconnect' | 'reply';

export interface ClientNode {
  readonly state: HdlcClientState;
  readonly sent: number;
  readonly received: number;
}
export interface ServerNode {
  readonly state: HdlcServerState;
  /** The link is the client's present one: begun by its SNRM, or, with nothing handed up before, by an APDU of it. */
  readonly present: boolean;
  readonly received: number;
  readonly replied: number;
}

/**
 * A frame; of an SNRM and an I frame also whether the client has left the link in which it was sent (octets of I
 * frames say the same).
 */
export interface Sent {
  readonly frame: HdlcFrame;
  readonly former: boolean;
}

/** What came of a step: numbers of the next node and of the frames written. */
export interface Step {
  readonly next: number;
  /** Number of the list of frames written; 0 for none. */
  readonly list: number;
  readonly writes: readonly number[];
  /** Outputs that a reader wants to see. */
  readonly told: readonly string[];
  /** What must never happen, and happened. */
  readonly broken: string | undefined;
  readonly failed: boolean;
}

/** Everything that is met, by number. */
export class Stations {
  readonly clients: Interned<ClientNode> = new Interned((n) =>
    JSON.stringify({ ...n, state: unset(n.state) }, octetsKey),
  );
  readonly servers: Interned<ServerNode> = new Interned((n) =>
    JSON.stringify({ ...n, state: unset(n.state) }, octetsKey),
  );
  readonly frames: Interned<Sent> = new Interned((f) => `${frameText(f.frame)}${f.former ? ' former' : ''}`);
  readonly lists: Interned<readonly number[]> = new Interned((l) => l.join());
  readonly firstClient: number;
  readonly firstServer: number;
  readonly #plan: Plan;
  readonly #machine: typeof hdlcLinkStep;
  /** By node, then by what happens to it. */
  readonly #clientSteps: (Step | undefined)[][] = [];
  readonly #serverSteps: (Step | undefined)[][] = [];
  #computed = 0;
  readonly #clientLocals: (readonly Local[])[] = [];
  readonly #serverLocals: (readonly Local[])[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#machine = plan.machine ?? hdlcLinkStep;
    const options: HdlcLinkOptions = {
      client: hdlcAddress(16),
      server: hdlcAddress(1),
      windowTransmit: plan.window,
      windowReceive: plan.window,
      retries: plan.retries,
      segmentOctets: 1,
      llc: false,
    };
    this.lists.number([]);
    this.firstClient = this.clients.number({ state: still(hdlcClientLink(options)), sent: 0, received: 0 });
    this.firstServer = this.servers.number({
      state: still(hdlcServerLink(options)),
      present: false,
      received: 0,
      replied: 0,
    });
  }

  /** What can happen to a client without a frame. */
  clientLocals(client: number): readonly Local[] {
    let locals = this.#clientLocals[client];
    if (locals === undefined) {
      const { state, sent } = this.clients.value(client);
      const { phase } = state;
      const closing = phase === 'disconnected' || phase === 'disconnecting' || (phase === 'waiting' && state.closing);
      const own: Local[] = phase === 'disconnected' ? ['connect'] : armed(state);
      if (!closing) own.push('disconnect');
      if (!closing && hdlcLinkIsUp(state) && sent < this.#plan.apdus) own.push('send');
      locals = own;
      this.#clientLocals[client] = locals;
    }
    return locals;
  }
  serverLocals(server: number): readonly Local[] {
    let locals = this.#serverLocals[server];
    if (locals === undefined) {
      const { state } = this.servers.value(server);
      const own: Local[] = state.phase === 'disconnected' ? [] : armed(state);
      if (hdlcLinkIsUp(state) && 'handling' in state && state.handling > 0) own.push('reply');
      locals = own;
      this.#serverLocals[server] = locals;
    }
    return locals;
  }

  /**
   * What a client does next on a line that carries everything: its application goes on, or the first timer goes off.
   * Undefined: it is disconnected.
   */
  readonly clientNext: (client: number) => Local | 'nothing' | undefined = memoized((client) => {
    const { state, received } = this.clients.value(client);
    const own = this.clientLocals(client);
    if (state.phase === 'disconnected') return undefined;
    if (own.includes('send')) return 'send';
    if (own.includes('disconnect') && received >= this.#plan.apdus) return 'disconnect';
    return inOrder.find((timer) => own.includes(timer)) ?? 'nothing';
  });
  /** The same of a server; undefined when its client comes first. */
  readonly serverNext: (server: number) => Local | undefined = memoized((server) => {
    const own = this.serverLocals(server);
    return (['reply', 'deadline'] as const).find((local) => own.includes(local));
  });

  clientLocal(client: number, local: Local): Step {
    const steps = row(this.#clientSteps, client);
    steps[localCodes[local]] ??= this.#client(client, local);
    return steps[localCodes[local]] as Step;
  }
  clientFrame(client: number, frame: number): Step {
    const steps = row(this.#clientSteps, client);
    steps[frame + locals] ??= this.#client(client, this.frames.value(frame));
    return steps[frame + locals] as Step;
  }
  serverLocal(server: number, local: Local): Step {
    const steps = row(this.#serverSteps, server);
    steps[localCodes[local]] ??= this.#server(server, local);
    return steps[localCodes[local]] as Step;
  }
  serverFrame(server: number, frame: number): Step {
    const steps = row(this.#serverSteps, server);
    steps[frame + locals] ??= this.#server(server, this.frames.value(frame));
    return steps[frame + locals] as Step;
  }
  /** Steps of the machines that were computed. */
  get steps(): number {
    return this.#computed;
  }

  /** The client begins another link: what was of the present one is of a former one now. */
  readonly agedServer: (server: number) => number = memoized((server) => {
    const node = this.servers.value(server);
    return this.servers.number({ ...node, present: false, state: marked(node.state) });
  });
  readonly agedFrame: (frame: number) => number = memoized((frame) => {
    const { frame: f } = this.frames.value(frame);
    if (f.control.type === 'SNRM') return this.frames.number({ frame: f, former: true });
    if (f.control.type !== 'I') return frame;
    return this.frames.number({ frame: { ...f, information: mark(f.information) }, former: true });
  });

  /** The last frame of a turn: with it the line is the other side's. */
  readonly endsTurn = (frame: number): boolean => this.frames.value(frame).frame.control.pf;

  #client(client: number, event: Local | Sent): Step {
    const node = this.clients.value(client);
    const { apdus, requestSegments, replySegments } = this.#plan;
    let { state, sent, received } = node;
    const run = new Run(this.frames);
    this.#computed++;
    const step = (input: HdlcLinkInput): void => {
      const [next, outputs] = this.#machine(state, input, 0);
      state = still(next);
      for (const output of outputs) react(output);
    };
    const react = (output: HdlcLinkOutput): void => {
      run.take(output);
      switch (output.type) {
        case 'connected':
          return step({ type: 'want', wanted: true });
        case 'apdu':
          if (received >= apdus || !isApdu(output.apdu, received, replySegments))
            run.broken ??= `the client hands up ${formatHex(output.apdu)}, not reply ${received} of this link`;
          received++;
          if (received >= apdus) step({ type: 'want', wanted: false });
          return;
        case 'refused':
          run.broken ??= `refused: ${output.error.message}`;
          return;
      }
    };
    if (typeof event === 'object') step({ type: 'frame', frame: event.frame });
    else if (event === 'connect' || event === 'disconnect') step({ type: event });
    else if (event === 'send') {
      step({ type: 'send', apdu: apdu(sent, requestSegments) });
      sent++;
    } else {
      state = { ...state, [event]: 0 };
      step({ type: 'tick' });
    }
    if (!hdlcLinkIsUp(state)) [sent, received] = [0, 0];
    run.broken ??= undefinedState(state);
    return run.result(this.lists, this.clients.number({ state, sent, received }));
  }

  #server(server: number, event: Local | Sent): Step {
    const node = this.servers.value(server);
    const { apdus, requestSegments, replySegments, notReady } = this.#plan;
    let { state, present, received, replied } = node;
    const run = new Run(this.frames);
    this.#computed++;
    const step = (input: HdlcLinkInput): void => {
      const [next, outputs] = this.#machine(state, input, 0);
      state = still(next);
      for (const output of outputs) react(output);
    };
    const react = (output: HdlcLinkOutput): void => {
      run.take(output);
      switch (output.type) {
        case 'connected':
          present = typeof event === 'object' && !event.former;
          [received, replied] = [0, 0];
          return;
        case 'apdu':
          // An older SNRM can have begun the link, when the present one was lost and a UA to that one came late; no
          // harm is done while nothing was said in it.
          if (received === 0) present ||= isApdu(output.apdu, 0, requestSegments);
          if (received >= apdus || !isApdu(output.apdu, received, requestSegments, !present))
            run.broken ??= `the server hands up ${formatHex(output.apdu)}, not request ${received} of this link`;
          received++;
          return;
        case 'refused':
          run.broken ??= `refused: ${output.error.message}`;
          return;
      }
    };
    if (typeof event === 'object') step({ type: 'frame', frame: event.frame });
    else if (event === 'reply') {
      step({ type: 'reply', apdus: [apdu(replied, replySegments, !present)] });
      replied++;
    } else {
      state = { ...state, [event]: 0 };
      step({ type: 'tick' });
    }
    if (notReady === true && 'handling' in state && state.localBusy !== state.handling > 0)
      step({ type: 'busy', busy: state.handling > 0 });
    if (!hdlcLinkIsUp(state)) [present, received, replied] = [false, 0, 0];
    run.broken ??= undefinedState(state);
    return run.result(this.lists, this.servers.number({ state, present, received, replied }));
  }
}

const localCodes: Readonly<Record<Local, number>> = Object.fromEntries(
  [...timers, 'connect', 'send', 'disconnect', 'reply'].map((name, i) => [name, i]),
) as Record<Local, number>;

/** Frames are numbered behind what happens without one. */
const locals = Object.keys(localCodes).length;
function row<T>(rows: T[][], n: number): T[] {
  let found = rows[n];
  if (found === undefined) {
    found = [];
    rows[n] = found;
  }
  return found;
}

/** Collects what a step gives. */
class Run {
  readonly #frames: Interned<Sent>;
  readonly #writes: number[] = [];
  readonly #told: string[] = [];
  #failed = false;
  broken: string | undefined;
  constructor(frames: Interned<Sent>) {
    this.#frames = frames;
  }
  take(output: HdlcLinkOutput): void {
    if (output.type === 'write') {
      this.#writes.push(this.#frames.number({ frame: output.frame, former: isFormer(output.frame) }));
      return;
    }
    if (output.type === 'failed') this.#failed = true;
    const detail =
      'error' in output ? `: ${output.error.message}` : output.type === 'apdu' ? ` ${formatHex(output.apdu)}` : '';
    this.#told.push(`${output.type}${detail}`);
  }
  result(lists: Interned<readonly number[]>, next: number): Step {
    return {
      next,
      list: lists.number(this.#writes),
      writes: this.#writes,
      told: this.#told,
      broken: this.broken,
      failed: this.#failed,
    };
  }
}
