import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { type ClassNotes, describeClass } from '../src/translator/describe-class.js';
import type { ClassFile } from './class-files.js';

// docs/classes: one page for each interface class, made from the class files (definitions and comments).
// test/cosem/class-pages.test.ts compares them; `npx vitest run test/cosem/class-pages.test.ts -u` writes them.

/** File name → page. */
export function classPages(files: readonly ClassFile[]): Map<string, string> {
  const pages = new Map(files.map((f) => [`${f.file}.md`, page(f)]));
  return pages.set('README.md', overview(files));
}

function page({ file, classes }: ClassFile): string {
  const [current, ...older] = classes;
  if (current === undefined) throw new Error(`${file}.ts defines no class`);
  const comments = commentsOf(file);
  const described = classes.map(({ identifier, definition }) => {
    const own = comments.get(identifier) ?? {};
    // A version repeats the comments of the members that it does not change.
    const members = { ...comments.get(current.identifier)?.members, ...own.members };
    // The heading says name, id and version already.
    const summary = own.summary?.replace(/^[^.]*\(class_id \d+, version \d+\)\.\s*/, '');
    return describeClass(definition, { ...(summary === undefined || summary === '' ? {} : { summary }), members });
  });
  const names = classes.map((c) => c.identifier).join(', ');
  return [
    `# ${current.definition.name}`,
    '',
    '```ts',
    `import { ${names} } from 'dlms-cosem/cosem/${file}';`,
    '```',
    '',
    ...(older.length === 0 ? [] : ['Take the version that the object list of the meter states.', '']),
    described.join('\n'),
  ].join('\n');
}

function overview(files: readonly ClassFile[]): string {
  const rows = files.map(({ file, classes }) => {
    const [current] = classes;
    const versions = classes.map((c) => c.definition.version).sort((a, b) => a - b);
    return `| ${current?.definition.classId} | [${current?.definition.name}](${file}.md) | \`${current?.identifier}\` | ${versions.join(', ')} | ${current?.definition.confidence} |`;
  });
  return `${[
    '# Interface classes',
    '',
    'Generated from the class files, with the comments of the definitions. "write" means that a configuration attribute is',
    'meant to be written; what an association really allows is in its object list.',
    '',
    'The definitions are collected from public sources (named on each page), not from the Blue Book itself. Confidence "two',
    'sources": at least two of them agree on the names. "one source" and "unverified" (from memory, with no source) deserve',
    'a check against the meter. The sources are the implementations Gurux and jDLMS, the dissector of Wireshark, the Python',
    'project DLMS SPODES (written against Blue Book Edition 14; "names only": its list of names, without types), and a',
    'public table of the classes of Blue Book Edition 16, of which only the plausible entries are used.',
    '',
    'Data types have their names in the books. `logical-name` is an octet-string of six octets, shown as `1-0:1.8.0*255`;',
    '`octet-string(date-time)` is an octet-string of 12 octets (`date` 5, `time` 4). The value of an enumeration is a name,',
    'or the number when it has none; the value of flags is the list of the names of the bits that are set. "any Data" also',
    'means that the layout is not known.',
    '',
    '| class_id | Name | Import | Versions | Confidence |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}

/** Comments of the classes in a file and of their members, by identifier. */
function commentsOf(file: string): Map<string, ClassNotes> {
  const path = new URL(`../src/cosem/classes/${file}.ts`, import.meta.url);
  const source = ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const out = new Map<string, ClassNotes>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const definition =
        initializer !== undefined && ts.isCallExpression(initializer)
          ? initializer.arguments.find(ts.isObjectLiteralExpression)
          : undefined;
      if (definition === undefined) continue;
      const members: Record<string, string> = {};
      for (const part of definition.properties)
        if (ts.isPropertyAssignment(part) && ts.isObjectLiteralExpression(part.initializer))
          for (const member of part.initializer.properties) {
            const text = comment(member);
            if (text !== '') members[member.name?.getText(source) ?? ''] = text.replaceAll('\n', ' ');
          }
      const summary = comment(statement);
      out.set(name.getText(source), { ...(summary === '' ? {} : { summary }), members });
    }
  }
  return out;
}
const comment = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join('\n');
