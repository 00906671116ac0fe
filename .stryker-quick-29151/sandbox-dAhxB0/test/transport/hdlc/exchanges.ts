import { isDlmsError } from '../../../src/core/errors.js';
import {
  encodeHdlcFrame,
  type HdlcControl,
  type HdlcFrame,
  hdlcAddress,
  hdlcBus,
  hdlcDeframer,
  serveHdlc,
} from '../../../src/transport/hdlc/index.js';
import { linkTransport } from '../../../src/transport/link.js';
import type { OctetLink, OctetSink, Transport } from '../../../src/transport/transport.js';
import { VirtualClock } from '../virtual-clock.js';
import { random } from './simulation.js';

/** Many requests on one channel that is opened again after every failure, over a line that loses, doubles late and injects frames. Rates are per frame. */
export interface ExchangePlan {
  readonly seed: number;
  readonly requests: number;
  readonly window: number;
  readonly maxInfo: number;
  /** Longest request and response. */
  readonly octets: number;
  readonly loss: number;
  /** A frame comes again, after so many further turns (polls or answers) of its sender. */
  readonly duplication: number;
  readonly lateTurns: number;
  /** A frame of these kinds is put in, with the addresses of the link. */
  readonly injection: number;
  readonly injected: readonly Injected[];
  /** Longest time that the meter works on a request; beyond 900 ms `receive` gives up. */
  readonly workMs: number;
  /** The link is closed and opened again before a request. */
  readonly reopening: number;
  /** How long an octet is under way, at most; the line keeps the order. */
  readonly delayMs: number;
}
export type Injected = 'SNRM' | 'DISC' | 'UA' | 'DM' | 'FRMR' | 'I to client' | 'I to server';

/** What became of the requests. */
export interface ExchangeCounts {
  requests: number;
  right: number;
  /** The client had an answer that was none to its request: what a layer above without invoke-ids takes for the answer. */
  wrong: number;
  /** Of these, with an invoke-id (1 to 15 in turn) that fits: what remains for a client with logical names. */
  undetected: number;
  /** Requests that the meter carried out more than once. */
  doubled: number;
  /** Of these, within one link: a link that ends takes the association with it, so the others are refused above. */
  doubledInLink: number;
  /** APDUs put together at the meter that nobody sent (segments of several). */
  mangled: number;
  failed: number;
}

const client = hdlcAddress(16);
const server = hdlcAddress(1, 17);
const nothing = new Uint8Array(0);
const invokeId = (id: number): number => (id % 15) + 1;

export async function exchanges(plan: ExchangePlan): Promise<ExchangeCounts> {
  const rnd = random(plan.seed);
  const chance = (p: number): boolean => p > 0 && rnd() < p;
  const int = (n: number): number => Math.floor(rnd() * n);
  const counts: ExchangeCounts = {
    requests: 0,
    right: 0,
    wrong: 0,
    undetected: 0,
    doubled: 0,
    doubledInLink: 0,
    mangled: 0,
    failed: 0,
  };
  const clock = new VirtualClock();
  const line = new FaultyLine(plan, clock, chance, int);
  const executed = new Map<number, number>();
  let link = 0;
  const meter = serveHdlc(
    line.server,
    {
      handle(apdu) {
        const id = numberOf(apdu, 0x52);
        if (id === undefined) {
          counts.mangled++;
          return [];
        }
        const before = executed.get(id);
        if (before !== undefined) {
          counts.doubled++;
          if (before === link) counts.doubledInLink++;
        }
        executed.set(id, link);
        const answer = [message(0x41, id, 8 + ((id * 7919) % plan.octets))];
        const ms = int(plan.workMs);
        return ms < 10 ? answer : new Promise((resolve) => void clock.after(ms, () => resolve(answer)));
      },
      released: () => void link++,
    },
    { devices: [server], clock, holdMs: 100 },
  );
  const bus = hdlcBus(line.client, { clock });
  const channel = bus.channel({
    client,
    server,
    maxInfoTransmit: plan.maxInfo,
    maxInfoReceive: plan.maxInfo,
    windowTransmit: plan.window,
    windowReceive: plan.window,
    responseTimeoutMs: 250,
    retries: 3,
    pollIntervalMs: 20,
    receiveTimeoutMs: 900,
  });
  const session = async (): Promise<void> => {
    let fresh = false;
    for (let id = 1; id <= plan.requests; id++) {
      counts.requests++;
      try {
        // A link whose answer did not come is left, as a client does that ends its association.
        if (!fresh) await channel.close();
        await channel.open();
        fresh = !chance(plan.reopening);
        await channel.send(message(0x52, id, 8 + int(plan.octets)));
        for (;;) {
          const other = numberOf(await channel.receive(), 0x41);
          if (other === id) {
            counts.right++;
            break;
          }
          counts.wrong++;
          if (other !== undefined && invokeId(other) !== invokeId(id)) continue;
          counts.undetected++;
          break;
        }
      } catch (e) {
        if (!isDlmsError(e)) throw e;
        counts.failed++;
        fresh = false;
      }
    }
  };
  await run(clock, session());
  await run(clock, bus.close());
  await run(clock, meter.close());
  return counts;
}

/** Lets everything happen that can happen now, then moves the clock to the next timer, until the work is done. */
async function run(clock: VirtualClock, work: Promise<unknown>): Promise<void> {
  let settled = false;
  const done = (): void => {
    settled = true;
  };
  work.then(done, done);
  for (;;) {
    for (let i = 0; i < 12; i++) await undefined;
    if (settled) return void (await work);
    if (clock.next === undefined) throw new Error('a stall: nothing will ever happen');
    clock.advance(clock.next - clock.now());
  }
}

/** A mark, the number, and octets that follow from both: every segment tells whose it is. */
function message(mark: number, id: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const rnd = random(id * 2 + (mark & 1));
  for (let i = 0; i < length; i++) out[i] = rnd() * 256;
  out[0] = mark;
  new DataView(out.buffer).setUint32(1, id);
  new DataView(out.buffer).setUint16(5, length);
  return out;
}
/** The number of a whole message; undefined when it is none. */
function numberOf(octets: Uint8Array, mark: number): number | undefined {
  if (octets.length < 8 || octets[0] !== mark) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const id = view.getUint32(1);
  if (view.getUint16(5) !== octets.length) return undefined;
  const expected = message(mark, id, octets.length);
  return octets.every((b, i) => b === expected[i]) ? id : undefined;
}

/** Both ends of a line that keeps the order of what is not doubled or put in. */
class FaultyLine {
  readonly client: Transport;
  readonly server: Transport;
  readonly #plan: ExchangePlan;
  readonly #clock: VirtualClock;
  readonly #chance: (p: number) => boolean;
  readonly #int: (n: number) => number;
  readonly #sinks: { client: OctetSink | undefined; server: OctetSink | undefined } = {
    client: undefined,
    server: undefined,
  };
  readonly #arrival = { client: 0, server: 0 };
  readonly #late: { from: 'client' | 'server'; turns: number; octets: Uint8Array }[] = [];
  /** I frames seen, for frames that somebody puts in again with other numbers. */
  readonly #seen: { client: HdlcFrame[]; server: HdlcFrame[] } = { client: [], server: [] };

  constructor(plan: ExchangePlan, clock: VirtualClock, chance: (p: number) => boolean, int: (n: number) => number) {
    this.#plan = plan;
    this.#clock = clock;
    this.#chance = chance;
    this.#int = int;
    this.client = linkTransport(this.#end('client', 'server'));
    this.server = linkTransport(this.#end('server', 'client'));
  }
  #end(from: 'client' | 'server', to: 'client' | 'server'): OctetLink {
    const deframer = hdlcDeframer();
    return {
      start: (sink) => {
        this.#sinks[from] = sink;
      },
      write: (octets) => {
        for (const frame of deframer.push(octets)) this.#frame(from, frame);
        return undefined;
      },
      pause() {},
      resume() {},
      close: () => {
        this.#sinks[from] = undefined;
        this.#sinks[to] = undefined;
        return undefined;
      },
      abort() {},
    };
  }
  #deliver(to: 'client' | 'server', octets: Uint8Array): void {
    const at = Math.max(this.#arrival[to], this.#clock.now() + 3 + this.#int(this.#plan.delayMs));
    this.#arrival[to] = at;
    this.#clock.after(at - this.#clock.now(), () => this.#sinks[to]?.octets(octets));
  }
  #frame(from: 'client' | 'server', frame: HdlcFrame): void {
    const { plan, to } = { plan: this.#plan, to: from === 'client' ? ('server' as const) : ('client' as const) };
    const octets = encodeHdlcFrame(frame);
    const pf = frame.control.type !== 'unknown' && frame.control.pf;
    if (frame.control.type === 'I') this.#seen[from] = [frame, ...this.#seen[from].slice(0, 9)];
    if (!this.#chance(plan.loss)) this.#deliver(to, octets);
    if (this.#chance(plan.duplication)) this.#late.push({ from, turns: plan.lateTurns + (pf ? 1 : 0), octets });
    if (pf)
      for (const copy of this.#late.filter((l) => l.from === from)) {
        if (--copy.turns > 0) continue;
        this.#late.splice(this.#late.indexOf(copy), 1);
        this.#deliver(to, copy.octets);
      }
    if (this.#chance(plan.injection)) this.#inject(plan.injected[this.#int(plan.injected.length)] as Injected);
  }
  #inject(kind: Injected): void {
    const to = kind === 'SNRM' || kind === 'DISC' || kind === 'I to server' ? 'server' : 'client';
    const from = to === 'client' ? 'server' : 'client';
    const addresses =
      to === 'server' ? { destination: server, source: client } : { destination: client, source: server };
    let control: HdlcControl;
    let information: Uint8Array = nothing;
    let segmented = false;
    if (kind === 'I to client' || kind === 'I to server') {
      const old = this.#seen[from][this.#int(this.#seen[from].length)];
      if (old === undefined) return;
      control = { type: 'I', ns: this.#int(8), nr: this.#int(8), pf: this.#chance(0.7) };
      ({ information, segmented } = old);
    } else {
      control = { type: kind, pf: true } as HdlcControl;
      if (kind === 'FRMR') information = Uint8Array.of(0x54, 0, 0x10);
    }
    this.#deliver(to, encodeHdlcFrame({ segmented, ...addresses, control, information }));
  }
}
