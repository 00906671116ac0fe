import { expect, it } from 'vitest';
import { apduPage } from '../../scripts/apdu-page.js';

// Update with: npx vitest run test/translator/apdu-page.test.ts -u
it('docs/apdus.md is what the code says', async () => {
  const page = apduPage();
  expect(page).not.toContain('| no |');
  await expect(page).toMatchFileSnapshot('../../docs/apdus.md');
});
