import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { InvocationCounters } from '../security/counters.js';
import { FileStore } from '../store/file-store.js';
import { VolatileStore } from '../store/store.js';
import type { Option } from './command.js';
import { exitCodes, Failure, usage } from './failure.js';
import type { Io } from './io.js';

// Where the command keeps invocation counters. If each run started low, it would encrypt twice with the same counter,
// which gives the key away.

export const counterOptions = {
  counters: {
    type: 'string',
    value: 'DIR',
    help: "folder with the invocation counters, which must exist; default: dlms-cosem/counters in this user's state folder, created when first needed",
  },
  'create-counters': { type: 'boolean', help: 'create the folder of --counters; refused if it exists' },
} as const satisfies Record<string, Option>;
export interface CounterValues {
  readonly counters?: string;
  readonly 'create-counters'?: boolean;
}

/** The folder in which programs of this user keep their state between runs. */
export function stateFolder(io: Io, platform: string = process.platform): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = io.env ?? {};
  if (platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'dlms-cosem');
  // According to the XDG rules, a path that is not absolute is ignored.
  return join(state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state'), 'dlms-cosem');
}

/** The folder of the counters, according to the options. */
export const counterFolder = (values: CounterValues, io: Io): string =>
  values.counters ?? join(stateFolder(io), 'counters');

/**
 * The store that the options name, closed when the command ends. A store named by the user is never created unless
 * requested. Several commands may use it at once.
 */
export async function counterStore(values: CounterValues, io: Io): Promise<FileStore> {
  const given = values.counters;
  const create = values['create-counters'] === true;
  if (given === undefined && create)
    throw usage('--create-counters needs --counters DIR; the default folder is created automatically');
  const folder = counterFolder(values, io);
  const info = await stat(folder).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return undefined;
    throw usage(`the counters in ${folder} cannot be reached (${e.code})`);
  });
  if (info === undefined && given !== undefined && !create)
    throw new Failure(
      `--counters: there is no folder ${folder}. Counters that start again under a used key compromise that key: check the path (is the volume mounted?), or create a new folder with --create-counters`,
      exitCodes.security,
    );
  if (info !== undefined && !info.isDirectory()) throw usage(`the counters: ${folder} is not a folder`);
  const make = create || (given === undefined && info === undefined);
  if (make) await madeFolder(folder, given === undefined);
  const store = await (make ? FileStore.create(folder, { shared: true }) : FileStore.open(folder, { shared: true }));
  io.atEnd?.(() => store.close());
  if (make) io.stderr.write(`the invocation counters are kept in ${folder} from now on\n`);
  return store;
}
/**
 * The parents of a folder named by the user are not created: if a volume is not mounted, its counters would be
 * overlooked.
 */
async function madeFolder(folder: string, byDefault: boolean): Promise<void> {
  try {
    if (byDefault) await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw usage(`--create-counters: ${folder} exists already; leave out --create-counters to open it`);
    throw usage(`the folder ${folder} for the counters cannot be created (${code})`);
  }
}

/** The counters of this user, kept between runs. @param initial the first value for a key never used before */
export async function keptCounters(values: CounterValues, io: Io, initial?: number): Promise<InvocationCounters> {
  return new InvocationCounters(await counterStore(values, io), initial === undefined ? {} : { initial });
}
/** Counters that end with the process: for messages that are only looked at, and for keys that everybody knows. */
export const forgottenCounters = (): InvocationCounters => new InvocationCounters(new VolatileStore());
