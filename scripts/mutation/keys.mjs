import { relative } from 'node:path';

/** Names a mutant across runs: what is written instead of what, and where. */
export function keyOf({ fileName, location: { start, end }, mutatorName, replacement }) {
  // In a sandbox the file stands below .stryker-tmp.
  const file = relative(process.cwd(), fileName).replace(/^(\.\.\/)+|^\.stryker-tmp\/sandbox-[^/]+\//g, '');
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement ?? ''}`;
}
