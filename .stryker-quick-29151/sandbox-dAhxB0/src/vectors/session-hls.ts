import { equalBytes } from '../core/bytes.js';
import { aesEcbReply, type HlsExchange, hlsVerify } from '../security/hls.js';
import type { HlsMechanism } from '../security/hls-challenge.js';
import { contextOf, provider, suiteOf } from './keys.js';
import { textParam } from './values.js';
import { Difference, type Vector } from './vector.js';

/** Who is who in an association, as far as it is known. */
export interface Parties {
  readonly mechanism: number | undefined;
  readonly challenges: { readonly client?: Uint8Array; readonly server?: Uint8Array };
  readonly titles: { readonly client: Uint8Array | undefined; readonly server: Uint8Array | undefined };
}

/**
 * The reply of one side to the challenge of the other, under the secret or the keys of the vector.
 * @throws Difference when it is not the right one
 */
export async function verifyReply(
  vector: Vector,
  parties: Parties,
  replier: 'client' | 'server',
  reply: Uint8Array,
): Promise<void> {
  const { titles } = parties;
  const mechanism = parties.mechanism as HlsMechanism | undefined;
  const { client: clientToServer, server: serverToClient } = parties.challenges;
  if (mechanism === undefined || mechanism < 2 || clientToServer === undefined || serverToClient === undefined) return;
  const text = textParam(vector, 'password') ?? textParam(vector, 'secret');
  const secret = text === undefined ? undefined : new TextEncoder().encode(text);
  if (secret === undefined && mechanism !== 5) return;
  // This reader stands where the reply goes.
  const role = replier === 'client' ? 'server' : 'client';
  const other = (own: Uint8Array | undefined): Uint8Array =>
    own ?? Uint8Array.of(0, 0, 0, 0, 0, 0, 0, role === 'client' ? 1 : 2);
  const context = await contextOf(vector, { suite: suiteOf(vector), own: other(titles[role]), peer: titles[replier] });
  const same = equalBytes(clientToServer, serverToClient);
  if (mechanism > 5 && (same || titles.client === undefined || titles.server === undefined)) return;
  const flipped = clientToServer.map((octet) => octet ^ 0xff);
  const exchange: HlsExchange = {
    mechanism,
    role,
    context,
    // Peers with a fixed-seed generator set the same challenge on both sides. Up to mechanism 5 a reply depends on one of them alone.
    clientToServer: same && replier === 'client' ? flipped : clientToServer,
    serverToClient: same && replier === 'server' ? flipped : serverToClient,
    secret: secret === undefined ? undefined : await provider.importKey('secret', secret),
    manufacturer: mechanism === 2 && secret !== undefined ? aesEcbReply(secret) : undefined,
  };
  try {
    await hlsVerify(exchange, reply);
  } catch (e) {
    throw new Difference(`the ${replier}'s reply to the challenge: ${e instanceof Error ? e.message : String(e)}`);
  }
}
