import type { Obis } from '../cosem/obis.js';
import { obisFromBytes } from '../cosem/obis.js';
import { parseObisPattern } from '../cosem/obis-match.js';
import type { AssociationView, ViewAttribute, ViewMethod, ViewObject } from './association-view.js';
import { dataFromJson } from './data-json.js';
import type { CompanionProfile, ProfileObject } from './profile.js';
import { parseRights } from './rights.js';

/** Options of {@link viewOfProfile}. */
export interface ViewOfProfileOptions {
  /** The id of the client. Default: `management`. */
  readonly client?: string;
  /** The options of the meter. Default: none. */
  readonly options?: readonly string[];
  readonly systemTitle?: string;
  readonly logicalDeviceName?: string;
}

/**
 * The view that a profile describes: each object with the first version that is allowed, the rights of one client, and
 * the prescribed values. A starting point for simulated meters and for tests. A pattern becomes its first code.
 */
export function viewOfProfile(
  profile: CompanionProfile,
  { client = 'management', options = [], ...titles }: ViewOfProfileOptions = {},
): AssociationView {
  const sap = profile.clients.find((c) => c.id === client)?.sap;
  const rows = profile.objects.filter(
    (o) => o.rights[client] !== '-' && (o.option === undefined || options.includes(o.option)),
  );
  return {
    format: 'association-view/1',
    ...(sap === undefined ? {} : { clientSap: sap }),
    ...titles,
    objects: rows.map((row) => viewObject(row, client)),
  };
}

/** The first code of a pattern. */
export const firstCode = (pattern: string): Obis =>
  obisFromBytes(Uint8Array.from(parseObisPattern(pattern).groups.map((ranges) => ranges[0]?.[0] ?? 0)));

function viewObject(row: ProfileObject, client: string): ViewObject {
  const notation = row.rights[client];
  const rights = notation === undefined ? 'none' : parseRights(notation);
  const attributes = new Map<number, ViewAttribute>([[1, { index: 1, right: 'G' }]]);
  if (rights !== 'none') for (const [index, right] of rights.attributes) attributes.set(index, { index, right });
  for (const { index, value } of row.attributes ?? [])
    if (value !== undefined)
      attributes.set(index, { ...(attributes.get(index) ?? { index, right: 'G' }), value: dataFromJson(value) });
  const methods: ViewMethod[] = rights === 'none' ? [] : [...rights.methods].map((index) => ({ index, allowed: true }));
  return {
    classId: row.classId,
    version: row.versions[0] ?? 0,
    logicalName: firstCode(row.obis),
    attributes: [...attributes.values()].sort((a, b) => a.index - b.index),
    methods,
  };
}
