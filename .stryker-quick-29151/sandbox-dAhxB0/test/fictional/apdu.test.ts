import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Pages from '../../scripts/apdu-page.js';
import type * as Axdr from '../../src/axdr/index.js';
import type * as Exchange from '../../src/client/exchange.js';
import type * as Facts from '../../src/core/apdu-facts.js';
import type * as Core from '../../src/core/index.js';
import type * as Challenge from '../../src/security/hls-challenge.js';
import type * as Security from '../../src/security/index.js';
import type * as Conversation from '../../src/session/conversation.js';
import type * as Samples from '../../src/testing/apdu-samples.js';
import type * as Simulated from '../../src/testing/simulated-meter.js';
import type * as Translator from '../../src/translator/index.js';
import type * as Transport from '../../src/transport/index.js';
import type * as Vectors from '../../src/vectors/index.js';
import type * as Xdlms from '../../src/xdlms/index.js';
import type { Apdu, ApduType } from '../../src/xdlms/index.js';
import type * as Command from '../cli/support.js';
import type * as Keys from '../security/support.js';
import { Copy } from './copy.js';

// What somebody writes who adds three APDUs that no book knows. Every reader of APDUs must follow from that alone.

/** One file: how they are laid out. */
const layout = `
import { Data } from '../axdr/data.js';
import { enumerated, unsigned8 } from '../axdr/scalars.js';
import { type FieldsSchema, type Infer, optional, sequence } from '../axdr/schema.js';
import { LongInvokeIdAndPriority } from './common.js';

const sparkleRequest = /* @__PURE__ */ sequence('Sparkle-Request', {
  longInvokeIdAndPriority: LongInvokeIdAndPriority,
  hue: unsigned8,
  glitter: optional(Data),
});
/** Sparkle-Request (tag 250, FA). */
export interface SparkleRequest extends Infer<typeof sparkleRequest> {}
export const SparkleRequest: FieldsSchema<SparkleRequest> = sparkleRequest;

const sparkleResponse = /* @__PURE__ */ sequence('Sparkle-Response', {
  longInvokeIdAndPriority: LongInvokeIdAndPriority,
  result: enumerated({ dull: 0, brilliant: 1 }),
});
/** Sparkle-Response (tag 253, FD). */
export interface SparkleResponse extends Infer<typeof sparkleResponse> {}
export const SparkleResponse: FieldsSchema<SparkleResponse> = sparkleResponse;

const sparkleNotification = /* @__PURE__ */ sequence('Sparkle-Notification', { hue: unsigned8 });
/** Sparkle-Notification (tag 254, FE). */
export interface SparkleNotification extends Infer<typeof sparkleNotification> {}
export const SparkleNotification: FieldsSchema<SparkleNotification> = sparkleNotification;
`;
/** A row each. */
const rows = [
  "  'sparkle-request': request(250, { response: 'sparkle-response', invokeId: 'long', glo: 251, ded: 252 }),",
  "  'sparkle-response': response(253, { invokeId: 'long' }),",
  "  'sparkle-notification': notification(254, {}),",
];
/** Each row is given its layout. */
const attached = [
  "  'sparkle-request': SparkleRequest,",
  "  'sparkle-response': SparkleResponse,",
  "  'sparkle-notification': SparkleNotification,",
];
const imported = "import { SparkleNotification, SparkleRequest, SparkleResponse } from './sparkle.js';";
/** Compiles when the types know the fields, and the name of every form. */
const probe = `
import type { Apdu, ApduType } from '../src/xdlms/apdu.js';
export const types: ApduType[] = ['sparkle-request', 'glo-sparkle-request', 'ded-sparkle-request', 'sparkle-response'];
export function hue(apdu: Apdu): number | undefined {
  return apdu.type === 'sparkle-request' ? apdu.hue : undefined;
}
// @ts-expect-error there is no such form: the response cannot be protected by itself
export const none: ApduType = 'glo-sparkle-response';
`;

const copy = new Copy();
afterAll(() => copy.remove());
beforeAll(() => {
  copy.write('src/xdlms/sparkle.ts', layout);
  copy.insert('src/core/apdu-facts.ts', 'const rows = {', rows.join('\n'));
});

describe('an APDU without its layout', () => {
  it('does not compile', () => {
    const problems = copy.problems('src/xdlms/apdu.ts').join('\n');
    for (const type of ['sparkle-request', 'sparkle-response', 'sparkle-notification'])
      expect(problems).toContain(type);
  }, 60_000);
});

describe('an APDU that was added is followed by', () => {
  let axdr: typeof Axdr;
  let core: typeof Core;
  let xdlms: typeof Xdlms;
  let translator: typeof Translator;
  let transport: typeof Transport;
  let samples: typeof Samples;
  const request = {
    type: 'sparkle-request',
    longInvokeIdAndPriority: {
      invokeId: 0x010203,
      selfDescriptive: false,
      processingOption: 'continue',
      serviceClass: 'confirmed',
      priority: 'normal',
    },
    hue: 7,
    glitter: { type: 'unsigned', value: 9 },
  } as unknown as Apdu;
  const requestHex = 'FA4001020307011109';
  const responseHex = 'FD4001020301';
  const notificationHex = 'FE07';
  const types = ['sparkle-request', 'sparkle-response', 'sparkle-notification'] as unknown as ApduType[];
  let octets: Uint8Array;

  beforeAll(async () => {
    copy.insert('src/xdlms/apdu.ts', 'const layouts = {', attached.join('\n'));
    copy.insert('src/xdlms/apdu.ts', "import { SetRequest, SetResponse } from './set.js';", imported);
    axdr = await copy.load('src/axdr/index.ts');
    core = await copy.load('src/core/index.ts');
    xdlms = await copy.load('src/xdlms/index.ts');
    translator = await copy.load('src/translator/index.ts');
    transport = await copy.load('src/transport/index.ts');
    samples = await copy.load('src/testing/apdu-samples.ts');
    octets = core.parseHex(requestHex);
  }, 60_000);

  it('the compiler', () => {
    copy.write('test/probe.ts', probe);
    expect(copy.problems('test/probe.ts')).toEqual([]);
  }, 60_000);
  it('the codec', () => {
    expect(core.formatHex(axdr.encode(xdlms.Apdu, request))).toBe(requestHex);
    expect(axdr.decode(xdlms.Apdu, octets)).toEqual(request);
    expect(axdr.decode(xdlms.Apdu, core.parseHex('FB03010203'))).toEqual({
      type: 'glo-sparkle-request',
      value: Uint8Array.of(1, 2, 3),
    });
  });
  it('the codec of conversations', async () => {
    const { response } = await copy.load<typeof Conversation>('src/session/conversation.ts');
    const answer = core.parseHex(responseHex);
    expect(response(answer, types[1] as ApduType, 'sparkling')).toMatchObject({ result: 'brilliant' });
  });
  it('the invoke-id that is told without decoding', async () => {
    const { invokeIdOf, responseTagOf } = await copy.load<typeof Facts>('src/core/apdu-facts.ts');
    expect([invokeIdOf(octets), responseTagOf(octets)]).toEqual([0x010203, 0xfd]);
  });
  it('the generator, whose APDUs go every way and back', () => {
    fc.assert(
      fc.property(samples.apduArbitrary(types), (apdu) => {
        const bytes = axdr.encode(xdlms.Apdu, apdu);
        expect(axdr.decode(xdlms.Apdu, bytes)).toEqual(apdu);
        expect(translator.apduFromXml(translator.apduToXml(bytes))).toEqual(bytes);
        expect(translator.apduFromJson(JSON.stringify(translator.apduToJson(bytes)))).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });
  it('the samples, in all forms', () => {
    expect(samples.apduTypes()).toEqual(
      expect.arrayContaining([...types, 'glo-sparkle-request', 'ded-sparkle-request']),
    );
    const made = samples.apduSamples({ count: 5, seed: 1, types: types.slice(0, 1) });
    expect(made.map(({ hex, json }) => [hex.slice(0, 2), json.type])).toEqual(
      new Array(5).fill(['FA', 'sparkle-request']),
    );
  });
  it('XML', () => {
    const xml = translator.apduToXml(octets);
    expect(xml).toContain('<x:sparkle-request');
    expect(translator.apduFromXml(xml)).toEqual(octets);
  });
  it('JSON', () => {
    const json = translator.apduToJson(octets);
    expect(json).toMatchObject({ type: 'sparkle-request', hue: 7, glitter: { type: 'unsigned', value: 9 } });
    expect(translator.apduFromJson(json)).toEqual(octets);
  });
  it('explain', () => {
    const text = translator.explainText(translator.explain(octets));
    expect(text).toContain('sparkle-request');
    expect(text).toMatch(/hue +7/);
    expect(text).not.toContain('unread');
  });
  it('the page of APDUs', async () => {
    const { apduPage } = await copy.load<typeof Pages>('scripts/apdu-page.ts');
    const page = apduPage();
    expect(page).toContain('| FA | sparkle-request | yes | yes | yes | yes | yes | generated |');
    expect(page).toContain('| FB | glo-sparkle-request | yes | yes | yes | yes | yes | generated |');
    expect(page).toContain('### sparkle-request (tag 250, FA)');
  }, 60_000);
  it.each([requestHex, 'FB03010203', 'FC03010203', responseHex, notificationHex])(
    'the detection of its framing (%s)',
    (hex) => {
      const apdu = core.parseHex(hex);
      expect(transport.detectFraming(apdu)).toEqual({ framing: 'apdu', offset: 0, sure: false });
      expect(transport.detectFraming(transport.wrap(1, 16, apdu))).toMatchObject({ framing: 'wrapper', sure: true });
      const receiver = new transport.PushReceiver();
      expect([...receiver.push(apdu), ...receiver.flush()].map((p) => core.formatHex(p.apdu))).toEqual([hex]);
    },
  );
  it.each([
    ['glo', 'FB', 'glo'],
    ['ded', 'FC', 'ded'],
    ['general-glo', 'DB', 'general-glo'],
    ['general-ded', 'DC', 'general-ded'],
  ] as const)('protection under %s, which it comes out of again', async (form, tag, kind) => {
    const security = await copy.load<typeof Security>('src/security/index.ts');
    const { nodeProvider } = await copy.load<{ nodeProvider: Security.CryptoProvider }>('src/security/node.ts');
    const { pairOf } = await copy.load<typeof Keys>('test/security/support.ts');
    const { client, server } = await pairOf(nodeProvider, 0);
    if (form.endsWith('ded')) for (const c of [client, server]) await c.takeDedicatedKey(new Uint8Array(16).fill(5));
    const sent = await security.protect(octets, client, { form });
    expect(core.formatHex(sent).slice(0, 2)).toBe(tag);
    expect(security.isProtected(sent)).toBe(true);
    const both = { authenticated: true, encrypted: true };
    expect(
      security.overhead({ length: octets.length, suite: 0, form, protection: both, tag: octets[0] as number }),
    ).toBe(sent.length - octets.length);
    const opened = await security.unprotect(sent, server);
    expect(core.formatHex(opened.apdu)).toBe(requestHex);
    expect(opened.layers.map((l) => l.kind)).toEqual([kind]);
    // The tag in front promises what is inside.
    if (form === 'glo') {
      const other = await security.protect(core.parseHex('C001C100080000010000FF0200'), client, { form });
      other[0] = sent[0] as number;
      expect(() => security.unprotect(other, server)).toThrow('not the one that the tag names');
    }
    const explained = translator.explainText(
      translator.explain(sent, {
        decipher: translator.decipherWith({
          encryptionKey: Uint8Array.from({ length: 16 }, (_, i) => i),
          authenticationKey: Uint8Array.from({ length: 16 }, (_, i) => 0xd0 + i),
          dedicatedKey: new Uint8Array(16).fill(5),
          systemTitle: client.systemTitle,
        }),
      }),
    );
    expect(explained).toMatch(/ sparkle-request\n(.*\n)+.* hue +7/);
  });
  it('the proof that a counter is new, which a notification does not give', async () => {
    const security = await copy.load<typeof Security>('src/security/index.ts');
    const { nodeProvider } = await copy.load<{ nodeProvider: Security.CryptoProvider }>('src/security/node.ts');
    const { pairOf } = await copy.load<typeof Keys>('test/security/support.ts');
    const counted = async (apdu: Uint8Array): Promise<boolean> => {
      const { client, server } = await pairOf(nodeProvider, 0);
      client.proof = 'expected';
      await security.unprotect(await security.protect(apdu, server), client);
      return client.counted;
    };
    expect(await counted(core.parseHex(responseHex))).toBe(true);
    expect(await counted(core.parseHex(notificationHex))).toBe(false);
  });
  it('the judgement of a challenge that reads as one', async () => {
    const { checkChallenge } = await copy.load<typeof Challenge>('src/security/hls-challenge.ts');
    expect(() => checkChallenge(5, octets, undefined, { encryptedReply: true })).toThrow('reads as an APDU');
  });
  it('the client: a late response is not taken for the next one, and a notification for no response', async () => {
    const { Exchange: Made } = await copy.load<typeof Exchange>('src/client/exchange.ts');
    const inbox: (Uint8Array | 'timeout')[] = [];
    const dropped: unknown[] = [];
    const heard: Apdu[] = [];
    const exchange = new Made(
      {
        open: async () => {},
        close: async () => {},
        send: async () => {},
        receive: async () => {
          const next = inbox.shift();
          if (next instanceof Uint8Array) return next;
          throw new core.DlmsError('transport/timeout', { waitedMs: 1, waitingFor: 'a response' });
        },
      },
      {
        onEvent: (e) => (e.type === 'dropped' ? dropped.push([core.formatHex(e.apdu), e.reason]) : undefined),
        onNotification: (n) => heard.push(n),
      },
    );
    const call = (id: string) =>
      exchange.run(
        (function* () {
          return core.formatHex(yield core.parseHex(`FA400000${id}0700`));
        })(),
      );
    inbox.push('timeout');
    await expect(call('01')).rejects.toMatchObject({ code: 'transport/timeout' });
    expect(exchange.invokeIds.awaited).toBe(1);
    inbox.push(core.parseHex(notificationHex), core.parseHex('FD4000000100'), core.parseHex('FD4000000201'));
    expect(await call('02')).toBe('FD4000000201');
    expect(dropped).toEqual([['FD4000000100', 'answer to another request']]);
    expect(heard).toEqual([{ type: 'sparkle-notification', hue: 7 }]);
    expect(exchange.invokeIds.awaited).toBe(0);
  });
  it('the meter, which does not know the service and says so', async () => {
    const { simulatedMeter } = await copy.load<typeof Simulated>('src/testing/simulated-meter.ts');
    const { nodeProvider } = await copy.load<{ nodeProvider: Security.CryptoProvider }>('src/security/node.ts');
    const aarq = '601DA109060760857405080101BE10040E01000000065F1F040000FEDFFFFF';
    const connection = (await simulatedMeter({ provider: nodeProvider })).connection();
    const answer = async (hex: string): Promise<string[]> =>
      (await connection.handle(core.parseHex(hex), { clientSap: 16, serverSap: 1 })).map((o) => core.formatHex(o));
    expect((await answer(aarq))[0]).toMatch(/^61.*A203020100/);
    expect(await answer(requestHex)).toEqual(['D80102']);
  });
  it('the vector runner', async () => {
    const { runVector } = await copy.load<typeof Vectors>('src/vectors/index.ts');
    const vector = (expected: object) =>
      runVector('', { id: 'sparkle', kind: 'apdu', input: { hex: requestHex }, params: {}, expected });
    expect(await vector({ apdu: 'sparkle-request', hue: 7 })).toMatchObject({ status: 'passed' });
    expect(await vector({ apdu: 'sparkle-request', hue: 8 })).toMatchObject({ status: 'failed' });
  });
  it('the command', async () => {
    const { cli } = await copy.load<typeof Command>('test/cli/support.ts');
    const decoded = await cli(['decode', requestHex, '--json']);
    expect(decoded).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(decoded.out)).toMatchObject({ messages: [{ value: { type: 'sparkle-request', hue: 7 } }] });
    expect((await cli(['explain', requestHex])).out).toMatch(/hue +7/);
    expect((await cli(['samples', '--count', '1', '--type', 'sparkle-response', '--hex'])).out).toMatch(/^FD/);
  });
});
