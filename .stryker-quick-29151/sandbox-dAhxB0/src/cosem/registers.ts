/** Attribute numbers of a class of registers. */
export interface RegisterAttributes {
  /** What is multiplied by ten to the scaler. */
  readonly values: readonly number[];
  readonly scalerUnit: number;
  /** When something was measured: date-times. */
  readonly times: readonly number[];
}
const registers: Readonly<Record<number, RegisterAttributes>> = {
  /** Register. */
  3: { values: [2], scalerUnit: 3, times: [] },
  /** Extended register. */
  4: { values: [2], scalerUnit: 3, times: [5] },
  /** Demand register. */
  5: { values: [2, 3], scalerUnit: 4, times: [6, 7] },
  /** Sensor manager: the raw value. */
  67: { values: [7], scalerUnit: 8, times: [] },
};

/** Where the values of this class stand, and their scaler and unit; undefined for classes without them. */
export const registerAttributes = (classId: number): RegisterAttributes | undefined => registers[classId];
/** The attribute with the scaler and unit of this value; undefined where the attribute is no such value. */
export function scalerUnitOf(classId: number, attribute: number): number | undefined {
  const found = registers[classId];
  return found?.values.includes(attribute) === true ? found.scalerUnit : undefined;
}
/** Whether this is the time of a Clock: in a profile, the time of the row. */
export const isClock = (o: { readonly classId: number; readonly attributeIndex: number }): boolean =>
  o.classId === 8 && o.attributeIndex === 2;
