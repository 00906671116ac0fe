import type { Mechanism } from '../../../src/session/association.js';

/** One combination of settings of an association. `policy` is what requests (meter) or responses (client) must have. */
export interface Cell {
  readonly role: 'meter' | 'client';
  readonly mechanism: Mechanism;
  readonly ciphering: 'required' | 'none';
  readonly policy: 'nothing' | 'authenticated' | 'encrypted' | 'both' | 'both-and-signed';
  readonly suite: 0 | 1 | 2;
  readonly preEstablished: boolean;
  /** Whether the security context has the global unicast and authentication keys (and in suites 1 and 2 the signing keys). */
  readonly keys: boolean;
  readonly referencing: 'LN' | 'SN';
}
/** On-path sees and changes everything between the honest two; the next three are on the path too and have keys or a SAP of their own. */
export const parties = ['off-path', 'on-path', 'broadcast-key holder', 'other meter', 'lesser client'] as const;
export type Party = (typeof parties)[number];
/** Against a client: `write` is a false value believed, `invoke` an action believed done, `downgrade` a request or answer in clear. */
export const goals = ['read', 'write', 'invoke', 'replay', 'downgrade', 'lock out'] as const;
export type Goal = (typeof goals)[number];

const unproven = ({ policy }: Cell): boolean => policy === 'nothing' || policy === 'encrypted';
const everything: readonly Goal[] = ['read', 'write', 'invoke', 'replay'];
const onPath = (party: Party): boolean => party !== 'off-path' && party !== 'lesser client';

/** What must not be built at all; the first that holds names the fault. */
export const refusals: readonly (readonly [fault: string, holds: (c: Cell) => boolean])[] = [
  [
    'ciphering or HLS 5 and 7 without keys',
    (c) => !c.keys && (c.ciphering === 'required' || c.mechanism === 'hls-gmac' || c.mechanism === 'hls-ecdsa'),
  ],
  [
    'public keys in suite 0',
    (c) =>
      c.suite === 0 && (c.mechanism === 'hls-ecdsa' || (c.ciphering === 'required' && c.policy === 'both-and-signed')),
  ],
  [
    'authentication that never takes place',
    (c) => c.preEstablished && c.mechanism !== 'none' && (c.ciphering === 'none' || c.role === 'client'),
  ],
  [
    'nothing proves who asks',
    (c) =>
      c.role === 'meter' && c.ciphering === 'required' && unproven(c) && (c.mechanism === 'none' || c.preEstablished),
  ],
];
/** What a party reaches at most: the first row that holds. Nobody ever downgrades, nobody ever locks the right client out. */
export const bounds: readonly (readonly [
  why: string,
  holds: (c: Cell, p: Party) => boolean,
  reach: readonly Goal[],
])[] = [
  [
    'public client: what its rights name, for everybody',
    (c) => c.role === 'meter' && c.ciphering === 'none' && c.mechanism === 'none',
    ['read'],
  ],
  ['who is not on the path has nothing without a secret', (_, p) => !onPath(p), []],
  [
    'in clear, a password or a proof at the beginning binds nothing that follows',
    (c) => c.ciphering === 'none',
    everything,
  ],
  ['a proof at the beginning, then messages without protection', (c) => c.policy === 'nothing', everything],
  ['encrypted only: bits can be turned, messages repeated', (c) => c.policy === 'encrypted', everything],
  ['authenticated only: whoever listens, reads', (c) => c.policy === 'authenticated', ['read']],
  ['authenticated and encrypted', () => true, []],
];
