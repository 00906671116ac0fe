import { describe, expect, it } from 'vitest';
import type { Schema } from '../../src/axdr/index.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { RegisterValue } from '../../src/cosem/common-types.js';
import { DateTime } from '../../src/cosem/date-time.js';
import type { Attribute } from '../../src/cosem/interface-class.js';
import { registerAttributes, scalerUnitOf } from '../../src/cosem/registers.js';
import { ScalerUnit } from '../../src/cosem/units.js';

const numbers = (attributes: Readonly<Record<string, Attribute>>, schema: Schema<any>): number[] =>
  Object.values(attributes)
    .filter((a) => a.schema === schema)
    .map((a) => a.index);

describe('where values have their scaler and unit', () => {
  it.each(allClasses.all.map((c) => [`${c.name} version ${c.version}`, c] as const))('%s', (_, c) => {
    const values = numbers(c.attributes, RegisterValue);
    const [scalerUnit] = numbers(c.attributes, ScalerUnit);
    const known = registerAttributes(c.classId);
    if (values.length === 0 || scalerUnit === undefined) return expect(known).toBeUndefined();
    expect(known).toEqual({ values, scalerUnit, times: numbers(c.attributes, DateTime) });
    for (let attribute = 1; attribute < 12; attribute++)
      expect(scalerUnitOf(c.classId, attribute)).toBe(values.includes(attribute) ? scalerUnit : undefined);
  });
});
