import { DlmsError, isDlmsError } from '../core/errors.js';
import { type DateTime, type InstantOptions, toInstant } from '../cosem/date-time.js';
import type { ProfileRow } from '../cosem/profile.js';
import { cellText } from '../cosem/profile-text.js';
import { findTimeFindings, type TimeFinding } from '../cosem/profile-times.js';
import type { ProfileData, ProfileLayout, RowCell } from './profile-data.js';

/** The position of an iteration, just after a row. Plain data, so it can be stored. */
export type ProfileMarker =
  /** Milliseconds since 1970, and the rows of that time that were received. */
  | { readonly by: 'time'; readonly order: number; readonly rows: readonly string[] }
  /** Position in the buffer, and the row found there, because a ring buffer moves. */
  | { readonly by: 'entry'; readonly entry: number; readonly row: string };

/** One row of {@link ProfileReader.rows}. */
export interface StreamRow extends ProfileRow {
  /** Cells by column name; status words as the list of their bits. */
  readonly values: Readonly<Record<string, RowCell>>;
  /** Anything remarkable about the row compared with those before it, across chunks. */
  readonly findings: readonly TimeFinding[];
  /** For `resumeFrom`. */
  readonly marker: ProfileMarker | undefined;
}

/**
 * A time for comparison, even if the clock is marked invalid or does not specify its deviation. NaN if it is no valid
 * time.
 */
export function timeOrder(clock: DateTime | undefined, options: InstantOptions): number {
  if (clock === undefined) return Number.NaN;
  try {
    return toInstant(clock, { deviationMinutes: 0, ...options, acceptInvalid: true });
  } catch (e) {
    if (isDlmsError(e, 'decode/no-instant')) return Number.NaN;
    throw e;
  }
}

interface Timed {
  readonly index: number;
  readonly instant: number | undefined;
}
/** Joins chunks: drops rows that were already received, and checks the times across the edges. */
export class StreamTracker {
  marker: ProfileMarker | undefined;
  /** How to interpret times that are not complete by themselves. */
  times: InstantOptions = {};
  readonly #layout: ProfileLayout;
  #checkFirst: boolean;
  #index = 0;
  /** The last row in step with the capture period, and the last row of all. */
  #regular: Timed | undefined;
  #last: Timed | undefined;

  constructor(layout: ProfileLayout, resumed: ProfileMarker | undefined) {
    this.#layout = layout;
    this.marker = resumed;
    this.#checkFirst = resumed?.by === 'entry';
    if (resumed?.by === 'time') this.#regular = this.#last = { index: -1, instant: resumed.order };
  }

  /** The new rows of a chunk. @param firstEntry position of its first row, if it was selected by position */
  *take(data: ProfileData, firstEntry: number | undefined): Generator<StreamRow> {
    const byTime = firstEntry === undefined;
    let rows = byTime
      ? this.#unseen(byTime && this.#layout.newestFirst ? [...data.rows].reverse() : data.rows)
      : data.rows;
    let entry = firstEntry ?? 0;
    if (!byTime && this.#checkFirst) {
      this.#checkFirst = false;
      const marker = this.marker as Extract<ProfileMarker, { by: 'entry' }>;
      if (rows[0] === undefined || keyOf(rows[0]) !== marker.row)
        throw new DlmsError('service/unsupported', {
          what: `resuming after entry ${marker.entry}: there is another row now; resume by time`,
        });
      rows = rows.slice(1);
      entry++;
    }
    const numbered = rows.map((row, i) => ({ row, index: this.#index + i, instant: this.#orderOf(row) }));
    const findings = this.#findings(numbered, byTime);
    for (const { row, index, instant } of numbered) {
      this.#index = index + 1;
      this.marker = byTime ? this.#timeMarker(row, instant) : { by: 'entry', entry: entry++, row: keyOf(row) };
      yield {
        ...row,
        index,
        values: data.values(row),
        findings: findings.filter((f) => f.index === index),
        marker: this.marker,
      };
    }
  }

  /**
   * Chunks by time share their edge, so a row on the edge arrives twice; anything before the edge belonged to the
   * previous chunk.
   */
  #unseen(rows: readonly ProfileRow[]): readonly ProfileRow[] {
    const { marker } = this;
    if (marker?.by !== 'time') return rows;
    const seen = [...marker.rows];
    return rows.filter((row) => {
      const order = this.#orderOf(row);
      if (order === undefined || order > marker.order) return true;
      if (order < marker.order) return false;
      const at = seen.indexOf(keyOf(row));
      if (at >= 0) seen.splice(at, 1);
      return at < 0;
    });
  }
  #orderOf(row: ProfileRow): number | undefined {
    const order = row.instant ?? timeOrder(row.clock, this.times);
    return Number.isNaN(order) ? undefined : order;
  }
  #timeMarker(row: ProfileRow, order: number | undefined): ProfileMarker | undefined {
    const { marker } = this;
    if (order === undefined) return marker;
    if (marker?.by !== 'time' || order > marker.order) return { by: 'time', order, rows: [keyOf(row)] };
    // The clock was set back within a chunk: the latest time remains the edge.
    return order < marker.order ? marker : { ...marker, rows: [...marker.rows, keyOf(row)] };
  }
  #findings(rows: readonly Timed[], byTime: boolean): readonly TimeFinding[] {
    if (!this.#layout.sortedByTime) return [];
    const before = [this.#regular, this.#last].filter((r) => r !== undefined);
    const context = this.#regular === this.#last ? before.slice(1) : before;
    const found = findTimeFindings([...context, ...rows], {
      ...this.#layout,
      newestFirst: this.#layout.newestFirst && !byTime,
    });
    const extra = new Set(found.flatMap((f) => (f.kind === 'off-period' || f.kind === 'duplicate' ? [f.index] : [])));
    for (const { index, instant } of rows) {
      if (instant === undefined) continue;
      this.#last = { index, instant };
      if (!extra.has(index)) this.#regular = this.#last;
    }
    return found.filter((f) => f.index >= (rows[0]?.index ?? 0));
  }
}

const keyOf = (row: ProfileRow): string => row.cells.map(cellText).join('\u001f');
