import { boolean, integer8, integer16, octets, unsigned8, unsigned16 } from '../axdr/scalars.js';
import {
  type FieldsSchema,
  type Infer,
  invalid,
  optional,
  type Schema,
  scalar,
  sequence,
  withDefault,
} from '../axdr/schema.js';
import { DlmsError } from '../core/errors.js';

/**
 * The names of the conformance bits, bit 0 first. Bit 6 is reserved in the ASN.1 of 2017; later editions use it for
 * delta value encoding.
 */
export const conformanceBits = [
  'reserved-zero',
  'general-protection',
  'general-block-transfer',
  'read',
  'write',
  'unconfirmed-write',
  'delta-value-encoding',
  'reserved-seven',
  'attribute0-supported-with-set',
  'priority-mgmt-supported',
  'attribute0-supported-with-get',
  'block-transfer-with-get-or-read',
  'block-transfer-with-set-or-write',
  'block-transfer-with-action',
  'multiple-references',
  'information-report',
  'data-notification',
  'access',
  'parameterized-access',
  'get',
  'set',
  'selective-access',
  'event-notification',
  'action',
] as const;
/** The name of a conformance bit. */
export type ConformanceBit = (typeof conformanceBits)[number];

/**
 * Conformance, the one part of an A-XDR APDU that is in BER: `5F 1F 04 00` and three octets, bit 0 being the most
 * significant one. The value is the names of the bits that are set, in order. Some older meters omit the second tag
 * octet (`5F 04 00 …`), which is read as well.
 */
export const Conformance: Schema<ConformanceBit[]> = /* @__PURE__ */ scalar(
  'Conformance',
  { of: 'flags', names: conformanceBits },
  (r) => {
    r.expect(0x5f, 'Conformance');
    if (r.bytes[r.offset] === 0x1f) r.offset++;
    const offset = r.offset;
    if (r.u8() !== 4 || r.u8() !== 0)
      throw new DlmsError('decode/invalid-length', {
        offset,
        expected: '4 octets, no unused bits',
        actual: r.bytes[offset] ?? 0,
      });
    const raw = r.take(3);
    return conformanceBits.filter((_, i) => ((raw[i >> 3] as number) & (0x80 >> (i & 7))) !== 0);
  },
  (w, v) => {
    if (!Array.isArray(v)) throw invalid('an array of names', v);
    const raw = new Uint8Array(3);
    for (const name of v) {
      const i = conformanceBits.indexOf(name);
      if (i < 0) throw invalid(`one of ${conformanceBits.join(', ')}`, name);
      raw[i >> 3] = (raw[i >> 3] as number) | (0x80 >> (i & 7));
    }
    w.bytes(Uint8Array.of(0x5f, 0x1f, 0x04, 0x00, ...raw));
  },
);

const initiateRequest = /* @__PURE__ */ sequence('InitiateRequest', {
  /** Only in a ciphered InitiateRequest: the encryption key of this association. */
  dedicatedKey: optional(octets),
  responseAllowed: withDefault(boolean, true),
  /** Not used; any value is accepted. */
  proposedQualityOfService: optional(integer8),
  /** Always 6. */
  proposedDlmsVersionNumber: unsigned8,
  proposedConformance: Conformance,
  /** The longest APDU that the client accepts, in octets; 0: no limit. */
  clientMaxReceivePduSize: unsigned16,
});
/** xDLMS InitiateRequest (tag 1), carried in the user-information of the AARQ. */
export interface InitiateRequest extends Infer<typeof initiateRequest> {}
export const InitiateRequest: FieldsSchema<InitiateRequest> = initiateRequest;

/** A response with a version other than 6 is refused (`dlms-version` in lenient mode). */
const negotiatedVersion: Schema<number> = /* @__PURE__ */ scalar(
  unsigned8.kind,
  { of: 'integer', min: 0, max: 0xff },
  (r) => {
    const { offset } = r;
    const version = r.u8();
    if (version !== 6)
      r.tolerate(
        'dlms-version',
        new DlmsError('decode/invalid-value', { offset, expected: 'DLMS version 6', actual: version }),
      );
    return version;
  },
  unsigned8.write,
);

const initiateResponse = /* @__PURE__ */ sequence('InitiateResponse', {
  negotiatedQualityOfService: optional(integer8),
  negotiatedDlmsVersionNumber: negotiatedVersion,
  negotiatedConformance: Conformance,
  /** The longest APDU that the server accepts, in octets; 0: no limit. */
  serverMaxReceivePduSize: unsigned16,
  /** 7 for logical name referencing, -1536 (FA00) for short names. */
  vaaName: integer16,
});
/** xDLMS InitiateResponse (tag 8), carried in the user-information of the AARE. */
export interface InitiateResponse extends Infer<typeof initiateResponse> {}
export const InitiateResponse: FieldsSchema<InitiateResponse> = initiateResponse;
