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
import { latin1 } from '../core/bytes.js';
import { Reader, type Writer } from '../core/cursor.js';
import { DlmsError } from '../core/errors.js';
import { asOctets, latin1Octets } from './scalars.js';
import { type Alternatives, alternative, choice, type Fields, type FieldsSchema, type Flat, fieldsOf, type InferAlternatives, type InferFields, invalid, mapAlternatives, mapFields, type Optional, type Schema, scalar, withReadPath } from './schema.js';

// The little of BER (ITU-T X.690, definite lengths) that ACSE needs: tag octet, length, contents. Long and non-minimal lengths are
// legal in BER and read without remark.

/**
 * Whether lenient mode believes the parts rather than the length around them (quirk `ber-length`): some meters send release APDUs with lengths
 * too small by a few octets. Everywhere else a wrong length is refused.
 */
type Lengths = 'exact' | 'often-too-small';

/** Reads the contents of one element whose tag octet has been read: they must be used up exactly. */
function contents<T>(r: Reader, read: (inner: Reader, end: number) => T, lengths: Lengths = 'exact'): T {
  if (stryMutAct_9fa48("1")) {
    {}
  } else {
    stryCov_9fa48("1");
    const offset = r.offset;
    const n = berLength(r);
    const end = stryMutAct_9fa48("2") ? r.offset - n : (stryCov_9fa48("2"), r.offset + n);
    if (stryMutAct_9fa48("6") ? end <= r.bytes.length : stryMutAct_9fa48("5") ? end >= r.bytes.length : stryMutAct_9fa48("4") ? false : stryMutAct_9fa48("3") ? true : (stryCov_9fa48("3", "4", "5", "6"), end > r.bytes.length)) throw new DlmsError('decode/unexpected-end', {
      offset,
      expected: `${n} octets`
    });
    const loose = stryMutAct_9fa48("12") ? lengths === 'often-too-small' || r.options.lenient === true : stryMutAct_9fa48("11") ? false : stryMutAct_9fa48("10") ? true : (stryCov_9fa48("10", "11", "12"), (stryMutAct_9fa48("14") ? lengths !== 'often-too-small' : stryMutAct_9fa48("13") ? true : (stryCov_9fa48("13", "14"), lengths === 'often-too-small')) && (stryMutAct_9fa48("17") ? r.options.lenient !== true : stryMutAct_9fa48("16") ? true : (stryCov_9fa48("16", "17"), r.options.lenient === (stryMutAct_9fa48("18") ? false : (stryCov_9fa48("18"), true)))));
    const inner = new Reader(r.bytes.subarray(0, loose ? r.bytes.length : end), r.options);
    inner.offset = r.offset;
    const value = read(inner, end);
    if (stryMutAct_9fa48("21") ? inner.offset === end : stryMutAct_9fa48("20") ? false : stryMutAct_9fa48("19") ? true : (stryCov_9fa48("19", "20", "21"), inner.offset !== end)) {
      if (stryMutAct_9fa48("22")) {
        {}
      } else {
        stryCov_9fa48("22");
        const error = new DlmsError('decode/invalid-length', {
          offset,
          expected: `contents of ${inner.offset - r.offset} octets`,
          actual: n
        });
        if (stryMutAct_9fa48("29") ? false : stryMutAct_9fa48("28") ? true : stryMutAct_9fa48("27") ? loose : (stryCov_9fa48("27", "28", "29"), !loose)) throw error;
        r.tolerate('ber-length', error);
      }
    }
    r.offset = inner.offset;
    return value;
  }
}
function berLength(r: Reader): number {
  if (stryMutAct_9fa48("31")) {
    {}
  } else {
    stryCov_9fa48("31");
    const offset = r.offset;
    const first = r.u8();
    if (stryMutAct_9fa48("35") ? first >= 0x80 : stryMutAct_9fa48("34") ? first <= 0x80 : stryMutAct_9fa48("33") ? false : stryMutAct_9fa48("32") ? true : (stryCov_9fa48("32", "33", "34", "35"), first < 0x80)) return first;
    if (stryMutAct_9fa48("38") ? first === 0x80 && first > 0x88 : stryMutAct_9fa48("37") ? false : stryMutAct_9fa48("36") ? true : (stryCov_9fa48("36", "37", "38"), (stryMutAct_9fa48("40") ? first !== 0x80 : stryMutAct_9fa48("39") ? false : (stryCov_9fa48("39", "40"), first === 0x80)) || (stryMutAct_9fa48("43") ? first <= 0x88 : stryMutAct_9fa48("42") ? first >= 0x88 : stryMutAct_9fa48("41") ? false : (stryCov_9fa48("41", "42", "43"), first > 0x88)))) throw new DlmsError('decode/invalid-length', {
      offset,
      expected: 'a definite length of at most 8 octets',
      actual: first
    });
    let n = 0;
    for (let i = first & 0x7f; stryMutAct_9fa48("49") ? i <= 0 : stryMutAct_9fa48("48") ? i >= 0 : stryMutAct_9fa48("47") ? false : (stryCov_9fa48("47", "48", "49"), i > 0); stryMutAct_9fa48("50") ? i++ : (stryCov_9fa48("50"), i--)) n = stryMutAct_9fa48("51") ? n * 256 - r.u8() : (stryCov_9fa48("51"), (stryMutAct_9fa48("52") ? n / 256 : (stryCov_9fa48("52"), n * 256)) + r.u8());
    return n;
  }
}

/** A mandatory element: tag octet, length, contents. */
/* @__NO_SIDE_EFFECTS__ */
export function ber<T>(tag: number, inner: Schema<T>, lengths?: Lengths): Schema<T> {
  if (stryMutAct_9fa48("53")) {
    {}
  } else {
    stryCov_9fa48("53");
    return stryMutAct_9fa48("54") ? {} : (stryCov_9fa48("54"), {
      kind: inner.kind,
      shape: stryMutAct_9fa48("55") ? {} : (stryCov_9fa48("55"), {
        of: 'tagged',
        tag,
        inner,
        with: stryMutAct_9fa48("57") ? () => undefined : (stryCov_9fa48("57"), part => ber(tag, part(inner, ''), lengths))
      }),
      read(r) {
        if (stryMutAct_9fa48("59")) {
          {}
        } else {
          stryCov_9fa48("59");
          r.expect(tag, inner.kind);
          return contents(r, stryMutAct_9fa48("60") ? () => undefined : (stryCov_9fa48("60"), c => inner.read(c)), lengths);
        }
      },
      write(w, v) {
        if (stryMutAct_9fa48("61")) {
          {}
        } else {
          stryCov_9fa48("61");
          w.u8(tag);
          w.prefixed(stryMutAct_9fa48("62") ? () => undefined : (stryCov_9fa48("62"), c => inner.write(c, v)));
        }
      }
    });
  }
}
/** An element that may be missing: it is there when its tag octet comes next. */
/* @__NO_SIDE_EFFECTS__ */
export function berOptional<T>(tag: number, inner: Schema<T>, lengths?: Lengths): Optional<T> {
  if (stryMutAct_9fa48("63")) {
    {}
  } else {
    stryCov_9fa48("63");
    const present = ber(tag, inner, lengths);
    return stryMutAct_9fa48("64") ? {} : (stryCov_9fa48("64"), {
      optional: stryMutAct_9fa48("65") ? false : (stryCov_9fa48("65"), true),
      kind: 'optional',
      shape: stryMutAct_9fa48("67") ? {} : (stryCov_9fa48("67"), {
        of: 'optional',
        inner: present,
        with: stryMutAct_9fa48("69") ? () => undefined : (stryCov_9fa48("69"), part => berOptional(tag, part(inner, ''), lengths))
      }),
      read: stryMutAct_9fa48("71") ? () => undefined : (stryCov_9fa48("71"), r => (stryMutAct_9fa48("74") ? r.left > 0 || r.bytes[r.offset] === tag : stryMutAct_9fa48("73") ? false : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73", "74"), (stryMutAct_9fa48("77") ? r.left <= 0 : stryMutAct_9fa48("76") ? r.left >= 0 : stryMutAct_9fa48("75") ? true : (stryCov_9fa48("75", "76", "77"), r.left > 0)) && (stryMutAct_9fa48("79") ? r.bytes[r.offset] !== tag : stryMutAct_9fa48("78") ? true : (stryCov_9fa48("78", "79"), r.bytes[r.offset] === tag)))) ? present.read(r) : undefined),
      write(w, v) {
        if (stryMutAct_9fa48("80")) {
          {}
        } else {
          stryCov_9fa48("80");
          if (stryMutAct_9fa48("83") ? v === undefined : stryMutAct_9fa48("82") ? false : stryMutAct_9fa48("81") ? true : (stryCov_9fa48("81", "82", "83"), v !== undefined)) present.write(w, v);
        }
      }
    });
  }
}
/**
 * Components in order behind a length. The tag octet belongs to the CHOICE around it. Nothing is passed over: an element that is unknown or comes
 * twice is refused, one that comes too late too, or read under the name `field-order` in lenient mode.
 */
/* @__NO_SIDE_EFFECTS__ */
export function berSequence<F extends Fields>(name: string, fields: F, lengths?: Lengths): FieldsSchema<Flat<InferFields<F>>> & {
  readonly fields?: F;
} {
  if (stryMutAct_9fa48("84")) {
    {}
  } else {
    stryCov_9fa48("84");
    const body = fieldsOf(stryMutAct_9fa48("85") ? {} : (stryCov_9fa48("85"), {
      kind: 'sequence',
      name,
      with: stryMutAct_9fa48("87") ? () => undefined : (stryCov_9fa48("87"), part => berSequence(name, mapFields(fields, part), lengths))
    }), fields);
    const keys = Object.keys(fields);
    const parts = Object.values(fields);
    const places = new Map(parts.map(stryMutAct_9fa48("88") ? () => undefined : (stryCov_9fa48("88"), (f, i) => stryMutAct_9fa48("89") ? [] : (stryCov_9fa48("89"), [tagOf(f), i]))));
    // One bit for each field; no APDU has more than 30.
    const mandatory = parts.reduce(stryMutAct_9fa48("90") ? () => undefined : (stryCov_9fa48("90"), (bits, f, i) => 'optional' in f ? bits : bits | 1 << i), 0);
    const elements = (r: Reader, end: number, into: Record<string, unknown>): void => {
      if (stryMutAct_9fa48("92")) {
        {}
      } else {
        stryCov_9fa48("92");
        let read = 0;
        for (let tag = r.bytes[r.offset]; stryMutAct_9fa48("94") ? tag === undefined : stryMutAct_9fa48("93") ? false : (stryCov_9fa48("93", "94"), tag !== undefined); tag = r.bytes[r.offset]) {
          if (stryMutAct_9fa48("95")) {
            {}
          } else {
            stryCov_9fa48("95");
            const place = places.get(tag);
            const bit = (stryMutAct_9fa48("98") ? place !== undefined : stryMutAct_9fa48("97") ? false : stryMutAct_9fa48("96") ? true : (stryCov_9fa48("96", "97", "98"), place === undefined)) ? 0 : 1 << place;
            if (stryMutAct_9fa48("101") ? place === undefined && (read & bit) !== 0 : stryMutAct_9fa48("100") ? false : stryMutAct_9fa48("99") ? true : (stryCov_9fa48("99", "100", "101"), (stryMutAct_9fa48("103") ? place !== undefined : stryMutAct_9fa48("102") ? false : (stryCov_9fa48("102", "103"), place === undefined)) || (stryMutAct_9fa48("105") ? (read & bit) === 0 : stryMutAct_9fa48("104") ? false : (stryCov_9fa48("104", "105"), (read & bit) !== 0)))) {
              if (stryMutAct_9fa48("106")) {
                {}
              } else {
                stryCov_9fa48("106");
                // Behind the end that a wrong length told: not ours.
                if (stryMutAct_9fa48("110") ? r.offset < end : stryMutAct_9fa48("109") ? r.offset > end : stryMutAct_9fa48("108") ? false : stryMutAct_9fa48("107") ? true : (stryCov_9fa48("107", "108", "109", "110"), r.offset >= end)) return;
                throw unexpected(r, (stryMutAct_9fa48("113") ? place !== undefined : stryMutAct_9fa48("112") ? false : stryMutAct_9fa48("111") ? true : (stryCov_9fa48("111", "112", "113"), place === undefined)) ? `a field of ${name}` : `${keys[place]} once`, tag);
              }
            }
            const key = keys[place] as string;
            const due = mandatory & (stryMutAct_9fa48("116") ? read : (stryCov_9fa48("116"), ~read)) & (stryMutAct_9fa48("117") ? bit + 1 : (stryCov_9fa48("117"), bit - 1));
            if (stryMutAct_9fa48("120") ? due === 0 : stryMutAct_9fa48("119") ? false : stryMutAct_9fa48("118") ? true : (stryCov_9fa48("118", "119", "120"), due !== 0)) {
              if (stryMutAct_9fa48("121")) {
                {}
              } else {
                stryCov_9fa48("121");
                const first = keys[lowest(due)] as string;
                r.tolerate('field-order', withReadPath(unexpected(r, first, tag), first, r) as DlmsError);
              }
            } else if (stryMutAct_9fa48("126") ? read <= bit : stryMutAct_9fa48("125") ? read >= bit : stryMutAct_9fa48("124") ? false : stryMutAct_9fa48("123") ? true : (stryCov_9fa48("123", "124", "125", "126"), read > bit)) r.tolerate('field-order', withReadPath(unexpected(r, `a field behind ${keys[31 - Math.clz32(read)]}`, tag), key, r) as DlmsError);
            try {
              if (stryMutAct_9fa48("128")) {
                {}
              } else {
                stryCov_9fa48("128");
                into[key] = (parts[place] as Schema<any>).read(r);
              }
            } catch (e) {
              if (stryMutAct_9fa48("129")) {
                {}
              } else {
                stryCov_9fa48("129");
                throw withReadPath(e, key, r);
              }
            }
            stryMutAct_9fa48("130") ? read &= bit : (stryCov_9fa48("130"), read |= bit);
          }
        }
        const missing = mandatory & (stryMutAct_9fa48("131") ? read : (stryCov_9fa48("131"), ~read));
        if (stryMutAct_9fa48("134") ? missing === 0 : stryMutAct_9fa48("133") ? false : stryMutAct_9fa48("132") ? true : (stryCov_9fa48("132", "133", "134"), missing !== 0)) throw withReadPath(new DlmsError('decode/unexpected-end', {
          offset: r.offset
        }), keys[lowest(missing)] as string, r);
      }
    };
    const fill = <B extends object,>(r: Reader, into: B): B & Flat<InferFields<F>> => {
      if (stryMutAct_9fa48("137")) {
        {}
      } else {
        stryCov_9fa48("137");
        contents(r, stryMutAct_9fa48("138") ? () => undefined : (stryCov_9fa48("138"), (c, end) => elements(c, end, into as Record<string, unknown>)), lengths);
        // With a length that ends too early at the end of a field, the fields behind it would be lost as octets that are left over.
        if (stryMutAct_9fa48("140") ? false : stryMutAct_9fa48("139") ? true : (stryCov_9fa48("139", "140"), places.has(stryMutAct_9fa48("141") ? r.bytes[r.offset] && -1 : (stryCov_9fa48("141"), r.bytes[r.offset] ?? (stryMutAct_9fa48("142") ? +1 : (stryCov_9fa48("142"), -1)))))) throw new DlmsError('decode/trailing-bytes', {
          offset: r.offset,
          left: r.left
        });
        return into as B & Flat<InferFields<F>>;
      }
    };
    return stryMutAct_9fa48("145") ? {} : (stryCov_9fa48("145"), {
      ...body,
      read: stryMutAct_9fa48("146") ? () => undefined : (stryCov_9fa48("146"), r => fill(r, {})),
      fill,
      write: stryMutAct_9fa48("147") ? () => undefined : (stryCov_9fa48("147"), (w, v) => w.prefixed(stryMutAct_9fa48("148") ? () => undefined : (stryCov_9fa48("148"), c => body.write(c, v))))
    });
  }
}
const unexpected = stryMutAct_9fa48("149") ? () => undefined : (stryCov_9fa48("149"), (() => {
  const unexpected = (r: Reader, expected: string, actual: number): DlmsError => new DlmsError('decode/unexpected-tag', {
    offset: r.offset,
    expected,
    actual
  });
  return unexpected;
})());
/** Number of the lowest bit that is set. */
const lowest = stryMutAct_9fa48("152") ? () => undefined : (stryCov_9fa48("152"), (() => {
  const lowest = (bits: number): number => stryMutAct_9fa48("153") ? 31 + Math.clz32(bits & -bits) : (stryCov_9fa48("153"), 31 - Math.clz32(bits & (stryMutAct_9fa48("154") ? +bits : (stryCov_9fa48("154"), -bits))));
  return lowest;
})());
/** The tag in front of a field, whatever a tool has wrapped around it. */
function tagOf({
  shape
}: Schema<any>): number {
  if (stryMutAct_9fa48("155")) {
    {}
  } else {
    stryCov_9fa48("155");
    if (stryMutAct_9fa48("158") ? shape.of !== 'tagged' : stryMutAct_9fa48("157") ? false : stryMutAct_9fa48("156") ? true : (stryCov_9fa48("156", "157", "158"), shape.of === 'tagged')) return shape.tag;
    if (stryMutAct_9fa48("161") ? false : stryMutAct_9fa48("160") ? true : (stryCov_9fa48("160", "161"), 'inner' in shape)) return tagOf(shape.inner);
    throw new DlmsError('encode/invalid-value', {
      expected: 'a field with a tag',
      actual: shape.of
    });
  }
}
/** CHOICE of context-tagged alternatives. */
/* @__NO_SIDE_EFFECTS__ */
export function berChoice<const A extends Alternatives>(name: string, alternatives: A): Schema<InferAlternatives<A>> {
  if (stryMutAct_9fa48("166")) {
    {}
  } else {
    stryCov_9fa48("166");
    const inner = choice(name, Object.fromEntries(Object.entries(alternatives).map(([k, a]) => [k, alternative(a.tag, lengthed(a.schema))])) as unknown as A);
    return {
      ...inner,
      shape: {
        of: 'alternatives',
        name,
        alternatives,
        with: part => berChoice(name, mapAlternatives(alternatives, part))
      }
    } as Schema<InferAlternatives<A>>;
  }
}
const lengthed = stryMutAct_9fa48("167") ? () => undefined : (stryCov_9fa48("167"), (() => {
  const lengthed = <T,>(inner: Schema<T>): Schema<T> => stryMutAct_9fa48("168") ? {} : (stryCov_9fa48("168"), {
    ...inner,
    read: stryMutAct_9fa48("169") ? () => undefined : (stryCov_9fa48("169"), r => contents(r, stryMutAct_9fa48("170") ? () => undefined : (stryCov_9fa48("170"), c => inner.read(c)))),
    write: stryMutAct_9fa48("171") ? () => undefined : (stryCov_9fa48("171"), (w, v) => w.prefixed(stryMutAct_9fa48("172") ? () => undefined : (stryCov_9fa48("172"), c => inner.write(c, v))))
  });
  return lengthed;
})());

// ── contents ───────────────────────────────────────────────────────────────────────────────────────────

const rest = stryMutAct_9fa48("173") ? () => undefined : (stryCov_9fa48("173"), (() => {
  const rest = (r: Reader): Uint8Array => r.take(r.left);
  return rest;
})());
/** All octets of the element. */
export const berOctets: Schema<Uint8Array> = /* @__PURE__ */scalar('OCTET STRING', stryMutAct_9fa48("175") ? {} : (stryCov_9fa48("175"), {
  of: 'octets'
}), rest, stryMutAct_9fa48("177") ? () => undefined : (stryCov_9fa48("177"), (w, v) => w.bytes(asOctets(v))));
/** GraphicString: one character per octet. */
export const berText: Schema<string> = /* @__PURE__ */scalar('GraphicString', stryMutAct_9fa48("179") ? {} : (stryCov_9fa48("179"), {
  of: 'text',
  encoding: 'latin1'
}), stryMutAct_9fa48("182") ? () => undefined : (stryCov_9fa48("182"), r => latin1(rest(r))), stryMutAct_9fa48("183") ? () => undefined : (stryCov_9fa48("183"), (w, v) => w.bytes(latin1Octets(v))));
/** BIT STRING: the number of unused bits, then the bits; here as binary digits. */
export const berBits: Schema<string> = /* @__PURE__ */scalar('BIT STRING', stryMutAct_9fa48("185") ? {} : (stryCov_9fa48("185"), {
  of: 'bits'
}), r => {
  if (stryMutAct_9fa48("187")) {
    {}
  } else {
    stryCov_9fa48("187");
    const offset = r.offset;
    const unused = r.u8();
    const raw = rest(r);
    if (stryMutAct_9fa48("190") ? unused > 7 && raw.length === 0 && unused > 0 : stryMutAct_9fa48("189") ? false : stryMutAct_9fa48("188") ? true : (stryCov_9fa48("188", "189", "190"), (stryMutAct_9fa48("193") ? unused <= 7 : stryMutAct_9fa48("192") ? unused >= 7 : stryMutAct_9fa48("191") ? false : (stryCov_9fa48("191", "192", "193"), unused > 7)) || (stryMutAct_9fa48("195") ? raw.length === 0 || unused > 0 : stryMutAct_9fa48("194") ? false : (stryCov_9fa48("194", "195"), (stryMutAct_9fa48("197") ? raw.length !== 0 : stryMutAct_9fa48("196") ? true : (stryCov_9fa48("196", "197"), raw.length === 0)) && (stryMutAct_9fa48("200") ? unused <= 0 : stryMutAct_9fa48("199") ? unused >= 0 : stryMutAct_9fa48("198") ? true : (stryCov_9fa48("198", "199", "200"), unused > 0)))))) throw new DlmsError('decode/invalid-value', {
      offset,
      expected: '0 to 7 unused bits',
      actual: unused
    });
    let digits = '';
    for (const b of raw) stryMutAct_9fa48("205") ? digits -= b.toString(2).padStart(8, '0') : (stryCov_9fa48("205"), digits += b.toString(2).padStart(8, '0'));
    return stryMutAct_9fa48("207") ? digits : (stryCov_9fa48("207"), digits.slice(0, stryMutAct_9fa48("208") ? digits.length + unused : (stryCov_9fa48("208"), digits.length - unused)));
  }
}, (w, v) => {
  if (stryMutAct_9fa48("209")) {
    {}
  } else {
    stryCov_9fa48("209");
    if (stryMutAct_9fa48("212") ? typeof v !== 'string' && !/^[01]*$/.test(v) : stryMutAct_9fa48("211") ? false : stryMutAct_9fa48("210") ? true : (stryCov_9fa48("210", "211", "212"), (stryMutAct_9fa48("214") ? typeof v === 'string' : stryMutAct_9fa48("213") ? false : (stryCov_9fa48("213", "214"), typeof v !== 'string')) || (stryMutAct_9fa48("216") ? /^[01]*$/.test(v) : (stryCov_9fa48("216"), !(stryMutAct_9fa48("220") ? /^[^01]*$/ : stryMutAct_9fa48("219") ? /^[01]$/ : stryMutAct_9fa48("218") ? /^[01]*/ : stryMutAct_9fa48("217") ? /[01]*$/ : (stryCov_9fa48("217", "218", "219", "220"), /^[01]*$/)).test(v))))) throw invalid('binary digits', v);
    w.u8(stryMutAct_9fa48("222") ? (8 - v.length % 8) * 8 : (stryCov_9fa48("222"), (stryMutAct_9fa48("223") ? 8 + v.length % 8 : (stryCov_9fa48("223"), 8 - (stryMutAct_9fa48("224") ? v.length * 8 : (stryCov_9fa48("224"), v.length % 8)))) % 8));
    for (let i = 0; stryMutAct_9fa48("227") ? i >= v.length : stryMutAct_9fa48("226") ? i <= v.length : stryMutAct_9fa48("225") ? false : (stryCov_9fa48("225", "226", "227"), i < v.length); stryMutAct_9fa48("228") ? i -= 8 : (stryCov_9fa48("228"), i += 8)) w.u8(Number.parseInt(stryMutAct_9fa48("229") ? v.padEnd(8, '0') : (stryCov_9fa48("229"), v.slice(i, stryMutAct_9fa48("230") ? i - 8 : (stryCov_9fa48("230"), i + 8)).padEnd(8, '0')), 2));
  }
});
/** INTEGER of up to six octets. */
export const berInteger: Schema<number> = /* @__PURE__ */scalar('INTEGER', stryMutAct_9fa48("233") ? {} : (stryCov_9fa48("233"), {
  of: 'integer',
  min: stryMutAct_9fa48("235") ? +(2 ** 47) : (stryCov_9fa48("235"), -(2 ** 47)),
  max: stryMutAct_9fa48("236") ? 2 ** 47 + 1 : (stryCov_9fa48("236"), 2 ** 47 - 1)
}), r => {
  if (stryMutAct_9fa48("237")) {
    {}
  } else {
    stryCov_9fa48("237");
    const offset = r.offset;
    const raw = rest(r);
    if (stryMutAct_9fa48("240") ? raw.length === 0 && raw.length > 6 : stryMutAct_9fa48("239") ? false : stryMutAct_9fa48("238") ? true : (stryCov_9fa48("238", "239", "240"), (stryMutAct_9fa48("242") ? raw.length !== 0 : stryMutAct_9fa48("241") ? false : (stryCov_9fa48("241", "242"), raw.length === 0)) || (stryMutAct_9fa48("245") ? raw.length <= 6 : stryMutAct_9fa48("244") ? raw.length >= 6 : stryMutAct_9fa48("243") ? false : (stryCov_9fa48("243", "244", "245"), raw.length > 6)))) throw new DlmsError('decode/invalid-length', {
      offset,
      expected: 'an INTEGER of 1 to 6 octets',
      actual: raw.length
    });
    let n = (raw[0] as number) & 0x80 ? stryMutAct_9fa48("249") ? +1 : (stryCov_9fa48("249"), -1) : 0;
    for (const b of raw) n = stryMutAct_9fa48("250") ? n * 256 - b : (stryCov_9fa48("250"), (stryMutAct_9fa48("251") ? n / 256 : (stryCov_9fa48("251"), n * 256)) + b);
    return n;
  }
}, (w, v) => {
  if (stryMutAct_9fa48("252")) {
    {}
  } else {
    stryCov_9fa48("252");
    if (stryMutAct_9fa48("255") ? (!Number.isInteger(v) || v < -(2 ** 47)) && v >= 2 ** 47 : stryMutAct_9fa48("254") ? false : stryMutAct_9fa48("253") ? true : (stryCov_9fa48("253", "254", "255"), (stryMutAct_9fa48("257") ? !Number.isInteger(v) && v < -(2 ** 47) : stryMutAct_9fa48("256") ? false : (stryCov_9fa48("256", "257"), (stryMutAct_9fa48("258") ? Number.isInteger(v) : (stryCov_9fa48("258"), !Number.isInteger(v))) || (stryMutAct_9fa48("261") ? v >= -(2 ** 47) : stryMutAct_9fa48("260") ? v <= -(2 ** 47) : stryMutAct_9fa48("259") ? false : (stryCov_9fa48("259", "260", "261"), v < (stryMutAct_9fa48("262") ? +(2 ** 47) : (stryCov_9fa48("262"), -(2 ** 47))))))) || (stryMutAct_9fa48("265") ? v < 2 ** 47 : stryMutAct_9fa48("264") ? v > 2 ** 47 : stryMutAct_9fa48("263") ? false : (stryCov_9fa48("263", "264", "265"), v >= 2 ** 47)))) throw invalid('an integer of up to six octets', v);
    let octets = 1;
    while (stryMutAct_9fa48("268") ? v < -(2 ** (8 * octets - 1)) && v >= 2 ** (8 * octets - 1) : stryMutAct_9fa48("267") ? false : (stryCov_9fa48("267", "268"), (stryMutAct_9fa48("271") ? v >= -(2 ** (8 * octets - 1)) : stryMutAct_9fa48("270") ? v <= -(2 ** (8 * octets - 1)) : stryMutAct_9fa48("269") ? false : (stryCov_9fa48("269", "270", "271"), v < (stryMutAct_9fa48("272") ? +(2 ** (8 * octets - 1)) : (stryCov_9fa48("272"), -(2 ** (stryMutAct_9fa48("273") ? 8 * octets + 1 : (stryCov_9fa48("273"), (stryMutAct_9fa48("274") ? 8 / octets : (stryCov_9fa48("274"), 8 * octets)) - 1))))))) || (stryMutAct_9fa48("277") ? v < 2 ** (8 * octets - 1) : stryMutAct_9fa48("276") ? v > 2 ** (8 * octets - 1) : stryMutAct_9fa48("275") ? false : (stryCov_9fa48("275", "276", "277"), v >= 2 ** (stryMutAct_9fa48("278") ? 8 * octets + 1 : (stryCov_9fa48("278"), (stryMutAct_9fa48("279") ? 8 / octets : (stryCov_9fa48("279"), 8 * octets)) - 1)))))) stryMutAct_9fa48("280") ? octets-- : (stryCov_9fa48("280"), octets++);
    for (let i = stryMutAct_9fa48("281") ? octets + 1 : (stryCov_9fa48("281"), octets - 1); stryMutAct_9fa48("284") ? i < 0 : stryMutAct_9fa48("283") ? i > 0 : stryMutAct_9fa48("282") ? false : (stryCov_9fa48("282", "283", "284"), i >= 0); stryMutAct_9fa48("285") ? i++ : (stryCov_9fa48("285"), i--)) w.u8(Math.floor(stryMutAct_9fa48("286") ? v * 2 ** (8 * i) : (stryCov_9fa48("286"), v / 2 ** (stryMutAct_9fa48("287") ? 8 / i : (stryCov_9fa48("287"), 8 * i)))) & 0xff);
  }
});
/** OBJECT IDENTIFIER as dotted arcs. */
export const berObjectIdentifier: Schema<string> = /* @__PURE__ */scalar('OBJECT IDENTIFIER', stryMutAct_9fa48("289") ? {} : (stryCov_9fa48("289"), {
  of: 'text',
  encoding: 'latin1'
}), r => {
  if (stryMutAct_9fa48("292")) {
    {}
  } else {
    stryCov_9fa48("292");
    const arcs: number[] = stryMutAct_9fa48("293") ? ["Stryker was here"] : (stryCov_9fa48("293"), []);
    while (stryMutAct_9fa48("296") ? r.left <= 0 : stryMutAct_9fa48("295") ? r.left >= 0 : stryMutAct_9fa48("294") ? false : (stryCov_9fa48("294", "295", "296"), r.left > 0)) {
      if (stryMutAct_9fa48("297")) {
        {}
      } else {
        stryCov_9fa48("297");
        const offset = r.offset;
        let arc = 0;
        let octet: number;
        do {
          if (stryMutAct_9fa48("298")) {
            {}
          } else {
            stryCov_9fa48("298");
            octet = r.u8();
            arc = stryMutAct_9fa48("299") ? arc * 128 - (octet & 0x7f) : (stryCov_9fa48("299"), (stryMutAct_9fa48("300") ? arc / 128 : (stryCov_9fa48("300"), arc * 128)) + (octet & 0x7f));
            if (stryMutAct_9fa48("304") ? arc <= 0xffffffff : stryMutAct_9fa48("303") ? arc >= 0xffffffff : stryMutAct_9fa48("302") ? false : stryMutAct_9fa48("301") ? true : (stryCov_9fa48("301", "302", "303", "304"), arc > 0xffffffff)) throw new DlmsError('decode/invalid-value', {
              offset,
              expected: 'an arc below 2^32',
              actual: arc
            });
          }
        } while (stryMutAct_9fa48("308") ? false : (stryCov_9fa48("308"), octet & 0x80));
        if (stryMutAct_9fa48("311") ? arcs.length !== 0 : stryMutAct_9fa48("310") ? false : stryMutAct_9fa48("309") ? true : (stryCov_9fa48("309", "310", "311"), arcs.length === 0)) arcs.push(stryMutAct_9fa48("312") ? Math.max(Math.floor(arc / 40), 2) : (stryCov_9fa48("312"), Math.min(Math.floor(stryMutAct_9fa48("313") ? arc * 40 : (stryCov_9fa48("313"), arc / 40)), 2)), stryMutAct_9fa48("314") ? arc + 40 * Math.min(Math.floor(arc / 40), 2) : (stryCov_9fa48("314"), arc - (stryMutAct_9fa48("315") ? 40 / Math.min(Math.floor(arc / 40), 2) : (stryCov_9fa48("315"), 40 * (stryMutAct_9fa48("316") ? Math.max(Math.floor(arc / 40), 2) : (stryCov_9fa48("316"), Math.min(Math.floor(stryMutAct_9fa48("317") ? arc * 40 : (stryCov_9fa48("317"), arc / 40)), 2)))))));else arcs.push(arc);
      }
    }
    if (stryMutAct_9fa48("320") ? arcs.length !== 0 : stryMutAct_9fa48("319") ? false : stryMutAct_9fa48("318") ? true : (stryCov_9fa48("318", "319", "320"), arcs.length === 0)) throw new DlmsError('decode/unexpected-end', {
      offset: r.offset,
      expected: 'an OBJECT IDENTIFIER'
    });
    return arcs.join('.');
  }
}, (w, v) => {
  if (stryMutAct_9fa48("325")) {
    {}
  } else {
    stryCov_9fa48("325");
    if (stryMutAct_9fa48("328") ? typeof v === 'string' : stryMutAct_9fa48("327") ? false : stryMutAct_9fa48("326") ? true : (stryCov_9fa48("326", "327", "328"), typeof v !== 'string')) throw invalid('an OBJECT IDENTIFIER like 2.16.756.5.8.1.1', v);
    const arcs = (stryMutAct_9fa48("337") ? /^\d+(\.\D+)+$/ : stryMutAct_9fa48("336") ? /^\d+(\.\d)+$/ : stryMutAct_9fa48("335") ? /^\d+(\.\d+)$/ : stryMutAct_9fa48("334") ? /^\D+(\.\d+)+$/ : stryMutAct_9fa48("333") ? /^\d(\.\d+)+$/ : stryMutAct_9fa48("332") ? /^\d+(\.\d+)+/ : stryMutAct_9fa48("331") ? /\d+(\.\d+)+$/ : (stryCov_9fa48("331", "332", "333", "334", "335", "336", "337"), /^\d+(\.\d+)+$/)).test(v) ? v.split('.').map(Number) : stryMutAct_9fa48("339") ? ["Stryker was here"] : (stryCov_9fa48("339"), []);
    const [a, b, ...more] = arcs;
    if (stryMutAct_9fa48("342") ? (a === undefined || b === undefined || a > 2) && a < 2 && b > 39 : stryMutAct_9fa48("341") ? false : stryMutAct_9fa48("340") ? true : (stryCov_9fa48("340", "341", "342"), (stryMutAct_9fa48("344") ? (a === undefined || b === undefined) && a > 2 : stryMutAct_9fa48("343") ? false : (stryCov_9fa48("343", "344"), (stryMutAct_9fa48("346") ? a === undefined && b === undefined : stryMutAct_9fa48("345") ? false : (stryCov_9fa48("345", "346"), (stryMutAct_9fa48("348") ? a !== undefined : stryMutAct_9fa48("347") ? false : (stryCov_9fa48("347", "348"), a === undefined)) || (stryMutAct_9fa48("350") ? b !== undefined : stryMutAct_9fa48("349") ? false : (stryCov_9fa48("349", "350"), b === undefined)))) || (stryMutAct_9fa48("353") ? a <= 2 : stryMutAct_9fa48("352") ? a >= 2 : stryMutAct_9fa48("351") ? false : (stryCov_9fa48("351", "352", "353"), a > 2)))) || (stryMutAct_9fa48("355") ? a < 2 || b > 39 : stryMutAct_9fa48("354") ? false : (stryCov_9fa48("354", "355"), (stryMutAct_9fa48("358") ? a >= 2 : stryMutAct_9fa48("357") ? a <= 2 : stryMutAct_9fa48("356") ? true : (stryCov_9fa48("356", "357", "358"), a < 2)) && (stryMutAct_9fa48("361") ? b <= 39 : stryMutAct_9fa48("360") ? b >= 39 : stryMutAct_9fa48("359") ? true : (stryCov_9fa48("359", "360", "361"), b > 39)))))) throw invalid('an OBJECT IDENTIFIER like 2.16.756.5.8.1.1', v);
    // The first two arcs are one on the wire.
    const onWire = stryMutAct_9fa48("363") ? [] : (stryCov_9fa48("363"), [stryMutAct_9fa48("364") ? a * 40 - b : (stryCov_9fa48("364"), (stryMutAct_9fa48("365") ? a / 40 : (stryCov_9fa48("365"), a * 40)) + b), ...more]);
    if (stryMutAct_9fa48("368") ? onWire.every(n => n > 0xffffffff) : stryMutAct_9fa48("367") ? false : stryMutAct_9fa48("366") ? true : (stryCov_9fa48("366", "367", "368"), onWire.some(stryMutAct_9fa48("369") ? () => undefined : (stryCov_9fa48("369"), n => stryMutAct_9fa48("373") ? n <= 0xffffffff : stryMutAct_9fa48("372") ? n >= 0xffffffff : stryMutAct_9fa48("371") ? false : stryMutAct_9fa48("370") ? true : (stryCov_9fa48("370", "371", "372", "373"), n > 0xffffffff))))) throw invalid('arcs below 2^32, the first two counted as one', v);
    for (const arc of onWire) base128(w, arc);
  }
});
function base128(w: Writer, arc: number): void {
  if (stryMutAct_9fa48("375")) {
    {}
  } else {
    stryCov_9fa48("375");
    let shift = 28;
    while (stryMutAct_9fa48("377") ? shift > 0 || Math.floor(arc / 2 ** shift) === 0 : stryMutAct_9fa48("376") ? false : (stryCov_9fa48("376", "377"), (stryMutAct_9fa48("380") ? shift <= 0 : stryMutAct_9fa48("379") ? shift >= 0 : stryMutAct_9fa48("378") ? true : (stryCov_9fa48("378", "379", "380"), shift > 0)) && (stryMutAct_9fa48("382") ? Math.floor(arc / 2 ** shift) !== 0 : stryMutAct_9fa48("381") ? true : (stryCov_9fa48("381", "382"), Math.floor(stryMutAct_9fa48("383") ? arc * 2 ** shift : (stryCov_9fa48("383"), arc / 2 ** shift)) === 0)))) stryMutAct_9fa48("384") ? shift += 7 : (stryCov_9fa48("384"), shift -= 7);
    for (; stryMutAct_9fa48("387") ? shift < 0 : stryMutAct_9fa48("386") ? shift > 0 : stryMutAct_9fa48("385") ? false : (stryCov_9fa48("385", "386", "387"), shift >= 0); stryMutAct_9fa48("388") ? shift += 7 : (stryCov_9fa48("388"), shift -= 7)) w.u8(Math.floor(stryMutAct_9fa48("389") ? arc * 2 ** shift : (stryCov_9fa48("389"), arc / 2 ** shift)) & 0x7f | ((stryMutAct_9fa48("393") ? shift <= 0 : stryMutAct_9fa48("392") ? shift >= 0 : stryMutAct_9fa48("391") ? false : stryMutAct_9fa48("390") ? true : (stryCov_9fa48("390", "391", "392", "393"), shift > 0)) ? 0x80 : 0));
  }
}