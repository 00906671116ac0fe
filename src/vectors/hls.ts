import { equalBytes } from '../core/bytes.js';
import type { SecurityContext } from '../security/context.js';
import { aesEcbReply, type HlsExchange, hlsVerify } from '../security/hls.js';
import type { HlsMechanism } from '../security/hls-challenge.js';
import { contextOf, provider, suiteOf } from './keys.js';
import { textParam } from './parameters.js';
import { Difference, type Vector } from './vector.js';

export type Side = 'client' | 'server';
/** The challenges of both sides. */
export type Challenges = Readonly<Record<Side, Uint8Array>>;
/** A title for a side whose title is not known. */
export const nobody = (side: Side): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, side === 'client' ? 1 : 2);
export const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/** One side of an HLS exchange. Mechanism 2 is AES-128-ECB here, as in the recordings. */
export async function exchangeOf(
  mechanism: HlsMechanism,
  role: Side,
  context: SecurityContext,
  { client: clientToServer, server: serverToClient }: Challenges,
  secret?: Uint8Array,
): Promise<HlsExchange> {
  const exchange = { mechanism, role, context, clientToServer, serverToClient };
  if (secret === undefined) return exchange;
  return mechanism === 2
    ? { ...exchange, manufacturer: aesEcbReply(secret) }
    : { ...exchange, secret: await provider.importKey('secret', secret) };
}

/** What is known about an association. */
export interface Parties {
  readonly mechanism: number | undefined;
  readonly challenges: Partial<Challenges>;
  readonly titles: Readonly<Record<Side, Uint8Array | undefined>>;
}
/**
 * Verifies the reply of one side to the challenge of the other, with the secret or the keys of the vector.
 * @throws Difference when the reply is wrong
 */
export async function verifyReply(vector: Vector, parties: Parties, replier: Side, reply: Uint8Array): Promise<void> {
  const { titles } = parties;
  const { client, server } = parties.challenges;
  const mechanism = parties.mechanism as HlsMechanism | undefined;
  if (mechanism === undefined || mechanism < 2 || client === undefined || server === undefined) return;
  const text = textParam(vector, 'secret');
  if (text === undefined && mechanism !== 5) return;
  const same = equalBytes(client, server);
  if (mechanism > 5 && (same || titles.client === undefined || titles.server === undefined)) return;
  // Verify from the side that receives the reply.
  const role = otherSide(replier);
  const own = titles[role] ?? nobody(role);
  const context = await contextOf(vector, { suite: suiteOf(vector), own, peer: titles[replier] });
  // Peers with a fixed seed use the same challenge on both sides. Up to mechanism 5, a reply depends on only one of
  // them.
  const flipped = { [replier]: client.map((octet) => octet ^ 0xff) };
  const challenges = { client, server, ...(same ? flipped : {}) };
  const secret = text === undefined ? undefined : new TextEncoder().encode(text);
  try {
    await hlsVerify(await exchangeOf(mechanism, role, context, challenges, secret), reply);
  } catch (e) {
    throw new Difference(`the ${replier}'s reply to the challenge: ${e instanceof Error ? e.message : String(e)}`);
  }
}
