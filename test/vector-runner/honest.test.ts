import { describe, expect, it } from 'vitest';
import { commentary } from '../../src/vectors/compare.js';
import { runVector } from '../../src/vectors/index.js';
import { outside } from './outside.js';
import {
  changed,
  type Entry,
  entries,
  leaves,
  type Path,
  random,
  sample,
  valueAt,
  vector,
  withValue,
} from './support.js';

// What is read in many spellings must not be read wrongly: every vector is changed in one place, and has to fail.

const all: readonly (readonly [string, Entry])[] = [
  ...entries,
  ...outside.map((v) => ['outside', v as Entry] as const),
];
/** Places where another value says nothing else. */
const saysNothing: Readonly<Record<string, string>> = {
  roundTrip: 'asks whether the octets are written back, and says nothing of them',
  of: 'a recording of more frames than are there: any greater number',
};
const skipped = new Set([...commentary, ...Object.keys(saysNothing), 'content']);

async function passesWith(file: string, changedVector: Entry): Promise<boolean> {
  return (await runVector(file, changedVector)).status === 'passed';
}

describe('one expected value changed', () => {
  it.each([20260719])('makes every vector fail (seed %i)', async (seed) => {
    const pick = random(seed);
    const lies: string[] = [];
    let count = 0;
    for (const [file, v] of all)
      for (const path of sample([...leaves(v.expected, skipped)], 3, pick)) {
        count++;
        const expected = withValue(v.expected, path, changed(valueAt(v.expected, path)));
        if (await passesWith(file, { ...v, expected })) lies.push(`${v.id} ${path.join('.')}`);
      }
    expect(lies).toEqual([]);
    expect(count).toBeGreaterThan(800);
  });

  it.each([11])('fails also where the value is that of another field of the vector (seed %i)', async (seed) => {
    const pick = random(seed);
    const lies: string[] = [];
    let count = 0;
    for (const [file, v] of all) {
      // Both XML forms of one APDU are read back.
      if (v.kind === 'xml') continue;
      const paths = [...leaves(v.expected, skipped)];
      for (const path of sample(paths, 2, pick)) {
        const value = valueAt(v.expected, path);
        const others = paths.map((p) => valueAt(v.expected, p)).filter((o) => o !== value && typeof o === typeof value);
        if (others.length === 0) continue;
        count++;
        const expected = withValue(v.expected, path, others[pick(others.length)]);
        if (await passesWith(file, { ...v, expected })) lies.push(`${v.id} ${path.join('.')}`);
      }
    }
    expect(lies).toEqual([]);
    expect(count).toBeGreaterThan(300);
  });
});

/** Vectors that pass with other octets, and why. */
const sameMeaning: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['aarq-ln-lls', 'aarq-ln-hls5', 'aarq-ln-ciphered-lls', 'aare-ln-hls5', 'quirk-sn-conformance-5f04']
      .flatMap((id) => [id, `xml-${id}`])
      .map((id) => [id, 'unused bits of a BIT STRING have no meaning']),
  ),
  ...Object.fromEntries(
    ['event-notification-with-time', 'xml-event-notification-with-time', 'xml-data-bool-t', 'form-event-not']
      .concat('set-request-datablock-last')
      .map((id) => [id, 'any octet but 00 is true']),
  ),
  'form-un-gc-agreed': 'key information beside the key that is given',
};
/** Octets that are wrong already: others are refused as well, or read as leniently. */
const wrongAnyway = /^(reject|reject-sequence|counter-rule|quirk)$/;

describe('one bit of the octets changed', () => {
  it.each([13])('makes every vector fail, or be read with a deviation that is named (seed %i)', async (seed) => {
    const pick = random(seed);
    const lies: string[] = [];
    let count = 0;
    for (const [file, v] of all) {
      if (wrongAnyway.test(v.kind)) continue;
      const { quirks: before = [] } = await runVector(file, v);
      const texts = [...leaves(v.input)].filter((p) => /^([\dA-F]{2})+$/i.test(String(valueAt(v.input, p))));
      const spots = texts.flatMap((p) =>
        Array.from({ length: String(valueAt(v.input, p)).length / 2 }, (_, i) => [p, i] as readonly [Path, number]),
      );
      for (const [path, at] of sample(spots, 3, pick)) {
        count++;
        const hex = String(valueAt(v.input, path));
        const octet = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16) ^ (1 << pick(8));
        const other = `${hex.slice(0, 2 * at)}${octet.toString(16).padStart(2, '0')}${hex.slice(2 * at + 2)}`;
        const { status, quirks = [] } = await runVector(file, { ...v, input: withValue(v.input, path, other) });
        if (status === 'passed' && quirks.length <= before.length && sameMeaning[v.id] === undefined)
          lies.push(
            `${v.id} ${path.join('.')}, octet ${at}: ${hex.slice(2 * at, 2 * at + 2)} as ${octet.toString(16)}`,
          );
      }
    }
    expect(lies).toEqual([]);
    expect(count).toBeGreaterThan(1000);
  });
});

describe('what the runner does not know', () => {
  it.each([
    [
      'an expected field',
      (v: Entry) => Object.assign(v.expected, { colour: 'blue' }),
      'colour: the runner does not know this field',
    ],
    [
      'an expected field inside',
      (v: Entry) => Object.assign(v.expected.attribute as object, { colour: 1 }),
      'attribute.colour',
    ],
    ['a kind', (v: Entry) => Object.assign(v, { kind: 'telepathy' }), 'kind "telepathy" is not known'],
    [
      'a parameter',
      (v: Entry) => Object.assign(v, { params: { colour: 'blue' } }),
      'params.colour is not known for this kind',
    ],
    ['an input', (v: Entry) => Object.assign(v.input, { octets: '00' }), 'input.octets is not known for this kind'],
  ])('%s makes a vector unsupported, never passed', async (_, change, reason) => {
    const v = vector('get-request-normal');
    change(v);
    expect(await runVector('', v)).toMatchObject({ status: 'unsupported', reason: expect.stringContaining(reason) });
  });
  it('an error category makes a vector unsupported', async () => {
    const v = vector('neg-set-request-no-data');
    v.expected.error = 'bad-luck';
    expect(await runVector('', v)).toMatchObject({
      status: 'unsupported',
      reason: expect.stringContaining('bad-luck'),
    });
  });
  it('an expectation of commentary alone proves nothing', async () => {
    const v = { ...vector('get-request-normal'), expected: { note: 'a request' } };
    expect(await runVector('', v)).toMatchObject({ status: 'unsupported' });
  });
  it.each([
    null,
    7,
    [],
    {},
    { id: 'x' },
    { id: 'x', kind: 'apdu' },
    { id: 'x', kind: 'apdu', input: {}, expected: {} },
  ])('%j is taken for no vector', async (entry) => {
    expect((await runVector('f', entry)).status).toBe('unsupported');
  });
});

describe('a difference is told', () => {
  it('with its place and both values', async () => {
    const v = vector('get-request-normal');
    Object.assign(v.expected.attribute as object, { classId: 9 });
    expect(await runVector('', v)).toMatchObject({
      reason: expect.stringMatching(/^attribute\.classId: 9 expected, found \d+$/),
    });
  });
  it('for a list by its length', async () => {
    const v = vector('cap-aidon-1ph');
    (v.expected.readings as unknown[]).pop();
    expect(await runVector('', v)).toMatchObject({
      status: 'failed',
      reason: 'readings: 8 elements expected, found 9',
    });
  });
  it('for an error category by the error that came', async () => {
    const v = vector('neg-set-request-no-data');
    v.expected.error = 'dlms-version';
    expect(await runVector('', v)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('decode/unexpected-end'),
    });
  });
});
