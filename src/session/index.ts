/**
 * The pure machines beneath client and meter: associations, conversations, general block transfer.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { type AccessItem, type AccessResult, accessItems } from './access.js';
export { invokeList, invokeMethod } from './action.js';
export {
  type AarqOptions,
  decodeAare,
  decodeInitiateResponse,
  defaultConformance,
  encodeAarq,
  encodeInitiateRequest,
  isHls,
  type Mechanism,
  mechanisms,
  negotiated,
  requireAccepted,
} from './association.js';
export { type Conversation, converse } from './conversation.js';
export { GbtEndpoint, type GbtOptions, type GbtStep } from './general-block-transfer.js';
export { getAttribute, getList } from './get.js';
export type { Service, ServiceLimits } from './limits.js';
export { setAttribute, setList } from './set.js';
