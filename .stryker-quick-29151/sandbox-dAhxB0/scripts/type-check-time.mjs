// Type-check time of a user file that imports ten interface classes against one that imports a single one.
// Run: node scripts/type-check-time.mjs [runs]. Prints the least processor time of each and their ratio; nothing is asserted.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const runs = Number(process.argv[2] ?? 5);
const classes = {
  Register: 'register',
  Clock: 'clock',
  ProfileGeneric: 'profile-generic',
  AssociationLn: 'association-ln',
  SecuritySetup: 'security-setup',
  PushSetup: 'push-setup',
  DisconnectControl: 'disconnect-control',
  ImageTransfer: 'image-transfer',
  ActivityCalendar: 'activity-calendar',
  MBusClient: 'mbus-client',
};
const folder = mkdtempSync(join(root, 'node_modules', '.type-check-'));
writeFileSync(
  join(folder, 'cpu.cjs'),
  "process.on('exit', () => { const c = process.cpuUsage(); console.log('CPU:', (c.user + c.system) / 1e6); });",
);
const run = (...args) =>
  execFileSync(process.execPath, ['-r', join(folder, 'cpu.cjs'), tsc, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const config = (name, content) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};
const figure = (out, name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(out)?.[1]);
try {
  // As a user sees the package: declarations, not sources.
  const options = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rootDir: root,
    outDir: join(folder, 'package'),
    types: [],
  };
  const files = Object.values(classes).map((file) => join(root, 'src/cosem/classes', `${file}.ts`));
  run('-p', config('declarations.json', { extends: '../../tsconfig.json', compilerOptions: options, include: files }));
  const users = [1, 10].map((n) => {
    const lines = Object.entries(classes)
      .slice(0, n)
      .map(
        ([name, file]) =>
          `import { ${name} } from './package/src/cosem/classes/${file}.js';\nexport const use${name}: ObjectOf<typeof ${name}> | undefined = undefined;`,
      );
    writeFileSync(
      join(folder, `user${n}.ts`),
      `import type { ObjectOf } from './package/src/cosem/interface-class.js';\n${lines.join('\n')}\n`,
    );
    return config(`user${n}.json`, {
      extends: '../../tsconfig.json',
      compilerOptions: { types: [] },
      include: [`user${n}.ts`],
    });
  });
  const outputs = users.map(() => []);
  // In turns, so that a slow moment meets both.
  for (let i = 0; i < runs; i++)
    for (const [n, user] of users.entries()) outputs[n].push(run('-p', user, '--extendedDiagnostics'));
  const [one, ten] = outputs.map((list) => ({
    seconds: Math.min(...list.map((out) => figure(out, 'CPU'))),
    types: figure(list[0], 'Types'),
    instantiations: figure(list[0], 'Instantiations'),
  }));
  for (const [label, r] of [
    ['one class  ', one],
    ['ten classes', ten],
  ])
    process.stdout.write(`${label} ${r.seconds.toFixed(2)} s, ${r.types} types, ${r.instantiations} instantiations\n`);
  process.stdout.write(`ratio of the times ${(ten.seconds / one.seconds).toFixed(2)}\n`);
} finally {
  rmSync(folder, { recursive: true });
}
