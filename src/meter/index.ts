/**
 * A running meter: behaviour behind the interface classes, on a virtual clock.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { type Due, type Phase, phases } from './agenda.js';
export { serveAssociations, withUsers } from './association.js';
export type {
  AnyBehaviour,
  Authentication,
  Behaviour,
  Cause,
  ClockChange,
  ConnectionOutput,
  DisconnectOutput,
  Outage,
  Output,
  PortOutput,
  PushOutcome,
  PushOutput,
  Reference,
  Running,
  Traffic,
} from './behaviour.js';
export type { DataOptions } from './behaviours/data.js';
export type { ImageOptions, ImageStore } from './behaviours/image-transfer.js';
export { behaviours } from './behaviours/index.js';
export type { MBusIdentity, MBusLine, MBusTelegram } from './behaviours/mbus-client.js';
export type { Token, TokenReader } from './behaviours/token-gateway.js';

export {
  type ClientDefinition,
  defineMeter,
  type MeterDefinition,
  meterObject,
  type ObjectDefinition,
} from './define-meter.js';
export type {
  Column,
  DefinedAttributes,
  EventLogDefinition,
  ProfileDefinition,
  PushDefinition,
  RegisterDefinition,
} from './defined-objects.js';
export { type EngineOptions, MeterEngine, type ObjectOptions, type SavedEngine, type SourceOption } from './engine.js';
export { Environment, type Source } from './environment.js';
export { type EventCodes, type EventName, eventCodes } from './events.js';
export type { AmountSource, LevelSource } from './functions-of-time.js';
export { type Household, household } from './household.js';
export { defaultKnobs, type Knobs } from './knobs.js';
export { fieldsOf, type LocalFields, LocalTime, type Switch, type Zone } from './local-time.js';
export { MeterStore } from './meter-store.js';
export type { EngineObject, SavedObject } from './object.js';
export type { Plain } from './plain.js';
export type { MeterPush, OtherOutput, RunningMeter, SendPush } from './running-meter.js';
export type { ObjectSpace } from './space.js';
