import type { InterfaceClass } from './interface-class.js';

/** Interface classes by class id and version. */
export interface ClassRegistry {
  readonly all: readonly InterfaceClass[];
  /** Exactly this version, or `undefined`. Never another version, as its attributes could have another meaning. */
  get(classId: number, version: number): InterfaceClass | undefined;
  /** The versions in the registry, ascending. */
  versions(classId: number): readonly number[];
}

/**
 * A registry of the given classes: `classes(Register, Clock, ProfileGeneric)`. Of two with the same class id and
 * version, the last one counts.
 */
/* @__NO_SIDE_EFFECTS__ */
export function classes(...all: readonly InterfaceClass[]): ClassRegistry {
  const byId = new Map<number, Map<number, InterfaceClass>>();
  for (const c of all) {
    const versions = byId.get(c.classId) ?? new Map<number, InterfaceClass>();
    byId.set(c.classId, versions.set(c.version, c));
  }
  return {
    all: [...byId.values()].flatMap((versions) => [...versions.values()]),
    get: (classId, version) => byId.get(classId)?.get(version),
    versions: (classId) => [...(byId.get(classId)?.keys() ?? [])].sort((a, b) => a - b),
  };
}
