export type { Authentication, ClientOptions } from './association.js';
export { type CallOptions, Client, type GetOptions, ObjectHandle } from './client.js';
export type { ClientEvent, ExchangeOptions } from './exchange.js';
