import { allClasses } from '../cosem/all-classes.js';
import type { Obis } from '../cosem/obis.js';
import type { ExplainKeys } from '../translator/decipher.js';
import type { ExplainNames } from '../translator/explain-meaning.js';
import type { GivenKeys } from './keys.js';
import { nameOf } from './values.js';

let names: ReadonlyMap<number, string> | undefined;
/** Interface classes by id. */
export function classNames(): ReadonlyMap<number, string> {
  names ??= new Map(allClasses.all.map((c) => [c.classId, c.name]));
  return names;
}
/** Names for the tree. */
export const explainNames = (): ExplainNames => ({
  obis: (code) => nameOf(code as Obis) || undefined,
  classId: (id) => classNames().get(id),
});

/** Keys of the command line, in the form that the tree needs. */
export const explainKeys = (keys: GivenKeys): ExplainKeys => ({
  ...(keys.encryption === undefined ? {} : { encryptionKey: keys.encryption }),
  ...(keys.authentication === undefined ? {} : { authenticationKey: keys.authentication }),
  ...(keys.broadcast === undefined ? {} : { broadcastKey: keys.broadcast }),
  ...(keys.dedicated === undefined ? {} : { dedicatedKey: keys.dedicated }),
  ...(keys.title === undefined ? {} : { systemTitle: keys.title }),
});
