import { existsSync } from 'node:fs';
import { DlmsError } from '../core/errors.js';
import { counterLimit } from '../security/counters.js';
import { type Repair, repairCounters } from '../security/repair-counters.js';
import { unfinishedRepair } from '../store/file-store-files.js';
import type { Store } from '../store/store.js';
import { type Command, command } from './command.js';
import { integerOption } from './connect.js';
import { type CounterValues, counterFolder, counterOptions, counterStore } from './counters.js';
import { exitCodes, Failure, quoted, usage } from './failure.js';
import type { Io } from './io.js';
import { painter, table } from './text.js';

export const countersCommand: Command = command({
  name: 'counters',
  summary:
    'list the invocation counters of this user, or move the send counters ahead after their store was damaged or restored',
  arguments: 'list|repair',
  count: [1, 1],
  options: {
    ahead: {
      type: 'string',
      value: 'N',
      help: 'with repair: how far to move each send counter ahead, at least by the number of messages that may have been sent since',
    },
    ...counterOptions,
    json: { type: 'boolean', help: 'JSON, for programs' },
  },
  notes: [
    'Counters are named by their key: the 16 digits are its fingerprint, which reveals nothing about the key. Send counters belong to messages sent under one of our system titles; receive counters are the highest ones accepted from a sender.',
    'A counter must never be used twice under one key. If the folder is damaged, was restored from a copy, or may have lost its newest state, repair mends it, moves every send counter ahead, and names the meters that can tell whether that was far enough: each knows the last counter that it accepted (attribute 2 of its invocation counter object, 0-0:43.1.0*255 for the management client, read as public client). Receive counters are left alone: they only grow.',
  ],
  examples: ['dlms-cosem counters list', 'dlms-cosem counters repair --ahead 100000'],
  async run([action = ''], values, io) {
    if (action !== 'list' && action !== 'repair')
      throw usage(`counters: unknown action ${quoted(action)}; known are list and repair`);
    if (action === 'list' && values.ahead !== undefined) throw usage('--ahead is only for repair');
    if (action === 'repair' && values.ahead === undefined)
      throw usage('repair needs --ahead N, e.g. --ahead 100000: the number of messages that may have been sent since');
    const ahead = values.ahead === undefined ? 0 : integerOption(values.ahead, '--ahead', 1, counterLimit - 1);
    const folder = counterFolder(values as CounterValues, io);
    if (action === 'repair') {
      const repair = await damageRepaired(folder, ahead, values as CounterValues);
      if (repair !== undefined) {
        io.stdout.write(
          values.json === true ? `${JSON.stringify({ folder, ...repair }, undefined, 2)}\n` : damageText(repair),
        );
        return exitCodes.ok;
      }
    }
    const store = await counterStore(values as CounterValues, io);
    const before = await sequences(store);
    if (action === 'repair') await moveAhead(store, before, ahead);
    const after = action === 'repair' ? await sequences(store) : before;
    if (values.json === true) io.stdout.write(`${JSON.stringify(asJson(folder, after), undefined, 2)}\n`);
    else io.stdout.write(action === 'list' ? listText(after, io) : repairText(before, after));
    return exitCodes.ok;
  },
});

/** Repairs a damaged store, which moves its counters ahead; undefined if nothing is damaged, or there is no store. */
async function damageRepaired(folder: string, ahead: number, values: CounterValues): Promise<Repair | undefined> {
  if (values['create-counters'] === true || !(existsSync(folder) || existsSync(unfinishedRepair(folder))))
    return undefined;
  const repair = await repairCounters(folder, { ahead });
  return repair.damaged.length === 0 ? undefined : repair;
}
function damageText({ damaged, movedTo, sent, ask, kept }: Repair): string {
  return [
    ...damaged.map(({ file, reason }) => `${file}: ${reason}`),
    `the damaged folder is kept at ${movedTo}; a new one takes its place`,
    ...sent.map(({ key, systemTitle, from, to }) => `key ${key}, title ${systemTitle}: ${from} moved to ${to}`),
    ...(ask.length === 0
      ? []
      : [
          `ask ${ask.join(', ')} for the last counter that they accepted: it must be lower; messages that they sent in the lost part could be replayed`,
        ]),
    ...(kept.length === 0 ? [] : [`kept as last readable, perhaps old: ${kept.join(', ')}`]),
    '',
  ].join('\n');
}

interface Sequence {
  readonly name: string;
  readonly direction: 'send' | 'receive';
  /** Fingerprint of the key; for signatures, of the public key. */
  readonly key: string;
  /** System title of the sender: ours, or the other side's. */
  readonly systemTitle: string;
  readonly value: bigint;
}
/** The sequences by key, without the bookkeeping of the counters themselves. */
async function sequences(store: Store): Promise<Sequence[]> {
  const out: Sequence[] = [];
  for (const direction of ['send', 'receive'] as const)
    for (const [name, value] of await store.entries(`${direction} `)) {
      const [, key, systemTitle] = /^(?:send|receive) ([0-9A-Fa-f]{16}) ([0-9A-F]{16})$/.exec(name) ?? [];
      if (key !== undefined && systemTitle !== undefined && /^\d+$/.test(value))
        out.push({ name, direction, key, systemTitle, value: BigInt(value) });
    }
  return out.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
/** All or nothing. @throws Failure if a key would be used up, before anything is changed */
async function moveAhead(store: Store, all: readonly Sequence[], ahead: number): Promise<void> {
  const names = all.filter((s) => s.direction === 'send').map((s) => s.name);
  if (names.length === 0) throw new Failure('there are no send counters in this folder');
  await store.update(names, (get) => {
    const set = new Map<string, string>();
    for (const name of names) {
      const last = Number(get(name));
      if (!(last + ahead < counterLimit)) throw new DlmsError('security/counter-exhausted', { last });
      set.set(name, String(last + ahead));
    }
    return { result: undefined, set };
  });
}
/** The meters that hold this key, because they have sent something under it. */
const metersOf = (all: readonly Sequence[], key: string): string[] =>
  all.filter((s) => s.direction === 'receive' && s.key === key).map((s) => s.systemTitle);

function listText(all: readonly Sequence[], io: Io): string {
  if (all.length === 0) return 'there are no counters here yet\n';
  return `${table(
    [{ title: 'Key' }, { title: 'Counter' }, { title: 'System title' }, { title: 'Last', right: true }],
    all.map((s) => [s.key, s.direction, s.systemTitle, String(s.value)]),
    painter(io),
  )}\n`;
}
function repairText(before: readonly Sequence[], after: readonly Sequence[]): string {
  const lines = after
    .filter((s) => s.direction === 'send')
    .map((s) => {
      const old = before.find((b) => b.name === s.name)?.value;
      const meters = metersOf(after, s.key);
      const ask =
        meters.length === 0
          ? 'no known meter has this key'
          : `ask ${meters.join(', ')} for the last counter that they accepted`;
      return `key ${s.key}, title ${s.systemTitle}: ${old} moved to ${s.value}; ${ask}: it must be lower`;
    });
  return `${lines.join('\n')}\n`;
}
const asJson = (folder: string, all: readonly Sequence[]): object => ({
  folder,
  counters: all.map(({ name: _, value, ...s }) => ({
    ...s,
    last: String(value),
    ...(s.direction === 'send' ? { ask: metersOf(all, s.key) } : {}),
  })),
});
