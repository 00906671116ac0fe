import { DlmsError } from '../core/errors.js';

/** What a client may do with the attributes and methods of an object. */
export interface Rights {
  readonly attributes: ReadonlyMap<number, ProfileRight>;
  readonly methods: ReadonlySet<number>;
}
/** What a client may do with an attribute: get, set, both, or nothing. */
export type ProfileRight = 'G' | 'S' | 'GS' | '-';

/**
 * Reads the notation of rights: items separated by spaces, each consisting of numbers, a colon and `G` (get), `S`
 * (set), `GS` or `-` (no right) for attributes, or `A` (action) for methods. `2-4,6:G 5:GS 1:A`: attributes 2, 3, 4 and
 * 6 can be read, 5 can be read and written, and method 1 can be invoked. `-` alone: the object does not exist for this
 * client. Attributes that are not named are not judged.
 * @throws DlmsError `parse/invalid-text`
 */
export function parseRights(text: string): Rights | 'none' {
  if (text === '-') return 'none';
  const attributes = new Map<number, ProfileRight>();
  const methods = new Set<number>();
  for (const item of text.split(' ')) {
    const [, list, right] = /^(\d{1,3}(?:-\d{1,3})?(?:,\d{1,3}(?:-\d{1,3})?)*):(GS|G|S|A|-)$/.exec(item) ?? [];
    if (list === undefined) throw wrong(text);
    for (const part of list.split(',')) {
      const [lo = 0, hi = lo] = part.split('-').map(Number);
      if (lo < 1 || hi > 255 || lo > hi) throw wrong(text);
      for (let i = lo; i <= hi; i++) {
        if (right === 'A') methods.add(i);
        else attributes.set(i, right as ProfileRight);
      }
    }
  }
  return { attributes, methods };
}
const wrong = (text: string): DlmsError =>
  new DlmsError('parse/invalid-text', {
    offset: 0,
    expected: '"-", or rights like 2-4,6:G 5:GS 1:A, numbers 1 to 255',
    actual: JSON.stringify(text.slice(0, 80)),
  });

/**
 * The right that an access mode in the object list of an Association LN gives. Versions 0 to 2 number the combinations
 * (0 none, 1 read, 2 write, 3 both, 4 to 6 the same with authentication); version 3 has bits (0 read, 1 write). An
 * unknown mode gives no right. Source: three public implementations.
 */
export function profileRight(mode: number, associationVersion: number): ProfileRight {
  const bits = associationVersion >= 3 ? mode & 3 : mode > 6 ? 0 : mode > 3 ? mode - 3 : mode;
  return (['-', 'G', 'S', 'GS'] as const)[bits] ?? '-';
}
/**
 * Whether an access mode lets a method be invoked. Version 0 has a boolean, 1 and 2 a number (0 none, 1 access, 2 with
 * authentication), 3 bits (0 access).
 */
export function mayInvoke(mode: number | boolean, associationVersion: number): boolean {
  if (typeof mode === 'boolean') return mode;
  return associationVersion >= 3 ? (mode & 1) === 1 : mode === 1 || mode === 2;
}
