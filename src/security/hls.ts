import { concat, equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { andThen, lastly, type MaybePromise } from '../core/promise.js';
import { ivOf, securityHeaderAt } from './ciphering.js';
import { constantTimeEqual } from './constant-time.js';
import type { SecurityContext } from './context.js';
import { type ReceivedValue, replayed } from './counters.js';
import { failed, type HlsMechanism, readsAsApdu, readsAsSigned } from './hls-challenge.js';
import { asymmetric } from './key-agreement.js';
import { requireKey } from './keys.js';
import { type CryptoProvider, gmac, type KeyHandle, type PublicKey } from './providers/provider.js';
import { authenticatedBit } from './security-control.js';
import { securityHeaderLength, tagLength } from './suites.js';

/**
 * Computes the reply to a challenge under mechanism 2, as the manufacturer defined it. The result is compared in
 * constant time.
 */
export type ManufacturerReply = (challenge: Uint8Array, provider: CryptoProvider) => MaybePromise<Uint8Array>;

/** One authentication: the two sides, the secret, and both challenges. */
export interface HlsExchange {
  readonly mechanism: HlsMechanism;
  readonly role: 'client' | 'server';
  /** Provider, titles, keys and counters. */
  readonly context: SecurityContext;
  /** HLS secret, for mechanisms 3, 4 and 6. */
  readonly secret?: KeyHandle | undefined;
  /** Only for mechanism 2. */
  readonly manufacturer?: ManufacturerReply | undefined;
  /** Challenge client to server, from the AARQ. */
  readonly clientToServer: Uint8Array;
  /** Challenge server to client, from the AARE. */
  readonly serverToClient: Uint8Array;
}

/**
 * Computes what this side sends: for a client f(StoC), the parameter of reply_to_HLS_authentication; for a server
 * f(CtoS), its return value. Call `checkChallenge` first. A server also calls {@link hlsVerify} first, and answers only
 * a client that has proved itself.
 * @throws DlmsError `association/authentication-failed` for a challenge that would make the reply the tag or signature
 *   of an APDU
 */
export function hlsReply(exchange: HlsExchange): MaybePromise<Uint8Array> {
  const { context, mechanism, role } = exchange;
  if (mechanism === 5) return gmacReply(exchange);
  if (mechanism === 7) {
    asymmetric(context.suite);
    const signed = material(exchange, role);
    if (readsAsSigned(signed))
      throw failed(mechanism, 'remote', 'what the challenge would make us sign reads as an APDU', true);
    return context.provider.sign(requireKey(context.keys.signing, 'digital signature key').privateKey, signed);
  }
  return hashed(exchange, role);
}
/**
 * Verifies what the other side sent.
 * @throws DlmsError `association/authentication-failed`; `security/replay` for a GMAC counter that was used before
 */
export function hlsVerify(exchange: HlsExchange, reply: Uint8Array): MaybePromise<void> {
  const { context, mechanism, role } = exchange;
  const other = role === 'client' ? 'server' : 'client';
  if (equalBytes(exchange.clientToServer, exchange.serverToClient))
    throw failed(mechanism, 'remote', 'both challenges are the same (reflection)');
  const judge = (ok: boolean): void => {
    if (!ok) throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong secret or keys');
  };
  if (mechanism === 5) return gmacVerify(exchange, reply);
  if (mechanism === 7) {
    asymmetric(context.suite);
    const signer: PublicKey = requireKey(context.keys.peerSigning, 'digital signature key of the peer');
    return andThen(context.provider.verify(signer, material(exchange, other), reply), judge);
  }
  return andThen(hashed(exchange, other), (expected) => judge(constantTimeEqual(expected, reply)));
}

/** Low level security on the server: whether this is the password, in a time that depends only on the lengths. */
export function llsMatches(password: Uint8Array, received: Uint8Array): boolean {
  return constantTimeEqual(password, received);
}

/**
 * A common form of mechanism 2 that no standard defines: the challenge under AES-128 in ECB mode with the secret as its
 * key, both padded with zeros. Checked against recordings of the Gurux family.
 * @param secret at most 16 octets
 */
export function aesEcbReply(secret: Uint8Array): ManufacturerReply {
  if (secret.length > 16)
    throw new DlmsError('security/invalid-key', { reason: 'the secret may have at most 16 octets' });
  const padded = new Uint8Array(16);
  padded.set(secret);
  return (challenge, provider) =>
    andThen(provider.importKey('AES-128', padded), (key) => {
      const out = new Uint8Array(Math.ceil(challenge.length / 16) * 16);
      out.set(challenge);
      const block = (at: number): MaybePromise<Uint8Array> =>
        at >= out.length
          ? out
          : andThen(provider.encryptBlock(key, out.slice(at, at + 16)), (encrypted) => {
              out.set(encrypted, at);
              return block(at + 16);
            });
      return lastly(
        () => block(0),
        () => key.destroy(),
      );
    });
}

/** Mechanisms 2, 3, 4 and 6: either side can compute both replies. */
function hashed(exchange: HlsExchange, replier: 'client' | 'server'): MaybePromise<Uint8Array> {
  const { context, mechanism, manufacturer } = exchange;
  const challenge = replier === 'client' ? exchange.serverToClient : exchange.clientToServer;
  if (mechanism === 2) {
    if (manufacturer === undefined)
      throw new DlmsError('security/unsupported', {
        what: 'HLS mechanism 2 without the reply function of the manufacturer',
      });
    return manufacturer(challenge, context.provider);
  }
  const secret = requireKey(exchange.secret, 'HLS secret');
  if (mechanism === 6) return context.provider.digest('SHA-256', [secret, material(exchange, replier)]);
  return context.provider.digest(mechanism === 3 ? 'MD5' : 'SHA-1', [challenge, secret]);
}
/**
 * Mechanisms 6 and 7: title of the replier, title of the other side, the challenge it answers, the challenge it sent.
 */
function material(
  { context, role, clientToServer, serverToClient }: HlsExchange,
  replier: 'client' | 'server',
): Uint8Array {
  const peer = requireKey(context.peerSystemTitle, 'system title of the peer');
  const [client, server] = role === 'client' ? [context.systemTitle, peer] : [peer, context.systemTitle];
  return replier === 'client'
    ? concat(client, server, serverToClient, clientToServer)
    : concat(server, client, clientToServer, serverToClient);
}

/**
 * The reply is laid out like authenticated content that is empty: a security header, then the tag over SC, AK and the
 * challenge.
 */
const replyLength = securityHeaderLength + tagLength;
const replyControl = (suite: number): number => suite | authenticatedBit;
function gmacReply({ context, role, clientToServer, serverToClient }: HlsExchange): MaybePromise<Uint8Array> {
  const { keys, provider, systemTitle, suite } = context;
  const key = requireKey(keys.globalUnicast, 'global-unicast-encryption-key');
  const authentication = requireKey(keys.authentication, 'authentication-key');
  const challenge = role === 'client' ? serverToClient : clientToServer;
  if (readsAsApdu(challenge))
    throw failed(5, 'remote', 'the challenge reads as an APDU, and the reply would be its tag', true);
  const control = Uint8Array.of(replyControl(suite.id));
  return andThen(context.counters.next(context.sendName('global-unicast-encryption-key')), (counter) => {
    const iv = ivOf(systemTitle, counter);
    return andThen(gmac(provider, key, iv, [control, authentication, challenge]), (tag) =>
      concat(control, iv.subarray(8), tag),
    );
  });
}
function gmacVerify(
  { context, role, clientToServer, serverToClient, mechanism }: HlsExchange,
  reply: Uint8Array,
): MaybePromise<void> {
  const { keys, provider } = context;
  const key = requireKey(keys.globalUnicast, 'global-unicast-encryption-key');
  const authentication = requireKey(keys.authentication, 'authentication-key');
  const sender = requireKey(context.peerSystemTitle, 'system title of the peer');
  const challenge = role === 'client' ? clientToServer : serverToClient;
  if (reply.length !== replyLength)
    throw failed(mechanism, 'remote', `a reply of ${reply.length} octets (${replyLength} needed)`);
  const { controlOctet, control, invocationCounter: counter } = securityHeaderAt(reply);
  if (controlOctet !== replyControl(control.suite) || !context.acceptSuites.includes(control.suite))
    throw failed(mechanism, 'remote', `security control ${controlOctet} of the reply`);
  // The reply is made before the APDU that carries it, so its counter is lower than the last one accepted; but no reply
  // is accepted twice.
  const own: ReceivedValue = { name: context.receiveName('hls', sender), value: counter };
  const shared: ReceivedValue = { name: context.receiveName('global-unicast-encryption-key', sender), value: counter };
  const { counters } = context;
  return andThen(counters.last(own.name), (last) => {
    if (last !== undefined && counter <= last) throw replayed(own, last);
    return andThen(
      gmac(provider, key, ivOf(sender, counter), [reply.subarray(0, 1), authentication, challenge]),
      (tag) => {
        if (!constantTimeEqual(tag, reply.subarray(securityHeaderLength)))
          throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong keys or system title');
        return andThen(counters.record([[own, shared]], 'expected'), () => {
          context.counted = true;
        });
      },
    );
  });
}
