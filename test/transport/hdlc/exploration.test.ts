import { describe, expect, it } from 'vitest';
import type { HdlcControl, HdlcLinkInput, HdlcLinkOutput, HdlcLinkState } from '../../../src/transport/hdlc/index.js';
import { hdlcLinkStep } from '../../../src/transport/hdlc/index.js';
import { type Exploration, explore } from './exploration/explore.js';
import { latePlan, shortPlan } from './exploration/plans.js';
import results from './exploration/results.json' with { type: 'json' };
import type { Plan } from './exploration/stations.js';

type Machine = NonNullable<Plan['machine']>;
type Changed = (
  state: HdlcLinkState,
  input: HdlcLinkInput,
) => readonly [HdlcLinkState, readonly HdlcLinkOutput[]] | undefined;
/** The machine, changed in one point. */
const machine = (change: Changed): Machine =>
  ((state: HdlcLinkState, input: HdlcLinkInput, now: number) =>
    change(state, input) ?? hdlcLinkStep(state, input, now)) as Machine;
/** A machine that reads other numbers in frames than those that are there. */
const misreading = (read: (control: HdlcControl, state: HdlcLinkState) => HdlcControl): Machine =>
  machine((state, input) =>
    input.type === 'frame'
      ? hdlcLinkStep(state, { ...input, frame: { ...input.frame, control: read(input.frame.control, state) } }, 0)
      : undefined,
  );
const broken = (change: Partial<Plan>): string => explore({ ...shortPlan, ...change }).broken?.what ?? 'nothing';

describe('every state of a link with one APDU each way', { timeout: 120_000 }, () => {
  it('hands up what was sent in it, once and in order, and ends in delivery or a named error', () => {
    const { broken, ...figures } = explore(shortPlan);
    expect(broken?.transcript.join('\n')).toBeUndefined();
    // Another number: the machine has changed. `npm run explore -- --write` goes through the larger plans again.
    expect(figures).toEqual(results.short);
    expect(figures.complete).toBe(true);
    expect(figures.delivered + figures.failed).toBe(figures.states);
    expect(figures.delivered).toBeGreaterThan(figures.failed);
  });
  it('nothing else comes of it when steps at the two ends are taken in every order', () => {
    const { clients, servers, steps, states, broken } = explore(shortPlan, { everyOrder: true });
    expect(broken).toBeUndefined();
    expect({ clients, servers, steps }).toEqual({
      clients: results.short.clients,
      servers: results.short.servers,
      steps: results.short.steps,
    });
    expect(states).toBeGreaterThan(results.short.states);
  });
  it('a frame three round trips late meets the next link, and the page says so', () => {
    const found: Exploration = explore(latePlan);
    expect(found.broken).toEqual(results['three round trips late'].broken);
  });
});

describe('a broken machine is found:', { timeout: 120_000 }, () => {
  it('one that believes every acknowledgement', () => {
    const credulous = misreading((control, state) =>
      'nr' in control && 'sending' in state ? { ...control, nr: (state.sending.va + state.sending.sent) & 7 } : control,
    );
    expect(broken({ machine: credulous })).toMatch(/hands up|stall/);
  });
  it('one that takes I frames in any order', () => {
    const careless = misreading((control, state) =>
      control.type === 'I' && 'receiving' in state ? { ...control, ns: state.receiving.vr } : control,
    );
    expect(broken({ machine: careless })).toMatch(/hands up/);
  });
  it('one that keeps the APDUs of the former link', () => {
    const keeping = machine((state, input) => {
      const [next, outputs] = hdlcLinkStep(state, input, 0);
      if (state.phase === 'disconnected' || !('sending' in state) || !('sending' in next)) return undefined;
      if (!outputs.some((o) => o.type === 'connected')) return undefined;
      const { queue, head, octets } = state.sending;
      return [{ ...next, sending: { ...next.sending, queue: queue.slice(head), octets } }, outputs];
    });
    expect(broken({ machine: keeping })).toMatch(/hands up 80/);
  });
  it('one that begins a new link while frames of the former one are under way', () => {
    const hasty = machine((state, input) =>
      input.type === 'connect' && state.role === 'client'
        ? hdlcLinkStep({ ...state, lateUntil: 0 }, input, 0)
        : undefined,
    );
    expect(broken({ machine: hasty })).toMatch(/hands up 80/);
  });
  it('one that waits for ever', () => {
    const patient = machine((state, input) =>
      input.type === 'tick' && state.phase === 'waiting' && !state.doubt ? [state, []] : undefined,
    );
    expect(broken({ machine: patient })).toBe('a stall');
  });
  it('one that goes beyond its retries', () => {
    const stubborn = machine((state, input) => {
      if (input.type !== 'tick' || state.role !== 'client' || !('failures' in state)) return undefined;
      const { settings } = state;
      const [next, outputs] = hdlcLinkStep({ ...state, settings: { ...settings, retries: 2 } }, input, 0);
      return [{ ...next, settings }, outputs];
    });
    expect(broken({ machine: stubborn })).toMatch(/undefined state|refused/);
  });
});
