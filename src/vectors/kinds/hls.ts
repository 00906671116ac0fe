import { concat, equalBytes } from '../../core/bytes.js';
import { hlsReply, hlsVerify } from '../../security/hls.js';
import { type Challenges, exchangeOf, nobody, otherSide, type Side } from '../hls.js';
import { asSuite, contextOf, controlOctetParam, curveParam, senderParams } from '../keys.js';
import { asOctets, neededParam, numberParam, octets, octetsParam } from '../parameters.js';
import { Difference, type Kind, Unsupported, type Vector } from '../vector.js';

const titles = ['clientSystemTitle', 'serverSystemTitle'];
const sides = ['client', 'server'] as const;
const keyPairs = ['clientPrivateKey', 'clientPublicKey', 'serverPrivateKey', 'serverPublicKey'];
const senderNames = ['systemTitle', 'invocationCounter', 'iv'];

/** The replies to the challenges of an association. */
export const hlsKinds: Readonly<Record<string, Kind>> = {
  'hls-gmac': {
    input: ['challenge', 'StoC', 'CtoS'],
    params: ['suite', 'securityControl', 'encryptionKey', 'authenticationKey', ...senderNames, 'mechanism'],
    run: gmac,
  },
  'hls-digest': {
    input: ['challenge', 'StoC', 'CtoS'],
    params: ['mechanism', 'secret', ...titles],
    run: digest,
  },
  'hls-ecdsa': {
    input: ['StoC', 'CtoS', 'fStoC', 'fCtoS'],
    params: [...titles, ...keyPairs, 'curve', 'mechanism', 'suite', 'hash'],
    run: ecdsa,
  },
};

async function gmac(vector: Vector): Promise<unknown> {
  const control = controlOctetParam(vector);
  const suite = asSuite((control ?? numberParam(vector, 'suite') ?? 0) & 15);
  const { title, counter } = senderParams(vector);
  const given = ['challenge', 'StoC', 'CtoS'].find((name) => vector.input[name] !== undefined) ?? 'challenge';
  const challenge = octets(vector, given);
  // The client needs a different challenge, because equal ones are refused.
  const challenges = { server: challenge, client: concat(challenge, Uint8Array.of(0)).subarray(1) };
  const own = await contextOf(vector, { suite, own: title, counter });
  const f = await hlsReply(await exchangeOf(5, 'client', own, challenges));
  const judge = await contextOf(vector, { suite, own: nobody('server'), peer: title });
  await hlsVerify(await exchangeOf(5, 'server', judge, challenges), f);
  if (control !== undefined && f[0] !== control) throw new Difference(`securityControl: ${f[0]} in the reply`);
  const tag = f.subarray(5);
  return { f, tag, authenticationTag: tag };
}

async function digest(vector: Vector): Promise<unknown> {
  const mechanism = numberParam(vector, 'mechanism');
  if (mechanism !== 2 && mechanism !== 3 && mechanism !== 4 && mechanism !== 6)
    throw new Unsupported(`mechanism ${String(mechanism)} is no digest`);
  const secret = neededParam(vector, 'secret');
  const one = vector.input.challenge !== undefined;
  const challenges: Challenges = one
    ? { server: octets(vector, 'challenge'), client: new Uint8Array(8) }
    : { server: octets(vector, 'StoC'), client: octets(vector, 'CtoS') };
  const title = (side: Side): Uint8Array => {
    const known = octetsParam(vector, `${side}SystemTitle`);
    if (known === undefined && mechanism === 6) throw new Unsupported('params: both system titles expected');
    return known ?? nobody(side);
  };
  const exchange = async (role: Side) => {
    const context = await contextOf(vector, { suite: 0, own: title(role), peer: title(otherSide(role)) });
    return exchangeOf(mechanism, role, context, challenges, secret);
  };
  const [client, server] = [await hlsReply(await exchange('client')), await hlsReply(await exchange('server'))];
  await hlsVerify(await exchange('server'), client);
  return { f: client, fStoC: client, fCtoS: one ? undefined : server };
}

async function ecdsa(vector: Vector): Promise<unknown> {
  const challenges: Challenges = { server: octets(vector, 'StoC'), client: octets(vector, 'CtoS') };
  const suite = curveParam(vector, neededParam(vector, 'clientPublicKey'), 2) === 'P-384' ? 2 : 1;
  const expected = vector.expected as Record<string, unknown>;
  const result: Record<string, unknown> = { valid: true };
  for (const side of sides) {
    const other = otherSide(side);
    const [own, peer] = [neededParam(vector, `${side}SystemTitle`), neededParam(vector, `${other}SystemTitle`)];
    const publicKey = neededParam(vector, `${side}PublicKey`);
    const privateKey = octetsParam(vector, `${side}PrivateKey`);
    const name = side === 'client' ? 'fStoC' : 'fCtoS';
    const signedBy = side === 'client' ? 'signedByClient' : 'signedByServer';
    result[signedBy] = concat(own, peer, challenges[other], challenges[side]);
    // Our signatures are deterministic (RFC 6979), others are not: one that verifies is right, whatever its octets.
    if (privateKey !== undefined) {
      const context = await contextOf(vector, { suite, own, peer, signing: privateKey });
      if (!equalBytes(context.keys.signing?.publicKey.octets ?? own, publicKey))
        throw new Difference(`${side}PublicKey is not that of ${side}PrivateKey`);
      result[name] = await hlsReply(await exchangeOf(7, side, context, challenges));
    }
    const given = vector.input[name] ?? expected[name];
    if (given === undefined) continue;
    const signature = asOctets(given, name);
    const judge = await contextOf(vector, { suite, own: peer, peer: own, peerSigning: publicKey });
    const exchange = await exchangeOf(7, other, judge, challenges);
    const valid = await Promise.resolve()
      .then(() => hlsVerify(exchange, signature))
      .then(
        () => true,
        () => false,
      );
    if (valid) result[name] = signature;
    else result.valid = false;
    result[`${name}Valid`] = valid;
  }
  return result;
}
