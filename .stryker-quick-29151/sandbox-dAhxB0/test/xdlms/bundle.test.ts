import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const index = fileURLToPath(new URL('../../src/xdlms/index.ts', import.meta.url));
async function bundle(names: string): Promise<string> {
  const stdin = {
    contents: `import { ${names} } from ${JSON.stringify(index)}; console.log(${names});`,
    resolveDir: '.',
  };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'esm',
    write: false,
    minifySyntax: true,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
/** Names of sequences and choices in the code. */
const marks = {
  get: 'Get-Request',
  set: 'Set-Request',
  action: 'Action-Request',
  access: 'Access-Request-Specification',
  acse: 'AARQ',
  shortName: 'Variable-Access-Specification',
  signing: 'General-Signing',
};
const servicesIn = (code: string): string[] =>
  Object.entries(marks)
    .filter(([, mark]) => code.includes(`"${mark}"`))
    .map(([name]) => name);

describe('importing one service bundles that service alone', () => {
  it.each([
    ['GetRequest', ['get']],
    ['SetRequest', ['set']],
    ['ActionRequest', ['action']],
    ['AccessRequest', ['access']],
    ['AcseApdu', ['acse']],
    ['ReadRequest', ['shortName']],
    ['GeneralSigning', ['signing']],
  ])('%s', async (name, expected) => expect(servicesIn(await bundle(name))).toEqual(expected));
  it('the CHOICE of all holds all of them', async () =>
    expect(servicesIn(await bundle('Apdu'))).toEqual(Object.keys(marks)));
});
