import { decode, encode } from '../../axdr/schema.js';
import { concat, equalBytes } from '../../core/bytes.js';
import { formatHex } from '../../core/hex.js';
import { openContent, readSecurityHeader } from '../../security/ciphering.js';
import { securityHeaderLength, tagLength } from '../../security/suites.js';
import { Apdu } from '../../xdlms/apdu.js';
import { GeneralProtectionHeader } from '../../xdlms/ciphered.js';
import { decoded } from '../decoded.js';
import { apduIn, decodeNoted } from '../decoding.js';
import { isSecret, provider } from '../keys.js';
import { asOctets, octets } from '../parameters.js';
import { Difference, type Kind, type Notes, Unsupported, type Vector } from '../vector.js';

// Messages of the Great Britain Companion Specification: general-signing, alone or inside a MAC (general-ciphering with
// empty fields, no authentication key, and an IV with counter 0).

export const gbcsKinds: Readonly<Record<string, Kind>> = {
  'gbcs-message': { input: ['hex'], params: ['mac', 'signature'], run: message },
};

async function message(vector: Vector, notes: Notes): Promise<unknown> {
  let apdu = decodeNoted(Apdu, octets(vector, 'hex'), notes);
  let bytes = octets(vector, 'hex');
  const result: Record<string, unknown> = { 'general-ciphering': null, mac: null };
  if (apdu.type === 'general-ciphering') {
    const { cipheredContent } = apdu;
    result['general-ciphering'] = decoded(Apdu, apdu);
    result.mac = cipheredContent.subarray(-tagLength);
    bytes =
      vector.params.mac === undefined
        ? cipheredContent.subarray(securityHeaderLength, -tagLength)
        : await openMac(vector.params.mac, apdu);
    apdu = decode(Apdu, bytes);
  }
  if (apdu.type !== 'general-signing') throw new Unsupported(`${apdu.type} where general-signing is expected`);
  result['general-signing'] = decoded(Apdu, apdu);
  const { signature } = vector.params;
  if (signature !== undefined) await verify(signature, bytes, apdu.signature);
  const { content } = apdu;
  result.content = apduIn(content, notes);
  return result;
}

/** Opens the MAC with the key from the key agreement, checking every step that the vector states. */
async function openMac(mac: unknown, apdu: Extract<Apdu, { type: 'general-ciphering' }>): Promise<Uint8Array> {
  const m = mac as Record<string, unknown>;
  known(m, ['privateKey', 'privateKeyOwner', 'peerPublicKey', 'peerOwner', 'kdfOtherInfo', 'key', 'iv', 'aad'], 'mac');
  const own = await provider.importPrivateKey('ECDH P-256', asOctets(m.privateKey, 'params.mac.privateKey'));
  const z = await provider.agree(own.privateKey, {
    curve: 'P-256',
    octets: asOctets(m.peerPublicKey, 'params.mac.peerPublicKey'),
  });
  const key = await provider.deriveKey('AES-128', 'SHA-256', [
    Uint8Array.of(0, 0, 0, 1),
    z,
    asOctets(m.kdfOtherInfo, 'params.mac.kdfOtherInfo'),
  ]);
  if (m.key !== undefined && (await isSecret(key, m.key)) !== true)
    throw new Difference('mac.key: another key derived');
  const iv = asOctets(m.iv, 'params.mac.iv');
  const header = readSecurityHeader(apdu.cipheredContent);
  const extra = encode(GeneralProtectionHeader, apdu);
  const content = await openContent(
    { provider, key, authenticationKey: undefined, systemTitle: iv.subarray(0, 8), extra },
    header,
    apdu.cipheredContent,
  );
  const aad = concat(Uint8Array.of(header.controlOctet), extra, content);
  if (m.aad !== undefined && !equalBytes(aad, asOctets(m.aad, 'params.mac.aad')))
    throw new Difference(`mac.aad: ${formatHex(aad).slice(0, 60)} computed`);
  return content;
}
async function verify(signature: unknown, bytes: Uint8Array, octetsOf: Uint8Array): Promise<void> {
  const s = signature as Record<string, unknown>;
  known(s, ['publicKey', 'signedOctets', 'curve'], 'signature');
  // Without the tag at the front, and the length octet and signature at the end.
  const signed = bytes.subarray(1, bytes.length - octetsOf.length - 1);
  if (s.signedOctets !== undefined && !equalBytes(signed, asOctets(s.signedOctets, 'params.signature.signedOctets')))
    throw new Difference('signature.signedOctets: other octets are signed');
  if (
    !(await provider.verify(
      { curve: 'P-256', octets: asOctets(s.publicKey, 'params.signature.publicKey') },
      signed,
      octetsOf,
    ))
  )
    throw new Difference('the signature does not verify');
}
function known(record: Readonly<Record<string, unknown>>, names: readonly string[], what: string): void {
  const other = Object.keys(record).find((k) => !names.includes(k));
  if (other !== undefined) throw new Unsupported(`params.${what}.${other} is not known for this kind`);
}
