import { writeFileSync } from 'node:fs';
import { entryFiles } from './entry-files.js';

for (const [file, text] of Object.entries(entryFiles())) writeFileSync(file, text);
