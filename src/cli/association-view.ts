import { Data } from '../axdr/data.js';
import { type BrowsedObject, browse } from '../client/browser.js';
import type { Client, GetTarget } from '../client/client.js';
import { latin1 } from '../core/bytes.js';
import { formatHex } from '../core/hex.js';
import { allClasses } from '../cosem/all-classes.js';
import { covers, valueGroups } from '../cosem/obis-match.js';
import type { AssociationView, ViewAttribute, ViewObject } from '../idis/association-view.js';
import { objectPatterns } from '../idis/patterns.js';
import type { CompanionProfile } from '../idis/profile.js';

export interface ReadViewOptions {
  /** Address of the client. */
  readonly clientSap: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}
export interface ReadView {
  readonly view: AssociationView;
  /** What could not be read, and why; the profile is not checked there. */
  readonly notes: readonly string[];
}

/**
 * Reads what one client sees of a meter: the object list with its rights, the names of the device, and those values (no
 * others) for which the profile has a rule.
 */
export async function readAssociationView(
  client: Client,
  profile: CompanionProfile,
  options: ReadViewOptions,
): Promise<ReadView> {
  const { signal, onProgress = () => undefined } = options;
  const call = signal === undefined ? {} : { signal };
  const notes: string[] = [];
  onProgress('object list …');
  const { objects } = await browse(client, allClasses, {
    ...call,
    onProgress: (octets) => onProgress(`object list: ${octets} octets`),
  });
  const stated = objects.some((o) => o.rightsStated);
  if (!stated) notes.push('the meter does not state rights, so they are not compared');

  const wanted = objects.flatMap((o) => needed(o, profile).map((index) => ({ o, index })));
  const values = new Map<BrowsedObject, Map<number, Data>>();
  for (let from = 0; from < wanted.length; from += 8) {
    onProgress(`value ${from + 1} of ${wanted.length}`);
    const part = wanted.slice(from, from + 8);
    const outcomes = await client.getEach(
      part.map(({ o, index }) => target(o, index)),
      call,
    );
    for (const [i, { o, index }] of part.entries()) {
      const result = outcomes[i];
      if (result === undefined) continue;
      if (result.error !== undefined)
        notes.push(
          `${o.logicalName} attribute ${index} cannot be read, so its value is not compared: ${result.error.message}`,
        );
      else values.set(o, (values.get(o) ?? new Map<number, Data>()).set(index, result.value as Data));
    }
  }
  const octetsOf = (classId: number, index: number, logicalName?: string): string | Uint8Array | undefined => {
    const found = objects.find(
      (o) =>
        o.classId === classId &&
        (logicalName === undefined || o.logicalName === logicalName) &&
        values.get(o)?.has(index),
    );
    const value = found === undefined ? undefined : values.get(found)?.get(index);
    return value?.type === 'octet-string' || value?.type === 'visible-string' ? value.value : undefined;
  };
  const name = octetsOf(1, 2, deviceName);
  const ownTitle = octetsOf(securitySetup, serverTitle);
  const title =
    client.association.options.security?.peerSystemTitle ??
    (ownTitle instanceof Uint8Array && ownTitle.length > 0 ? ownTitle : undefined);
  if (title === undefined) notes.push('the meter does not tell its system title to this client, so it is not compared');
  if (name === undefined) notes.push('the logical device name cannot be read, so it is not compared');
  const view: AssociationView = {
    format: 'association-view/1',
    ...(stated ? { clientSap: options.clientSap } : {}),
    ...(title === undefined ? {} : { systemTitle: formatHex(title) }),
    ...(name === undefined ? {} : { logicalDeviceName: typeof name === 'string' ? name : latin1(name) }),
    readAt: new Date().toISOString(),
    objects: objects.map((o) => viewObject(o, values.get(o))),
  };
  return { view, notes };
}

const deviceName = '0-0:42.0.0*255';
const securitySetup = 64;
const serverTitle = 5;

/** Readable attributes for which the profile has a rule, and those that hold a name of the device. */
function needed(o: BrowsedObject, profile: CompanionProfile): number[] {
  const code = valueGroups(o.logicalName);
  const indexes = new Set<number>();
  for (const { row, pattern } of objectPatterns(profile))
    if (row.classId === o.classId && covers(pattern.groups, code))
      for (const a of row.attributes ?? []) indexes.add(a.index);
  if (o.classId === 1 && o.logicalName === deviceName) indexes.add(2);
  if (o.classId === securitySetup) indexes.add(serverTitle);
  return [...indexes].filter((index) => o.attribute(index)?.read === true).sort((a, b) => a - b);
}
const target = ({ classId, logicalName }: BrowsedObject, attributeId: number): GetTarget => ({
  descriptor: { cosemAttributeDescriptor: { classId, instanceId: logicalName, attributeId } },
  schema: Data,
  label: `class ${classId} ${logicalName} attribute ${attributeId}`,
});
function viewObject(o: BrowsedObject, values: ReadonlyMap<number, Data> | undefined): ViewObject {
  return {
    classId: o.classId,
    version: o.version,
    logicalName: o.logicalName,
    attributes: o.attributes.map(({ index, read, write }): ViewAttribute => {
      const value = values?.get(index);
      return {
        index,
        right: read ? (write ? 'GS' : 'G') : write ? 'S' : '-',
        ...(value === undefined ? {} : { value }),
      };
    }),
    methods: o.methods.map(({ index, invoke }) => ({ index, allowed: invoke })),
  };
}
