import type { Data } from '../axdr/data.js';
import { encode } from '../axdr/schema.js';
import type { CaptureObjectDefinition } from '../cosem/common-types.js';
import { DateTime } from '../cosem/date-time.js';
import type { Restriction } from '../cosem/protection.js';
import { AccessRefused } from '../server/object.js';
import type { Running } from './behaviour.js';
import type { Profile } from './behaviours/profile-rows.js';
import { rowsAt, rowsBetween } from './behaviours/profile-selection.js';
import { cellOf, isClock, nullData } from './cells.js';
import { dateTimeAt } from './values.js';

/** What a push or a compact buffer carries: an attribute, possibly only some rows and columns of a profile. */
export interface ElementDefinition extends CaptureObjectDefinition {
  readonly restriction?: Restriction;
  readonly columns?: readonly CaptureObjectDefinition[];
}

/** One element as octets of Data; what cannot be read is null-data. */
export function elementOf(self: Running, entry: ElementDefinition): Uint8Array {
  const { restriction, columns = [] } = entry;
  const restricted = restriction !== undefined && restriction.restrictionType !== 'none';
  if (entry.classId !== 7 || entry.attributeIndex !== 2 || (!restricted && columns.length === 0))
    return cellOf(self, entry, self.engine.utc);
  try {
    return rowsFor(self, self.space.find(7, entry.logicalName) as unknown as Profile, entry);
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return nullData;
  }
}
/**
 * Rows of a profile between two dates, or by position, with only the listed columns. A range without an end goes up to
 * now.
 */
function rowsFor(
  { engine }: Running,
  profile: Profile,
  { restriction, columns = [] }: Pick<ElementDefinition, 'restriction' | 'columns'>,
): Uint8Array {
  const bounds = restriction?.restrictionValue;
  if (bounds?.type === 'by-entry') return rowsAt(profile, bounds.value.fromEntry, bounds.value.toEntry, columns);
  if (bounds?.type !== 'by-date') return rowsAt(profile, 1, 0, columns);
  const restrictingObject = profile.get('captureObjects').find(isClock);
  if (restrictingObject === undefined) throw new AccessRefused('object-unavailable');
  const time = (t: DateTime): Data => ({ type: 'octet-string', value: encode(DateTime, t).subarray(2) });
  return rowsBetween(profile, {
    restrictingObject,
    fromValue: time(bounds.value.fromDate),
    toValue: time(bounds.value.toDate.year === null ? dateTimeAt(engine, engine.utc) : bounds.value.toDate),
    selectedValues: [...columns],
  });
}
