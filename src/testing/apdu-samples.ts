import fc from 'fast-check';
import { berObjectIdentifier } from '../axdr/ber.js';
import { Data } from '../axdr/data.js';
import { encode, type Schema } from '../axdr/schema.js';
import { apduFacts } from '../core/apdu-facts.js';
import { formatHex } from '../core/hex.js';
import { apduToJson, type JsonObject } from '../translator/json.js';
import { Apdu, type ApduType } from '../xdlms/apdu.js';
import { dateTimeOrEmpty } from '../xdlms/date-time-field.js';
import { InitiateRequest, InitiateResponse } from '../xdlms/initiate.js';
import { arbitrary } from './arbitrary.js';

const alternatives = (): Readonly<Record<string, { readonly schema: Schema<unknown> }>> =>
  (Apdu.shape as { alternatives: Readonly<Record<string, { schema: Schema<unknown> }>> }).alternatives;

/** All types of APDU. */
export const apduTypes = (): ApduType[] => Object.keys(alternatives()) as ApduType[];

/**
 * APDUs of the given types (default: all), each type equally often. Each can be encoded, and decodes to the same value.
 */
export function apduArbitrary(types: readonly ApduType[] = apduTypes()): fc.Arbitrary<Apdu> {
  const version = (InitiateResponse.shape as { fields: Record<string, Schema<unknown>> }).fields
    .negotiatedDlmsVersionNumber as Schema<unknown>;
  const instead: [Schema<unknown>, fc.Arbitrary<unknown>][] = [
    [dateTimeOrEmpty, fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: 12, maxLength: 12 }))],
    [berObjectIdentifier, objectIdentifiers],
    [version, fc.constant(6)],
    [Data, arbitrary(Data)],
  ];
  const initiate = fc.oneof(
    arbitrary(InitiateRequest, instead).map((v) => encode(Apdu, { type: 'initiateRequest', ...v })),
    arbitrary(InitiateResponse, instead).map((v) => encode(Apdu, { type: 'initiateResponse', ...v })),
  );
  return fc.oneof(
    ...types.map((type) => {
      const { schema } = alternatives()[type] as { schema: Schema<unknown> };
      const values = arbitrary(schema, instead).map(
        (v) => ('fill' in schema ? { type, ...(v as object) } : { type, value: v }) as Apdu,
      );
      // Inside an association request there is another APDU.
      return apduFacts[type].service === 'acse'
        ? fc
            .tuple(values, initiate)
            .map(([v, userInformation]) => ('userInformation' in v ? { ...v, userInformation } : v) as Apdu)
        : values;
    }),
  );
}
const objectIdentifiers = /* @__PURE__ */ (() =>
  fc.oneof(
    fc.constantFrom(1, 2, 3, 4).map((n) => `2.16.756.5.8.1.${n}`),
    fc.integer({ min: 0, max: 7 }).map((n) => `2.16.756.5.8.2.${n}`),
    fc
      .tuple(
        fc.constantFrom(0, 1),
        fc.integer({ min: 0, max: 39 }),
        fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 5 }),
      )
      .map(([a, b, more]) => [a, b, ...more].join('.')),
  ))();

export interface ApduSample {
  readonly hex: string;
  readonly json: JsonObject;
}
export interface SampleOptions {
  readonly count: number;
  /** The same seed gives the same samples (with the same versions of this library and of fast-check). */
  readonly seed: number;
  /** Default: all. */
  readonly types?: readonly ApduType[];
}

/** Valid APDUs to test other implementations with: octets, and what they mean. */
export function apduSamples({ count, seed, types }: SampleOptions): ApduSample[] {
  return fc.sample(apduArbitrary(types), { numRuns: count, seed }).map((apdu) => {
    const bytes = encode(Apdu, apdu);
    return { hex: formatHex(bytes), json: apduToJson(bytes) };
  });
}
