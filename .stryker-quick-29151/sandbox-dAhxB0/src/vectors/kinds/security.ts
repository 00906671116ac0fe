import { gcm } from '@noble/ciphers/aes.js';
import { decode } from '../../axdr/schema.js';
import { concat, equalBytes } from '../../core/bytes.js';
import { isDlmsError } from '../../core/errors.js';
import { formatHex } from '../../core/hex.js';
import { ivOf, openContent, openUnverified, readSecurityHeader } from '../../security/ciphering.js';
import { deriveAgreedKey } from '../../security/key-agreement.js';
import { protect } from '../../security/protect.js';
import { type Curve, publicKeyLength } from '../../security/providers/provider.js';
import { parseSecurityControl } from '../../security/security-control.js';
import { securityHeaderLength, securitySuite, tagLength } from '../../security/suites.js';
import { unprotect } from '../../security/unprotect.js';
import { Apdu } from '../../xdlms/apdu.js';
import { apduNotation, securityNotation } from '../apdu-notation.js';
import { anyOf, later, type Matcher } from '../compare.js';
import { decodeNoted } from '../decoding.js';
import {
  aesKey,
  aesOf,
  contextOf,
  controlOctetParam,
  curveParam,
  ivParam,
  provider,
  secretNotation,
  securityParams,
  suiteOf,
} from '../keys.js';
import { hex } from '../notation.js';
import { asOctets, neededParam, numberParam, octets, octetsParam } from '../values.js';
import { Difference, type Kind, type Notes, Unsupported, type Vector } from '../vector.js';

const ivNames = ['iv', 'initializationVector', 'IV'];

export const securityKinds: Readonly<Record<string, Kind>> = {
  protect: {
    input: ['plaintext', 'hex'],
    params: [
      ...securityParams,
      'securityControl',
      'invocationCounter',
      'initializationVector',
      'iv',
      'form',
      'tagLength',
    ],
    run: protectVector,
  },
  unprotect: {
    input: ['hex'],
    params: [...securityParams, 'securityControl', 'invocationCounter', ...ivNames, 'tagVerified'],
    run: unprotectVector,
  },
  'unprotect-general-ciphering': {
    input: ['hex'],
    params: [...securityParams, 'invocationCounter', 'tagVerified', ...ivNames],
    run: generalCiphering,
  },
  'unprotect-raw': {
    input: ['hex', 'ciphertext', 'tag'],
    params: [...securityParams, 'key', 'securityControl', 'invocationCounter', ...ivNames, 'aad', 'tagVerified'],
    run: rawCiphertext,
  },
  'aes-gcm': {
    input: ['plaintext', 'aad', 'ciphertext', 'tag'],
    params: ['key', ...ivNames, 'tagLength', 'aad'],
    run: aesGcm,
  },
  'key-wrap': {
    input: ['kek', 'key', 'wrapped'],
    params: ['kek'],
    async run(vector) {
      const kek = await aesKey(vector.input.kek === undefined ? neededParam(vector, 'kek') : octets(vector, 'kek'));
      const { wrapped: given } = vector.input;
      const expected = vector.expected as { key?: unknown; wrapped?: unknown; valid?: unknown };
      if (given !== undefined) {
        const octetsGiven = asOctets(given, 'input.wrapped');
        const key = await provider.unwrap(kek, octetsGiven, octetsGiven.length > 24 ? 'AES-256' : 'AES-128');
        return {
          key: key === undefined ? undefined : await secretNotation(key, expected.key),
          valid: key !== undefined,
          wrapped: hex(octetsGiven),
        };
      }
      const plain = octets(vector, 'key');
      const key = await provider.importKey(aesOf(plain), plain, { wrappable: true });
      const wrapped = await provider.wrap(kek, key);
      const again = await provider.unwrap(kek, wrapped, aesOf(plain));
      if (again === undefined) throw new Difference('the wrapped key does not unwrap');
      return { wrapped: hex(wrapped), key: await secretNotation(again, expected.key), valid: true };
    },
  },
  'ecdsa-verify': {
    input: ['message', 'signature', 'publicKey'],
    params: ['publicKey', 'privateKey', 'curve', 'signatureFormat', 'hash'],
    async run(vector) {
      const { signatureFormat = 'R||S' } = vector.params;
      if (signatureFormat !== 'R||S') throw new Unsupported(`signature format ${String(signatureFormat)}`);
      const key = vector.input.publicKey === undefined ? neededParam(vector, 'publicKey') : octets(vector, 'publicKey');
      const curve = curveParam(vector, key, 2);
      hashParam(vector, curve);
      try {
        return {
          valid: await provider.verify({ curve, octets: key }, octets(vector, 'message'), octets(vector, 'signature')),
        };
      } catch (e) {
        if (isDlmsError(e, 'security/invalid-key')) return { valid: false };
        throw e;
      }
    },
  },
  'key-agreement': {
    input: ['privateKey', 'peerPublicKey'],
    params: ['algorithmId', 'partyUInfo', 'partyVInfo', 'hash', 'curve', 'ownPublicKey'],
    run: keyAgreement,
  },
};

async function protectVector(vector: Vector): Promise<unknown> {
  const plaintext = vector.input.plaintext === undefined ? octets(vector, 'hex') : octets(vector, 'plaintext');
  const octet = controlOctetParam(vector);
  if (octet === undefined) throw new Unsupported('params.securityControl is missing');
  const control = parseSecurityControl(octet);
  if (control.suite > 2) throw new Unsupported(`security suite ${control.suite}`);
  const given = octetsParam(vector, 'initializationVector', 'iv');
  const title = octetsParam(vector, 'systemTitle', 'originatorSystemTitle') ?? given?.subarray(0, 8);
  const counter =
    numberParam(vector, 'invocationCounter') ??
    (given === undefined ? undefined : new DataView(given.buffer, given.byteOffset).getUint32(8));
  if (title === undefined || counter === undefined)
    throw new Unsupported('params: systemTitle and invocationCounter expected');
  if (given !== undefined && !equalBytes(given, ivOf(title, counter)))
    throw new Difference(`initializationVector: ${formatHex(ivOf(title, counter))} computed`);
  const { authenticated, encrypted, broadcastKey } = control;
  const suite = control.suite as 0 | 1 | 2;
  const protection = { authenticated, encrypted };
  const dedicated = octetsParam(vector, 'dedicatedKey') !== undefined;
  const forms = ['glo', 'general-glo', ...(dedicated ? (['ded', 'general-ded'] as const) : [])] as const;
  const apdus: Uint8Array[] = [];
  for (const form of forms) {
    const context = await contextOf(vector, { suite, own: title, counter });
    const protectedApdu = await protect(plaintext, context, { form, protection, broadcast: broadcastKey });
    const receiver = await contextOf(vector, { suite, peer: title });
    const opened = await unprotect(protectedApdu, receiver, { required: protection });
    if (!equalBytes(opened.apdu, plaintext)) throw new Difference('what was protected does not open to the plaintext');
    apdus.push(protectedApdu);
  }
  // The whole APDU, or its content alone. A dedicated key is there to be used.
  const meant = dedicated ? apdus.slice(2) : apdus;
  const content = decode(Apdu, meant[0] as Uint8Array) as { value?: Uint8Array; cipheredContent?: Uint8Array };
  const bare = content.value ?? content.cipheredContent ?? meant[0]!;
  const tag = authenticated ? bare.subarray(-tagLength) : undefined;
  const body = bare.subarray(securityHeaderLength, authenticated ? -tagLength : undefined);
  return {
    secured: anyOf(...meant.map(hex), hex(bare)),
    authenticationTag: tag === undefined ? undefined : hex(tag),
    tag: tag === undefined ? undefined : hex(tag),
    ciphertext: encrypted ? hex(body) : undefined,
    initializationVector: hex(ivOf(title, counter)),
    iv: hex(ivOf(title, counter)),
    securityHeader: hex(bare.subarray(0, securityHeaderLength)),
  };
}

async function unprotectVector(vector: Vector, notes: Notes): Promise<unknown> {
  const bytes = octets(vector, 'hex');
  const outer = decodeNoted(Apdu, bytes, notes);
  if (outer.type === 'general-ciphering') return generalCiphering(vector, notes);
  const content = ((outer as { value?: Uint8Array }).value ??
    (outer as { cipheredContent?: Uint8Array }).cipheredContent) as Uint8Array | undefined;
  const named = outer as { systemTitle?: Uint8Array; originatorSystemTitle?: Uint8Array };
  const title = named.systemTitle ?? named.originatorSystemTitle;
  const peer = octetsParam(vector, 'systemTitle', 'originatorSystemTitle') ?? (title?.length === 8 ? title : undefined);
  const withheld = octetsParam(vector, 'authenticationKey') === undefined || vector.params.tagVerified === false;
  const nibble = content === undefined ? undefined : (content[0] as number) & 15;
  const own = octetsParam(vector, 'recipientSystemTitle') ?? recipientOf(outer);
  const context = await contextOf(withheld ? without(vector, 'authenticationKey') : vector, {
    suite: keySuite(vector, nibble),
    own,
    peer,
  });
  const opened = await unprotect(bytes, context, withheld ? { mode: 'unverified' } : {});
  return {
    ...apduNotation(outer),
    authenticated: opened.authenticated,
    plaintext: hex(opened.apdu),
    inner: later(() => apduNotation(decodeNoted(Apdu, opened.apdu, notes))),
    ...(content === undefined ? {} : tagOf(content)),
  };
}
const tagOf = (content: Uint8Array): Record<string, Matcher | undefined> => {
  const tag = ((content[0] as number) & 0x10) !== 0 ? hex(content.subarray(-tagLength)) : undefined;
  return { authenticationTag: tag, tag };
};
const recipientOf = (apdu: Apdu): Uint8Array | undefined =>
  'recipientSystemTitle' in apdu && apdu.recipientSystemTitle.length === 8 ? apdu.recipientSystemTitle : undefined;
const without = (vector: Vector, name: string): Vector => ({ ...vector, params: { ...vector.params, [name]: null } });
/** Some meters write suite 1 and use suite 0: the key length decides what the nibble leaves open. */
function keySuite(vector: Vector, nibble: number | undefined): 0 | 1 | 2 {
  const bySize = suiteOf(vector);
  return bySize === 2 || nibble === undefined || nibble > 2 ? bySize : nibble === 2 ? 2 : (nibble as 0 | 1);
}

async function generalCiphering(vector: Vector, notes: Notes): Promise<unknown> {
  const bytes = octets(vector, 'hex');
  const apdu = decodeNoted(Apdu, bytes, notes);
  if (apdu.type !== 'general-ciphering') throw new Unsupported(`${apdu.type} is no general-ciphering`);
  const { keyInfo, cipheredContent } = apdu;
  const header = readSecurityHeader(cipheredContent);
  const originator =
    apdu.originatorSystemTitle.length === 8
      ? apdu.originatorSystemTitle
      : neededParam(vector, 'systemTitle', 'originatorSystemTitle');
  const iv = octetsParam(vector, ...ivNames);
  if (iv !== undefined && !equalBytes(iv, ivOf(originator, header.invocationCounter)))
    throw new Difference(`iv: ${formatHex(ivOf(originator, header.invocationCounter))} computed`);
  const signer = octetsParam(vector, 'signaturePublicKey', 'originatorSigningKey', 'originatorPublicKey');
  if (signer !== undefined && keyInfo?.type === 'agreed-key' && keyInfo.keyCipheredData.length > 0)
    await verifyEphemeral(signer, keyInfo.keyCipheredData);
  // Without key information the two sides know the key.
  const agreed =
    octetsParam(vector, 'agreedKey') ?? (keyInfo === undefined ? octetsParam(vector, 'encryptionKey') : undefined);
  const suite = keySuite(vector, header.control.suite);
  let plain: Uint8Array;
  if (vector.params.tagVerified === false) {
    // The published tag cannot be reproduced, so the content is read without it, as a tool without the authentication key would.
    const key = agreed ?? neededParam(vector, 'encryptionKey');
    plain = await openUnverified(
      { provider, key: await aesKey(key), systemTitle: originator },
      header,
      cipheredContent,
    );
  } else if (agreed !== undefined) {
    const extra = bytes.subarray(1, 1 + headerLength(apdu));
    const authenticationKey = await provider.importKey('secret', neededParam(vector, 'authenticationKey'));
    plain = await openContent(
      { provider, key: await aesKey(agreed), authenticationKey, systemTitle: originator, extra },
      header,
      cipheredContent,
    );
  } else {
    const own = recipientOf(apdu);
    plain = (await unprotect(bytes, await contextOf(vector, { suite, peer: originator, own }))).apdu;
  }
  const notation = apduNotation(apdu);
  return {
    ...notation,
    header: notation,
    plaintext: hex(plain),
    inner: later(() => apduNotation(decodeNoted(Apdu, plain, notes))),
    ...tagOf(cipheredContent),
  };
}
/** Octets of the five header fields with their lengths. */
const headerLength = (apdu: Extract<Apdu, { type: 'general-ciphering' }>): number =>
  [
    apdu.transactionId,
    apdu.originatorSystemTitle,
    apdu.recipientSystemTitle,
    apdu.dateTime,
    apdu.otherInformation,
  ].reduce((n, f) => n + 1 + f.length, 0);
async function verifyEphemeral(publicKey: Uint8Array, data: Uint8Array): Promise<void> {
  const curve: Curve = publicKey.length === 96 ? 'P-384' : 'P-256';
  const n = publicKeyLength(curve);
  if (!(await provider.verify({ curve, octets: publicKey }, data.subarray(0, n), data.subarray(n))))
    throw new Difference('the signature of the ephemeral key does not verify');
}

/** Ciphertext without an APDU around it, perhaps with its security header in front and its tag behind. */
async function rawCiphertext(vector: Vector, notes: Notes): Promise<unknown> {
  const input = vector.input.hex === undefined ? octets(vector, 'ciphertext') : octets(vector, 'hex');
  const expected = vector.expected as { plaintext?: unknown };
  const n = typeof expected.plaintext === 'string' ? expected.plaintext.length / 2 : input.length;
  const keyOctets = octetsParam(vector, 'key', 'agreedKey', 'dedicatedKey', 'broadcastKey', 'encryptionKey');
  if (keyOctets === undefined) throw new Unsupported('params.key is missing');
  const key = await aesKey(keyOctets);
  const withHeader = input.length === n + securityHeaderLength || input.length === n + securityHeaderLength + tagLength;
  const front = withHeader ? securityHeaderLength : 0;
  if (!withHeader && input.length !== n && input.length !== n + tagLength)
    throw new Difference(`plaintext of ${n} octets expected, ${input.length} octets of ciphertext given`);
  const separateTag = vector.input.tag === undefined ? undefined : octets(vector, 'tag');
  const tag = separateTag ?? (input.length === front + n + tagLength ? input.subarray(-tagLength) : undefined);
  const title = octetsParam(vector, 'systemTitle', 'originatorSystemTitle');
  const iv =
    withHeader && octetsParam(vector, ...ivNames) === undefined && title !== undefined
      ? concat(title, input.subarray(1, 5))
      : ivParam(vector);
  const body = input.subarray(front, front + n);
  let plain = await provider.ctr(key, iv, body);
  if (vector.params.tagVerified !== false && tag !== undefined) {
    const authenticationKey = octetsParam(vector, 'authenticationKey');
    const control = withHeader ? (input[0] as number) : controlOctetParam(vector);
    const aad =
      octetsParam(vector, 'aad') ??
      (control === undefined || authenticationKey === undefined
        ? undefined
        : concat(Uint8Array.of(control), authenticationKey));
    if (aad === undefined) throw new Unsupported('params: nothing to verify the tag with');
    const opened = await provider.open(key, iv, [aad], concat(body, tag));
    if (opened === undefined) throw new Difference('the tag does not verify');
    plain = opened;
  }
  return {
    plaintext: hex(plain),
    inner: later(() => apduNotation(decodeNoted(Apdu, plain, notes))),
    ...(withHeader ? securityNotation(input) : {}),
    authenticationTag: tag === undefined ? undefined : hex(tag),
    tag: tag === undefined ? undefined : hex(tag),
  };
}

async function aesGcm(vector: Vector): Promise<unknown> {
  const key = await aesKey(neededParam(vector, 'key'));
  const iv = ivParam(vector);
  if (iv.length !== 12) throw new Unsupported(`an initialization vector of ${iv.length} octets (DLMS uses 12)`);
  const extra = vector.input.aad === undefined ? octetsParam(vector, 'aad') : octets(vector, 'aad');
  const aad = extra === undefined ? [] : [extra];
  if (vector.input.plaintext === undefined) {
    const opened = await provider.open(
      key,
      iv,
      aad,
      concat(octets(vector, 'ciphertext'), octets(vector, 'tag').subarray(0, tagLength)),
    );
    return { plaintext: opened === undefined ? undefined : hex(opened), valid: opened !== undefined };
  }
  const plaintext = octets(vector, 'plaintext');
  const sealed = await provider.seal(key, iv, aad, plaintext);
  const opened = await provider.open(key, iv, aad, sealed);
  if (opened === undefined || !equalBytes(opened, plaintext)) throw new Difference('what was sealed does not open');
  const tag = sealed.subarray(plaintext.length);
  // DLMS cuts the tag to 12 octets, and so do the providers; the algorithm's vectors print 16. The other four come from the algorithm behind the provider.
  const whole = gcm(neededParam(vector, 'key'), iv, aad[0]).encrypt(plaintext).subarray(plaintext.length);
  if (!equalBytes(whole.subarray(0, tagLength), tag)) throw new Difference(`tag: ${formatHex(tag)} computed`);
  return {
    ciphertext: hex(sealed.subarray(0, plaintext.length)),
    tag: anyOf(hex(whole), hex(tag)),
    valid: true,
  };
}

async function keyAgreement(vector: Vector): Promise<unknown> {
  const d = octets(vector, 'privateKey');
  const curve = curveParam(vector, d, 1);
  const suite = securitySuite(curve === 'P-256' ? 1 : 2);
  hashParam(vector, curve);
  const own = await provider.importPrivateKey(`ECDH ${curve}`, d);
  const ownPublic = octetsParam(vector, 'ownPublicKey');
  if (ownPublic !== undefined && !equalBytes(ownPublic, own.publicKey.octets))
    throw new Difference(`ownPublicKey: ${formatHex(own.publicKey.octets)} computed`);
  const peer = { curve, octets: octets(vector, 'peerPublicKey') };
  const z = await provider.agree(own.privateKey, peer);
  const algorithmId = octetsParam(vector, 'algorithmId') ?? suite.algorithmId;
  const [u, v] = [neededParam(vector, 'partyUInfo'), neededParam(vector, 'partyVInfo')];
  const hash = suite.hash as 'SHA-256' | 'SHA-384';
  const parts = [Uint8Array.of(0, 0, 0, 1), z, algorithmId, u, v];
  const kdfHash = await provider.digest(hash, parts);
  const expected = vector.expected as { sharedSecret?: unknown; kdfInput?: unknown; key?: unknown };
  const length = typeof expected.key === 'string' ? expected.key.length / 2 : suite.keyLength;
  const key = equalBytes(algorithmId, suite.algorithmId)
    ? await deriveAgreedKey(provider, suite, own.privateKey, peer, u, v)
    : await provider.deriveKey(length === 32 ? 'AES-256' : 'AES-128', hash, parts);
  const kdfInput =
    typeof expected.kdfInput === 'string'
      ? formatHex(await provider.digest(hash, [asOctets(expected.kdfInput, 'expected.kdfInput')]))
      : undefined;
  return {
    sharedSecret: await secretNotation(z, expected.sharedSecret),
    // The secret is inside and stays there: the same hash means the same input.
    kdfInput: kdfInput === formatHex(kdfHash) ? anyOf(expected.kdfInput) : 'another input',
    kdfHash: hex(kdfHash),
    key: await secretNotation(key, expected.key),
  };
}
function hashParam(vector: Vector, curve: Curve): void {
  const { hash } = vector.params;
  if (hash === undefined || hash === null) return;
  const wanted = String(hash)
    .toUpperCase()
    .replace(/[^A-Z\d]/g, '');
  if (wanted !== (curve === 'P-256' ? 'SHA256' : 'SHA384')) throw new Unsupported(`hash ${String(hash)} with ${curve}`);
}
