import { Data } from '../../axdr/data.js';
import type { Output, PushOutput } from '../../meter/index.js';
import { matches, mismatch } from './compare.js';
import { momentOf } from './meter.js';
import { isRecord, type Json, notationOf } from './notation.js';
import { check } from './rows.js';
import { type Expectation, Mismatch } from './scenario.js';

const pushesIn = (outputs: readonly Output[]): PushOutput[] => outputs.flatMap((o) => (o.type === 'push' ? [o] : []));

/**
 * What left each of the meters, and whether the first is connected.
 * @returns false for an expectation of another kind
 */
export function expectOutputs(e: Expectation, meters: readonly (readonly Output[])[], connected: boolean): boolean {
  const all = pushesIn(meters[0] ?? []);
  const pushes = 'attempts' in e ? all : all.filter((p) => p.sent);
  if (e.pushes !== undefined) {
    const expected = e.pushes as readonly { readonly [key: string]: Json }[];
    check(mismatch(expected.length, pushes.length));
    for (const [i, wanted] of expected.entries()) samePush(wanted, pushes[i] as PushOutput);
  } else if (e.lastPush !== undefined) {
    const last = pushes.at(-1);
    if (last === undefined) throw new Mismatch('no push');
    samePush(e.lastPush as { readonly [key: string]: Json }, last);
  } else if (e.pushesOf !== undefined)
    check(mismatch(e.count, pushes.filter((p) => p.setup === (e.pushesOf as string)).length));
  else if (e.pushCount !== undefined) check(mismatch(e.pushCount, pushes.length));
  else if (e.pushCountPerMeter !== undefined) ofAll(e, meters);
  else if (e.connection !== undefined) check(mismatch(e.connection, connected ? 'up' : 'down'));
  else return false;
  return true;
}
function samePush({ setup, at, body }: { readonly [key: string]: Json }, push: PushOutput): void {
  if (setup !== undefined) check(mismatch(setup, push.setup));
  if (typeof at === 'string' && momentOf(at) !== push.utc)
    throw new Mismatch(`expected ${at}, got ${new Date(push.utc).toISOString()}`);
  if (body === undefined) return;
  const told = notationOf(Data, push.body);
  check(mismatch(body, isRecord(told) ? (told.structure as Json) : told));
}
function ofAll(e: Expectation, meters: readonly (readonly Output[])[]): void {
  const times = meters.flatMap((outputs) => {
    const pushes = pushesIn(outputs);
    check(mismatch(e.pushCountPerMeter, pushes.length));
    return pushes.map((p) => p.utc);
  });
  if (e.allBetween !== undefined) {
    const [from, to] = (e.allBetween as readonly string[]).map((t) => momentOf(t)) as [number, number];
    for (const t of times)
      if (t < from || t > to) throw new Mismatch(`${new Date(t).toISOString()} is not within the delay`);
  }
  const distinct = new Set(times).size;
  if (e.distinctTimesAtLeast !== undefined && !matches({ atLeast: e.distinctTimesAtLeast as number }, distinct))
    throw new Mismatch(`${distinct} different times`);
}
