import { DlmsError } from '../core/errors.js';
import { parseHex } from '../core/hex.js';
import { describeObis } from '../cosem/obis-describe.js';
import { covers, type ValueGroups, valueGroups } from '../cosem/obis-match.js';
import { parseSystemTitle } from '../cosem/system-title.js';
import type { AssociationView, ViewObject } from './association-view.js';
import { checkAttribute } from './check-attribute.js';
import { checkRights } from './check-rights.js';
import { checkTitles } from './check-titles.js';
import { about, type Finding, isWeak } from './finding.js';
import { objectPatterns } from './patterns.js';
import type { CompanionProfile, ProfileClient, ProfileObject } from './profile.js';

/**
 * The result of a pre-check. It compares a meter with data of limited or unknown authority and says nothing about
 * conformance.
 */
export interface PreCheck {
  readonly profile: { readonly id: string; readonly name: string };
  /** The client whose rights were compared; undefined when rights were not compared. */
  readonly client: string | undefined;
  /** The options (D, L, M, polyphase) that the meter is assumed to have. */
  readonly options: readonly string[];
  readonly objectsChecked: number;
  readonly findings: readonly Finding[];
  /** There is no finding other than `extra`. */
  readonly passed: boolean;
  /** The result in words, for a report. */
  readonly statement: string;
}
/** Options of {@link checkProfile}. */
export interface CheckOptions {
  /** The id of the client in the profile. Default: the client with the address in the view. */
  readonly client?: string;
  /**
   * The options of the meter. Default: those in the function type of its system title, and `polyphase` if it has an
   * object of phase L2.
   */
  readonly options?: readonly string[];
  /**
   * Also report missing objects that are not known to be mandatory but judged to be in every meter. Default: true if
   * the profile states no obligations at all.
   */
  readonly judgements?: boolean;
}

/**
 * Compares what a client sees of a meter with a companion profile: missing and extra objects, class, version, rights,
 * types and values of attributes, system title and logical device name. Only what the profile states is judged: with
 * `mandatory: null`, a missing object is at most an estimate; rights of clients and attributes that are not listed are
 * not judged.
 * @throws DlmsError `service/unsupported` when the profile has no client with that id.
 */
export function checkProfile(view: AssociationView, profile: CompanionProfile, options: CheckOptions = {}): PreCheck {
  const client = clientOf(view, profile, options.client);
  const present = options.options ?? optionsOf(view, profile);
  const judge = options.judgements ?? profile.objects.every((o) => o.mandatory === null);
  const codes = view.objects.map((o) => valueGroups(o.logicalName));
  const known = new Set<ViewObject>();
  const findings: Finding[] = [...checkTitles(view, profile)];
  const rows = objectPatterns(profile).map(({ row, pattern }) => ({
    row,
    objects: view.objects.filter((_, i) => covers(pattern.groups, codes[i] as ValueGroups)),
  }));
  for (const { row, objects } of rows) for (const o of objects) if (o.classId === row.classId) known.add(o);

  let checked = 0;
  for (const { row, objects } of rows) {
    const own = objects.filter((o) => o.classId === row.classId);
    const others = objects.filter((o) => !known.has(o));
    if (own.length === 0 && others.length > 0) {
      findings.push(...others.map((o) => ofOtherClass(row, o)));
      for (const o of others) known.add(o);
    } else if (own.length === 0) findings.push(...missing(row, client, present, judge));
    checked += own.length;
    for (const o of own) findings.push(...checkObject(row, o, client));
  }
  if (profile.objects.length > 0) findings.push(...view.objects.filter((o) => !known.has(o)).map(extra));

  const passed = findings.every((f) => f.kind === 'extra');
  const estimates = findings.filter((f) => f.estimate && f.kind !== 'extra').length;
  const faults = findings.filter((f) => f.kind !== 'extra').length;
  const statement =
    `Pre-check against profile ${profile.name}: ${passed ? 'no deviation found' : `${faults} deviation${faults === 1 ? '' : 's'}, ${estimates} of them against estimates`}` +
    `, ${findings.length - faults} objects that the profile does not list. This says nothing about conformance.`;
  return {
    profile: { id: profile.id, name: profile.name },
    client: client?.id,
    options: present,
    objectsChecked: checked,
    findings,
    passed,
    statement,
  };
}

const ofOtherClass = (row: ProfileObject, o: ViewObject): Finding => ({
  ...about(row, o),
  kind: 'class',
  expected: `class ${row.classId}`,
  actual: `class ${o.classId}`,
});
/** An object of the class that the row asks for. */
function* checkObject(row: ProfileObject, o: ViewObject, client: ProfileClient | undefined): Generator<Finding> {
  if (row.versions.length > 0 && !row.versions.includes(o.version))
    yield {
      ...about(row, o),
      kind: 'version',
      expected: `version ${row.versions.join(' or ')}`,
      actual: `version ${o.version}`,
    };
  if (client !== undefined) yield* checkRights(row, o, client);
  for (const attribute of row.attributes ?? []) yield* checkAttribute(row, attribute, o);
}

function clientOf(view: AssociationView, profile: CompanionProfile, id: string | undefined): ProfileClient | undefined {
  const client = profile.clients.find((c) => (id === undefined ? c.sap === view.clientSap : c.id === id));
  if (client === undefined && id !== undefined)
    throw new DlmsError('service/unsupported', {
      what: `client ${JSON.stringify(id.slice(0, 40))} in profile ${profile.id}`,
    });
  return client;
}

function optionsOf({ systemTitle, objects }: AssociationView, profile: CompanionProfile): string[] {
  const title = systemTitle === undefined ? new Uint8Array() : parseHex(systemTitle);
  const bits =
    title.length === 8 && profile.titles.systemTitle.layout === 'idis' ? parseSystemTitle(title).idis.functionType : 0;
  const options = profile.titles.functionTypes.filter((f) => (bits >> f.bit) & 1).map((f) => f.option);
  return objects.some((o) => /^1-\d+:(4[1-9]|5[0-9]|60)\./.test(o.logicalName)) ? [...options, 'polyphase'] : options;
}

function missing(
  row: ProfileObject,
  client: ProfileClient | undefined,
  options: readonly string[],
  judge: boolean,
): Finding[] {
  if (client !== undefined && row.rights[client.id] === '-') return [];
  if (row.option !== undefined && !options.includes(row.option)) return [];
  const required = row.mandatory ?? (judge && row.mandatoryJudgement === true);
  if (!required) return [];
  const estimate = row.mandatory === null || isWeak(row);
  return [
    {
      ...about(row),
      kind: 'missing',
      expected: `an object of class ${row.classId}`,
      actual: 'no such object',
      estimate,
    },
  ];
}
function extra(o: ViewObject): Finding {
  const name = describeObis(o.logicalName).text;
  return {
    kind: 'extra',
    obis: o.logicalName,
    classId: o.classId,
    name,
    expected: 'not in the profile',
    actual: `class ${o.classId} version ${o.version}`,
    estimate: true,
    source: [],
    confidence: 'unknown',
  };
}
