import { readdirSync } from 'node:fs';
import type { InterfaceClass } from '../src/cosem/interface-class.js';

// The files that follow from the class files: `src/cosem/classes/index.ts` and `src/cosem/all-classes.ts`.
// test/cosem/class-files.test.ts compares them; `npx vitest run test/cosem/class-files.test.ts -u` writes them.

export interface ClassFile {
  /** `profile-generic` */
  readonly file: string;
  /** Current version first, then the older ones from new to old. */
  readonly classes: readonly { readonly identifier: string; readonly definition: InterfaceClass }[];
}

const isClass = (v: unknown): v is InterfaceClass =>
  typeof v === 'object' && v !== null && 'classId' in v && 'attributes' in v && 'methods' in v;

/** Every class file, by class id. */
export async function classFiles(): Promise<ClassFile[]> {
  const folder = new URL('../src/cosem/classes/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'index.ts');
  const files = await Promise.all(
    names.map(async (name) => {
      const module = (await import(new URL(name, folder).href)) as Record<string, unknown>;
      const classes = Object.entries(module).flatMap(([identifier, definition]) =>
        isClass(definition) ? [{ identifier, definition }] : [],
      );
      return { file: name.slice(0, -3), classes: classes.sort((a, b) => b.definition.version - a.definition.version) };
    }),
  );
  return files.sort((a, b) => (a.classes[0]?.definition.classId ?? 0) - (b.classes[0]?.definition.classId ?? 0));
}

const head = (contents: string): string =>
  `/**\n * ${contents}\n *\n * Stability: stable.\n *\n * @module\n */\n// Made from the class files, see scripts/class-files.ts.\n`;

export const indexFile = (files: readonly ClassFile[]): string =>
  `${head('The interface classes with the types of their attributes; each has an entry of its own.')}${files
    .map(({ file }) => file)
    .sort()
    .map((file) => `export * from './${file}.js';\n`)
    .join('')}`;

export function allClassesFile(files: readonly ClassFile[]): string {
  const identifiers = files.flatMap(({ classes }) => classes.map(({ identifier }) => identifier));
  return [
    head('Every interface class and version in one registry.').trimEnd(),
    "import { type ClassRegistry, classes } from './class-registry.js';",
    "import * as c from './classes/index.js';",
    '',
    '/**',
    ' * Every class and version that this library knows. Importing it bundles all of them; for just a few, make a registry',
    ' * with `classes(…)`.',
    ' */',
    'export const allClasses: ClassRegistry = /* @__PURE__ */ (() =>',
    '  classes(',
    ...identifiers.map((identifier) => `    c.${identifier},`),
    '  ))();',
    '',
  ].join('\n');
}
