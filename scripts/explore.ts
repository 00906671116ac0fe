import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Exploration, explore } from '../test/transport/hdlc/exploration/explore.js';
import { latePlan, plans, shortPlan } from '../test/transport/hdlc/exploration/plans.js';

// npm run explore                 every state of an HDLC link that can be reached, in each of the plans
// npm run explore -- 'window 1'   one plan
// npm run explore -- --write      and the figures go to test/transport/hdlc/exploration/results.json, for
// docs/hdlc-link.md Two at a time; the longest first.

const results = 'test/transport/hdlc/exploration/results.json';
const all = { ...plans, short: shortPlan, 'three round trips late': latePlan };
type Name = keyof typeof all;

if (isMainThread) {
  const [only] = process.argv.slice(2).filter((a) => !a.startsWith('--'));
  const names = (Object.keys(all) as Name[]).filter((name) => only === undefined || name === only);
  if (names.length === 0) throw new Error(`plans are ${Object.keys(all).join(', ')}`);
  const write = process.argv.includes('--write') && only === undefined;
  const waiting = [...names].sort((a, b) => all[b].window - all[a].window);
  const found = new Map<Name, Found>();
  await Promise.all([turn(), turn()]);
  if (write) {
    const figures = names.map((name) => [name, found.get(name)?.result] as const);
    writeFileSync(results, `${JSON.stringify(Object.fromEntries(figures), undefined, 2)}\n`);
  }
  const wrong = names.filter((name) => name !== 'three round trips late' && !isSound(found.get(name)?.result));
  process.exitCode = wrong.length > 0 ? 1 : 0;

  async function turn(): Promise<void> {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const outcome = await inWorker(name);
      found.set(name, outcome);
      report(name, outcome);
    }
  }
} else {
  const name = workerData as Name;
  const started = Date.now();
  // What a busy worker writes itself stays in its buffer.
  const tell = (text: string): void => parentPort?.postMessage(`${name}: ${text}`);
  const result = explore(all[name], {
    onLevel: (level, states) => {
      if (level % 10 === 0) tell(`${states} states nearer than ${level} events`);
    },
  });
  const seconds = (Date.now() - started) / 1000;
  parentPort?.postMessage({ result, seconds, megabytes: megabytes() } satisfies Found);
}

interface Found {
  readonly result: Exploration;
  readonly seconds: number;
  /** Of the whole process, when this one was done. */
  readonly megabytes: number;
}

function megabytes(): number {
  return Math.round(process.memoryUsage.rss() / 1e6);
}
function isSound(result: Exploration | undefined): boolean {
  return result?.complete === true && result.broken === undefined;
}
function inWorker(name: Name): Promise<Found> {
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: name,
    resourceLimits: { maxOldGenerationSizeMb: 3000 },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (said: string | Found) => (typeof said === 'string' ? console.log(said) : resolve(said)));
    worker.once('error', reject);
  });
}
function report(name: Name, { result, seconds, megabytes }: Found): void {
  const { broken, ...figures } = result;
  console.log(`${name}: ${seconds.toFixed(0)} s, ${megabytes} MB`, figures);
  if (broken !== undefined) console.log([broken.what, ...broken.transcript].join('\n'));
}
