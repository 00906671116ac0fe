import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/data.js';
import { encode } from '../../src/axdr/schema.js';
import { Failure } from '../../src/cli/failure.js';
import { parsePushKeys, pushKeyRing, pushKeysJsonSchema } from '../../src/cli/push-keys.js';
import { openPush, type Senders } from '../../src/cli/push-message.js';
import { concat } from '../../src/core/bytes.js';
import { isDlmsError } from '../../src/core/errors.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { builtInProfile } from '../../src/idis/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { VolatileStore } from '../../src/store/store.js';
import { unwrap, wrap } from '../../src/transport/index.js';
import { connectTcp } from '../../src/transport/media/tcp.js';
import { connectUdp } from '../../src/transport/media/udp.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import captures from '../vectors/captures.json' with { type: 'json' };
import { cli, type Run } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-listen-'));
let files = 0;
const file = (content: object | string, mode = 0o600): string => {
  const path = join(folder, `keys-${++files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
};
const counters = (): string => join(folder, `counters-${++files}`);

interface Listener {
  readonly port: number;
  readonly lines: () => any[];
  readonly line: (n: number) => Promise<any>;
  readonly interrupt: () => void;
  readonly ended: Promise<Run>;
}
/** The command with --json, listening on a free port. */
const listening = (...options: string[]): Promise<Listener> =>
  listeningIn({ XDG_STATE_HOME: mkdtempSync(join(folder, 'state-')) }, ...options);
async function listeningIn(env: { XDG_STATE_HOME: string }, ...options: string[]): Promise<Listener> {
  const abort = new AbortController();
  let text = '';
  let wake = (): void => undefined;
  const stdout = {
    write: (t: string) => {
      text += t;
      wake();
    },
  };
  const lines = (): any[] =>
    text
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => JSON.parse(l));
  const ended = cli(['listen', '--port', '0', '--json', ...options], '', { signal: abort.signal, stdout, env });
  let over = false;
  void ended.then(() => {
    over = true;
    wake();
  });
  const line = async (n: number): Promise<any> => {
    while (lines().length <= n) {
      if (over) throw new Error(`ended after ${text}; ${(await ended).err}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines()[n];
  };
  const { port } = await line(0);
  return { port, lines, line, interrupt: () => abort.abort(), ended };
}
/** Sends, and gives the octets that come back (`answers` of them), then closes. */
async function send(port: number, octets: readonly Uint8Array[], answers = 0, udp = false): Promise<Uint8Array[]> {
  const transport = await (udp ? connectUdp : connectTcp)({ host: '127.0.0.1', port });
  const got: Uint8Array[] = [];
  const enough = new Promise<void>((resolve) => {
    if (answers === 0) resolve();
    transport.direct!.start({
      octets: (chunk) => {
        got.push(chunk);
        if (got.length >= answers) resolve();
      },
      ended: () => resolve(),
    });
  });
  for (const o of octets) await transport.direct!.write(o);
  await enough;
  await transport.direct!.close();
  return got;
}

const title = parseHex('4D4D4D6701BC614E');
const receiver = parseHex('444C4D5300000001');
const ek = '000102030405060708090A0B0C0D0E0F';
const ak = 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF';
const material = { globalUnicast: parseHex(ek), authentication: parseHex(ak) };
/** The meter of these keys. */
const meter = async (policy = { authenticated: true, encrypted: true }): Promise<SecurityContext> =>
  new SecurityContext({
    provider: nodeProvider,
    suite: 0,
    systemTitle: title,
    peerSystemTitle: receiver,
    keys: await importKeys(nodeProvider, 0, material),
    counters: new InvocationCounters(new VolatileStore(), { initial: 1 }),
    policy: { send: policy, receive: policy, withoutReplayProtection: !policy.authenticated },
    form: 'general-glo',
  });
const body: Data = {
  type: 'structure',
  value: [
    { type: 'octet-string', value: parseHex('0100010800FF') },
    { type: 'double-long-unsigned', value: 123_456 },
    {
      type: 'structure',
      value: [
        { type: 'integer', value: 1 },
        { type: 'enum', value: 30 },
      ],
    },
  ],
};
const notification = (serviceClass: 'confirmed' | 'unconfirmed', dataValue: Data = body): Uint8Array =>
  encode(Apdu, {
    type: 'data-notification',
    longInvokeIdAndPriority: {
      invokeId: 7,
      selfDescriptive: false,
      processingOption: 'continue',
      serviceClass,
      priority: 'normal',
    },
    dateTime: new Uint8Array(0),
    notificationBody: { dataValue },
  });
const sender = { systemTitle: formatHex(title), encryptionKey: ek, authenticationKey: ak };
const keyFile = (more: object = {}, top: object = {}): string =>
  file({ format: 'push-keys/1', ...top, senders: [{ ...sender, ...more }] });

describe('listen', () => {
  it('takes a plain push in any framing, named, not authenticated, and ends after the count', async () => {
    for (const udp of [false, true]) {
      const l = await listening('--count', '2', ...(udp ? ['--udp'] : []));
      const aidon = captures.find((c) => c.id === 'cap-aidon-1ph')!;
      await send(l.port, [parseHex(aidon.input.hex)], 0, udp);
      await l.line(1);
      await send(l.port, [wrap(1, 16, notification('confirmed'))], 0, udp);
      const { code, err } = await l.ended;
      expect(code).toBe(0);
      expect(err).toBe('');
      const [first, second] = l.lines().slice(1);
      expect(first).toMatchObject({
        type: 'push',
        framing: 'hdlc',
        authenticated: false,
        systemTitle: null,
        confirmed: false,
      });
      expect(first.readings).toContainEqual(expect.objectContaining({ obis: '1-0:1.7.0*255', value: 1362, unit: 'W' }));
      expect(second).toMatchObject({ framing: 'wrapper', confirmationAsked: true, confirmed: false, invokeId: 7 });
      expect(second.readings).toEqual([
        expect.objectContaining({ name: expect.stringMatching(/energy/), scaled: '1234560', unit: 'Wh' }),
      ]);
    }
  });
  it('prints a table for people', async () => {
    const abort = new AbortController();
    let told: (text: string) => void = () => undefined;
    const port = new Promise<number>((resolve) => {
      told = (t) => resolve(Number(/:(\d+) \(TCP\)/.exec(t)?.[1]));
    });
    const ended = cli(['listen', '--port', '0', '--count', '1'], '', {
      signal: abort.signal,
      stderr: { write: (t) => told(t) },
    });
    const text: Data = {
      type: 'structure',
      value: [
        { type: 'octet-string', value: parseHex('0000600100FF') },
        { type: 'visible-string', value: 'A\u001b[2JB' },
      ],
    };
    await send(await port, [wrap(1, 16, notification('unconfirmed', text))]);
    const { out, code } = await ended;
    expect(code).toBe(0);
    expect(out).toMatch(/from 127\.0\.0\.1:\d+ \(wrapper\), sender not named, authenticated: false/);
    expect(out).toMatch(/OBIS +Name +Value +Unit/);
    // What a meter says cannot steer the terminal.
    expect(out).toContain('A\\x1b[2JB');
    expect(out).not.toContain('\u001b');
  });
  it('verifies, confirms what asks for it, refuses what was seen before, also after a new start', async () => {
    const context = await meter();
    const keys = keyFile({ name: 'cellar' });
    const store = counters();
    const l = await listening('--keys', keys, '--counters', store, '--create-counters');
    const asks = wrap(1, 16, await protect(notification('confirmed'), context));
    const [answer] = await send(l.port, [asks], 1);
    const confirmation = unwrap(answer!);
    expect(confirmation).toMatchObject({ source: 16, destination: 1 });
    const { apdu, authenticated } = await unprotect(confirmation.payload, context);
    expect(formatHex(apdu)).toBe('104000000700');
    expect(authenticated).toBe(true);
    await send(l.port, [wrap(1, 16, await protect(notification('unconfirmed'), context))]);
    expect(await l.line(1)).toMatchObject({
      authenticated: true,
      systemTitle: formatHex(title),
      sender: 'cellar',
      confirmed: true,
      protection: [{ form: 'general-glo', invocationCounter: 1 }],
    });
    expect(await l.line(2)).toMatchObject({ authenticated: true, confirmed: false });
    await send(l.port, [asks]);
    expect(await l.line(3)).toMatchObject({
      type: 'refused',
      framing: 'wrapper',
      reason: expect.stringMatching(/replay: counter 1 came after 2/),
    });
    l.interrupt();
    expect((await l.ended).code).toBe(0);

    const again = await listening('--keys', keys, '--counters', store, '--confirm');
    await send(again.port, [asks]);
    expect((await again.line(1)).reason).toMatch(/replay/);
    const [second] = await send(again.port, [wrap(1, 16, await protect(notification('unconfirmed'), context))], 1);
    // The counter of the confirmation went on, so the meter takes it.
    expect((await unprotect(unwrap(second!).payload, context)).layers[0]!.invocationCounter).toBeGreaterThan(1);
    again.interrupt();
    await again.ended;
    for (const run of [await l.ended, await again.ended]) expect(run.err).not.toMatch(/[0-9A-F]{32}/);
  });
  it('over UDP too', async () => {
    const context = await meter();
    const l = await listening('--udp', '--keys', keyFile(), '--count', '1');
    const [answer] = await send(l.port, [wrap(1, 16, await protect(notification('confirmed'), context))], 1, true);
    expect(formatHex((await unprotect(unwrap(answer!).payload, context)).apdu)).toBe('104000000700');
    expect((await l.ended).code).toBe(0);
  });
  it('refuses without answer: wrong key, unknown sender, no protection, less protection, plain', async () => {
    const wrongKey = await listening('--keys', keyFile({ encryptionKey: ak }), '--confirm');
    const unknown = await listening('--keys', keyFile({ systemTitle: '0102030405060708' }));
    const none = await listening();
    const encrypted = await listening('--keys', keyFile());
    const plain = await listening('--keys', keyFile(), '--confirm');
    const message = async (policy?: { authenticated: boolean; encrypted: boolean }) =>
      wrap(1, 16, await protect(notification('confirmed'), await meter(policy)));
    const cases: [Listener, Uint8Array, RegExp][] = [
      [wrongKey, await message(), /wrong key or title/i],
      [unknown, await message(), /no key for 4D4D4D6701BC614E in the key file/],
      [none, await message(), /no key for 4D4D4D6701BC614E: give --keys/],
      [encrypted, await message({ authenticated: false, encrypted: true }), /policy.*authenticated and encrypted/],
      [plain, wrap(1, 16, notification('confirmed')), /not protected/],
    ];
    for (const [l, octets, reason] of cases) {
      const transport = await connectTcp({ host: '127.0.0.1', port: l.port });
      const back: Uint8Array[] = [];
      transport.direct!.start({ octets: (o) => back.push(o), ended: () => undefined });
      await transport.direct!.write(octets);
      expect(await l.line(1)).toMatchObject({ type: 'refused', reason: expect.stringMatching(reason) });
      await transport.direct!.close();
      l.interrupt();
      expect((await l.ended).code).toBe(0);
      expect(back).toEqual([]);
      expect(l.lines()).toHaveLength(2);
    }
  });
  it('policies of the key file: encrypted only and unverified are shown as not authenticated, and never confirmed', async () => {
    const encryptedOnly = { authenticated: false, encrypted: true };
    for (const [more, policy] of [
      [{ policy: 'encrypted' }, encryptedOnly],
      [{ policy: 'unverified', authenticationKey: undefined }, undefined],
    ] as const) {
      const l = await listening('--keys', keyFile(more), '--confirm', '--count', '1');
      await send(l.port, [wrap(1, 16, await protect(notification('confirmed'), await meter(policy)))]);
      expect(await l.line(1)).toMatchObject({
        type: 'push',
        authenticated: false,
        confirmed: false,
        readings: [{ obis: '1-0:1.8.0*255' }],
      });
      expect((await l.ended).code).toBe(0);
    }
  });
  it('accepts plain messages where the key file says so, and finds the sender by its address', async () => {
    const l = await listening('--keys', keyFile({ address: '127.0.0.1' }, { plain: 'accept' }), '--count', '2');
    await send(l.port, [wrap(1, 16, notification('unconfirmed'))]);
    expect(await l.line(1)).toMatchObject({ authenticated: false, systemTitle: null });
    const unnamed = await protect(notification('unconfirmed'), await meter());
    expect(formatHex(unnamed.subarray(0, 2))).toBe('DB08');
    await send(l.port, [wrap(1, 16, Uint8Array.of(0xdb, 0, ...unnamed.subarray(10)))]);
    expect(await l.line(2)).toMatchObject({ authenticated: true, systemTitle: formatHex(title) });
    await l.ended;
  });
  it('a recorded push is not taken again by the next run: counters are kept without being asked for', async () => {
    const state = { XDG_STATE_HOME: mkdtempSync(join(folder, 'state-')) };
    const keys = keyFile();
    const push = wrap(1, 16, await protect(notification('unconfirmed'), await meter()));
    const first = await listeningIn(state, '--keys', keys, '--count', '1');
    await send(first.port, [push]);
    expect(await first.line(1)).toMatchObject({ type: 'push', authenticated: true });
    expect((await first.ended).err).toBe(
      `the invocation counters are kept in ${state.XDG_STATE_HOME}/dlms-cosem/counters from now on\n`,
    );
    const second = await listeningIn(state, '--keys', keys);
    await send(second.port, [push]);
    expect(await second.line(1)).toMatchObject({ type: 'refused', reason: expect.stringMatching(/replay/) });
    second.interrupt();
    expect((await second.ended).err).toBe('');
  });
  it('confirms nothing when it is told so', async () => {
    const l = await listening('--keys', keyFile(), '--count', '1', '--never-confirm');
    await send(l.port, [wrap(1, 16, await protect(notification('confirmed'), await meter()))]);
    expect(await l.line(1)).toMatchObject({ authenticated: true, confirmationAsked: true, confirmed: false });
    await l.ended;
  });
  it('puts blocks together, and decodes with a profile: the pushes of a customer port', async () => {
    const wanted = captures.filter((c) => /^cap-(lg-e450-enc-[12]|kamstrup-encrypted|kaifa-at-netznoe)$/.test(c.id));
    expect(wanted).toHaveLength(4);
    for (const c of wanted) {
      const { encryptionKey, authenticationKey } = c.params as {
        encryptionKey: string;
        authenticationKey: string | null;
      };
      const systemTitle = (c.expected as { ciphering: { systemTitle: string } }).ciphering.systemTitle;
      const entry = {
        systemTitle,
        encryptionKey,
        ...(authenticationKey === null ? { policy: 'encrypted' } : { authenticationKey }),
      };
      const l = await listening(
        '--keys',
        file({ format: 'push-keys/1', senders: [entry] }),
        '--profile',
        'nordic-customer-port',
        '--count',
        '1',
      );
      await send(l.port, [parseHex(c.input.hex)]);
      const push = await l.line(1);
      expect(push, c.id).toMatchObject({ type: 'push', systemTitle, authenticated: authenticationKey !== null });
      expect(push.readings.length).toBeGreaterThan(3);
      for (const r of push.readings) expect(r.name).not.toBe('');
      await l.ended;
    }
  });
  it('names what only a profile can name', async () => {
    const kaifa = captures.find((c) => c.id === 'cap-kaifa-no-list2')!;
    const without = await listening('--count', '1');
    await send(without.port, [parseHex(kaifa.input.hex)]);
    expect((await without.line(1)).readings).toEqual([]);
    expect((await without.line(1)).unnamed.length).toBeGreaterThan(5);
    const l = await listening('--count', '1', '--profile', 'nordic-customer-port');
    await send(l.port, [parseHex(kaifa.input.hex)]);
    const push = await l.line(1);
    expect(push.namedBy).toMatch(/^template, /);
    expect(push.readings.map((r: { obis: string }) => r.obis)).toContain('1-0:1.7.0*255');
    expect(push.unnamed).toBeUndefined();
  });
  it('decodes events and alarms by the profile', async () => {
    const l = await listening('--count', '1', '--profile', 'idis-package-2');
    const event = encode(Apdu, {
      type: 'event-notification-request',
      cosemAttributeDescriptor: { classId: 1, instanceId: '0-0:97.98.20*255', attributeId: 2 },
      attributeValue: { type: 'double-long-unsigned', value: 2 },
    });
    await send(l.port, [wrap(1, 16, event)]);
    const push = await l.line(1);
    expect(push).toMatchObject({
      service: 'event-notification-request',
      readings: [{ obis: '0-0:97.98.20*255', classId: 1, attribute: 2 }],
    });
    expect(push.readings[0].bits).toHaveLength(1);
    expect(push.readings[0].name).toMatch(/Alarm descriptor/i);
  });
  it('goes on after noise and after what is no push', async () => {
    const l = await listening('--count', '1');
    await send(l.port, [parseHex('FFFFFFFFFFFF')]);
    await send(l.port, [wrap(1, 16, parseHex('C001C100080000010000FF0200'))]);
    expect(await l.line(1)).toMatchObject({ type: 'refused', reason: 'get-request is not a push' });
    await send(l.port, [wrap(1, 16, notification('unconfirmed'))]);
    expect(await l.line(2)).toMatchObject({ type: 'push' });
    expect((await l.ended).err).toMatch(/^dropped: /);
  });
  it('ends with 5 when it is interrupted before the count', async () => {
    const l = await listening('--count', '1');
    l.interrupt();
    expect((await l.ended).code).toBe(5);
  });
  it('says when its port is taken', async () => {
    const l = await listening();
    const { code, err } = await cli(['listen', '--port', String(l.port)]);
    expect(code).toBe(3);
    expect(err).toMatch(/cannot listen on 127.*another port/);
    l.interrupt();
    await l.ended;
  });
});

describe('any octets', () => {
  it('end in a message, a refusal of the listener or an error of the library', async () => {
    const ring = await pushKeyRing(
      { format: 'push-keys/1', senders: [sender] },
      receiver,
      new InvocationCounters(new VolatileStore(), { initial: 1 }),
    );
    const profile = builtInProfile('idis-package-2');
    const senders: Senders = {
      ring,
      plain: true,
      policyOf: () => 'both',
      titleAt: () => title,
      profileOf: () => profile,
    };
    const good = [
      notification('confirmed'),
      await protect(notification('confirmed'), await meter()),
      ...captures.map((c) => parseHex(c.input.hex)),
    ];
    const changed = fc
      .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 4 }))
      .map(([octets, changes]) => {
        const out = octets.slice();
        for (const [at, value] of changes) if (at < out.length) out[at] = value;
        return out;
      });
    const anyData = fc
      .uint8Array({ maxLength: 40 })
      .map((octets) => concat(parseHex('0F40000007000209060000616214FF'), octets));
    const event = fc.uint8Array({ maxLength: 20 }).map((octets) => concat(parseHex('C20000010000616214FF02'), octets));
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 60 }), changed, anyData, event), async (octets) => {
        try {
          const push = await openPush(octets, '192.0.2.1', senders);
          opened++;
          expect(push.readings.every((r) => r.name !== undefined)).toBe(true);
          if (!push.authenticated) expect(await push.confirm()).toBeUndefined();
        } catch (e) {
          if (!isDlmsError(e) && !(e instanceof Failure)) throw e;
        }
      }),
      { numRuns: 1000 },
    );
    expect(opened).toBeGreaterThan(20);
  });
});

describe('the key file', () => {
  it.each([0o644, 0o640, 0o622, 0o602])('a file that others can read or write (mode %o) is refused', async (mode) => {
    const path = file({ format: 'push-keys/1', senders: [sender] }, mode);
    const { code, err } = await cli(['listen', '--port', '0', '--keys', path]);
    expect(err).toMatch(
      /^dlms-cosem: --keys: \S+ holds keys, and other users of this machine can read or write it \(mode 6[0-7]{2}\)/,
    );
    expect(err).not.toContain(ek);
    expect(code).toBe(4);
  });
  it.each<[string, object | string, RegExp]>([
    ['no JSON', `{"format": "push-keys/1", "senders": [{"encryptionKey": ${ek}}]}`, /is no JSON/],
    ['no senders', { format: 'push-keys/1' }, /senders: a value: the field is required expected/],
    [
      'a key of another length',
      { format: 'push-keys/1', senders: [{ ...sender, encryptionKey: ek.slice(2) }] },
      /senders\.0\.encryptionKey: a key of 32 or 64/,
    ],
    [
      'a key in the wrong place',
      { format: 'push-keys/1', senders: [{ ...sender, systemTitle: ek }] },
      /senders\.0\.systemTitle: a system title of 16/,
    ],
    [
      'a key as the name of a field',
      { format: 'push-keys/1', senders: [{ ...sender, [ek]: 1 }] },
      /senders\.0\.…: one of the fields/,
    ],
    [
      'a key as policy',
      { format: 'push-keys/1', senders: [{ ...sender, policy: ak }] },
      /senders\.0\.policy: "both" or/,
    ],
    [
      'a misspelt field',
      { format: 'push-keys/1', senders: [{ ...sender, autenticationKey: ak }] },
      /autenticationKey: one of the fields/,
    ],
    ['two of one title', { format: 'push-keys/1', senders: [sender, sender] }, /senders\.1 .*twice/],
    ['no key', { format: 'push-keys/1', senders: [{ systemTitle: sender.systemTitle }] }, /no key/],
    [
      'no authentication key',
      { format: 'push-keys/1', senders: [{ ...sender, authenticationKey: undefined }] },
      /policy both needs the authenticationKey/,
    ],
    [
      'keys of another suite',
      { format: 'push-keys/1', senders: [{ ...sender, suite: 2 }] },
      /keys of suite 2 have 32 octets/,
    ],
  ])('%s is one line without any key', async (_, content, text) => {
    const { code, err, out } = await cli(['listen', '--port', '0', '--keys', file(content)]);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(text);
    expect(out + err).not.toMatch(new RegExp(`${ek.slice(0, 12)}|${ak.slice(0, 12)}|${ek.slice(2, 14)}`));
  });
  it('other bad options', async () => {
    expect((await cli(['listen', '--confirm'])).err).toMatch(/--confirm needs --keys/);
    expect((await cli(['listen', '--keys', join(folder, 'none')])).err).toMatch(/nothing readable/);
    expect((await cli(['listen', '--profile', 'idis-package-9'])).err).toMatch(
      /neither a profile that comes with this program \(idis-package-1/,
    );
    expect((await cli(['listen', '--count', '0'])).code).toBe(2);
  });
  it('is what the documentation shows', async () => {
    await expect(`${JSON.stringify(pushKeysJsonSchema(), undefined, 2)}\n`).toMatchFileSnapshot(
      '../../docs/push-keys.schema.json',
    );
    const example = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/push-keys.md', 'utf8'))![1]!;
    expect(parsePushKeys(example, 'the example').senders.length).toBeGreaterThan(1);
  });
});
