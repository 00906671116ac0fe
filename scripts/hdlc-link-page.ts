import { readFileSync } from 'node:fs';
import type { Exploration } from '../test/transport/hdlc/exploration/explore.js';
import { latePlan, plans } from '../test/transport/hdlc/exploration/plans.js';
import type { Plan } from '../test/transport/hdlc/exploration/stations.js';
import { type Transition, transitions } from './hdlc-link-table.js';

// docs/hdlc-link.md: what an HDLC link does with everything that can come, tried out, and what going through all of
// its states has found. test/transport/hdlc/hdlc-link-page.test.ts compares the page; the same with -u writes it. The
// figures are those of `npm run explore -- --write`.

const results = JSON.parse(readFileSync('test/transport/hdlc/exploration/results.json', 'utf8')) as Record<
  keyof typeof plans | 'three round trips late',
  Exploration
>;

export function hdlcLinkPage(): string {
  return [
    '# The HDLC link',
    '',
    'A link is a pure machine, `hdlcLinkStep(state, input, now)`, for each role; a state is a union over phases,',
    'and each phase has only the fields that mean something in it (`HdlcClientState`, `HdlcServerState`). What a',
    'line with such links cannot promise stands in [transports](transports.md#what-an-hdlc-link-cannot-promise).',
    '',
    '## Transitions',
    '',
    'Found by trying: every kind of frame with expected, old and future numbers, every wish of the application and',
    'every timer, in states of every kind that can be reached. *Output* is what a step writes (frames by their',
    'names, `I` for one or more) and tells; a dot separates cases. Rows leave out what is refused and what changes',
    'neither the phase nor anything outside. *time*: the response time, or the time a server holds a poll, is over;',
    '*pause over*: the client asks again. Not shown: UI that waits for its turn goes out in front of other frames.',
    '',
    ...tables('client'),
    ...tables('server'),
    ...exploration(),
    ...lateFrames(),
    '',
  ].join('\n');
}

function tables(role: 'client' | 'server'): string[] {
  const rows = transitions(role);
  const phases = [...new Set(rows.map((r) => r.phase))];
  return phases.flatMap((phase) => [
    `### ${role === 'client' ? 'Client' : 'Server'}: ${phase}`,
    '',
    '| What comes | Next phase | Output |',
    '|---|---|---|',
    ...alike(rows.filter((r) => r.phase === phase)),
    '',
  ]);
}

/** A row for each set of inputs that have the same outcomes, and for each phase that follows. */
function alike(rows: readonly Transition[]): string[] {
  const inputs = new Map<string, string[]>();
  for (const input of new Set(rows.map((r) => r.input))) {
    const outcomes = new Map<string, Set<string>>();
    for (const { next, outputs } of rows.filter((r) => r.input === input))
      outcomes.set(next, (outcomes.get(next) ?? new Set()).add(outputs === '' ? '–' : outputs));
    const cells = [...outcomes].sort().map(([next, cases]) => `${next} | ${[...cases].sort().join(' · ')} |`);
    const key = cells.join('\n');
    inputs.set(key, [...(inputs.get(key) ?? []), input]);
  }
  return [...inputs].flatMap(([key, names]) =>
    key.split('\n').map((cell, i) => `| ${i === 0 ? names.join(', ') : ''} | ${cell}`),
  );
}

function exploration(): string[] {
  const names = Object.keys(plans) as (keyof typeof plans)[];
  const row = (name: keyof typeof plans): string => {
    const { states, transitions, clients, servers, depth, delivered, failed } = results[name];
    const { requestSegments }: Plan = plans[name];
    const cells = [name, requestSegments, states, transitions, clients, servers, depth, delivered, failed];
    return `| ${cells.map((c) => (typeof c === 'number' ? grouped(c) : c)).join(' | ')} |`;
  };
  return [
    '## Every state of a link',
    '',
    '`npm run explore` goes through all states that a client, a server and the line between them can reach. It runs',
    'two plans at a time; each needs one to two minutes of an idle core and at most 600 MB. A smaller plan (one',
    'APDU each way) is part of `npm test`, with broken machines that must be found.',
    '',
    '| Plan | Segments of an APDU | States | Transitions | Of the client | Of the server | Deepest | Delivered | Failed |',
    '|---|---|---|---|---|---|---|---|---|',
    ...names.map(row),
    '',
    'In none of these states is anything handed up that was not sent in this link, twice, or out of order; no state',
    'is undefined; and from each of them a run without further faults ends in delivery ("delivered") or in a named',
    'error ("failed"). "Not ready": the server answers RNR while its application works.',
    '',
    'What can happen: the client opens, sends two APDUs, closes and opens again whenever it likes; the server',
    'answers each APDU, sooner or later. The line loses (a damaged frame is a lost one), doubles and holds back any',
    'frame: one each way at a time is late, and overtaken by the rest of its turn and one more turn of its sender,',
    'which is what "one round trip late" means here. Timers go off at any time, with one exception below.',
    '',
    'What is bounded:',
    '',
    `- two APDUs each way in a link, ${plans['window 1'].retries} retry, any number of links one after the other;`,
    '- numbers do not wrap within a link: it has at most four I frames each way (the simulations of `npm test` have',
    '  thousands);',
    '- a timer of the client, and a wish of its application, comes when no frame is on its way in order (with a',
    '  window of 1: one at most to the client). An answer that comes after the time-out is then a late frame, so',
    '  one frame at a time can be such an answer;',
    '- when `drainMs` is over, nothing of a former link is under way, and its server does not hold a poll any more;',
    '- frames carry one octet, without LLC header, and of what an application does, UI and changes of `want` are',
    '  left out.',
    '',
    'The order of steps at the two ends is looked at only where it matters: a frame that arrives at the server in',
    'order does so before anything else happens at the client, because neither changes the other; a test compares',
    'this with every order. The states that are left are told apart exactly, not by hashes.',
    '',
  ];
}

function lateFrames(): string[] {
  const { broken } = results['three round trips late'];
  if (broken === undefined) throw new Error('nothing was found with later doubles');
  return [
    '## What later doubles can do',
    '',
    `With a window of ${latePlan.window}, and doubles that up to ${latePlan.lateTurns} later turns overtake, the shortest run that`,
    `goes wrong ends so: ${broken.what}.`,
    '`I0/1P 40` is an I frame with N(S)=0, N(R)=1, the poll or final bit, and the octet 40; the first bit of an',
    'octet marks what is of a former link, so 80 was sent as 00.',
    '',
    '```text',
    ...broken.transcript,
    '```',
    '',
    'A command is carried out in the link it was sent in, and once more in the next one: a frame does not say to',
    'which link it belongs. A link that ended in good order after two answered requests is followed by the next one',
    'at once, so this can happen on a line that doubles frames and holds them back for more than one round trip. It',
    'does not on lines that keep the order, such as serial lines and TCP; elsewhere wait between links, and',
    'authenticate APDUs: a repeated invocation counter is refused.',
    '',
    '## Between two links',
    '',
    'The client waits `drainMs` (default: `responseTimeoutMs`, 5 s) before SNRM when the former link failed, when a',
    'poll was given up, or when DISC followed before two turns with data were acknowledged. Without, the exploration',
    'finds an old APDU in the next link on a line that is a round trip late. After a failure commands can still be',
    'on their way. UA answers SNRM and DISC alike: in a short link a double of the first UA passes for the answer',
    'to DISC, and the next link meets an old reply with the right numbers. A round trip within the link does the',
    'same as waiting, as every frame in it is older than two turns then, so a link with two answered requests needs',
    'no pause. With `drainMs: 0` none is made; that is right on lines that keep the order.',
  ];
}

const grouped = (n: number): string => `${n}`.replace(/\B(?=(\d{3})+$)/g, ' ');
