import { TokenGateway } from '../../cosem/classes/token-gateway.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { type AccountObject, isActive, pay } from '../payment.js';
import { dateTimeAt, unspecifiedDateTime } from '../values.js';

/** The contents of a token whose form and proof are right. */
export interface Token {
  /** The amount that it pays. */
  readonly amount: number;
  /** Unique among all tokens, so that it counts only once; without it, the reader has to ensure that. */
  readonly id?: string;
}
/** Reads tokens in the format of the manufacturer. */
export type TokenReader = (
  token: Uint8Array,
) => Token | 'format-failure' | 'authentication-failure' | 'validation-failure';

interface State {
  /** Ids of the used tokens. */
  readonly used: readonly string[];
}
type Self = Running<typeof TokenGateway, State>;
type StatusCode = ReturnType<typeof statusOf>['statusCode'];
const statusOf = (self: Self) => self.get('tokenStatus');

function judged(self: Self, octets: Uint8Array): StatusCode {
  const { read } = self.options as { readonly read?: TokenReader };
  if (read === undefined) return 'token-received-not-yet-processed';
  const token = read(octets);
  if (token === 'format-failure') return 'token-format-failure';
  if (token === 'authentication-failure') return 'authentication-failure';
  if (token === 'validation-failure') return 'validation-result-failure';
  if (token.id !== undefined && self.state.used.includes(token.id)) return 'validation-result-failure';
  const [account] = (self.space.ofClass(111) as unknown as AccountObject[]).filter(isActive);
  if (account === undefined || !Number.isSafeInteger(token.amount)) return 'token-execution-result-failure';
  // Marked as used before it pays, so that it pays only once, whatever happens.
  if (token.id !== undefined) self.state = { used: [...self.state.used, token.id] };
  pay(account, token.amount);
  return 'token-execution-ok';
}

/**
 * Token gateway (class 115). The format of tokens is manufacturer specific: the option `read` is a {@link TokenReader};
 * without it, tokens are kept but not processed. If a token is refused, `enter` succeeds all the same, and the status
 * says why (knob `tokenFailure`).
 */
export const tokenGatewayBehaviour: Behaviour<typeof TokenGateway, State> = {
  definition: TokenGateway,
  state: () => ({ used: [] }),
  defaults: () => ({
    token: new Uint8Array(),
    tokenTime: unspecifiedDateTime,
    tokenDescription: [],
    tokenDeliveryMethod: 'remote',
    tokenStatus: { statusCode: 'format-ok', dataValue: '' },
  }),
  methods: {
    enter(self, token) {
      const { engine } = self;
      self.set('token', token, 'method');
      self.set('tokenTime', dateTimeAt(engine, engine.utc), 'method');
      self.set('tokenDeliveryMethod', 'remote', 'method');
      const statusCode = judged(self, token);
      self.set('tokenStatus', { statusCode, dataValue: '' }, 'method');
      const failed = statusCode !== 'token-execution-ok' && statusCode !== 'token-received-not-yet-processed';
      if (failed && engine.knobs.tokenFailure === 'refuse') refuse();
    },
  },
};
