import { describe, expect, it } from 'vitest';
import { runVectors, summarize, summaryLine } from '../../src/vectors/index.js';
import { files } from './support.js';

describe('the vectors of the project', () => {
  it('all pass', async () => {
    const results = await runVectors(files);
    expect(results.filter((r) => r.status !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThan(390);
    expect(summaryLine(summarize(results))).toBe(`${results.length} passed, 0 failed, 0 unsupported`);
  });
  it('can be run by id and by kind, and a file that is no array counts as one entry', async () => {
    expect(await runVectors(files, { id: 'get-request-normal' })).toHaveLength(1);
    const gcm = await runVectors(files, { kind: 'aes-gcm' });
    expect(gcm.map((r) => r.kind)).toEqual(['aes-gcm', 'aes-gcm']);
    expect(summarize(await runVectors([{ name: 'x.json', vectors: {} }]))).toEqual({
      passed: 0,
      failed: 0,
      unsupported: 1,
    });
  });
});
