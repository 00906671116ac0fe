import { concat, equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { ivOf } from './ciphering.js';
import { constantTimeEqual } from './constant-time.js';
import { need, type SecurityContext } from './context.js';
import { type ReceivedValue, replayed } from './counters.js';
import { asymmetric } from './key-agreement.js';
import { type CryptoProvider, gmac, type KeyHandle, type PublicKey } from './provider.js';

/** Authentication mechanism ids (Green Book 9.4.2.2.3); the last arc of the mechanism name. 0 is none, 1 low level security. */
export type HlsMechanism = 2 | 3 | 4 | 5 | 6 | 7;
const names: Readonly<Record<HlsMechanism, string>> = {
  2: 'HLS 2 (manufacturer specific)',
  3: 'HLS 3 (MD5, legacy)',
  4: 'HLS 4 (SHA-1, legacy)',
  5: 'HLS 5 (GMAC)',
  6: 'HLS 6 (SHA-256)',
  7: 'HLS 7 (ECDSA)',
};

/** The reply to a challenge under mechanism 2: whatever the manufacturer defined. The result is compared in constant time. */
export type ManufacturerReply = (challenge: Uint8Array, provider: CryptoProvider) => MaybePromise<Uint8Array>;

/** Both sides of one authentication: who, with which secret, and the two challenges. */
export interface HlsExchange {
  readonly mechanism: HlsMechanism;
  readonly role: 'client' | 'server';
  /** Provider, titles, keys and counters. */
  readonly context: SecurityContext;
  /** HLS secret: mechanisms 3, 4 and 6. */
  readonly secret?: KeyHandle | undefined;
  /** Mechanism 2. */
  readonly manufacturer?: ManufacturerReply | undefined;
  /** Challenge client to server, from the AARQ. */
  readonly clientToServer: Uint8Array;
  /** Challenge server to client, from the AARE. */
  readonly serverToClient: Uint8Array;
}

/** Lengths of a challenge: 8 to 64 octets, 32 to 64 for ECDSA. */
export function challengeLengths(mechanism: HlsMechanism): readonly [minimum: number, maximum: number] {
  return mechanism === 7 ? [32, 64] : [8, 64];
}
/** A random challenge. @param length default 32 octets */
export function generateChallenge(provider: CryptoProvider, mechanism: HlsMechanism, length = 32): Uint8Array {
  const [minimum, maximum] = challengeLengths(mechanism);
  if (!Number.isInteger(length) || length < minimum || length > maximum)
    throw new DlmsError('encode/invalid-value', { expected: `a challenge of ${minimum} to ${maximum} octets`, actual: `${length} octets` });
  return provider.random(length);
}
/**
 * Judges the challenge of the other side as soon as it arrives, before anything is computed from it.
 * @param own the challenge of this side: the same octets sent back (a reflection) would make this side answer its own question
 * @param memory challenges seen before; a repeated one is refused
 * @throws DlmsError `association/authentication-failed`
 */
export function checkChallenge(mechanism: HlsMechanism, challenge: Uint8Array, own: Uint8Array | undefined, memory?: ChallengeMemory): void {
  const [minimum, maximum] = challengeLengths(mechanism);
  if (challenge.length < minimum || challenge.length > maximum)
    throw failed(mechanism, 'remote', `a challenge of ${challenge.length} octets (${minimum} to ${maximum} allowed)`);
  if (own !== undefined && equalBytes(challenge, own)) throw failed(mechanism, 'remote', 'our own challenge came back (reflection)');
  if (mechanism === 5 && resemblesRequest(challenge))
    throw failed(mechanism, 'remote', 'the challenge is a service request, for which the reply would be a valid tag');
  if (memory !== undefined && !memory.add(challenge)) throw failed(mechanism, 'remote', 'the challenge was used before');
}

/** Remembers the last challenges of a peer. Some peers repeat theirs (a generator with a fixed seed), so it is used only where it is given. */
export class ChallengeMemory {
  readonly #seen = new Set<string>();
  readonly #size: number;
  /** @param size challenges kept; the oldest is forgotten first. Default 1024 */
  constructor(size = 1024) {
    this.#size = size;
  }
  /** @returns false when it was there already */
  add(challenge: Uint8Array): boolean {
    const key = formatHex(challenge);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > this.#size) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }
}

/**
 * What this side sends: the client f(StoC) as parameter of reply_to_HLS_authentication, the server f(CtoS) as its return value.
 * Call {@link checkChallenge} first; a server calls {@link hlsVerify} first as well, and answers only a client that proved itself.
 */
export function hlsReply(exchange: HlsExchange): MaybePromise<Uint8Array> {
  const { context, mechanism, role } = exchange;
  if (mechanism === 5) return gmacReply(exchange);
  if (mechanism === 7) {
    asymmetric(context.suite);
    return context.provider.sign(need(context.keys.signing, 'digital signature key').privateKey, material(exchange, role));
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
  if (equalBytes(exchange.clientToServer, exchange.serverToClient)) throw failed(mechanism, 'remote', 'both challenges are the same (reflection)');
  const judge = (ok: boolean): void => {
    if (!ok) throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong secret or keys');
  };
  if (mechanism === 5) return gmacVerify(exchange, reply);
  if (mechanism === 7) {
    asymmetric(context.suite);
    const signer: PublicKey = need(context.keys.peerSigning, 'digital signature key of the peer');
    return andThen(context.provider.verify(signer, material(exchange, other), reply), judge);
  }
  return andThen(hashed(exchange, other), (expected) => judge(constantTimeEqual(expected, reply)));
}

/** Low level security, on the server: is this the password? In constant time for its length. */
export function llsMatches(password: Uint8Array, received: Uint8Array): boolean {
  return constantTimeEqual(password, received);
}

/**
 * A form of mechanism 2 that is common and in no standard: AES-128 in ECB mode of the challenge under the secret, both padded with zeros.
 * Checked with recordings of the Gurux family.
 * @param secret at most 16 octets
 */
export function aesEcbReply(secret: Uint8Array): ManufacturerReply {
  if (secret.length > 16) throw new DlmsError('security/invalid-key', { reason: 'a secret of at most 16 octets needed' });
  const padded = new Uint8Array(16);
  padded.set(secret);
  return (challenge, provider) =>
    andThen(provider.importKey('AES-128', padded), (key) => {
      const out = new Uint8Array(Math.ceil(challenge.length / 16) * 16);
      out.set(challenge);
      const block = (at: number): MaybePromise<Uint8Array> => {
        if (at >= out.length) {
          key.destroy();
          return out;
        }
        return andThen(provider.encryptBlock(key, out.slice(at, at + 16)), (encrypted) => {
          out.set(encrypted, at);
          return block(at + 16);
        });
      };
      return block(0);
    });
}

/** Mechanisms 2, 3, 4 and 6: both sides can compute the reply of either. */
function hashed(exchange: HlsExchange, replier: 'client' | 'server'): MaybePromise<Uint8Array> {
  const { context, mechanism, manufacturer } = exchange;
  const challenge = replier === 'client' ? exchange.serverToClient : exchange.clientToServer;
  if (mechanism === 2) {
    if (manufacturer === undefined) throw new DlmsError('security/unsupported', { what: 'HLS mechanism 2 without a function of the manufacturer' });
    return manufacturer(challenge, context.provider);
  }
  const secret = need(exchange.secret, 'HLS secret');
  if (mechanism === 6) return context.provider.digest('SHA-256', [secret, material(exchange, replier)]);
  return context.provider.digest(mechanism === 3 ? 'MD5' : 'SHA-1', [challenge, secret]);
}
/** Mechanisms 6 and 7: title of the replier, title of the other, the challenge it answers, the challenge it set. */
function material({ context, role, clientToServer, serverToClient }: HlsExchange, replier: 'client' | 'server'): Uint8Array {
  const peer = need(context.peerSystemTitle, 'system title of the peer');
  const [client, server] = role === 'client' ? [context.systemTitle, peer] : [peer, context.systemTitle];
  return replier === 'client' ? concat(client, server, serverToClient, clientToServer) : concat(server, client, clientToServer, serverToClient);
}

/** Security control, invocation counter and tag over SC, AK and the challenge: 17 octets. */
function gmacReply({ context, role, clientToServer, serverToClient }: HlsExchange): MaybePromise<Uint8Array> {
  const { keys, provider, systemTitle, suite } = context;
  const key = need(keys.globalUnicast, 'global-unicast-encryption-key');
  const authentication = need(keys.authentication, 'authentication-key');
  const challenge = role === 'client' ? serverToClient : clientToServer;
  const control = Uint8Array.of(0x10 | suite.id);
  return andThen(context.counters.next(context.sendName('global-unicast-encryption-key')), (counter) => {
    const iv = ivOf(systemTitle, counter);
    return andThen(gmac(provider, key, iv, [control, authentication, challenge]), (tag) => concat(control, iv.subarray(8), tag));
  });
}
function gmacVerify({ context, role, clientToServer, serverToClient, mechanism }: HlsExchange, reply: Uint8Array): MaybePromise<void> {
  const { keys, provider } = context;
  const key = need(keys.globalUnicast, 'global-unicast-encryption-key');
  const authentication = need(keys.authentication, 'authentication-key');
  const sender = need(context.peerSystemTitle, 'system title of the peer');
  const challenge = role === 'client' ? clientToServer : serverToClient;
  const control = reply[0] ?? 0;
  if (reply.length !== 17) throw failed(mechanism, 'remote', `a reply of ${reply.length} octets (17 needed)`);
  if ((control & 0xf0) !== 0x10 || !context.acceptSuites.includes(control & 0x0f))
    throw failed(mechanism, 'remote', `security control ${control} of the reply`);
  const counter = new DataView(reply.buffer, reply.byteOffset).getUint32(1);
  // The reply is made before the APDU that carries it, so its counter is lower than the last one accepted; but no reply comes twice.
  const own: ReceivedValue = { name: context.receiveName('hls', sender), value: counter };
  const shared: ReceivedValue = { name: context.receiveName('global-unicast-encryption-key', sender), value: counter };
  const { counters } = context;
  return andThen(counters.last(own.name), (last) => {
    if (last !== undefined && counter <= last) throw replayed(own, last);
    return andThen(gmac(provider, key, ivOf(sender, counter), [reply.subarray(0, 1), authentication, challenge]), (tag) => {
      if (!constantTimeEqual(tag, reply.subarray(5))) throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong keys or system title');
      return counters.record([[own, shared]]);
    });
  });
}

/**
 * A GMAC reply is the tag of an authenticated-only APDU whose content is the challenge, so whoever may choose the challenge could have a request
 * tagged. A random challenge passes for a request about once in a million times; the next attempt has another one.
 */
function resemblesRequest(c: Uint8Array): boolean {
  const at = (i: number): number => c[i] ?? 0xff;
  const few = (n: number): boolean => n >= 1 && n <= 4;
  switch (c[0]) {
    case 0xc0:
    case 0xc1:
    case 0xc3:
      // normal: invoke-id, class, instance, member, presence octet; with-list: a count before the class.
      return (at(1) === 1 && c.length >= 13 && at(12) <= 1) || ((at(1) === 3 || at(1) === 4) && few(at(3)) && at(13) <= 1);
    case 0xd9:
      // access: long invoke-id, no date-time or 12 octets, count, specification.
      return (at(5) === 0 && few(at(6)) && at(7) <= 5) || (at(5) === 12 && few(at(18)) && at(19) <= 5);
    case 5:
    case 6:
    case 0x16:
      return few(at(1)) && (at(2) === 2 || at(2) === 4);
    default:
      return false;
  }
}
function failed(mechanism: HlsMechanism, side: 'local' | 'remote', reason: string): DlmsError {
  return new DlmsError('association/authentication-failed', { mechanism: names[mechanism], side, reason });
}
