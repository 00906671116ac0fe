import { describe, expect, it } from 'vitest';
import { array, Data, enumeration, integer, nullData, structure, unsigned } from '../../src/axdr/data.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { AssociationLn, ProfileGeneric, Register } from '../../src/cosem/classes/index.js';
import { enumFlags } from '../../src/cosem/flags.js';
import { attribute, interfaceClass, mandatory, method, writable } from '../../src/cosem/interface-class.js';
import { oneOf } from '../../src/cosem/one-of.js';
import { describeClass } from '../../src/translator/describe-class.js';

describe('describeClass', () => {
  it('prints a class as the Blue Book lays it out', () => {
    expect(describeClass(Register).split('\n').slice(0, 13)).toEqual([
      '## Register (class_id 3, version 0)',
      '',
      'Confidence: two sources.',
      '',
      '| # | Attribute | Type | Static | Access | Selective access |',
      '|---|---|---|---|---|---|',
      '| 1 | logicalName | logical-name | static | read |  |',
      '| 2 | value | choice of value | dynamic | read |  |',
      '| 3 | scalerUnit | structure scal-unit-type | static | read |  |',
      '',
      '| # | Method | Parameter | Answer | Presence |',
      '|---|---|---|---|---|',
      '| 1 | reset | integer |  | optional |',
    ]);
    expect(describeClass(Register)).toContain('- **scal-unit-type**: scaler: integer, unit: enum (units)');
  });
  it('prints selectors, enumerations and flags', () => {
    expect(describeClass(ProfileGeneric)).toContain(
      '| 2 | buffer | compact-array or array | dynamic | read | 1 range: structure range-descriptor; 2 entry: structure entry-descriptor |',
    );
    expect(describeClass(ProfileGeneric)).toContain('- **sortMethod**: 1 fifo, 2 lifo, 3 largest');
    expect(describeClass(AssociationLn)).toContain(
      '1 withoutRights: null-data, answers array of structure object-list-entry; ',
    );
  });
  it('keeps two layouts of one name apart, and explains one layout once', () => {
    const mode = (names: Record<string, number>) => structure('item', { mode: enumeration(names) });
    const text = describeClass(
      interfaceClass({
        name: 'Own',
        classId: 9000,
        version: 0,
        attributes: {
          first: attribute(1, mode({ off: 0 })),
          second: writable(attribute(2, array(mode({ off: 0, on: 1 })))),
          third: attribute(3, mode({ off: 0 })),
          flags: attribute(4, enumFlags({ a: 0, c: 2 })),
          either: attribute(5, oneOf('either', { none: nullData, some: array(unsigned), any: Data })),
        },
        methods: { run: mandatory(method(1, integer, Data)) },
      }),
      { summary: 'A class of | my own.', members: { first: 'This | that' } },
    );
    expect(text).toContain('A class of | my own.');
    expect(text).toContain('| 1 | first | structure item | dynamic | read |  | This \\| that |');
    expect(text).toContain('| 2 | second | array of structure item (second) | dynamic | read, write |');
    expect(text).toContain('| 3 | third | structure item | dynamic |');
    expect(text).toContain('| 5 | either | none: null-data or some: array of unsigned or any |');
    expect(text).toContain('| 1 | run | integer | any Data | mandatory |');
    expect(text.slice(text.indexOf('Types:')).split('\n').slice(2, 7)).toEqual([
      '- **mode**: 0 off',
      '- **item**: mode: enum mode',
      '- **mode (enum)**: 0 off, 1 on',
      '- **item (second)**: mode: enum mode (enum)',
      '- **flags**: bit 0 a, bit 2 c',
    ]);
  });
  it('describes every class without losing a member', () => {
    for (const c of allClasses.all) {
      const lines = describeClass(c).split('\n');
      for (const [name, a] of Object.entries(c.attributes))
        expect(lines.filter((l) => l.startsWith(`| ${a.index} | ${name} | `))).toHaveLength(1);
      for (const [name, m] of Object.entries(c.methods))
        expect(lines.filter((l) => l.startsWith(`| ${m.index} | ${name} | `))).toHaveLength(1);
      expect(lines.filter((l) => /undefined|\[object|NaN/.test(l))).toEqual([]);
    }
  });
});
