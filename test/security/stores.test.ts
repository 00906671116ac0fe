import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { VolatileStore } from '../../src/core/store.js';
import { FileStore } from '../../src/security/node-store.js';
import { storeContract } from './store-contract.js';
import { LateStore } from './stores.js';

const folder = mkdtempSync(join(tmpdir(), 'stores-'));
afterAll(() => rmSync(folder, { recursive: true }));
let places = 0;

storeContract('VolatileStore', () => ({ create: () => new VolatileStore() }));
storeContract('a store that answers late', () => ({ create: () => new LateStore() }));
storeContract('FileStore', () => {
  const directory = join(folder, `place-${places++}`);
  return { create: () => FileStore.create(directory), reopen: () => FileStore.open(directory) };
});
