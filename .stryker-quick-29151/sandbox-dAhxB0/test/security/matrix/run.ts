import { isDlmsError } from '../../../src/core/errors.js';
import { formatHex } from '../../../src/core/hex.js';
import { type Attack, attacks } from './attacks.js';
import { bounds, type Cell, type Goal, type Party, parties, refusals } from './rules.js';
import { marker, type Scene, sceneOf } from './scene.js';

const mechanisms = ['none', 'lls', 'hls-2', 'hls-md5', 'hls-sha1', 'hls-gmac', 'hls-sha256', 'hls-ecdsa'] as const;
const policies = ['nothing', 'authenticated', 'encrypted', 'both', 'both-and-signed'] as const;

/** Every combination of the settings. */
export function* cells(): Generator<Cell> {
  for (const role of ['meter', 'client'] as const)
    for (const mechanism of mechanisms)
      for (const ciphering of ['required', 'none'] as const)
        for (const policy of policies)
          for (const suite of [0, 1, 2] as const)
            for (const preEstablished of [false, true])
              for (const keys of [true, false])
                for (const referencing of ['LN', 'SN'] as const)
                  yield { role, mechanism, ciphering, policy, suite, preEstablished, keys, referencing };
}
export const nameOf = (c: Cell): string =>
  `${c.role} ${c.referencing} ${c.mechanism} ciphering ${c.ciphering} ${c.policy} suite ${c.suite}${c.preEstablished ? ' pre-established' : ''}${c.keys ? '' : ' without keys'}`;

export interface Outcome {
  /** Name of the fault for which the cell must be refused. */
  readonly refusal: string | undefined;
  readonly refused: boolean;
  /** What was reached beyond the bound, by whom and how. */
  readonly beyond: string[];
  attacked: number;
  /** What was reached and is open by design: for the counts. */
  readonly reached: Map<string, number>;
}

/** Builds one cell and lets everybody attack it. */
export async function attackCell(cell: Cell): Promise<Outcome> {
  const refusal = refusals.find(([, holds]) => holds(cell))?.[0];
  const outcome: Outcome = { refusal, refused: false, beyond: [], attacked: 0, reached: new Map() };
  try {
    await sceneOf(cell);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return { ...outcome, refused: true };
  }
  if (refusal !== undefined) return outcome;
  for (const party of parties)
    for (const attack of attacks) {
      if (attack.against !== cell.role || !attack.parties.includes(party)) continue;
      outcome.attacked++;
      const { goals } = await attackOnce(cell, party, attack);
      const [, , allowed] = bounds.find(([, holds]) => holds(cell, party)) as (typeof bounds)[number];
      for (const goal of goals) {
        const key = `${party} ${goal}`;
        outcome.reached.set(key, (outcome.reached.get(key) ?? 0) + 1);
        if (!allowed.includes(goal)) outcome.beyond.push(`${nameOf(cell)}: ${party} can ${goal} by "${attack.name}"`);
      }
    }
  return outcome;
}
async function attackOnce(cell: Cell, party: Party, attack: Attack): Promise<{ goals: ReadonlySet<Goal> }> {
  const scene = await sceneOf(cell);
  const before = await honestRun(scene);
  scene.done.length = 0;
  scene.asked.length = 0;
  scene.believed.length = 0;
  const seen: Uint8Array[] = [];
  const wireFrom = scene.wire.length;
  await attack.run({ scene, party, seen });
  const goals = new Set<Goal>(scene.believed);
  const wire = scene.wire.slice(wireFrom);
  const visible = party === 'off-path' || party === 'lesser client' ? seen : [...seen, ...wire.map((w) => w.apdu)];
  const secret = formatHex(marker);
  if (visible.some((o) => formatHex(o).includes(secret))) goals.add('read');
  const asked = count(scene.asked);
  for (const [value, times] of count(scene.done.map((d) => d.value)))
    if (!asked.has(value)) goals.add(scene.done.find((d) => d.value === value)?.kind ?? 'write');
    else if (times > (asked.get(value) as number)) goals.add('replay');
  if (cell.ciphering === 'required' && cell.policy !== 'nothing')
    for (const { from, apdu } of wire) if (from === 'client' && isPlainService(apdu)) goals.add('downgrade');
  if ((await honestRun(scene)) !== before) goals.add('lock out');
  return { goals };
}
async function honestRun(scene: Scene): Promise<boolean> {
  const right = scene.rightClient();
  const good = await right.run();
  await right.close();
  return good;
}
const isPlainService = (apdu: Uint8Array): boolean => [0xc0, 0xc1, 0xc3, 0xd9, 5, 6].includes(apdu[0] as number);
function count(values: readonly string[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const v of values) out.set(v, (out.get(v) ?? 0) + 1);
  return out;
}
