import type { Data } from '../axdr/data.js';
import type { ActionItem, ActionSet } from '../cosem/common-types.js';
import { AccessRefused } from '../server/object.js';
import type { Running } from './behaviour.js';
import { numberOf } from './values.js';

/** On which side of a threshold a value is. */
export type Side = 'below' | 'above' | 'unknown';

/** The value of an attribute before its scaler; undefined while it cannot be read. */
export function numberAt(
  { space }: Pick<Running, 'space'>,
  reference: Parameters<Running['space']['read']>[0],
): number | undefined {
  try {
    return numberOf(space.read(reference));
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return undefined;
  }
}
/** A value at the threshold keeps its side. */
function sideOf(value: number, threshold: Data, side: Side): Side {
  const limit = numberOf(threshold);
  if (limit === undefined || value === limit) return side;
  return value > limit ? 'above' : 'below';
}
/** Runs a script of the same logical device; that it fails is nobody's answer. */
export function run(
  { engine, space }: Pick<Running, 'engine' | 'space'>,
  { scriptLogicalName, scriptSelector }: ActionItem,
): void {
  try {
    engine.nested(() => engine.runScript(space, scriptLogicalName, scriptSelector));
  } catch (e) {
    // The next thresholds are checked all the same.
    if (!(e instanceof AccessRefused)) throw e;
  }
}
/**
 * The sides of a value now, and what is to be run: the actions of the thresholds crossed, in the order of the list. If
 * the side was unknown, it is only noted (knob `monitorInitial`).
 */
export function crossings(
  { engine }: Pick<Running, 'engine'>,
  value: number,
  thresholds: readonly Data[],
  actions: readonly ActionSet[],
  before: readonly Side[],
): { readonly sides: readonly Side[]; readonly due: readonly ActionItem[] } {
  const sides = thresholds.map((t, i) => sideOf(value, t, before[i] ?? 'unknown'));
  const due = sides.flatMap((side, i) => {
    const was = before[i] ?? 'unknown';
    const pair = actions[i];
    if (pair === undefined || side === was || side === 'unknown') return [];
    if (was === 'unknown' && engine.knobs.monitorInitial === 'side-only') return [];
    return [side === 'above' ? pair.actionUp : pair.actionDown];
  });
  return { sides, due };
}
