function stryNS_9fa48() {
  var g = typeof globalThis === 'object' && globalThis && globalThis.Math === Math && globalThis || new Function("return this")();
  var ns = g.__stryker__ || (g.__stryker__ = {});
  if (ns.activeMutant === undefined && g.process && g.process.env && g.process.env.__STRYKER_ACTIVE_MUTANT__) {
    ns.activeMutant = g.process.env.__STRYKER_ACTIVE_MUTANT__;
  }
  function retrieveNS() {
    return ns;
  }
  stryNS_9fa48 = retrieveNS;
  return retrieveNS();
}
stryNS_9fa48();
function stryCov_9fa48() {
  var ns = stryNS_9fa48();
  var cov = ns.mutantCoverage || (ns.mutantCoverage = {
    static: {},
    perTest: {}
  });
  function cover() {
    var c = cov.static;
    if (ns.currentTestId) {
      c = cov.perTest[ns.currentTestId] = cov.perTest[ns.currentTestId] || {};
    }
    var a = arguments;
    for (var i = 0; i < a.length; i++) {
      c[a[i]] = (c[a[i]] || 0) + 1;
    }
  }
  stryCov_9fa48 = cover;
  cover.apply(null, arguments);
}
function stryMutAct_9fa48(id) {
  var ns = stryNS_9fa48();
  function isActive(id) {
    if (ns.activeMutant === id) {
      if (ns.hitCount !== void 0 && ++ns.hitCount > ns.hitLimit) {
        throw new Error('Stryker: Hit count limit reached (' + ns.hitCount + ')');
      }
      return true;
    }
    return false;
  }
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
import { concat, equalBytes } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { andThen, type MaybePromise } from '../core/promise.js';
import { ivOf } from './ciphering.js';
import { constantTimeEqual } from './constant-time.js';
import { requireKey, type SecurityContext } from './context.js';
import { type ReceivedValue, replayed } from './counters.js';
import { failed, type HlsMechanism, readsAsApdu, readsAsSigned } from './hls-challenge.js';
import { asymmetric } from './key-agreement.js';
import { type CryptoProvider, gmac, type KeyHandle, type PublicKey } from './providers/provider.js';

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

/**
 * What this side sends: the client f(StoC) as parameter of reply_to_HLS_authentication, the server f(CtoS) as its return value.
 * Call `checkChallenge` first; a server calls {@link hlsVerify} first as well, and answers only a client that proved itself.
 * @throws DlmsError `association/authentication-failed` for a challenge that would make the reply the tag or signature of an APDU
 */
export function hlsReply(exchange: HlsExchange): MaybePromise<Uint8Array> {
  if (stryMutAct_9fa48("163")) {
    {}
  } else {
    stryCov_9fa48("163");
    const {
      context,
      mechanism,
      role
    } = exchange;
    if (stryMutAct_9fa48("166") ? mechanism !== 5 : stryMutAct_9fa48("165") ? false : stryMutAct_9fa48("164") ? true : (stryCov_9fa48("164", "165", "166"), mechanism === 5)) return gmacReply(exchange);
    if (stryMutAct_9fa48("169") ? mechanism !== 7 : stryMutAct_9fa48("168") ? false : stryMutAct_9fa48("167") ? true : (stryCov_9fa48("167", "168", "169"), mechanism === 7)) {
      if (stryMutAct_9fa48("170")) {
        {}
      } else {
        stryCov_9fa48("170");
        asymmetric(context.suite);
        const signed = material(exchange, role);
        if (stryMutAct_9fa48("172") ? false : stryMutAct_9fa48("171") ? true : (stryCov_9fa48("171", "172"), readsAsSigned(signed))) throw failed(mechanism, 'remote', 'what the challenge has us sign reads as an APDU', stryMutAct_9fa48("175") ? false : (stryCov_9fa48("175"), true));
        return context.provider.sign(requireKey(context.keys.signing, 'digital signature key').privateKey, signed);
      }
    }
    return hashed(exchange, role);
  }
}
/**
 * Verifies what the other side sent.
 * @throws DlmsError `association/authentication-failed`; `security/replay` for a GMAC counter that was used before
 */
export function hlsVerify(exchange: HlsExchange, reply: Uint8Array): MaybePromise<void> {
  if (stryMutAct_9fa48("177")) {
    {}
  } else {
    stryCov_9fa48("177");
    const {
      context,
      mechanism,
      role
    } = exchange;
    const other = (stryMutAct_9fa48("180") ? role !== 'client' : stryMutAct_9fa48("179") ? false : stryMutAct_9fa48("178") ? true : (stryCov_9fa48("178", "179", "180"), role === 'client')) ? 'server' : 'client';
    if (stryMutAct_9fa48("185") ? false : stryMutAct_9fa48("184") ? true : (stryCov_9fa48("184", "185"), equalBytes(exchange.clientToServer, exchange.serverToClient))) throw failed(mechanism, 'remote', 'both challenges are the same (reflection)');
    const judge = (ok: boolean): void => {
      if (stryMutAct_9fa48("188")) {
        {}
      } else {
        stryCov_9fa48("188");
        if (stryMutAct_9fa48("191") ? false : stryMutAct_9fa48("190") ? true : stryMutAct_9fa48("189") ? ok : (stryCov_9fa48("189", "190", "191"), !ok)) throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong secret or keys');
      }
    };
    if (stryMutAct_9fa48("196") ? mechanism !== 5 : stryMutAct_9fa48("195") ? false : stryMutAct_9fa48("194") ? true : (stryCov_9fa48("194", "195", "196"), mechanism === 5)) return gmacVerify(exchange, reply);
    if (stryMutAct_9fa48("199") ? mechanism !== 7 : stryMutAct_9fa48("198") ? false : stryMutAct_9fa48("197") ? true : (stryCov_9fa48("197", "198", "199"), mechanism === 7)) {
      if (stryMutAct_9fa48("200")) {
        {}
      } else {
        stryCov_9fa48("200");
        asymmetric(context.suite);
        const signer: PublicKey = requireKey(context.keys.peerSigning, 'digital signature key of the peer');
        return andThen(context.provider.verify(signer, material(exchange, other), reply), judge);
      }
    }
    return andThen(hashed(exchange, other), stryMutAct_9fa48("202") ? () => undefined : (stryCov_9fa48("202"), expected => judge(constantTimeEqual(expected, reply))));
  }
}

/** Low level security, on the server: is this the password? In constant time for its length. */
export function llsMatches(password: Uint8Array, received: Uint8Array): boolean {
  if (stryMutAct_9fa48("203")) {
    {}
  } else {
    stryCov_9fa48("203");
    return constantTimeEqual(password, received);
  }
}

/**
 * A form of mechanism 2 that is common and in no standard: AES-128 in ECB mode of the challenge under the secret, both padded with zeros.
 * Checked with recordings of the Gurux family.
 * @param secret at most 16 octets
 */
export function aesEcbReply(secret: Uint8Array): ManufacturerReply {
  if (stryMutAct_9fa48("204")) {
    {}
  } else {
    stryCov_9fa48("204");
    if (stryMutAct_9fa48("208") ? secret.length <= 16 : stryMutAct_9fa48("207") ? secret.length >= 16 : stryMutAct_9fa48("206") ? false : stryMutAct_9fa48("205") ? true : (stryCov_9fa48("205", "206", "207", "208"), secret.length > 16)) throw new DlmsError('security/invalid-key', {
      reason: 'a secret of at most 16 octets needed'
    });
    const padded = new Uint8Array(16);
    padded.set(secret);
    return stryMutAct_9fa48("212") ? () => undefined : (stryCov_9fa48("212"), (challenge, provider) => andThen(provider.importKey('AES-128', padded), key => {
      if (stryMutAct_9fa48("214")) {
        {}
      } else {
        stryCov_9fa48("214");
        const out = new Uint8Array(stryMutAct_9fa48("215") ? Math.ceil(challenge.length / 16) / 16 : (stryCov_9fa48("215"), Math.ceil(stryMutAct_9fa48("216") ? challenge.length * 16 : (stryCov_9fa48("216"), challenge.length / 16)) * 16));
        out.set(challenge);
        const block = (at: number): MaybePromise<Uint8Array> => {
          if (stryMutAct_9fa48("217")) {
            {}
          } else {
            stryCov_9fa48("217");
            if (stryMutAct_9fa48("221") ? at < out.length : stryMutAct_9fa48("220") ? at > out.length : stryMutAct_9fa48("219") ? false : stryMutAct_9fa48("218") ? true : (stryCov_9fa48("218", "219", "220", "221"), at >= out.length)) {
              if (stryMutAct_9fa48("222")) {
                {}
              } else {
                stryCov_9fa48("222");
                key.destroy();
                return out;
              }
            }
            return andThen(provider.encryptBlock(key, stryMutAct_9fa48("223") ? out : (stryCov_9fa48("223"), out.slice(at, stryMutAct_9fa48("224") ? at - 16 : (stryCov_9fa48("224"), at + 16)))), encrypted => {
              if (stryMutAct_9fa48("225")) {
                {}
              } else {
                stryCov_9fa48("225");
                out.set(encrypted, at);
                return block(stryMutAct_9fa48("226") ? at - 16 : (stryCov_9fa48("226"), at + 16));
              }
            });
          }
        };
        return block(0);
      }
    }));
  }
}

/** Mechanisms 2, 3, 4 and 6: both sides can compute the reply of either. */
function hashed(exchange: HlsExchange, replier: 'client' | 'server'): MaybePromise<Uint8Array> {
  if (stryMutAct_9fa48("227")) {
    {}
  } else {
    stryCov_9fa48("227");
    const {
      context,
      mechanism,
      manufacturer
    } = exchange;
    const challenge = (stryMutAct_9fa48("230") ? replier !== 'client' : stryMutAct_9fa48("229") ? false : stryMutAct_9fa48("228") ? true : (stryCov_9fa48("228", "229", "230"), replier === 'client')) ? exchange.serverToClient : exchange.clientToServer;
    if (stryMutAct_9fa48("234") ? mechanism !== 2 : stryMutAct_9fa48("233") ? false : stryMutAct_9fa48("232") ? true : (stryCov_9fa48("232", "233", "234"), mechanism === 2)) {
      if (stryMutAct_9fa48("235")) {
        {}
      } else {
        stryCov_9fa48("235");
        if (stryMutAct_9fa48("238") ? manufacturer !== undefined : stryMutAct_9fa48("237") ? false : stryMutAct_9fa48("236") ? true : (stryCov_9fa48("236", "237", "238"), manufacturer === undefined)) throw new DlmsError('security/unsupported', {
          what: 'HLS mechanism 2 without a function of the manufacturer'
        });
        return manufacturer(challenge, context.provider);
      }
    }
    const secret = requireKey(exchange.secret, 'HLS secret');
    if (stryMutAct_9fa48("245") ? mechanism !== 6 : stryMutAct_9fa48("244") ? false : stryMutAct_9fa48("243") ? true : (stryCov_9fa48("243", "244", "245"), mechanism === 6)) return context.provider.digest('SHA-256', stryMutAct_9fa48("247") ? [] : (stryCov_9fa48("247"), [secret, material(exchange, replier)]));
    return context.provider.digest((stryMutAct_9fa48("250") ? mechanism !== 3 : stryMutAct_9fa48("249") ? false : stryMutAct_9fa48("248") ? true : (stryCov_9fa48("248", "249", "250"), mechanism === 3)) ? 'MD5' : 'SHA-1', stryMutAct_9fa48("253") ? [] : (stryCov_9fa48("253"), [challenge, secret]));
  }
}
/** Mechanisms 6 and 7: title of the replier, title of the other, the challenge it answers, the challenge it set. */
function material({
  context,
  role,
  clientToServer,
  serverToClient
}: HlsExchange, replier: 'client' | 'server'): Uint8Array {
  if (stryMutAct_9fa48("254")) {
    {}
  } else {
    stryCov_9fa48("254");
    const peer = requireKey(context.peerSystemTitle, 'system title of the peer');
    const [client, server] = (stryMutAct_9fa48("258") ? role !== 'client' : stryMutAct_9fa48("257") ? false : stryMutAct_9fa48("256") ? true : (stryCov_9fa48("256", "257", "258"), role === 'client')) ? stryMutAct_9fa48("260") ? [] : (stryCov_9fa48("260"), [context.systemTitle, peer]) : stryMutAct_9fa48("261") ? [] : (stryCov_9fa48("261"), [peer, context.systemTitle]);
    return (stryMutAct_9fa48("264") ? replier !== 'client' : stryMutAct_9fa48("263") ? false : stryMutAct_9fa48("262") ? true : (stryCov_9fa48("262", "263", "264"), replier === 'client')) ? concat(client, server, serverToClient, clientToServer) : concat(server, client, clientToServer, serverToClient);
  }
}

/** Security control, invocation counter and tag over SC, AK and the challenge: 17 octets. */
function gmacReply({
  context,
  role,
  clientToServer,
  serverToClient
}: HlsExchange): MaybePromise<Uint8Array> {
  if (stryMutAct_9fa48("266")) {
    {}
  } else {
    stryCov_9fa48("266");
    const {
      keys,
      provider,
      systemTitle,
      suite
    } = context;
    const key = requireKey(keys.globalUnicast, 'global-unicast-encryption-key');
    const authentication = requireKey(keys.authentication, 'authentication-key');
    const challenge = (stryMutAct_9fa48("271") ? role !== 'client' : stryMutAct_9fa48("270") ? false : stryMutAct_9fa48("269") ? true : (stryCov_9fa48("269", "270", "271"), role === 'client')) ? serverToClient : clientToServer;
    if (stryMutAct_9fa48("274") ? false : stryMutAct_9fa48("273") ? true : (stryCov_9fa48("273", "274"), readsAsApdu(challenge))) throw failed(5, 'remote', 'the challenge reads as an APDU, of which the reply would be the tag', stryMutAct_9fa48("277") ? false : (stryCov_9fa48("277"), true));
    const control = Uint8Array.of(0x10 | suite.id);
    return andThen(context.counters.next(context.sendName('global-unicast-encryption-key')), counter => {
      if (stryMutAct_9fa48("279")) {
        {}
      } else {
        stryCov_9fa48("279");
        const iv = ivOf(systemTitle, counter);
        return andThen(gmac(provider, key, iv, stryMutAct_9fa48("280") ? [] : (stryCov_9fa48("280"), [control, authentication, challenge])), stryMutAct_9fa48("281") ? () => undefined : (stryCov_9fa48("281"), tag => concat(control, iv.subarray(8), tag)));
      }
    });
  }
}
function gmacVerify({
  context,
  role,
  clientToServer,
  serverToClient,
  mechanism
}: HlsExchange, reply: Uint8Array): MaybePromise<void> {
  if (stryMutAct_9fa48("282")) {
    {}
  } else {
    stryCov_9fa48("282");
    const {
      keys,
      provider
    } = context;
    const key = requireKey(keys.globalUnicast, 'global-unicast-encryption-key');
    const authentication = requireKey(keys.authentication, 'authentication-key');
    const sender = requireKey(context.peerSystemTitle, 'system title of the peer');
    const challenge = (stryMutAct_9fa48("288") ? role !== 'client' : stryMutAct_9fa48("287") ? false : stryMutAct_9fa48("286") ? true : (stryCov_9fa48("286", "287", "288"), role === 'client')) ? clientToServer : serverToClient;
    const control = stryMutAct_9fa48("290") ? reply[0] && 0 : (stryCov_9fa48("290"), reply[0] ?? 0);
    if (stryMutAct_9fa48("293") ? reply.length === 17 : stryMutAct_9fa48("292") ? false : stryMutAct_9fa48("291") ? true : (stryCov_9fa48("291", "292", "293"), reply.length !== 17)) throw failed(mechanism, 'remote', `a reply of ${reply.length} octets (17 needed)`);
    if (stryMutAct_9fa48("298") ? (control & 0xf0) !== 0x10 && !context.acceptSuites.includes(control & 0x0f) : stryMutAct_9fa48("297") ? false : stryMutAct_9fa48("296") ? true : (stryCov_9fa48("296", "297", "298"), (stryMutAct_9fa48("300") ? (control & 0xf0) === 0x10 : stryMutAct_9fa48("299") ? false : (stryCov_9fa48("299", "300"), (control & 0xf0) !== 0x10)) || (stryMutAct_9fa48("301") ? context.acceptSuites.includes(control & 0x0f) : (stryCov_9fa48("301"), !context.acceptSuites.includes(control & 0x0f))))) throw failed(mechanism, 'remote', `security control ${control} of the reply`);
    const counter = new DataView(reply.buffer, reply.byteOffset).getUint32(1);
    // The reply is made before the APDU that carries it, so its counter is lower than the last one accepted; but no reply comes twice.
    const own: ReceivedValue = stryMutAct_9fa48("304") ? {} : (stryCov_9fa48("304"), {
      name: context.receiveName('hls', sender),
      value: counter
    });
    const shared: ReceivedValue = stryMutAct_9fa48("306") ? {} : (stryCov_9fa48("306"), {
      name: context.receiveName('global-unicast-encryption-key', sender),
      value: counter
    });
    const {
      counters
    } = context;
    return andThen(counters.last(own.name), last => {
      if (stryMutAct_9fa48("308")) {
        {}
      } else {
        stryCov_9fa48("308");
        if (stryMutAct_9fa48("311") ? last !== undefined || counter <= last : stryMutAct_9fa48("310") ? false : stryMutAct_9fa48("309") ? true : (stryCov_9fa48("309", "310", "311"), (stryMutAct_9fa48("313") ? last === undefined : stryMutAct_9fa48("312") ? true : (stryCov_9fa48("312", "313"), last !== undefined)) && (stryMutAct_9fa48("316") ? counter > last : stryMutAct_9fa48("315") ? counter < last : stryMutAct_9fa48("314") ? true : (stryCov_9fa48("314", "315", "316"), counter <= last)))) throw replayed(own, last);
        return andThen(gmac(provider, key, ivOf(sender, counter), stryMutAct_9fa48("317") ? [] : (stryCov_9fa48("317"), [reply.subarray(0, 1), authentication, challenge])), tag => {
          if (stryMutAct_9fa48("318")) {
            {}
          } else {
            stryCov_9fa48("318");
            if (stryMutAct_9fa48("321") ? false : stryMutAct_9fa48("320") ? true : stryMutAct_9fa48("319") ? constantTimeEqual(tag, reply.subarray(5)) : (stryCov_9fa48("319", "320", "321"), !constantTimeEqual(tag, reply.subarray(5)))) throw failed(mechanism, 'remote', 'the reply to our challenge is wrong: wrong keys or system title');
            return andThen(counters.record(stryMutAct_9fa48("324") ? [] : (stryCov_9fa48("324"), [stryMutAct_9fa48("325") ? [] : (stryCov_9fa48("325"), [own, shared])]), 'expected'), () => {
              if (stryMutAct_9fa48("327")) {
                {}
              } else {
                stryCov_9fa48("327");
                context.counted = stryMutAct_9fa48("328") ? false : (stryCov_9fa48("328"), true);
              }
            });
          }
        });
      }
    });
  }
}