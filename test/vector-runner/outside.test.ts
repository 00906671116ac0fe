import { describe, expect, it } from 'vitest';
import { runVector } from '../../src/vectors/run.js';
import { outside } from './outside.js';
import { changed, leaves, valueAt, withValue } from './support.js';

describe('vectors of other authors', () => {
  it.each(outside.map((v) => [v.description, v] as const))(
    '%s: passes, and fails with its last fact changed',
    async (_, v) => {
      expect(await runVector('outside', v)).toMatchObject({ status: 'passed' });
      const last = [...leaves(v.expected)].at(-1) as (string | number)[];
      const value = valueAt(v.expected, last);
      const expected = withValue(v.expected, last, value === 'signature' ? 'truncated' : changed(value));
      expect(await runVector('outside', { ...v, expected })).toMatchObject({ status: 'failed' });
    },
  );
});
