// The CommonJS build has the declarations of the ESM build: with "type": "commonjs" beside them they describe CommonJS modules.
import { cpSync } from 'node:fs';

cpSync('dist/esm', 'dist/cjs', { recursive: true, filter: (source) => !source.endsWith('.js') });
