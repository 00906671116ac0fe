import { decode, encode } from '../../axdr/schema.js';
import { concat, equalBytes } from '../../core/bytes.js';
import { ivOf, openContent, openUnverified, readSecurityHeader } from '../../security/ciphering.js';
import { protect } from '../../security/protect.js';
import { type Curve, publicKeyLength } from '../../security/providers/provider.js';
import { parseSecurityControl } from '../../security/security-control.js';
import { securityHeaderLength, tagLength } from '../../security/suites.js';
import { unprotect } from '../../security/unprotect.js';
import { Apdu } from '../../xdlms/apdu.js';
import { GeneralProtectionHeader } from '../../xdlms/ciphered.js';
import { contentsOf, originatorOf } from '../ciphered.js';
import { anyOf, only, type View, views } from '../compare.js';
import { decoded } from '../decoded.js';
import { apduIn, decodeNoted } from '../decoding.js';
import { aesKey, asSuite, contextOf, controlOctetParam, ivParam, provider, sameIv, senderParams } from '../keys.js';
import { openedBy } from '../opening.js';
import { neededParam, octets, octetsParam, securityParams } from '../parameters.js';
import { Difference, type Kind, type Notes, Unsupported, type Vector } from '../vector.js';

/** Whole APDUs, protected or opened. */
export const securityKinds: Readonly<Record<string, Kind>> = {
  protect: {
    input: ['plaintext', 'hex'],
    params: [...securityParams, 'securityControl', 'invocationCounter', 'iv', 'form', 'tagLength'],
    run: protectVector,
  },
  unprotect: {
    input: ['hex'],
    params: [...securityParams, 'securityControl', 'invocationCounter', 'iv', 'tagVerified'],
    run: unprotectVector,
  },
  'unprotect-general-ciphering': {
    input: ['hex'],
    params: [...securityParams, 'invocationCounter', 'iv', 'tagVerified'],
    run: generalCiphering,
  },
  'unprotect-raw': {
    input: ['hex', 'ciphertext', 'tag'],
    params: [...securityParams, 'key', 'securityControl', 'invocationCounter', 'iv', 'aad', 'tagVerified'],
    run: rawCiphertext,
  },
};

async function protectVector(vector: Vector): Promise<unknown> {
  const plaintext = octets(vector, vector.input.plaintext === undefined ? 'hex' : 'plaintext');
  const octet = controlOctetParam(vector);
  if (octet === undefined) throw new Unsupported('params.securityControl is missing');
  const { suite: nibble, authenticated, encrypted, broadcastKey } = parseSecurityControl(octet);
  const suite = asSuite(nibble);
  const { title, counter } = senderParams(vector);
  const protection = { authenticated, encrypted };
  const dedicated = octetsParam(vector, 'dedicatedKey') !== undefined;
  const apdus: Uint8Array[] = [];
  for (const form of ['glo', 'general-glo', ...(dedicated ? (['ded', 'general-ded'] as const) : [])] as const) {
    const context = await contextOf(vector, { suite, own: title, counter });
    const apdu = await protect(plaintext, context, { form, protection, broadcast: broadcastKey });
    const opened = await unprotect(apdu, await contextOf(vector, { suite, peer: title }), { required: protection });
    if (!equalBytes(opened.apdu, plaintext)) throw new Difference('what was protected does not open to the plaintext');
    apdus.push(apdu);
  }
  // The whole APDU, or only its content. A dedicated key is given in order to be used.
  const meant = dedicated ? apdus.slice(2) : apdus;
  const contents = contentsOf(decode(Apdu, meant[0] as Uint8Array)) as Uint8Array;
  const body = contents.subarray(securityHeaderLength, authenticated ? -tagLength : undefined);
  const iv = ivOf(title, counter);
  return {
    secured: anyOf(...meant, contents),
    ...tagOf(contents),
    ciphertext: encrypted ? body : undefined,
    initializationVector: iv,
    iv,
    securityHeader: contents.subarray(0, securityHeaderLength),
  };
}
function tagOf(contents: Uint8Array): Record<string, unknown> {
  const { authenticated } = readSecurityHeader(contents).control;
  const tag = authenticated ? contents.subarray(-tagLength) : undefined;
  return { authenticationTag: tag, tag };
}

async function unprotectVector(vector: Vector, notes: Notes): Promise<unknown> {
  const bytes = octets(vector, 'hex');
  const outer = decodeNoted(Apdu, bytes, notes);
  if (outer.type === 'general-ciphering') return generalCiphering(vector, notes);
  const contents = contentsOf(outer);
  const { apdu, authenticated } = await openedBy(vector, bytes);
  return views({ authenticated, ...(contents && tagOf(contents)) }, opened(outer, apdu, notes));
}
const opened = (outer: Apdu, plaintext: Uint8Array, notes: Notes): View => {
  const header = decoded(Apdu, outer);
  return views({ plaintext, inner: apduIn(plaintext, notes), header }, header);
};

async function generalCiphering(vector: Vector, notes: Notes): Promise<unknown> {
  const bytes = octets(vector, 'hex');
  const apdu = decodeNoted(Apdu, bytes, notes);
  if (apdu.type !== 'general-ciphering') throw new Unsupported(`${apdu.type} is no general-ciphering`);
  const { keyInfo, cipheredContent } = apdu;
  const header = readSecurityHeader(cipheredContent);
  const originator = originatorOf(apdu) ?? neededParam(vector, 'systemTitle');
  sameIv(octetsParam(vector, 'iv'), originator, header.invocationCounter);
  const signer = octetsParam(vector, 'signaturePublicKey');
  if (signer !== undefined && keyInfo?.type === 'agreed-key' && keyInfo.keyCipheredData.length > 0)
    await verifyEphemeral(signer, keyInfo.keyCipheredData);
  // Without key information, both sides know the key.
  const agreed =
    octetsParam(vector, 'agreedKey') ?? (keyInfo === undefined ? octetsParam(vector, 'encryptionKey') : undefined);
  let plain: Uint8Array;
  if (vector.params.tagVerified === false) {
    // The published tag cannot be reproduced: read the content as if there were no authentication key.
    const key = await aesKey(agreed ?? neededParam(vector, 'encryptionKey'));
    plain = await openUnverified({ provider, key, systemTitle: originator }, header, cipheredContent);
  } else if (agreed !== undefined) {
    const extra = encode(GeneralProtectionHeader, apdu);
    const authenticationKey = await provider.importKey('secret', neededParam(vector, 'authenticationKey'));
    const input = { provider, key: await aesKey(agreed), authenticationKey, systemTitle: originator, extra };
    plain = await openContent(input, header, cipheredContent);
  } else plain = (await openedBy(vector, bytes)).apdu;
  return views(tagOf(cipheredContent), opened(apdu, plain, notes));
}
async function verifyEphemeral(publicKey: Uint8Array, data: Uint8Array): Promise<void> {
  const curve: Curve = publicKey.length === 96 ? 'P-384' : 'P-256';
  const n = publicKeyLength(curve);
  if (!(await provider.verify({ curve, octets: publicKey }, data.subarray(0, n), data.subarray(n))))
    throw new Difference('the signature of the ephemeral key does not verify');
}

/** Ciphertext without an APDU around it, possibly with its security header before it and its tag after it. */
async function rawCiphertext(vector: Vector, notes: Notes): Promise<unknown> {
  const input = octets(vector, vector.input.hex === undefined ? 'ciphertext' : 'hex');
  const { plaintext: expected } = vector.expected as { plaintext?: unknown };
  const n = typeof expected === 'string' ? expected.length / 2 : input.length;
  const keyOctets = neededParam(vector, 'key', 'agreedKey', 'dedicatedKey', 'broadcastKey', 'encryptionKey');
  const key = await aesKey(keyOctets);
  const around = input.length - n;
  if (![0, tagLength, securityHeaderLength, securityHeaderLength + tagLength].includes(around))
    throw new Difference(`plaintext of ${n} octets expected, ${input.length} octets of ciphertext given`);
  const front = around % tagLength;
  const separate = vector.input.tag === undefined ? undefined : octets(vector, 'tag');
  const tag = separate ?? (around >= tagLength ? input.subarray(-tagLength) : undefined);
  const title = octetsParam(vector, 'systemTitle');
  const iv =
    front > 0 && octetsParam(vector, 'iv') === undefined && title !== undefined
      ? concat(title, input.subarray(1, securityHeaderLength))
      : ivParam(vector);
  const body = input.subarray(front, front + n);
  let plain = await provider.ctr(key, iv, body);
  if (vector.params.tagVerified !== false && tag !== undefined) {
    const authenticationKey = octetsParam(vector, 'authenticationKey');
    const control = front > 0 ? (input[0] as number) : controlOctetParam(vector);
    const aad =
      octetsParam(vector, 'aad') ??
      (control === undefined || authenticationKey === undefined
        ? undefined
        : concat(Uint8Array.of(control), authenticationKey));
    if (aad === undefined) throw new Unsupported('params: nothing to verify the tag with');
    const verified = await provider.open(key, iv, [aad], concat(body, tag));
    if (verified === undefined) throw new Difference('the tag does not verify');
    plain = verified;
  }
  const result = { plaintext: plain, inner: apduIn(plain, notes), authenticationTag: tag, tag };
  if (front === 0) return result;
  const header = decoded(Apdu, {
    type: 'general-glo-ciphering',
    systemTitle: new Uint8Array(0),
    cipheredContent: input,
  });
  return views(result, only(header, ['securityControl', 'invocationCounter', 'payload']));
}
