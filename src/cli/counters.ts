import { mkdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { InvocationCounters } from '../security/counters.js';
import { FileStore } from '../store/file-store.js';
import { VolatileStore } from '../store/store.js';
import type { Option } from './command.js';
import { exitCodes, Failure, usage } from './failure.js';
import type { Io } from './io.js';

// Where the command keeps invocation counters. One that began low in each run would encrypt twice with the same counter, which gives the key away.

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

/** The folder for what programs of this user keep between runs. */
export function stateFolder(io: Io, platform: string = process.platform): string {
  const { XDG_STATE_HOME: state, LOCALAPPDATA: local } = io.env ?? {};
  if (platform === 'win32') return join(local ?? join(homedir(), 'AppData', 'Local'), 'dlms-cosem');
  // The rules of the XDG folders: what is no absolute path is not looked at.
  return join(state?.startsWith('/') === true ? state : join(homedir(), '.local', 'state'), 'dlms-cosem');
}

/** Where the options say that the counters are. */
export const counterFolder = (values: CounterValues, io: Io): string =>
  values.counters ?? join(stateFolder(io), 'counters');

/** The store that the options name, closed when the command ends. One that the user named is never made without being told to. Several commands may run at once. */
export async function counterStore(values: CounterValues, io: Io): Promise<FileStore> {
  const given = values.counters;
  const create = values['create-counters'] === true;
  if (given === undefined && create)
    throw usage('--create-counters goes with --counters DIR; the default folder is created automatically');
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
  if (info !== undefined && !info.isDirectory()) throw usage(`the counters: ${folder} is no folder`);
  const make = create || (given === undefined && info === undefined);
  if (make) await madeFolder(folder, given === undefined);
  const store = await (make ? FileStore.create(folder, { shared: true }) : FileStore.open(folder, { shared: true }));
  io.atEnd?.(() => store.close());
  if (make) io.stderr.write(`the invocation counters are kept in ${folder} from now on\n`);
  return store;
}
/** Around a folder that the user named nothing is made: a volume that is not mounted would be forgotten with all counters. */
async function madeFolder(folder: string, byDefault: boolean): Promise<void> {
  try {
    if (byDefault) await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    await mkdir(folder, { mode: 0o700 });
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw usage(`--create-counters: ${folder} is there already; without --create-counters it is opened`);
    throw usage(`the folder ${folder} for the counters cannot be made (${code})`);
  }
}

/** The counters of this user, kept between runs. @param initial the first value of a key that was not used before */
export async function keptCounters(values: CounterValues, io: Io, initial?: number): Promise<InvocationCounters> {
  return new InvocationCounters(await counterStore(values, io), initial === undefined ? {} : { initial });
}
/** For what is only looked at, and for keys that everybody knows: forgotten with the process. */
export const forgottenCounters = (): InvocationCounters => new InvocationCounters(new VolatileStore());
