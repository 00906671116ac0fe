import { relative } from 'node:path';

/** Names a mutant across runs: what is written instead of what, and where. @param first number of the first line and column (results: 1; while Stryker works: 0) */
export function keyOf({ fileName, location: { start, end }, mutatorName, replacement }, first = 1) {
  // In a sandbox the file stands below .stryker-tmp.
  const file = relative(process.cwd(), fileName).replace(/^(\.\.\/)+|^\.stryker-tmp\/sandbox-[^/]+\//g, '');
  const place = ({ line, column }) => `${line + 1 - first}:${column + 1 - first}`;
  return `${file}:${place(start)}-${place(end)} ${mutatorName} ${replacement ?? ''}`;
}
