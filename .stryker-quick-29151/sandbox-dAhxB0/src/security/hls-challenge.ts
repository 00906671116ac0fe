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
import { factsOfTag, isApduTag } from '../core/apdu-facts.js';
import { equalBytes } from '../core/bytes.js';
import { Reader } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { formatHex } from '../core/hex.js';
import { Apdu } from '../xdlms/apdu.js';
import type { CryptoProvider } from './providers/provider.js';

/** Authentication mechanism ids (Green Book 9.4.2.2.3); the last arc of the mechanism name. 0 is none, 1 low level security. */
export type HlsMechanism = 2 | 3 | 4 | 5 | 6 | 7;
const names: Readonly<Record<HlsMechanism, string>> = stryMutAct_9fa48("0") ? {} : (stryCov_9fa48("0"), {
  2: 'HLS 2 (manufacturer specific)',
  3: 'HLS 3 (MD5, legacy)',
  4: 'HLS 4 (SHA-1, legacy)',
  5: 'HLS 5 (GMAC)',
  6: 'HLS 6 (SHA-256)',
  7: 'HLS 7 (ECDSA)'
});

/** Lengths of a challenge: 8 to 64 octets, 32 to 64 for ECDSA. */
export function challengeLengths(mechanism: HlsMechanism): readonly [minimum: number, maximum: number] {
  if (stryMutAct_9fa48("7")) {
    {}
  } else {
    stryCov_9fa48("7");
    return (stryMutAct_9fa48("10") ? mechanism !== 7 : stryMutAct_9fa48("9") ? false : stryMutAct_9fa48("8") ? true : (stryCov_9fa48("8", "9", "10"), mechanism === 7)) ? stryMutAct_9fa48("11") ? [] : (stryCov_9fa48("11"), [32, 64]) : stryMutAct_9fa48("12") ? [] : (stryCov_9fa48("12"), [8, 64]);
  }
}
/** Four draws in five are good; this many bad ones in a row are no accident. */
const draws = 64;
/**
 * A random challenge that no peer has a reason to refuse: drawn again until {@link checkChallenge} takes it for a reply in clear.
 * @param length default 32 octets
 * @throws DlmsError `security/provider` when the generator gives nothing else
 */
export function generateChallenge(provider: CryptoProvider, mechanism: HlsMechanism, length = 32): Uint8Array {
  if (stryMutAct_9fa48("13")) {
    {}
  } else {
    stryCov_9fa48("13");
    const [minimum, maximum] = challengeLengths(mechanism);
    if (stryMutAct_9fa48("16") ? (!Number.isInteger(length) || length < minimum) && length > maximum : stryMutAct_9fa48("15") ? false : stryMutAct_9fa48("14") ? true : (stryCov_9fa48("14", "15", "16"), (stryMutAct_9fa48("18") ? !Number.isInteger(length) && length < minimum : stryMutAct_9fa48("17") ? false : (stryCov_9fa48("17", "18"), (stryMutAct_9fa48("19") ? Number.isInteger(length) : (stryCov_9fa48("19"), !Number.isInteger(length))) || (stryMutAct_9fa48("22") ? length >= minimum : stryMutAct_9fa48("21") ? length <= minimum : stryMutAct_9fa48("20") ? false : (stryCov_9fa48("20", "21", "22"), length < minimum)))) || (stryMutAct_9fa48("25") ? length <= maximum : stryMutAct_9fa48("24") ? length >= maximum : stryMutAct_9fa48("23") ? false : (stryCov_9fa48("23", "24", "25"), length > maximum)))) throw new DlmsError('encode/invalid-value', {
      expected: `a challenge of ${minimum} to ${maximum} octets`,
      actual: `${length} octets`
    });
    for (let i = 0; stryMutAct_9fa48("32") ? i >= draws : stryMutAct_9fa48("31") ? i <= draws : stryMutAct_9fa48("30") ? false : (stryCov_9fa48("30", "31", "32"), i < draws); stryMutAct_9fa48("33") ? i-- : (stryCov_9fa48("33"), i++)) {
      if (stryMutAct_9fa48("34")) {
        {}
      } else {
        stryCov_9fa48("34");
        const challenge = provider.random(length);
        if (stryMutAct_9fa48("37") ? !beginsApdu(challenge) || !readsAsApdu(challenge) : stryMutAct_9fa48("36") ? false : stryMutAct_9fa48("35") ? true : (stryCov_9fa48("35", "36", "37"), (stryMutAct_9fa48("38") ? beginsApdu(challenge) : (stryCov_9fa48("38"), !beginsApdu(challenge))) && (stryMutAct_9fa48("39") ? readsAsApdu(challenge) : (stryCov_9fa48("39"), !readsAsApdu(challenge))))) return challenge;
      }
    }
    throw new DlmsError('security/provider', {
      provider: provider.name,
      operation: 'random',
      reason: `${draws} challenges in a row that read as APDUs`
    });
  }
}
export interface ChallengeOptions {
  /** Challenges seen before; a repeated one is refused. */
  readonly memory?: ChallengeMemory;
  /**
   * The reply will leave encrypted, so nobody else sees it: only challenges that read as a whole APDU are refused, not every one that begins like one
   * (a quarter of random ones). Default: false.
   */
  readonly encryptedReply?: boolean;
}
/**
 * Judges the challenge of the other side as soon as it arrives, before anything is computed from it.
 *
 * The reply of mechanism 5 is the tag of an authenticated-only APDU whose content is the challenge, so whoever may choose the challenge could have an
 * APDU of his tagged. A challenge that reads as one is refused, though an honest one can look so by chance: repeat the association, the next has another.
 * @param own the challenge of this side: the same octets sent back (a reflection) would make this side answer its own question
 * @throws DlmsError `association/authentication-failed`, with `retryable` when a new association may do better
 */
export function checkChallenge(mechanism: HlsMechanism, challenge: Uint8Array, own: Uint8Array | undefined, options: ChallengeOptions = {}): void {
  if (stryMutAct_9fa48("44")) {
    {}
  } else {
    stryCov_9fa48("44");
    const [minimum, maximum] = challengeLengths(mechanism);
    if (stryMutAct_9fa48("47") ? challenge.length < minimum && challenge.length > maximum : stryMutAct_9fa48("46") ? false : stryMutAct_9fa48("45") ? true : (stryCov_9fa48("45", "46", "47"), (stryMutAct_9fa48("50") ? challenge.length >= minimum : stryMutAct_9fa48("49") ? challenge.length <= minimum : stryMutAct_9fa48("48") ? false : (stryCov_9fa48("48", "49", "50"), challenge.length < minimum)) || (stryMutAct_9fa48("53") ? challenge.length <= maximum : stryMutAct_9fa48("52") ? challenge.length >= maximum : stryMutAct_9fa48("51") ? false : (stryCov_9fa48("51", "52", "53"), challenge.length > maximum)))) throw failed(mechanism, 'remote', `a challenge of ${challenge.length} octets (${minimum} to ${maximum} allowed)`);
    if (stryMutAct_9fa48("58") ? own !== undefined || equalBytes(challenge, own) : stryMutAct_9fa48("57") ? false : stryMutAct_9fa48("56") ? true : (stryCov_9fa48("56", "57", "58"), (stryMutAct_9fa48("60") ? own === undefined : stryMutAct_9fa48("59") ? true : (stryCov_9fa48("59", "60"), own !== undefined)) && equalBytes(challenge, own))) throw failed(mechanism, 'remote', 'our own challenge came back (reflection)');
    if (stryMutAct_9fa48("65") ? mechanism !== 5 : stryMutAct_9fa48("64") ? false : stryMutAct_9fa48("63") ? true : (stryCov_9fa48("63", "64", "65"), mechanism === 5)) {
      if (stryMutAct_9fa48("66")) {
        {}
      } else {
        stryCov_9fa48("66");
        if (stryMutAct_9fa48("68") ? false : stryMutAct_9fa48("67") ? true : (stryCov_9fa48("67", "68"), readsAsApdu(challenge))) throw failed(mechanism, 'remote', 'the challenge reads as an APDU, of which the reply would be the tag', stryMutAct_9fa48("71") ? false : (stryCov_9fa48("71"), true));
        if (stryMutAct_9fa48("74") ? options.encryptedReply !== true || beginsApdu(challenge) : stryMutAct_9fa48("73") ? false : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73", "74"), (stryMutAct_9fa48("76") ? options.encryptedReply === true : stryMutAct_9fa48("75") ? true : (stryCov_9fa48("75", "76"), options.encryptedReply !== (stryMutAct_9fa48("77") ? false : (stryCov_9fa48("77"), true)))) && beginsApdu(challenge))) throw failed(mechanism, 'remote', 'the challenge begins as an APDU, and the reply, which could be its tag, would leave in clear', stryMutAct_9fa48("80") ? false : (stryCov_9fa48("80"), true));
      }
    }
    if (stryMutAct_9fa48("83") ? options.memory !== undefined || !options.memory.add(challenge) : stryMutAct_9fa48("82") ? false : stryMutAct_9fa48("81") ? true : (stryCov_9fa48("81", "82", "83"), (stryMutAct_9fa48("85") ? options.memory === undefined : stryMutAct_9fa48("84") ? true : (stryCov_9fa48("84", "85"), options.memory !== undefined)) && (stryMutAct_9fa48("86") ? options.memory.add(challenge) : (stryCov_9fa48("86"), !options.memory.add(challenge))))) throw failed(mechanism, 'remote', 'the challenge was used before');
  }
}

/** Whether the first octet is the tag of any APDU that we know. */
export const beginsApdu = stryMutAct_9fa48("89") ? () => undefined : (stryCov_9fa48("89"), (() => {
  const beginsApdu = (octets: Uint8Array): boolean => isApduTag(octets[0]);
  return beginsApdu;
})());

/**
 * Whether an authenticated-only message could have these octets as what its tag covers: an APDU as our lenient decoder reads it, with whatever behind it;
 * the beginning of a general protection APDU; or the header fields that are authenticated together with their content, five in general-ciphering and four
 * with protected data (class 30).
 */
export function readsAsApdu(octets: Uint8Array): boolean {
  if (stryMutAct_9fa48("90")) {
    {}
  } else {
    stryCov_9fa48("90");
    const {
      protection,
      plain
    } = stryMutAct_9fa48("91") ? factsOfTag(octets[0]) && {} : (stryCov_9fa48("91"), factsOfTag(octets[0]) ?? {});
    if (stryMutAct_9fa48("94") ? protection !== undefined || plain === undefined : stryMutAct_9fa48("93") ? false : stryMutAct_9fa48("92") ? true : (stryCov_9fa48("92", "93", "94"), (stryMutAct_9fa48("96") ? protection === undefined : stryMutAct_9fa48("95") ? true : (stryCov_9fa48("95", "96"), protection !== undefined)) && (stryMutAct_9fa48("98") ? plain !== undefined : stryMutAct_9fa48("97") ? true : (stryCov_9fa48("97", "98"), plain === undefined)))) return stryMutAct_9fa48("101") ? behindStrings(octets, 1, protection === 'general-glo' || protection === 'general-ded' ? 1 : 5) === undefined : stryMutAct_9fa48("100") ? false : stryMutAct_9fa48("99") ? true : (stryCov_9fa48("99", "100", "101"), behindStrings(octets, 1, (stryMutAct_9fa48("104") ? protection === 'general-glo' && protection === 'general-ded' : stryMutAct_9fa48("103") ? false : stryMutAct_9fa48("102") ? true : (stryCov_9fa48("102", "103", "104"), (stryMutAct_9fa48("106") ? protection !== 'general-glo' : stryMutAct_9fa48("105") ? false : (stryCov_9fa48("105", "106"), protection === 'general-glo')) || (stryMutAct_9fa48("109") ? protection !== 'general-ded' : stryMutAct_9fa48("108") ? false : (stryCov_9fa48("108", "109"), protection === 'general-ded')))) ? 1 : 5) !== undefined);
    return stryMutAct_9fa48("113") ? beginsApdu(octets) && decodes(octets) && behindStrings(octets, 0, 4) !== undefined : stryMutAct_9fa48("112") ? false : stryMutAct_9fa48("111") ? true : (stryCov_9fa48("111", "112", "113"), (stryMutAct_9fa48("115") ? beginsApdu(octets) || decodes(octets) : stryMutAct_9fa48("114") ? false : (stryCov_9fa48("114", "115"), beginsApdu(octets) && decodes(octets))) || (stryMutAct_9fa48("117") ? behindStrings(octets, 0, 4) === undefined : stryMutAct_9fa48("116") ? false : (stryCov_9fa48("116", "117"), behindStrings(octets, 0, 4) !== undefined)));
  }
}
function decodes(octets: Uint8Array): boolean {
  if (stryMutAct_9fa48("118")) {
    {}
  } else {
    stryCov_9fa48("118");
    try {
      if (stryMutAct_9fa48("119")) {
        {}
      } else {
        stryCov_9fa48("119");
        Apdu.read(new Reader(octets, lenient));
        return stryMutAct_9fa48("120") ? false : (stryCov_9fa48("120"), true);
      }
    } catch {
      if (stryMutAct_9fa48("121")) {
        {}
      } else {
        stryCov_9fa48("121");
        return stryMutAct_9fa48("122") ? true : (stryCov_9fa48("122"), false);
      }
    }
  }
}
/** Whether these octets are what a signature of general-signing covers: five header fields and the content. */
export const readsAsSigned = stryMutAct_9fa48("123") ? () => undefined : (stryCov_9fa48("123"), (() => {
  const readsAsSigned = (octets: Uint8Array): boolean => stryMutAct_9fa48("126") ? behindStrings(octets, 0, 6) !== 0 : stryMutAct_9fa48("125") ? false : stryMutAct_9fa48("124") ? true : (stryCov_9fa48("124", "125", "126"), behindStrings(octets, 0, 6) === 0);
  return readsAsSigned;
})());
/** Octets left behind `count` octet strings that stand at `from`; undefined when they do not fit. */
function behindStrings(octets: Uint8Array, from: number, count: number): number | undefined {
  if (stryMutAct_9fa48("127")) {
    {}
  } else {
    stryCov_9fa48("127");
    // Nearly always the first length is too great already.
    if (stryMutAct_9fa48("130") ? (octets[from] ?? 0xff) < 0x80 || octets[from] as number >= octets.length - from : stryMutAct_9fa48("129") ? false : stryMutAct_9fa48("128") ? true : (stryCov_9fa48("128", "129", "130"), (stryMutAct_9fa48("133") ? (octets[from] ?? 0xff) >= 0x80 : stryMutAct_9fa48("132") ? (octets[from] ?? 0xff) <= 0x80 : stryMutAct_9fa48("131") ? true : (stryCov_9fa48("131", "132", "133"), (stryMutAct_9fa48("134") ? octets[from] && 0xff : (stryCov_9fa48("134"), octets[from] ?? 0xff)) < 0x80)) && (stryMutAct_9fa48("137") ? octets[from] as number < octets.length - from : stryMutAct_9fa48("136") ? octets[from] as number > octets.length - from : stryMutAct_9fa48("135") ? true : (stryCov_9fa48("135", "136", "137"), octets[from] as number >= (stryMutAct_9fa48("138") ? octets.length + from : (stryCov_9fa48("138"), octets.length - from)))))) return undefined;
    const r = new Reader(octets, lenient);
    r.offset = from;
    try {
      if (stryMutAct_9fa48("139")) {
        {}
      } else {
        stryCov_9fa48("139");
        for (let i = 0; stryMutAct_9fa48("142") ? i >= count : stryMutAct_9fa48("141") ? i <= count : stryMutAct_9fa48("140") ? false : (stryCov_9fa48("140", "141", "142"), i < count); stryMutAct_9fa48("143") ? i-- : (stryCov_9fa48("143"), i++)) r.take(r.length());
        return r.left;
      }
    } catch {
      if (stryMutAct_9fa48("144")) {
        {}
      } else {
        stryCov_9fa48("144");
        return undefined;
      }
    }
  }
}
const lenient = {
  lenient: true
} as const;

/** Remembers the last challenges of a peer. Some peers repeat theirs (a generator with a fixed seed), so it is used only where it is given. */
export class ChallengeMemory {
  readonly #seen = new Set<string>();
  readonly #size: number;
  /** @param size challenges kept; the oldest is forgotten first. Default 1024 */
  constructor(size = 1024) {
    if (stryMutAct_9fa48("145")) {
      {}
    } else {
      stryCov_9fa48("145");
      this.#size = size;
    }
  }
  /** @returns false when it was there already */
  add(challenge: Uint8Array): boolean {
    if (stryMutAct_9fa48("146")) {
      {}
    } else {
      stryCov_9fa48("146");
      const key = formatHex(challenge);
      if (stryMutAct_9fa48("148") ? false : stryMutAct_9fa48("147") ? true : (stryCov_9fa48("147", "148"), this.#seen.has(key))) return stryMutAct_9fa48("149") ? true : (stryCov_9fa48("149"), false);
      this.#seen.add(key);
      if (stryMutAct_9fa48("153") ? this.#seen.size <= this.#size : stryMutAct_9fa48("152") ? this.#seen.size >= this.#size : stryMutAct_9fa48("151") ? false : stryMutAct_9fa48("150") ? true : (stryCov_9fa48("150", "151", "152", "153"), this.#seen.size > this.#size)) this.#seen.delete(this.#seen.values().next().value as string);
      return stryMutAct_9fa48("154") ? false : (stryCov_9fa48("154"), true);
    }
  }
}

/** The error of an authentication that failed. @param retryable a new association, with other challenges, may succeed */
export function failed(mechanism: HlsMechanism, side: 'local' | 'remote', reason: string, retryable = stryMutAct_9fa48("155") ? true : (stryCov_9fa48("155"), false)): DlmsError {
  if (stryMutAct_9fa48("156")) {
    {}
  } else {
    stryCov_9fa48("156");
    const hint = retryable ? ': repeat the association for another challenge' : '';
    return new DlmsError('association/authentication-failed', {
      mechanism: names[mechanism],
      side,
      reason: reason + hint,
      ...(retryable ? {
        retryable
      } : {})
    });
  }
}