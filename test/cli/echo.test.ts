import { describe, expect, it } from 'vitest';
import type { Options } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands.js';
import { Failure, failureOf } from '../../src/cli/failure.js';
import { cli } from './support.js';

// What an error repeats of the command line: it may land in a log that more people read than may know a key.

const key = '3F8A5C17E2B940D6718E2C5B9AF06D43';
const long = key + key;
const secretOptions = ['ek', 'ak', 'dedicated-key', 'broadcast-key', 'password'] as const;
/** Arguments with which a command gets as far as its options. */
const usual: Readonly<Record<string, readonly string[]>> = {
  read: ['tcp://127.0.0.1:1'],
  'check-profile': ['tcp://127.0.0.1:1'],
  doctor: ['/dev/none'],
  scan: ['/dev/none'],
  decode: ['C0'],
  explain: ['C0'],
  translate: ['C0'],
  vectors: ['none'],
  counters: ['list'],
};
const shows = (text: string, secret: string): boolean =>
  text
    .toLowerCase()
    .replaceAll(/[^\da-z]/g, '')
    .includes(secret.toLowerCase().slice(0, 12));
const attempt = async (argv: readonly string[], secret = key): Promise<string> => {
  const { code, out, err } = await cli(argv, '', { signal: AbortSignal.abort() });
  expect(code).not.toBe(0);
  expect(shows(out + err, secret), err).toBe(false);
  return err;
};

describe('no error repeats a key', () => {
  const withKeys = commands.filter((c) => Object.hasOwn(c.options, 'keys')).map((c) => c.name);
  const cases = withKeys.flatMap((name) => secretOptions.map((option) => [name, option] as const));
  it.each(cases)('%s --%s, however it is mistyped', async (name, option) => {
    const args = [name, ...(usual[name] ?? [])];
    for (const value of [key, long, key.replace(/..(?=.)/g, '$&:'), `0x${key}`])
      for (const wrong of [
        [`--${option}`, value],
        [`--${option}=${value}`],
        [`--${option}${value}`],
        [`-${option}`, value],
        [`--${option.toUpperCase()}=${value}`],
        [`--${option}s`, value],
        [`--keys-on-command-line=${value}`],
        [value, value, value],
      ])
        await attempt([...args, ...wrong]);
  });
  const values = commands.flatMap((c) =>
    Object.entries(c.options as Options)
      .filter(([option, { type }]) => type === 'string' && !['save-keys', 'save'].includes(option))
      .map(([option]) => [c.name, option] as const),
  );
  it.each(values)('%s --%s, where it does not belong', async (name, option) => {
    const { err } = await cli([name, ...(usual[name] ?? []), `--${option}`, key], '', { signal: AbortSignal.abort() });
    expect(shows(err, key), err).toBe(false);
  });
  it('as a command, an argument or a file', async () => {
    await attempt([key]);
    await attempt(['help', key]);
    await attempt(['read', key]);
    await attempt(['read', 'tcp://127.0.0.1:1', '--keys', `/nowhere/${key}`]);
    await attempt(['read', `tcp://127.0.0.1:1?key=${key}`]);
    await attempt(['read', `tcp://127.0.0.1:1?${key}=1`]);
    await attempt(['vectors', key]);
  });
  it('passwords that do not look like keys', async () => {
    const password = 'correcthorsebattery';
    const url = 'tcp://127.0.0.1:1';
    for (const argv of [
      ['read', url, '--password', password],
      ['read', url, `--password=${password}`],
      ['read', url, `--password${password}`],
      ['read', url, '--keys-on-command-line', '--password', 'my', password],
      ['read', url, '--ask', password],
      ['read', `tcp://admin:${password}@127.0.0.1:1`],
      ['read', `tcp://admin:${password}@127.0.0.1:x`],
      ['doctor', `tcp://admin:${password}@127.0.0.1:x`],
      ['read', url, '--keys-on-command-line', '--password', `hex:${password}`],
    ])
      await attempt(argv, password);
  });
});

describe('what an error repeats', () => {
  it('is bounded, and does not push the advice away', async () => {
    const err = await attempt(['read', `http-${'x'.repeat(50_000)}`]);
    expect(err.length).toBeLessThan(400);
    expect(err).toMatch(/is not a URL like tcp:/);
    const mechanism = await attempt(['read', 'tcp://127.0.0.1:1', '--mechanism', 'm'.repeat(50_000)]);
    expect(mechanism.length).toBeLessThan(400);
    expect(mechanism).toMatch(/is not known/);
    expect((await attempt(['decode', 'C0', `--${'o'.repeat(50_000)}`])).length).toBeLessThan(400);
    expect(failureOf(new Failure('x'.repeat(50_000))).line.length).toBeLessThanOrEqual(2000);
  });
  it('cannot write to the terminal: no control characters, no change of direction', async () => {
    const tricks = '\u001b[2J\u001b]0;x\u0007\r\n\u202e\u2066\u009b1m';
    for (const argv of [
      [tricks],
      ['read', tricks],
      ['read', 'tcp://127.0.0.1:1', '--keys', `/nowhere/${tricks}`],
      ['read', 'tcp://127.0.0.1:1', '--mechanism', tricks],
      ['decode', 'C0', `--${tricks}`],
      ['vectors', tricks],
      ['samples', '--type', tricks],
      ['simulate', '--association', tricks],
    ])
      expect((await cli(argv)).err.replace(/\n$/, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
