import { decode, type Schema } from '../axdr/schema.js';
import { latin1 } from '../core/bytes.js';
import { Aare, Rlre, Rlrq } from '../xdlms/acse.js';
import { Apdu } from '../xdlms/apdu.js';
import { apduNotation } from './apdu-notation.js';
import { anyOf, hexText, later, type Matcher } from './compare.js';
import { hex } from './notation.js';

// Association and release APDUs in the notation of the vectors.

type Fields = Record<string, unknown>;
export type AcseForm = Extract<Apdu, { type: 'aarq' | 'aare' | 'rlrq' | 'rlre' }>;

export function acseNotation(apdu: AcseForm): Fields {
  const user = apdu.userInformation;
  const out: Fields = {
    apdu: apdu.type.toUpperCase(),
    userInformation: user === undefined ? null : hex(user),
    xdlms: user === undefined ? null : later(() => apduNotation(decode(Apdu, user, { lenient: true }))),
  };
  if (apdu.type === 'rlrq' || apdu.type === 'rlre') {
    const codes = codesIn(
      ((apdu.type === 'rlrq' ? Rlrq : Rlre).shape as { fields: Record<string, Schema<any>> }).fields
        .reason as Schema<any>,
    );
    return { ...out, reason: apdu.reason === undefined ? null : anyOf(apdu.reason, codes?.[apdu.reason]) };
  }
  for (const side of ['called', 'calling', 'responding'] as const) {
    const v = apdu as unknown as Record<string, Uint8Array | number | undefined>;
    for (const [own, noted] of titles) {
      const value = v[`${side}${own}`];
      out[`${side}${noted}`] = out[`${side}${own}`] =
        value === undefined ? null : value instanceof Uint8Array ? hex(value) : value;
    }
  }
  const requirements = apdu.type === 'aarq' ? apdu.senderAcseRequirements : apdu.responderAcseRequirements;
  const value = apdu.type === 'aarq' ? apdu.callingAuthenticationValue : apdu.respondingAuthenticationValue;
  const secret =
    value === undefined
      ? null
      : value.type === 'charstring'
        ? anyOf({ choice: value.type, hex: hex(value.value), text: latin1(value.value) }, hex(value.value))
        : { choice: value.type, bits: value.value };
  Object.assign(out, {
    protocolVersion: bitField(apdu.protocolVersion),
    protocolVersionUnusedBits: apdu.protocolVersion === undefined ? null : unused(apdu.protocolVersion),
    applicationContextName: apdu.applicationContextName,
    acseRequirements: bitField(requirements),
    [apdu.type === 'aarq' ? 'senderAcseRequirements' : 'responderAcseRequirements']: bitField(requirements),
    mechanismName: apdu.mechanismName ?? null,
    [apdu.type === 'aarq' ? 'callingAuthenticationValue' : 'respondingAuthenticationValue']: secret,
    implementationInformation: apdu.implementationInformation ?? null,
  });
  if (apdu.type === 'aare') {
    const { fields } = Aare.shape as { fields: Record<string, Schema<any>> };
    const diagnostic = apdu.resultSourceDiagnostic;
    const choice = inside(fields.resultSourceDiagnostic as Schema<any>) as unknown as {
      alternatives: Record<string, { schema: Schema<any> }>;
    };
    const codes = codesIn(choice.alternatives[diagnostic.type]?.schema as Schema<any>);
    out.result = anyOf(apdu.result, codesIn(fields.result as Schema<any>)?.[apdu.result]);
    out.resultSourceDiagnostic = { source: diagnostic.type, value: anyOf(diagnostic.value, codes?.[diagnostic.value]) };
  }
  return out;
}

/** Bits as `{ unusedBits, hex }`, or the contents of the BER element in hex. */
function bitField(bits: string | undefined): Matcher | null {
  if (bits === undefined) return null;
  const text = bits
    .padEnd(Math.ceil(bits.length / 8) * 8, '0')
    .replace(/.{8}/g, (octet) => Number.parseInt(octet, 2).toString(16).padStart(2, '0'));
  return anyOf({ unusedBits: unused(bits), hex: hexText(text), bits }, hexText(`0${unused(bits)}${text}`));
}
const unused = (bits: string): number => (8 - (bits.length % 8)) % 8;

/** Codes of an enumeration, however it is wrapped. */
function codesIn(schema: Schema<any>): Readonly<Record<string | number, number>> | undefined {
  const shape = inside(schema);
  return shape.of === 'names' ? shape.names : undefined;
}
function inside(schema: Schema<any>): Schema<any>['shape'] {
  const { shape } = schema;
  return 'inner' in shape ? inside(shape.inner) : shape;
}
const titles = [
  ['APTitle', 'ApTitle'],
  ['AEQualifier', 'AeQualifier'],
  ['APInvocationId', 'ApInvocationId'],
  ['AEInvocationId', 'AeInvocationId'],
] as const;
