import { readdirSync } from 'node:fs';

/**
 * The public entry points. What follows from this list (`exports` of package.json, the entry points of typedoc, the size budgets, the
 * table of the README) is written by `npm run entries`; test/package.test.ts compares it, and test/layers.test.ts takes from it which
 * modules may use `node:`.
 */
export interface Entry {
  /** Sub-path of the package, as in `exports`. */
  readonly path: string;
  /** Module below src/, without `.ts`. */
  readonly module: string;
  /** A preview may change in a minor version, a stable entry only in a major one. */
  readonly stability: 'stable' | 'preview';
  /** `node`: it and the modules that it alone uses may import from `node:`. */
  readonly runs: 'anywhere' | 'node';
  /** What all of it may weigh in a bundle: kB after brotli, without `node:` and the optional peers. */
  readonly budget: number;
  /** What it is, for the README. */
  readonly contents: string;
}

const anywhere = (
  path: string,
  module: string,
  stability: Entry['stability'],
  budget: number,
  contents: string,
): Entry => ({ path, module, stability, runs: 'anywhere', budget, contents });
const node = (...[path, module, stability, budget, contents]: Parameters<typeof anywhere>): Entry => ({
  ...anywhere(path, module, stability, budget, contents),
  runs: 'node',
});

/** `cosem/*` stands for one entry for each class. */
export const entries: readonly Entry[] = [
  anywhere('.', 'index', 'stable', 100, 'client, Data, errors, security context, wrapper: what most programs need'),
  anywhere('./axdr', 'axdr/index', 'stable', 10, 'schemas, Data, the column decoder for profile buffers'),
  anywhere('./cosem', 'cosem/index', 'stable', 32, 'OBIS, date-time, units, scaled values, flags'),
  anywhere('./cosem/*', 'cosem/classes/*', 'stable', 28, 'one module for each interface class (142 class versions)'),
  anywhere('./cosem/all-classes', 'cosem/all-classes', 'stable', 28, 'a registry of all of them'),
  anywhere('./cosem/obis-names', 'cosem/obis-names', 'stable', 7, 'names of OBIS codes'),
  anywhere('./xdlms', 'xdlms/index', 'stable', 14, 'every APDU by its name in the Green Book'),
  anywhere(
    './security',
    'security/index',
    'stable',
    52,
    'suites 0, 1, 2; HLS; invocation counters; key wrap and agreement; providers noble and WebCrypto',
  ),
  node('./security/node', 'security/node', 'stable', 9, 'the provider on node:crypto; repair of counter folders'),
  node('./security/pkcs11', 'security/providers/pkcs11', 'preview', 10, 'keys on a token (needs `pkcs11js`)'),
  anywhere(
    './security/v44',
    'security/v44/index',
    'preview',
    5,
    'V.44 compression: `compress`, for peers that are known to accept it',
  ),
  anywhere('./security/certificates', 'security/certificates/index', 'preview', 17, 'X.509 certificates of meters'),
  anywhere('./store', 'store/index', 'stable', 2.5, 'stores that keep counters and keys across restarts'),
  node('./store/node', 'store/node', 'stable', 6, 'a store in a folder'),
  anywhere('./store/sqlite', 'store/sqlite-store', 'preview', 4, 'a store in a SQLite database that you open'),
  anywhere(
    './transport',
    'transport/index',
    'stable',
    27,
    'wrapper, M-Bus, mode E; trace, pcap, record, faults; the doctor',
  ),
  anywhere('./transport/hdlc', 'transport/hdlc/index', 'stable', 17, 'HDLC, both roles'),
  node('./transport/tcp', 'transport/media/tcp', 'stable', 4, 'TCP'),
  node('./transport/tls', 'transport/media/tls', 'stable', 5, 'TLS'),
  node('./transport/udp', 'transport/media/udp', 'stable', 4, 'UDP'),
  node('./transport/serial', 'transport/media/serial', 'stable', 3.5, 'serial ports (needs `serialport`)'),
  anywhere('./transport/web-serial', 'transport/media/web-serial', 'preview', 3, 'serial ports of the browser'),
  anywhere(
    './session',
    'session/index',
    'preview',
    20,
    'the protocol below client and meter, without input and output',
  ),
  anywhere('./client', 'client/index', 'stable', 74, 'the client: attributes, methods, profiles, key change, pushes'),
  node('./client/push-node', 'client/push-node', 'stable', 28, 'pushes over TCP and UDP'),
  anywhere('./server', 'server/index', 'preview', 56, 'the meter: associations, rights, objects'),
  anywhere(
    './meter',
    'meter/index',
    'preview',
    86,
    'a meter that runs on a virtual clock: the behaviour behind its classes, kept in a store',
  ),
  anywhere(
    './translator',
    'translator/index',
    'preview',
    64,
    'XML (COSEMpdu) and JSON both ways, `explain` (annotated octets), tables',
  ),
  anywhere('./idis', 'idis/index', 'preview', 40, 'companion profiles as data, push and event decoding, pre-checks'),
  anywhere('./testing', 'testing/index', 'preview', 80, 'simulated meters'),
  anywhere('./testing/arbitrary', 'testing/arbitrary', 'preview', 9, 'generators of values (needs `fast-check`)'),
  anywhere('./vectors', 'vectors/index', 'preview', 88, 'the test vector runner'),
  anywhere('./vectors/scenarios', 'vectors/scenarios/index', 'preview', 150, 'scenarios of a running meter'),
];

const classes = readdirSync('src/cosem/classes')
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -3));

/** With `*` written out: one entry for each class. */
export const everyEntry: readonly Entry[] = entries.flatMap((entry) =>
  entry.path.endsWith('*')
    ? classes.map((name) => ({
        ...entry,
        path: entry.path.replace('*', name),
        module: entry.module.replace('*', name),
      }))
    : [entry],
);

/** Parts of entries that have budgets of their own: what a bundler leaves of an entry when one thing is imported. */
export const parts: readonly { name: string; module: string; import?: string; budget: number }[] = [
  { name: 'Client alone', module: 'client/index', import: '{ Client }', budget: 35 },
  { name: 'one interface class', module: 'cosem/classes/register', budget: 9.5 },
  { name: 'one service (GET)', module: 'xdlms/get', budget: 7.5 },
  { name: 'any APDU', module: 'xdlms/apdu', budget: 14 },
];
