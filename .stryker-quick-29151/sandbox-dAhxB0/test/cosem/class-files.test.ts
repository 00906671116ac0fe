import { describe, expect, it } from 'vitest';
import { allClassesFile, classFiles, indexFile } from '../../scripts/class-files.js';

// Update with: npx vitest run test/cosem/class-files.test.ts -u
describe('files made from the class files', () => {
  it('are current: the index', async () => {
    await expect(indexFile(await classFiles())).toMatchFileSnapshot('../../src/cosem/classes/index.ts');
  });
  it('are current: the registry of all classes', async () => {
    await expect(allClassesFile(await classFiles())).toMatchFileSnapshot('../../src/cosem/all-classes.ts');
  });
});
