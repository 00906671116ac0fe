import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { parseHex } from '../../src/core/hex.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { isProtected } from '../../src/security/index.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import {
  type Conversation,
  decodeAare,
  decodeInitiateResponse,
  encodeAarq,
  encodeInitiateRequest,
  getAttribute,
  getList,
  invokeMethod,
  type Mechanism,
  mechanisms,
  requireAccepted,
  setAttribute,
} from '../../src/session/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { EncodedApdu } from '../../src/xdlms/encoded-apdu.js';
import { Apdu, mechanismOf } from '../../src/xdlms/index.js';

interface Session {
  readonly id: string;
  readonly input: { readonly frames: readonly { readonly direction: 'client' | 'server'; readonly hex: string }[] };
  readonly params: any;
}
const sessions: readonly Session[] = (
  JSON.parse(readFileSync(new URL('../vectors/sessions.json', import.meta.url), 'utf8')) as Session[]
).filter((s) => s.params.framing === 'wrapper');

/** The plain APDUs of a session, in order: behind the wrapper header, deciphered. */
async function apdusOf({ input, params }: Session): Promise<{ client: boolean; apdu: Uint8Array }[]> {
  const suite = params.suite ?? 0;
  const title = (side: 'client' | 'server') =>
    parseHex(params[`${side}SystemTitle`] ?? (side === 'client' ? '4755525858585858' : '4142434445464748'));
  const keys =
    params.encryptionKey === undefined
      ? {}
      : await importKeys(nodeProvider, suite, {
          globalUnicast: parseHex(params.encryptionKey),
          authentication: parseHex(params.authenticationKey),
        });
  const side = (own: 'client' | 'server', peer: 'client' | 'server') =>
    new SecurityContext({
      provider: nodeProvider,
      suite,
      systemTitle: title(own),
      peerSystemTitle: title(peer),
      keys,
      counters: new InvocationCounters(new VolatileStore()),
    });
  const receivers = { client: side('server', 'client'), server: side('client', 'server') };
  const out = [];
  for (const { direction, hex } of input.frames) {
    const apdu = parseHex(hex).subarray(8);
    out.push({
      client: direction === 'client',
      apdu: isProtected(apdu) ? (await unprotect(apdu, receivers[direction], { lenient: true })).apdu : apdu,
    });
  }
  return out;
}
const limits = { sendSize: Number.POSITIVE_INFINITY, receiveTotal: 1 << 20 };
/** Our conversation for what the recorded client asked; undefined for ACSE. */
function conversationFor(first: Uint8Array): Conversation<unknown> | undefined {
  const apdu = decode(EncodedApdu, first, { lenient: true });
  if (apdu.type === 'get-request') {
    const { value: request } = apdu;
    if (request.type === 'get-request-normal') return getAttribute(request.invokeIdAndPriority, request, limits);
    if (request.type === 'get-request-with-list')
      return getList(request.invokeIdAndPriority, request.attributeDescriptorList, limits);
  }
  if (apdu.type === 'set-request' && apdu.value.type === 'set-request-normal')
    return setAttribute(apdu.value.invokeIdAndPriority, apdu.value, apdu.value.value, limits);
  if (apdu.type === 'action-request' && apdu.value.type === 'action-request-normal')
    return invokeMethod(
      apdu.value.invokeIdAndPriority,
      apdu.value.cosemMethodDescriptor,
      apdu.value.methodInvocationParameters,
      limits,
    );
  return undefined;
}

describe('the conversations of recorded sessions, request by request the same octets', () => {
  let conversations = 0;
  let blocks = 0;
  it.each(sessions.map((s) => [s.id, s] as const))('%s', async (_, session) => {
    const apdus = await apdusOf(session);
    for (let i = 0; i < apdus.length; ) {
      const step = apdus[i]!;
      const acse = step.apdu[0]! >= 0x60 && step.apdu[0]! <= 0x63;
      if (acse || !step.client) {
        i++;
        continue;
      }
      const conversation = conversationFor(step.apdu);
      expect(conversation, `frame ${i}`).toBeDefined();
      conversations++;
      let next = conversation!.next();
      for (; next.done !== true; blocks++) {
        // What we would ask is what was asked.
        expect(next.value).toEqual(apdus[i]!.apdu);
        const answer = apdus[i + 1];
        // Recordings are cut after 120 frames, in the middle of a transfer too.
        if (answer === undefined || apdus[i + 2] === undefined) {
          i = apdus.length;
          break;
        }
        expect(answer.client).toBe(false);
        next = conversation!.next(answer.apdu);
        i += 2;
      }
      if (next.done !== true) break;
      const result = next.value as { type?: string; value?: unknown };
      if (result.type === 'data' && result.value instanceof Uint8Array)
        expect(decode(Data, result.value, { lenient: true }).type).toBeTypeOf('string');
    }
  });
  it('there were many, and long ones', () => {
    expect(conversations).toBeGreaterThan(120);
    expect(blocks).toBeGreaterThan(conversations + 50);
  });
});

describe('the openings of recorded sessions', () => {
  it.each(sessions.map((s) => [s.id, s] as const))('%s', async (id, session) => {
    const frames = session.input.frames.map((f) => parseHex(f.hex).subarray(8));
    const at = frames.findIndex((f) => f[0] === 0x60 && decode(Apdu, f, { lenient: true }).type === 'aarq');
    const recorded = decode(Apdu, frames[at]!, { lenient: true });
    if (recorded.type !== 'aarq') throw new Error('no AARQ');
    const arc = recorded.mechanismName === undefined ? 0 : mechanismOf(recorded.mechanismName);
    const mechanism = (Object.keys(mechanisms) as Mechanism[]).find((m) => mechanisms[m] === arc)!;
    const user = recorded.userInformation!;
    const rebuilt = encodeAarq({
      mechanism,
      referencing: 'LN',
      ciphered: recorded.applicationContextName.endsWith('.3'),
      systemTitle: recorded.callingAPTitle,
      authenticationValue: recorded.callingAuthenticationValue?.value as Uint8Array | undefined,
      userInformation: user,
    });
    expect(rebuilt).toEqual(frames[at]);
    if (user[0] === 1) {
      const initiate = decode(Apdu, user, { lenient: true });
      if (initiate.type !== 'initiateRequest') throw new Error('no InitiateRequest');
      expect(
        encodeInitiateRequest({
          conformance: initiate.proposedConformance,
          maxReceivePduSize: initiate.clientMaxReceivePduSize,
          dedicatedKey: undefined,
        }),
      ).toEqual(user);
    }
    const answer = frames[at + 1]!;
    if (id === 'ses-fail-w-counter') {
      expect(() => decodeAare(answer)).toThrowError(expect.objectContaining({ code: 'service/exception' }));
      return;
    }
    const aare = decodeAare(answer);
    if (id === 'ses-fail-w-lls-password') {
      expect(() => requireAccepted(aare)).toThrowError(
        expect.objectContaining({
          context: { result: 'rejected-permanent', diagnostic: 'acse-service-user authentication-failure' },
        }),
      );
      return;
    }
    requireAccepted(aare);
    if (aare.userInformation?.[0] === 8) expect(decodeInitiateResponse(aare.userInformation).vaaName).toBe(7);
    expect(encode(Apdu, { type: 'aare', ...aare })[0]).toBe(0x61);
  });
});
