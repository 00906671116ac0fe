import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode, type Schema } from '../../src/axdr/schema.js';
import { concat } from '../../src/core/bytes.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import type { InterfaceClass } from '../../src/cosem/interface-class.js';
import { arbitrary } from '../../src/testing/arbitrary.js';
import {
  apduFromXml,
  apduToXml,
  type ExplainNode,
  explainText,
  explainValue,
  fromJson,
  toJson,
} from '../../src/translator/index.js';

const schemasOf = (c: InterfaceClass): Schema<any>[] => [
  ...Object.values(c.attributes).map((a) => a.schema),
  ...Object.values(c.methods).flatMap((m) => (m.returns === undefined ? [m.parameter] : [m.parameter, m.returns])),
];
const forEveryClass = (check: (schema: Schema<any>, value: unknown, bytes: Uint8Array) => void) =>
  it.each(allClasses.all.map((c) => [`${c.classId} v${c.version} ${c.name}`, c] as const))('%s', (_, c) => {
    for (const schema of schemasOf(c))
      fc.assert(
        fc.property(arbitrary(schema), (value) => check(schema, value, encode(schema, value))),
        { numRuns: 2 },
      );
  });

describe('generated values of every class come back from JSON', () => {
  forEveryClass((schema, value, bytes) => {
    expect(encode(schema, fromJson(schema, JSON.parse(JSON.stringify(toJson(schema, value)))))).toEqual(bytes);
  });
});
describe('generated values of every class come back from the XML of a response', () => {
  forEveryClass((_, __, bytes) => {
    const response = concat(Uint8Array.of(0xc4, 0x01, 0xc1, 0x00), bytes);
    expect(apduFromXml(apduToXml(response))).toEqual(response);
  });
});
const failed = (n: ExplainNode): boolean => n.error !== undefined || (n.children ?? []).some(failed);
describe('generated values of every class are explained without an error', () => {
  forEveryClass((schema, _, bytes) => {
    const node = explainValue(schema, bytes);
    expect(node.length).toBe(bytes.length);
    expect(failed(node)).toBe(false);
    expect(explainText(node)).not.toBe('');
  });
});
