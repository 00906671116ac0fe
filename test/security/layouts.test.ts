import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { octets } from '../../src/axdr/scalars.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { apduFacts, factsOfTag } from '../../src/core/apdu-facts.js';
import { concat } from '../../src/core/bytes.js';
import { isDlmsError } from '../../src/core/errors.js';
import { isPlainError } from '../../src/security/apdu-tags.js';
import { readsAsApdu, readsAsSigned } from '../../src/security/hls-challenge.js';
import { senderTitleOf } from '../../src/security/key-ring.js';
import { protect } from '../../src/security/protect.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { unprotect } from '../../src/security/unprotect.js';
import { apduArbitrary, apduTypes } from '../../src/testing/apdu-samples.js';
import { Apdu, type ApduType } from '../../src/xdlms/apdu.js';
import { GeneralProtectionHeader } from '../../src/xdlms/ciphered.js';
import { clientTitle, pairOf } from './support.js';

// Where the security code reads and writes octets by hand, for speed, it must do what the declarations of the APDUs say.

const forms = ['glo', 'ded', 'general-glo', 'general-ded'] as const;
const pair = async () => {
  const both = await pairOf(nodeProvider, 0);
  for (const context of [both.client, both.server]) await context.takeDedicatedKey(new Uint8Array(16).fill(9));
  return both;
};
/** A get-request of this many octets; what is behind its tag is nobody's business here. */
const plainOf = (length: number): Uint8Array => new Uint8Array(length).fill(7).fill(0xc0, 0, 1);

describe('the front of a ciphered APDU', () => {
  // Header and tag take 17 octets: these lengths lie on both sides of each form of the length.
  it.each([1, 110, 111, 238, 239, 65518, 65519])('is written as declared around %i octets', async (length) => {
    const { client } = await pair();
    for (const form of forms) {
      const sent = await protect(plainOf(length), client, { form });
      const apdu = decode(Apdu, sent);
      expect(encode(Apdu, apdu)).toEqual(sent);
      const [title, content] =
        'systemTitle' in apdu
          ? [apdu.systemTitle, apdu.cipheredContent]
          : [undefined, (apdu as { value: Uint8Array }).value];
      expect(title).toEqual(form.startsWith('general') ? clientTitle : undefined);
      expect(content).toHaveLength(length + 17);
    }
  });
  it('is read as declared, however the length is written', async () => {
    const { client, server } = await pair();
    const lengths = fc.constantFrom(20, 127, 128, 200, 252, 253, 254, 255, 256, 300);
    /** A length in one of its forms, or nearly. */
    const written = (n: number, form: number, off: number): Uint8Array =>
      form === 0
        ? Uint8Array.of(n + off)
        : Uint8Array.of(0x80 + form, ...Array.from({ length: form }, (_, i) => (n + off) >>> (8 * (form - 1 - i))));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...forms),
        lengths,
        fc.integer({ min: 0, max: 5 }),
        fc.constantFrom(0, 0, 0, -1, 1),
        fc.boolean(),
        async (form, total, lengthForm, off, lenient) => {
          const plain = plainOf(total - 17);
          const sent = await protect(plain, client, { form });
          const front = sent.subarray(0, form.startsWith('general') ? 10 : 1);
          const message = concat(front, written(total, lengthForm, off), sent.subarray(sent.length - total));
          const declared = attempt(() => decode(Apdu, message, { lenient }));
          // Lenient decoding passes over octets that are left; a message whose end is not its tag cannot be opened.
          const wanted = declared !== undefined && encode(Apdu, declared).length === sent.length;
          const opened = await attemptAsync(async () => (await unprotect(message, server, { lenient })).apdu);
          expect([form, lengthForm, off, opened]).toEqual([form, lengthForm, off, wanted ? plain : undefined]);
        },
      ),
      { numRuns: 600 },
    );
  });
});

describe('what is told without decoding', () => {
  const general = apduTypes().filter(
    (t) => apduFacts[t].protection !== undefined && apduFacts[t].plain === undefined,
  ) as ApduType[];
  it('is the sender that the declaration names', () => {
    expect(general).toHaveLength(4);
    const titled = fc.tuple(apduArbitrary(general), fc.option(fc.uint8Array({ minLength: 8, maxLength: 8 })));
    fc.assert(
      fc.property(titled, ([apdu, title]) => {
        const field = 'systemTitle' in apdu ? 'systemTitle' : 'originatorSystemTitle';
        const named = title === null ? apdu : { ...apdu, [field]: title };
        const declared = (named as unknown as Record<string, Uint8Array>)[field] as Uint8Array;
        expect(senderTitleOf(encode(Apdu, named as Apdu))).toEqual(declared.length === 8 ? declared : undefined);
      }),
    );
    fc.assert(
      fc.property(apduArbitrary(apduTypes().filter((t) => !general.includes(t))), (apdu) => {
        expect(senderTitleOf(encode(Apdu, apdu))).toBeUndefined();
      }),
    );
  });
  it('is a refusal in clear, and nothing else', () => {
    fc.assert(
      fc.property(apduArbitrary(), (apdu) => {
        const refusal = apdu.type === 'exception-response' || apdu.type === 'confirmedServiceError';
        expect(isPlainError(encode(Apdu, apdu))).toBe(refusal);
      }),
      { numRuns: 500 },
    );
  });
  it('is a challenge that would be read as an APDU, whole or as the beginning of a protected one', () => {
    fc.assert(
      fc.property(apduArbitrary(), fc.uint8Array({ maxLength: 20 }), (apdu, behind) => {
        const bytes = encode(Apdu, apdu);
        // The length of an APDU of ACSE is often too small, so what looks like one more field belongs to it (and protection carries none of them).
        const acse = apduFacts[apdu.type].service === 'acse';
        expect(readsAsApdu(acse ? bytes : concat(bytes, behind))).toBe(true);
        const protection = factsOfTag(bytes[0])?.protection;
        if (protection === 'general-ciphering' || protection === 'general-signing') {
          const header = encode(GeneralProtectionHeader, apdu as unknown as GeneralProtectionHeader);
          expect(readsAsApdu(concat(bytes.subarray(0, 1), header))).toBe(true);
          expect(readsAsApdu(header)).toBe(true);
          expect(readsAsSigned(concat(header, encode(octets, behind)))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return undefined;
  }
}
async function attemptAsync<T>(f: () => Promise<T>): Promise<T | undefined> {
  try {
    return await f();
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return undefined;
  }
}
