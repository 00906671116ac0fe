/** The attribute numbers of a register class. */
export interface RegisterAttributes {
  /** The values that are multiplied by 10^scaler. */
  readonly values: readonly number[];
  readonly scalerUnit: number;
  /** The date-times of a measurement. */
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

/**
 * Which attributes of this class are values, scaler and unit, and times; undefined for a class without scaled values.
 */
export const registerAttributes = (classId: number): RegisterAttributes | undefined => registers[classId];
/** The attribute with the scaler and unit of this value; undefined when the attribute is not a scaled value. */
export function scalerUnitOf(classId: number, attribute: number): number | undefined {
  const found = registers[classId];
  return found?.values.includes(attribute) === true ? found.scalerUnit : undefined;
}
/** Whether this is the attribute time of a Clock: in a profile, the time of the row. */
export const isClock = (o: { readonly classId: number; readonly attributeIndex: number }): boolean =>
  o.classId === 8 && o.attributeIndex === 2;
