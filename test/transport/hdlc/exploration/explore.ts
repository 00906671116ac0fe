import { Channels } from './channels.js';
import { memoized } from './interned.js';
import { States } from './states.js';
import { type Local, type Plan, Stations, type Step } from './stations.js';
import { frameText } from './values.js';

/** What can happen next: something at a station by itself, or to a frame on its way. */
type Kind = 'local' | 'arrives' | 'arrives, and once more later' | 'arrives late' | 'is late' | 'is lost';
/**
 * Takes a state that can follow. `event` is what happened at `role` (a frame's number, or its name).
 */
type Visit = (
  client: number,
  server: number,
  up: number,
  down: number,
  kind: Kind,
  role: 'client' | 'server',
  event: number | Local,
  step: Step | undefined,
) => void;

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest ways to a state. */
  readonly depth: number;
  /** Different states of the client, of the server, and of the line in both directions. */
  readonly clients: number;
  readonly servers: number;
  readonly lines: number;
  /** Steps of the two machines that were computed. */
  readonly steps: number;
  /** How many states end in delivery, and how many in a named error, when nothing more goes wrong. */
  readonly delivered: number;
  readonly failed: number;
  /** What happens in the longest run that ends so. */
  readonly longestRun: number;
  /** What is wrong, and the shortest way there. */
  readonly broken?: { readonly what: string; readonly transcript: readonly string[] };
  /** The end of the exploration was reached; otherwise the greatest number of states. */
  readonly complete: boolean;
}

export interface ExploreOptions {
  readonly maxStates?: number;
  /** Also what differs only in the order of steps at the two ends. To compare: nothing else may come of it. */
  readonly everyOrder?: boolean;
  readonly onLevel?: (level: number, states: number, found: number) => void;
}

/** Client node, server node, line to the server, line to the client. */
type State = readonly [number, number, number, number];

const nothing: readonly Local[] = [];

/** Goes through every state of a link that can be reached, nearest first. */
export function explore(plan: Plan, options: ExploreOptions = {}): Exploration {
  return new Explorer(plan, options).run();
}

export class Explorer {
  readonly stations: Stations;
  readonly #up: Channels;
  readonly #down: Channels;
  readonly #agedUp: (channel: number) => number;
  readonly #agedDown: (channel: number) => number;
  readonly #serverHasTurn: (server: number) => number;
  readonly #early: number;
  readonly #options: ExploreOptions;
  readonly #everyOrder: boolean;
  readonly #states = new States();
  #transitions = 0;

  constructor(plan: Plan, options: ExploreOptions) {
    this.#options = options;
    this.#everyOrder = options.everyOrder === true;
    this.stations = new Stations(plan);
    const { agedFrame, endsTurn, servers } = this.stations;
    this.#up = new Channels(plan.lateTurns, endsTurn);
    this.#down = new Channels(plan.lateTurns, endsTurn);
    this.#agedUp = this.#up.aging(agedFrame);
    this.#agedDown = this.#down.aging(agedFrame);
    this.#early = plan.early;
    this.#serverHasTurn = memoized((server) => (servers.value(server).state.phase === 'polled' ? 1 : 0));
  }

  run(): Exploration {
    const { maxStates = Number.POSITIVE_INFINITY, onLevel } = this.#options;
    const states = this.#states;
    const { firstClient, firstServer } = this.stations;
    states.add(firstClient, firstServer, this.#up.empty, this.#down.empty, 0);
    let broken: { what: string; parent: number; state: State } | undefined;
    let parent = 0;
    const visit: Visit = (client, server, up, down, _kind, _role, _event, step) => {
      this.#transitions++;
      states.add(client, server, up, down, parent);
      if (step?.broken !== undefined) broken ??= { what: step.broken, parent, state: [client, server, up, down] };
    };
    let depth = 0;
    let end = states.size;
    for (; parent < states.size && broken === undefined && states.size < maxStates; parent++) {
      if (parent === end) {
        depth++;
        onLevel?.(depth, parent, states.size - parent);
        end = states.size;
      }
      this.#each(states.word(parent, 0), states.word(parent, 1), states.word(parent, 2), states.word(parent, 3), visit);
    }
    const complete = parent === states.size;
    const ends = broken === undefined && complete ? this.#ends() : { delivered: 0, failed: 0, longestRun: 0 };
    const wrong =
      broken !== undefined
        ? { what: broken.what, transcript: this.#transcript(broken.parent, broken.state) }
        : ends.stall === undefined
          ? undefined
          : {
              what: 'a stall',
              transcript: [...this.#transcript(ends.stall), '…and round and round:', ...this.#loop(ends.stall)],
            };
    return {
      states: states.size,
      transitions: this.#transitions,
      depth,
      clients: this.stations.clients.size,
      servers: this.stations.servers.size,
      lines: this.#up.size + this.#down.size,
      steps: this.stations.steps,
      delivered: ends.delivered,
      failed: ends.failed,
      longestRun: ends.longestRun,
      ...(wrong === undefined ? {} : { broken: wrong }),
      complete,
    };
  }

  #state(i: number): State {
    const states = this.#states;
    return [states.word(i, 0), states.word(i, 1), states.word(i, 2), states.word(i, 3)];
  }

  /**
   * What can happen in a state, as far as it has to be looked at. While a frame is on its way to the server, nothing
   * that happens at the client changes what can happen at the server, or comes out otherwise after it; so what happens
   * at the server comes first, and the client's steps later. In the same way the client comes first when frames are on
   * their way to it only. Every run has one of these among those that differ from it only in the order of such steps:
   * the same steps at the client, and the same at the server.
   */
  #each(client: number, server: number, up: number, down: number, visit: Visit): void {
    const toServer = this.#up.head(up) >= 0;
    if (toServer || this.#everyOrder || this.#down.head(down) < 0) this.#atServer(client, server, up, down, visit);
    if (!toServer || this.#everyOrder) this.#atClient(client, server, up, down, visit);
  }
  #atServer(client: number, server: number, up: number, down: number, visit: Visit): void {
    for (const local of this.stations.serverLocals(server)) this.#serverLocal(client, server, up, down, local, visit);
    const late = this.#up.late(up);
    if (late >= 0) this.#toServer(client, server, this.#up.withoutLate(up), down, 'arrives late', late, visit);
    const head = this.#up.head(up);
    if (head < 0) return;
    const passed = this.#up.passed(up);
    const held = this.#up.passedLate(up);
    this.#toServer(client, server, passed, down, 'arrives', head, visit);
    this.#toServer(client, server, held, down, 'arrives, and once more later', head, visit);
    visit(client, server, held, down, 'is late', 'server', head, undefined);
    visit(client, server, passed, down, 'is lost', 'server', head, undefined);
  }
  #atClient(client: number, server: number, up: number, down: number, visit: Visit): void {
    const acts = this.#up.underWay(up) === 0 && this.#down.underWay(down) <= this.#early;
    for (const local of acts ? this.stations.clientLocals(client) : nothing)
      if (local !== 'lateUntil' || this.#isDrained(server, up, down))
        this.#clientLocal(client, server, up, down, local, visit);
    const late = this.#down.late(down);
    if (late >= 0) this.#toClient(client, server, up, this.#down.withoutLate(down), 'arrives late', late, visit);
    const head = this.#down.head(down);
    if (head < 0) return;
    const passed = this.#down.passed(down);
    const held = this.#down.passedLate(down);
    this.#toClient(client, server, up, passed, 'arrives', head, visit);
    this.#toClient(client, server, up, held, 'arrives, and once more later', head, visit);
    visit(client, server, up, held, 'is late', 'client', head, undefined);
    visit(client, server, up, passed, 'is lost', 'client', head, undefined);
  }

  #clientLocal(client: number, server: number, up: number, down: number, local: Local, visit: Visit): void {
    const step = this.stations.clientLocal(client, local);
    let [s, u, d] = [server, up, down];
    if (local === 'connect') [s, u, d] = [this.stations.agedServer(server), this.#agedUp(up), this.#agedDown(down)];
    else if (local === 'lateUntil') [u, d] = [this.#up.empty, this.#down.empty];
    if (step.list !== 0) u = this.#up.push(u, step.list, step.writes);
    visit(step.next, s, u, d, 'local', 'client', local, step);
  }
  #toClient(client: number, server: number, up: number, down: number, kind: Kind, frame: number, visit: Visit): void {
    const step = this.stations.clientFrame(client, frame);
    const asked = step.list === 0 ? up : this.#up.push(up, step.list, step.writes);
    visit(step.next, server, asked, down, kind, 'client', frame, step);
  }
  #serverLocal(client: number, server: number, up: number, down: number, local: Local, visit: Visit): void {
    const step = this.stations.serverLocal(server, local);
    const answered = step.list === 0 ? down : this.#down.push(down, step.list, step.writes);
    visit(client, step.next, up, answered, 'local', 'server', local, step);
  }
  #toServer(client: number, server: number, up: number, down: number, kind: Kind, frame: number, visit: Visit): void {
    const step = this.stations.serverFrame(server, frame);
    const answered = step.list === 0 ? down : this.#down.push(down, step.list, step.writes);
    visit(client, step.next, up, answered, kind, 'server', frame, step);
  }
  /**
   * The time that a client waits before it begins a new link is longer than anything of the former one is on the way;
   * what is late by then never comes.
   */
  #isDrained(server: number, up: number, down: number): boolean {
    return this.#up.head(up) < 0 && this.#down.head(down) < 0 && this.#serverHasTurn(server) === 0;
  }

  /** The one thing that happens next when nothing goes wrong any more; false at the end of such a run. */
  #goesOn(client: number, server: number, up: number, down: number, visit: Visit): boolean {
    const stations = this.stations;
    const own = stations.clientNext(client);
    if (own === undefined) return false;
    const head = this.#up.head(up);
    const answer = this.#down.head(down);
    if (head >= 0) this.#toServer(client, server, this.#up.passed(up), down, 'arrives', head, visit);
    else if (answer >= 0) this.#toClient(client, server, up, this.#down.passed(down), 'arrives', answer, visit);
    else {
      const local = stations.serverNext(server);
      if (local !== undefined && own !== 'send') this.#serverLocal(client, server, up, down, local, visit);
      else if (own !== 'nothing') this.#clientLocal(client, server, up, down, own, visit);
      else return false;
    }
    return true;
  }

  /** Where a run without further faults ends, for every state. */
  #ends(): { delivered: number; failed: number; longestRun: number; stall?: number } {
    const states = this.#states;
    const stations = this.stations;
    // 0: not known, 1: on the way that is being looked at, 2: delivered, 3: failed.
    const known = new Uint8Array(states.size);
    const length = new Uint16Array(states.size);
    const counts = [0, 0, 0, 0];
    let longestRun = 0;
    let next = -1;
    let failed = false;
    const visit: Visit = (c, s, u, d, _kind, role, _event, step) => {
      next = states.find(c, s, u, d);
      failed = role === 'client' && step?.failed === true;
    };
    const path: number[] = [];
    for (let i = 0; i < states.size; i++) {
      path.length = 0;
      failed = false;
      for (next = i; known[next] === 0; ) {
        const at = next;
        known[at] = 1;
        path.push(at);
        const [client, server, up, down] = this.#state(at);
        if (this.#goesOn(client, server, up, down, visit)) {
          if (next < 0) throw new Error('a run without faults left the states that were explored');
        } else if (stations.clients.value(client).state.phase === 'disconnected') {
          known[at] = failed ? 3 : 2;
        }
      }
      const outcome = known[next] as number;
      // Nothing happens any more, or the same again and again.
      if (outcome === 1)
        return { delivered: counts[2] as number, failed: counts[3] as number, longestRun, stall: next };
      let steps = length[next] as number;
      for (const state of path.reverse()) {
        if (state !== next) steps++;
        known[state] = outcome;
        length[state] = steps;
        counts[outcome] = (counts[outcome] as number) + 1;
      }
      longestRun = Math.max(longestRun, steps);
    }
    return { delivered: counts[2] as number, failed: counts[3] as number, longestRun };
  }

  /** The way to a state, and on to a state that may not be among those found. */
  #transcript(state: number, last?: State): string[] {
    const way: State[] = last === undefined ? [] : [last];
    for (let i = state; ; i = this.#states.word(i, 4)) {
      way.unshift(this.#state(i));
      if (i === 0) break;
    }
    const lines: string[] = [];
    for (let i = 1; i < way.length; i++) lines.push(...this.#between(way[i - 1] as State, way[i] as State));
    return lines;
  }
  #between(from: State, to: State): string[] {
    let lines: string[] = [];
    this.#each(...from, (c, s, u, d, kind, role, event, step) => {
      if (lines.length > 0 || c !== to[0] || s !== to[1] || u !== to[2] || d !== to[3]) return;
      lines = this.#describe(kind, role, event, step);
    });
    return lines;
  }
  /** The states of a run without faults that never ends. */
  #loop(from: number): string[] {
    const lines: string[] = [];
    let at = from;
    for (let n = 0; n < 100; n++) {
      let next = -1;
      const [client, server, up, down] = this.#state(at);
      this.#goesOn(client, server, up, down, (c, s, u, d, kind, role, event, step) => {
        next = this.#states.find(c, s, u, d);
        lines.push(...this.#describe(kind, role, event, step));
      });
      if (next < 0 || next === from) break;
      at = next;
    }
    return lines;
  }
  #describe(kind: Kind, role: 'client' | 'server', event: number | Local, step: Step | undefined): string[] {
    const { frames } = this.stations;
    const text = (frame: number): string => frameText(frames.value(frame).frame);
    const line =
      typeof event !== 'number'
        ? `${role}: ${event}`
        : `${role === 'server' ? '  -->' : '  <--'} ${text(event)} ${kind}`;
    const told = (step?.told ?? []).map((t) => `      ${role}: ${t}`);
    const writes = (step?.writes ?? []).map((f) => `      ${role} sends ${text(f)}`);
    return [line, ...told, ...writes];
  }
}
