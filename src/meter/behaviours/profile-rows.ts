import { Data } from '../../axdr/data.js';
import { decode } from '../../axdr/schema.js';
import type { ProfileGeneric } from '../../cosem/classes/profile-generic.js';
import type { CaptureObjectDefinition } from '../../cosem/common-types.js';
import type { Running } from '../behaviour.js';

/** One row: the encoded structure, and its sort key. */
export interface ProfileRow {
  readonly octets: Uint8Array;
  readonly key: number;
}
/** What a profile keeps beside its attributes. */
export interface ProfileState {
  rows: readonly ProfileRow[];
  /** The time stamp of the last regular row in UTC milliseconds, so that synchronising the clock repeats none. */
  done: number;
}
export type Profile = Running<typeof ProfileGeneric, ProfileState>;

/** Whether both describe the same column, whatever its restriction. */
export const sameColumn = (a: CaptureObjectDefinition, b: CaptureObjectDefinition): boolean =>
  a.classId === b.classId &&
  a.logicalName === b.logicalName &&
  a.attributeIndex === b.attributeIndex &&
  a.dataIndex === b.dataIndex;

/** The cells of an encoded row. */
export function cellsOf(row: Uint8Array): readonly Data[] {
  return (decode(Data, row) as { readonly value: readonly Data[] }).value;
}
