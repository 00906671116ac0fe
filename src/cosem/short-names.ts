/**
 * Short names (Blue Book, short name referencing): an object has a base name, an even 16-bit number; attribute n is at
 * base name + 8 × (n − 1), and the methods follow the attributes, from an offset that depends on the class.
 *
 * The base name of the current Association SN is FA00 (two public sources). What is remembered of FB00, FC00 and FD00
 * for script table, SAP assignment and device name is contradictory, so nothing here relies on it.
 */
export const associationSnBase = 0xfa00;

/** The short name of an attribute. */
export const attributeShortName = (base: number, attribute: number): number => base + 8 * (attribute - 1);

/**
 * The offset of method 1 from the base name, by class, with the versions for which it is known; the other methods
 * follow in steps of 8. So method 8 of Association SN is at 58 (hexadecimal). The offsets were inferred from the gaps
 * between the base names that a Gurux Java meter assigns, and for Association SN also seen in EnergyICT's client. A
 * class that is not listed has no known offset.
 */
const firstMethod: readonly (readonly [classId: number, versions: readonly number[], offset: number])[] = [
  [3, [0], 0x28],
  [5, [0], 0x48],
  [7, [0, 1], 0x58],
  [8, [0], 0x60],
  [9, [0], 0x20],
  [12, [0, 1, 2, 3, 4], 0x20],
  [17, [0], 0x20],
  [18, [0], 0x40],
  [20, [0], 0x50],
  [40, [0], 0x38],
  [42, [0], 0x60],
];
/**
 * Gives the offset of a method from the base name of its object; `undefined` when it is not known for this class and
 * version.
 */
export type MethodOffset = (classId: number, version: number, method: number) => number | undefined;
/** The {@link MethodOffset} for the classes whose offsets are known; undefined for others. */
export const methodOffset: MethodOffset = (classId, version, method) => {
  const offset = firstMethod.find(([id, versions]) => id === classId && versions.includes(version))?.[2];
  return offset === undefined || method < 1 ? undefined : offset + 8 * (method - 1);
};
