import { describe, expect, it } from 'vitest';
import { encode } from '../../../src/axdr/schema.js';
import { Client } from '../../../src/client/client.js';
import { Writer } from '../../../src/core/cursor.js';
import { Clock } from '../../../src/cosem/classes/clock.js';
import { sealContent } from '../../../src/security/ciphering.js';
import type { SecurityContext } from '../../../src/security/context.js';
import { strictPolicy } from '../../../src/security/policy.js';
import { type ProtectForm, protect } from '../../../src/security/protect.js';
import { unprotect } from '../../../src/security/unprotect.js';
import { compress } from '../../../src/security/v44/index.js';
import { decipherWith, explain, explainText } from '../../../src/translator/index.js';
import type { ApduChannel } from '../../../src/transport/transport.js';
import { Apdu } from '../../../src/xdlms/apdu.js';
import { failure } from '../../support/outcome.js';
import { pairOf, providers, testKeys } from '../support.js';

const provider = providers[1]!;
/** Rows that are much alike, as those of a load profile are. */
const rows = encode(Apdu, {
  type: 'get-response',
  value: {
    type: 'get-response-normal',
    invokeIdAndPriority: { invokeId: 1, serviceClass: 'confirmed', priority: 'high' },
    result: {
      type: 'data',
      value: {
        type: 'array',
        value: Array.from({ length: 24 }, (_, i) => ({
          type: 'structure' as const,
          value: [
            { type: 'octet-string' as const, value: Uint8Array.of(7, 0xea, 11, 21, 6, i, 0, 0, 0, 0, 0, 0) },
            { type: 'double-long-unsigned' as const, value: 1_000_000 + i },
          ],
        })),
      },
    },
  },
});
const shortGet = Uint8Array.of(0xc0, 1, 0xc1, 0, 8, 0, 0, 1, 0, 0, 255, 2, 0);
const generalForms: readonly ProtectForm[] = [
  'general-glo',
  { type: 'general-ciphering', key: 'global-unicast' },
  { type: 'general-ciphering', key: 'wrapped' },
  { type: 'general-ciphering', key: 'one-pass' },
];
/** A message of which a test says everything: any content under any control octet, in glo-get-response. */
async function sealed(context: SecurityContext, control: number, content: Uint8Array): Promise<Uint8Array> {
  const { keys, systemTitle } = context;
  const input = { provider, key: keys.globalUnicast!, authenticationKey: keys.authentication, systemTitle };
  const ciphered = await sealContent(input, control, 77, content);
  const w = new Writer();
  w.u8(0xcc);
  w.length(ciphered.length);
  w.bytes(ciphered);
  return w.finish();
}

describe.each([1, 2] as const)('compression before ciphering, suite %i', (suite) => {
  it.each(generalForms.map((form) => [JSON.stringify(form), form] as const))(
    'shortens what repeats, and comes back as it was: %s',
    async (_, form) => {
      const { client, server } = await pairOf(provider, suite, { compress });
      const plainPair = await pairOf(provider, suite);
      const message = await protect(rows, client, { form });
      const usual = await protect(rows, plainPair.client, { form });
      expect(usual.length - message.length).toBeGreaterThan(200);
      const { apdu, layers, authenticated } = await unprotect(message, server);
      expect(apdu).toEqual(rows);
      expect(layers).toMatchObject([{ compressed: true, encrypted: true, authenticated: true }]);
      expect(authenticated).toBe(true);
      expect((await unprotect(usual, plainPair.server)).layers).toMatchObject([{ compressed: false }]);
    },
  );
  it('is left away where it gains nothing, and in the service-specific forms', async () => {
    const { client, server } = await pairOf(provider, suite, { compress });
    for (const [apdu, form] of [
      [shortGet, 'general-glo'],
      [rows, 'glo'],
    ] as const) {
      const opened = await unprotect(await protect(apdu, client, { form }), server);
      expect(opened.layers).toMatchObject([{ compressed: false }]);
      expect(opened.apdu).toEqual(apdu);
    }
  });
});

describe('compressed content that is received', () => {
  it.each([0xb1, 0x91, 0xa1])('is read in the service-specific forms too: security control %i', async (control) => {
    const policy = { ...strictPolicy, receive: {}, withoutReplayProtection: true };
    const { client, server } = await pairOf(provider, 1, { policy });
    const opened = await unprotect(await sealed(server, control, compress(rows)), client);
    expect(opened.apdu).toEqual(rows);
    expect(opened.layers).toMatchObject([{ compressed: true, encrypted: (control & 0x20) !== 0 }]);
  });
  it('is not decompressed before its tag has verified', async () => {
    const { client, server } = await pairOf(provider, 1);
    const message = await sealed(server, 0xb1, Uint8Array.of(0xff, 0xff));
    const changed = message.slice();
    changed[8]! ^= 1;
    expect((await failure(() => unprotect(changed, client))).code).toBe('security/authentication-failed');
    expect((await failure(() => unprotect(message, client))).code).toMatch(/^decode\//);
  });
  it('whose compression bit was added or taken away does not verify', async () => {
    const { client, server } = await pairOf(provider, 1);
    for (const [control, content] of [
      [0xb1, compress(rows)],
      [0x31, rows],
    ] as const) {
      const message = await sealed(server, control, content);
      message[message.indexOf(control, 1)]! ^= 0x80;
      expect((await failure(() => unprotect(message, client))).code).toBe('security/authentication-failed');
    }
  });
  it('stops at the limit, which is 65 535 octets when nothing else is said', async () => {
    const { client, server } = await pairOf(provider, 1);
    const bomb = (n: number): Promise<Uint8Array> => {
      const apdu = new Uint8Array(n);
      apdu[0] = 0xc4;
      return sealed(server, 0xb1, compress(apdu));
    };
    expect((await unprotect(await bomb(0xffff), client)).apdu).toHaveLength(0xffff);
    const { client: another } = await pairOf(provider, 1);
    expect((await failure(() => bomb(0x10000).then((m) => unprotect(m, another)))).code).toBe('decode/too-large');
    const { client: wide } = await pairOf(provider, 1, { maxDecompressed: 0x20000 });
    expect((await unprotect(await bomb(0x10000), wide)).apdu).toHaveLength(0x10000);
  });
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('has a limit that bounds it: not %d', async (limit) => {
    expect((await failure(() => pairOf(provider, 1, { maxDecompressed: limit }))).code).toBe('configuration/invalid');
  });
  it('does not use its counter up when it cannot be decompressed', async () => {
    const { client, server } = await pairOf(provider, 1);
    await failure(async () => unprotect(await sealed(server, 0xb1, Uint8Array.of(0xff, 0xff)), client));
    expect((await unprotect(await sealed(server, 0x31, rows), client)).apdu).toEqual(rows);
  });
  it('is refused by a policy that says so', async () => {
    const { client, server } = await pairOf(provider, 1, { policy: { ...strictPolicy, refuseCompressed: true } });
    expect((await failure(async () => unprotect(await sealed(server, 0xb1, compress(rows)), client))).context).toEqual({
      required: 'content that is not compressed',
      actual: 'compressed content',
    });
    expect((await unprotect(await sealed(server, 0x31, rows), client)).apdu).toEqual(rows);
  });
  it('has no meaning in suite 0', async () => {
    const { client, server } = await pairOf(provider, 0);
    const message = await sealed(server, 0xb0, compress(rows));
    expect((await failure(() => unprotect(message, client))).context.what).toBe('compression in security suite 0');
    expect((await failure(() => pairOf(provider, 0, { compress }))).code).toBe('configuration/invalid');
  });
  it.each([0xb1, 0x91])('is explained: security control %i', async (control) => {
    const { server } = await pairOf(provider, 1);
    const message = await sealed(server, control, compress(rows));
    const { globalUnicast, authentication } = testKeys[1] as Record<string, Uint8Array>;
    const keys = { encryptionKey: globalUnicast!, authenticationKey: authentication!, systemTitle: server.systemTitle };
    const text = explainText(explain(message, { framing: 'apdu', decipher: decipherWith(keys) }));
    expect(text).toContain('compression');
    expect(text).toContain('decompressed');
    expect(text).toContain('get-response-normal');
  });
});

/** A meter that answers what it is told to. */
function answering(answers: Uint8Array[]): { channel: ApduChannel; sent: Uint8Array[] } {
  const sent: Uint8Array[] = [];
  const channel: ApduChannel = {
    open: async () => {},
    send: async (apdu) => void sent.push(apdu),
    receive: async () => answers.shift()!,
    close: async () => {},
  };
  return { channel, sent };
}

it('a meter that cannot decipher what was compressed gets plain content from then on', async () => {
  const { client: security } = await pairOf(provider, 1, { compress: () => Uint8Array.of(3), form: 'general-glo' });
  const decipheringError = Uint8Array.of(0xd8, 1, 5);
  const { channel, sent } = answering([decipheringError, decipheringError]);
  const client = new Client(channel, { preEstablished: true, security });
  await client.connect();
  const controls: number[] = [];
  for (let i = 0; i < 2; i++) {
    const error = await failure(() => client.get(Clock, '0-0:1.0.0*255', 'time'));
    expect(error.context.serviceError).toBe('deciphering-error');
    controls.push(sent[i]![11]!);
  }
  expect(controls).toEqual([0xb1, 0x31]);
  expect(security.fresh().compress).toBeUndefined();
});
