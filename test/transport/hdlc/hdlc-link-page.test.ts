import { expect, it } from 'vitest';
import { hdlcLinkPage } from '../../../scripts/hdlc-link-page.js';

// Update with: npx vitest run test/transport/hdlc/hdlc-link-page.test.ts -u
it('docs/hdlc-link.md is what the machine does', { timeout: 120_000 }, async () => {
  await expect(hdlcLinkPage()).toMatchFileSnapshot('../../../docs/hdlc-link.md');
});
