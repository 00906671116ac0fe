import { readFile, writeFile } from 'node:fs/promises';
import { type AssociationView, formatAssociationView, parseAssociationView } from '../idis/association-view.js';
import { checkProfile, type PreCheck } from '../idis/check-profile.js';
import type { Finding, FindingKind } from '../idis/finding.js';
import type { CompanionProfile } from '../idis/profile.js';
import { readAssociationView } from './association-view.js';
import { type Command, command } from './command.js';
import { type ConnectValues, clientOf, connectOptions, targetOf, urlNote } from './connect.js';
import { exitCodes, quoted, usage } from './failure.js';
import { textFrom } from './input.js';
import type { Io } from './io.js';
import { keysNote } from './keys.js';
import { profileArgument } from './profiles.js';
import { harmless, type Paint, Progress, painter, table } from './text.js';

export const checkProfileCommand: Command = command({
  name: 'check-profile',
  summary: 'pre-check: compare what a client sees of a meter with a companion profile',
  arguments: 'URL|VIEW.json',
  count: [1, 1],
  options: {
    profile: {
      type: 'string',
      value: 'ID|FILE',
      help: 'the companion profile (required): idis-package-2 or another that comes with this program, or a file',
    },
    client: {
      type: 'string',
      value: 'NAME',
      help: 'client of the profile whose rights apply, e.g. management; default: the one with the address in the view',
    },
    options: {
      type: 'string',
      value: 'LIST',
      help: 'options that the meter has, e.g. D,L,polyphase, or none; default: taken from its system title and objects',
    },
    save: {
      type: 'string',
      value: 'VIEW.json',
      help: 'save what was read from the meter, so that it can be checked again without it',
    },
    ...connectOptions,
    json: { type: 'boolean', help: 'JSON, for programs' },
  },
  notes: [
    'Reads the object list with its access rights, the system title, the logical device name, and the values for which the profile has a rule; or uses a saved view. Nothing is written to the meter.',
    urlNote,
    keysNote,
    'The profiles that come with this program are estimates from public material, and each finding states its source and how far to trust it. A pre-check says nothing about conformance. Objects that the profile does not list (extra) do not count: the exit code is 0 if there is no other finding, otherwise 1.',
  ],
  examples: [
    "dlms-cosem check-profile 'tcp://127.0.0.1:4059?client=1' --keys keys.json --profile idis-package-2 --save meter.json",
    'dlms-cosem check-profile meter.json --profile idis-package-2 --client management --options D,polyphase',
  ],
  async run([source], values, io) {
    if (values.profile === undefined)
      throw usage(
        'check-profile needs --profile, e.g. --profile idis-package-2: the profile is never guessed from the meter',
      );
    const profile = await profileArgument(values.profile);
    const client = values.client;
    if (client !== undefined && !profile.clients.some((c) => c.id === client))
      throw usage(
        `--client ${quoted(client)} is not in the profile, which has ${profile.clients.map((c) => c.id).join(', ') || 'no clients'}`,
      );
    const options = optionsArgument(values.options, profile);
    const live = /^[a-z][a-z+]*:\/\//i.test(source as string);
    if (!live && values.save !== undefined) throw usage('--save needs the URL of a meter');
    const { view, notes } = live
      ? await fromMeter(source as string, profile, values, io)
      : { view: await saved(source as string, io), notes: [] };
    for (const note of notes) io.stderr.write(`note: ${note}\n`);
    if (values.save !== undefined) await kept(values.save, view);
    const result = checkProfile(view, profile, {
      ...(client === undefined ? {} : { client }),
      ...(options === undefined ? {} : { options }),
    });
    if (values.json === true) io.stdout.write(`${JSON.stringify(asJson(view, result, notes), undefined, 2)}\n`);
    else io.stdout.write(asText(source as string, view, profile, result, painter(io)));
    return result.passed ? exitCodes.ok : exitCodes.failed;
  },
});

async function fromMeter(
  url: string,
  profile: CompanionProfile,
  values: ConnectValues,
  io: Io,
): Promise<{ view: AssociationView; notes: readonly string[] }> {
  const target = targetOf(url);
  const progress = new Progress(io);
  progress.show(`connecting to ${target.url.host || target.url.pathname} …`);
  const client = await clientOf(target, values, io).finally(() => progress.done());
  try {
    await client.connect(io.signal);
    return await readAssociationView(client, profile, {
      clientSap: target.client,
      ...(io.signal === undefined ? {} : { signal: io.signal }),
      onProgress: (text) => progress.show(text),
    });
  } finally {
    progress.done();
    await client.close();
  }
}
async function saved(source: string, io: Io): Promise<AssociationView> {
  if (source === '-') return parseAssociationView(await textFrom(source, io));
  const json = await readFile(source, 'utf8').catch(() => {
    throw usage(`${quoted(source)} is neither a URL like tcp://127.0.0.1:4059?client=1 nor a readable file`);
  });
  return parseAssociationView(json);
}
async function kept(path: string, view: AssociationView): Promise<void> {
  await writeFile(path, formatAssociationView(view)).catch((e: unknown) => {
    throw usage(`--save: cannot write ${path} (${(e as { code?: string }).code})`);
  });
}
function optionsArgument(text: string | undefined, { objects, titles }: CompanionProfile): string[] | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return [];
  const known = [...new Set([...titles.functionTypes.map((f) => f.option), ...objects.flatMap((o) => o.option ?? [])])];
  const given = text.split(',').map((o) => o.trim());
  const strange = given.find((o) => !known.includes(o));
  if (strange !== undefined)
    throw usage(
      `--options: ${quoted(strange)} is not an option of the profile, which has ${known.join(', ') || 'none'}`,
    );
  return given;
}

/** Findings that count first, objects beyond the profile last. */
const kinds: readonly (readonly [FindingKind, string])[] = [
  ['missing', 'objects that are not there'],
  ['class', 'another interface class'],
  ['version', 'another version of the class'],
  ['type', 'another type'],
  ['right', 'other rights'],
  ['value', 'another value'],
  ['title', 'names of the device'],
  ['extra', 'objects that the profile does not list (these do not count)'],
];

function asText(
  source: string,
  view: AssociationView,
  profile: CompanionProfile,
  result: PreCheck,
  paint: Paint,
): string {
  const { findings, client, options } = result;
  const clientName = profile.clients.find((c) => c.id === client)?.name;
  const parts = [
    [
      `${paint('bold', 'Pre-check')} of ${source} against ${profile.name} (${profile.id})`,
      `system title ${view.systemTitle ?? 'not known'}, logical device name ${view.logicalDeviceName === undefined ? 'not known' : harmless(JSON.stringify(view.logicalDeviceName))}`,
      `${view.objects.length} objects seen; rights ${clientName === undefined ? `not compared: ${noClient(view)}` : `of the ${clientName}`}; options: ${options.join(', ') || 'none'}`,
    ].join('\n'),
  ];
  for (const [kind, heading] of kinds) {
    const own = findings.filter((f) => f.kind === kind);
    if (own.length > 0)
      parts.push(
        `${paint(kind === 'extra' ? 'dim' : 'yellow', `${kind} (${own.length}): ${heading}`)}\n${rows(own, paint)}`,
      );
  }
  const used = [...new Set(findings.flatMap((f) => f.source))];
  if (used.length > 0)
    parts.push(
      [
        paint('bold', 'Sources'),
        ...used.map((key) => `  ${key}: ${profile.sources[key] ?? 'not explained in the profile'}`),
      ].join('\n'),
    );
  parts.push(result.statement);
  return `${parts.join('\n\n')}\n`;
}
const noClient = ({ clientSap }: AssociationView): string =>
  `${clientSap === undefined ? 'the view does not say which client saw it' : `the profile has no client with address ${clientSap}`}; --client names one`;
function rows(findings: readonly Finding[], paint: Paint): string {
  const columns: readonly (readonly [string, (f: Finding) => string])[] = [
    ['Object', (f) => f.obis ?? ''],
    ['Name', (f) => f.name],
    [
      'Part',
      (f) =>
        f.attribute === undefined ? (f.method === undefined ? '' : `method ${f.method}`) : `attribute ${f.attribute}`,
    ],
    ['Expected', (f) => f.expected],
    ['Found', (f) => f.actual],
    ['Confidence', (f) => (f.kind === 'extra' ? '' : `${f.confidence}${f.estimate ? ', estimate' : ''}`)],
    ['Source', (f) => f.source.join(', ')],
  ];
  const used = columns.filter(([, cell]) => findings.some((f) => cell(f) !== ''));
  return table(
    used.map(([title]) => ({ title })),
    findings.map((f) => used.map(([, cell]) => harmless(cell(f)))),
    paint,
  );
}
function asJson(view: AssociationView, result: PreCheck, notes: readonly string[]): object {
  const { profile, client, options, objectsChecked, passed, statement, findings } = result;
  return {
    profile,
    client: client ?? null,
    options,
    meter: {
      systemTitle: view.systemTitle ?? null,
      logicalDeviceName: view.logicalDeviceName ?? null,
      clientSap: view.clientSap ?? null,
      objects: view.objects.length,
    },
    objectsChecked,
    passed,
    statement,
    counts: Object.fromEntries(kinds.map(([kind]) => [kind, findings.filter((f) => f.kind === kind).length])),
    findings,
    notes,
  };
}
