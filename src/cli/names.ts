import { allClasses } from '../cosem/all-classes.js';

let names: ReadonlyMap<number, string> | undefined;
/** Interface classes by id. */
export function classNames(): ReadonlyMap<number, string> {
  names ??= new Map(allClasses.all.map((c) => [c.classId, c.name]));
  return names;
}
