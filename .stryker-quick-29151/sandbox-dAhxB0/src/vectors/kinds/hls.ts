import { concat, equalBytes } from '../../core/bytes.js';
import { importKeys, SecurityContext } from '../../security/context.js';
import { InvocationCounters } from '../../security/counters.js';
import { aesEcbReply, type HlsExchange, hlsReply, hlsVerify } from '../../security/hls.js';
import type { HlsMechanism } from '../../security/hls-challenge.js';
import { VolatileStore } from '../../store/store.js';
import { contextOf, controlOctetParam, curveParam, provider } from '../keys.js';
import { hex } from '../notation.js';
import { neededParam, numberParam, octets, octetsParam } from '../values.js';
import { Difference, type Kind, Unsupported, type Vector } from '../vector.js';

const challenges = ['challenge', 'StoC', 'CtoS'];
const titles = ['systemTitleClient', 'systemTitleServer', 'clientSystemTitle', 'serverSystemTitle'];
const nobody = (last: number): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, last);

export const hlsKinds: Readonly<Record<string, Kind>> = {
  'hls-gmac': {
    input: challenges,
    params: [
      'securityControl',
      'encryptionKey',
      'authenticationKey',
      'systemTitle',
      'invocationCounter',
      'initializationVector',
      'iv',
      'suite',
      'mechanism',
    ],
    async run(vector) {
      const suite = (controlOctetParam(vector) ?? numberParam(vector, 'suite') ?? 0x10) & 15;
      if (suite > 2) throw new Unsupported(`security suite ${suite}`);
      const given = octetsParam(vector, 'initializationVector', 'iv');
      const own = octetsParam(vector, 'systemTitle') ?? given?.slice(0, 8);
      const counter =
        numberParam(vector, 'invocationCounter') ??
        (given === undefined ? undefined : new DataView(given.buffer, given.byteOffset).getUint32(8));
      if (own === undefined || counter === undefined)
        throw new Unsupported('params: systemTitle and invocationCounter expected');
      const challenge = octets(vector, challenges.find((name) => vector.input[name] !== undefined) ?? 'challenge');
      const context = await contextOf(vector, { suite: suite as 0 | 1 | 2, own, counter });
      const other = concat(challenge, Uint8Array.of(0)).subarray(1);
      const f = await hlsReply({
        mechanism: 5,
        role: 'client',
        context,
        serverToClient: challenge,
        clientToServer: other,
      });
      const judge = await contextOf(vector, { suite: suite as 0 | 1 | 2, own: nobody(1), peer: own });
      await hlsVerify(
        { mechanism: 5, role: 'server', context: judge, serverToClient: challenge, clientToServer: other },
        f,
      );
      const control = controlOctetParam(vector);
      if (control !== undefined && f[0] !== control) throw new Difference(`securityControl: ${f[0]} in the reply`);
      return { f: hex(f), tag: hex(f.subarray(5)), authenticationTag: hex(f.subarray(5)) };
    },
  },
  'hls-digest': {
    input: challenges,
    params: ['mechanism', 'secret', 'password', ...titles],
    async run(vector) {
      const mechanism = numberParam(vector, 'mechanism');
      if (mechanism !== 2 && mechanism !== 3 && mechanism !== 4 && mechanism !== 6)
        throw new Unsupported(`mechanism ${String(mechanism)} is no digest`);
      const secret = neededParam(vector, 'secret', 'password');
      const { challenge } = vector.input;
      const [stoc, ctos] =
        challenge === undefined
          ? [octets(vector, 'StoC'), octets(vector, 'CtoS')]
          : [octets(vector, 'challenge'), new Uint8Array(8)];
      const reply = async (role: 'client' | 'server'): Promise<Uint8Array> =>
        hlsReply(await exchange(vector, mechanism, role, secret, stoc, ctos));
      const client = await reply('client');
      const server = await reply('server');
      await hlsVerify(await exchange(vector, mechanism, 'server', secret, stoc, ctos), client);
      const result = { f: hex(client), fStoC: hex(client), fCtoS: hex(server) };
      return challenge === undefined ? result : { ...result, fCtoS: undefined };
    },
  },
  'hls-ecdsa': {
    input: ['StoC', 'CtoS', 'fStoC', 'fCtoS'],
    params: [
      'clientPrivateKey',
      'clientPublicKey',
      'serverPrivateKey',
      'serverPublicKey',
      'curve',
      'mechanism',
      'suite',
      'hash',
      ...titles,
    ],
    run: ecdsa,
  },
};

async function exchange(
  vector: Vector,
  mechanism: HlsMechanism,
  role: 'client' | 'server',
  secret: Uint8Array,
  stoc: Uint8Array,
  ctos: Uint8Array,
): Promise<HlsExchange> {
  const client = octetsParam(vector, 'systemTitleClient', 'clientSystemTitle');
  const server = octetsParam(vector, 'systemTitleServer', 'serverSystemTitle');
  if (mechanism === 6 && (client === undefined || server === undefined))
    throw new Unsupported('params: both system titles expected');
  const [c, s] = [client ?? nobody(1), server ?? nobody(2)];
  const context = new SecurityContext({
    provider,
    suite: 0,
    systemTitle: role === 'client' ? c : s,
    peerSystemTitle: role === 'client' ? s : c,
    keys: {},
    counters: new InvocationCounters(new VolatileStore()),
  });
  const shared = { mechanism, role, context, clientToServer: ctos, serverToClient: stoc };
  return mechanism === 2
    ? { ...shared, manufacturer: aesEcbReply(secret) }
    : { ...shared, secret: await provider.importKey('secret', secret) };
}

async function ecdsa(vector: Vector): Promise<unknown> {
  const [stoc, ctos] = [octets(vector, 'StoC'), octets(vector, 'CtoS')];
  const client = neededParam(vector, 'systemTitleClient', 'clientSystemTitle');
  const server = neededParam(vector, 'systemTitleServer', 'serverSystemTitle');
  const [clientPublic, serverPublic] = [neededParam(vector, 'clientPublicKey'), neededParam(vector, 'serverPublicKey')];
  const suite = curveParam(vector, clientPublic, 2) === 'P-384' ? 2 : 1;
  const side = async (role: 'client' | 'server'): Promise<HlsExchange> => {
    const isClient = role === 'client';
    const keys = await importKeys(provider, suite, {
      signing: octetsParam(vector, isClient ? 'clientPrivateKey' : 'serverPrivateKey'),
      peerSigning: isClient ? serverPublic : clientPublic,
    });
    const own = keys.signing?.publicKey.octets;
    if (own !== undefined && !equalBytes(own, isClient ? clientPublic : serverPublic))
      throw new Difference(`${role}PublicKey is not that of ${role}PrivateKey`);
    const context = new SecurityContext({
      provider,
      suite,
      systemTitle: isClient ? client : server,
      peerSystemTitle: isClient ? server : client,
      keys,
      counters: new InvocationCounters(new VolatileStore()),
    });
    return { mechanism: 7, role, context, clientToServer: ctos, serverToClient: stoc };
  };
  const [c, s] = [await side('client'), await side('server')];
  const expected = vector.expected as Record<string, unknown>;
  const result: Record<string, unknown> = {
    signedByClient: hex(concat(client, server, stoc, ctos)),
    signedByServer: hex(concat(server, client, ctos, stoc)),
  };
  for (const [name, own, other] of [
    ['fStoC', c, s],
    ['fCtoS', s, c],
  ] as const) {
    const given = vector.input[name] ?? expected[name];
    // Ours is deterministic (RFC 6979), others are not: a signature that verifies is right, whatever its octets.
    if (own.context.keys.signing !== undefined) result[name] = hex(await hlsReply(own));
    if (typeof given === 'string') {
      const signature = Uint8Array.from(given.match(/../g) ?? [], (o) => Number.parseInt(o, 16));
      const valid = await Promise.resolve()
        .then(() => hlsVerify(other, signature))
        .then(
          () => true,
          () => false,
        );
      if (valid) result[name] = hex(signature);
      result[`${name}Valid`] = valid;
    }
  }
  return { ...result, valid: result.fStoCValid !== false && result.fCtoSValid !== false };
}
