import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What a layer may import; docs/design.md says why. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  axdr: ['core'],
  store: ['core'],
  cosem: ['core', 'axdr'],
  xdlms: ['core', 'axdr', 'cosem'],
  security: ['core', 'store', 'axdr', 'xdlms'],
  transport: ['core'],
  session: ['core', 'axdr', 'cosem', 'xdlms', 'security'],
  client: ['core', 'axdr', 'cosem', 'xdlms', 'store', 'security', 'session', 'transport'],
  server: ['core', 'axdr', 'cosem', 'xdlms', 'store', 'security', 'session', 'transport'],
  translator: ['core', 'axdr', 'cosem', 'xdlms', 'security', 'transport'],
  idis: ['core', 'axdr', 'cosem'],
};
/** Modules that may use `node:`; each is an entry of its own or behind one that says so. */
const node =
  /^(cli\/|client\/push-node\.ts$|transport\/media\/(tcp|udp|tls|serial|node-socket)\.ts$|store\/(node|file-store[a-z-]*)\.ts$|security\/(node|repair-counters|providers\/(node-provider|pkcs11[a-z-]*))\.ts$|vectors\/node\.ts$)/;

const files = (readdirSync('src', { recursive: true }) as string[]).filter((f) => f.endsWith('.ts'));
const imports = (file: string): string[] =>
  [
    ...readFileSync(`src/${file}`, 'utf8').matchAll(
      /^(?:import|export)[^'"]*from ['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm,
    ),
  ].map((m) => (m[1] ?? m[2]) as string);

describe('layers', () => {
  it('finds the sources', () => expect(files.length).toBeGreaterThan(150));
  it.each(files)('%s imports only what lies below', (file) => {
    const layer = file.split('/')[0] as string;
    for (const target of imports(file)) {
      if (target.startsWith('node:')) expect(file, `${file} imports ${target}`).toMatch(node);
      if (!target.startsWith('.')) continue;
      const to = posix.join(posix.dirname(file), target).split('/')[0] as string;
      const rule = allowed[layer];
      if (rule !== undefined && to !== layer) expect(rule, `${file} imports ${target}`).toContain(to);
    }
  });
  it('takes nothing from outside but noble and the optional peers', () => {
    const outside = new Set(
      files.flatMap((f) =>
        imports(f)
          .filter((t) => !t.startsWith('.') && !t.startsWith('node:'))
          .map((t) =>
            t
              .split('/')
              .slice(0, t.startsWith('@') ? 2 : 1)
              .join('/'),
          ),
      ),
    );
    expect([...outside].sort()).toEqual(
      ['@noble/ciphers', '@noble/curves', '@noble/hashes', 'fast-check']
        .concat([...outside].filter((o) => o === 'pkcs11js' || o === 'serialport'))
        .sort(),
    );
  });
});
