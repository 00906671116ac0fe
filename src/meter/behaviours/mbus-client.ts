import type { Data } from '../../axdr/data.js';
import {
  type CaptureDefinitionElement,
  type DataSendElement,
  MBusClient,
  MBusClientV0,
  MBusClientV1,
} from '../../cosem/classes/mbus-client.js';
import type { Obis } from '../../cosem/obis.js';
import { AccessRefused } from '../../server/object.js';
import { type AnyBehaviour, type Behaviour, inVersions, type Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { dateTimeAt, withNumber } from '../values.js';

/** What an M-Bus device says about itself in the header of a telegram. */
export interface MBusIdentity {
  readonly identificationNumber: number;
  readonly manufacturerId: number;
  readonly version: number;
  readonly deviceType: number;
}
/** A telegram from an M-Bus device. */
export interface MBusTelegram extends MBusIdentity {
  /** One for each element of the capture definition; undefined if the device has no such value. */
  readonly values: readonly (number | undefined)[];
  readonly accessNumber: number;
  readonly status: number;
  /** Alarm bits: 0 battery, 1 fraud attempt, and others. */
  readonly alarm: number;
  /** Whether it was encrypted, and opened with the key from {@link MBusLine.setKey}. */
  readonly encrypted: boolean;
}
/** The line to M-Bus devices, by channel. A result of undefined or false means that nobody answered. */
export interface MBusLine {
  /** Reads a telegram with these values; also undefined if it could not be opened. */
  read(channel: number, address: number, definition: readonly CaptureDefinitionElement[]): MBusTelegram | undefined;
  /** Installs the device at an address (address 0 for any). @returns its identity, and the address that it now has */
  install(channel: number, address: number): (MBusIdentity & { readonly address: number }) | undefined;
  /** Passes a wrapped key to the device. */
  transferKey(channel: number, address: number, wrapped: Uint8Array): boolean;
  /** Sets the key for telegrams of this channel from now on; empty for none. */
  setKey(channel: number, key: Uint8Array): void;
  /** Sends data to the device; false when it cannot be reached. */
  send(channel: number, address: number, records: readonly DataSendElement[]): boolean;
  /** Sets the clock of the device. @returns by how many seconds it was wrong */
  synchronize(channel: number, address: number, utc: number): number | undefined;
}

interface State {
  /** Whether the last attempt to read it failed. */
  readonly silent: boolean;
}
type Self = Running<typeof MBusClient, State>;
type KeyStatus = ReturnType<typeof keyStatus>;
const keyStatus = (self: Self) => self.get('encryptionKeyStatus');

/** Value group B of the logical name. */
const channelOf = (self: Self): number => Number(/^\d+-(\d+):/.exec(self.logicalName)?.[1] ?? 0);
type MBusEvent = 'mbusSilent' | 'mbusAnswers' | 'mbusBattery' | 'mbusFraud' | 'mbusClockAdjusted' | 'mbusInstalled';
/** Each channel has ten event codes. */
function raise(self: Self, event: MBusEvent): void {
  const code = self.engine.knobs.eventCodes[event];
  if (code !== undefined) self.engine.raise(code + 10 * (channelOf(self) - 1));
}
function line(self: Self): MBusLine {
  const { mbus } = self.engine;
  if (mbus === undefined) throw new AccessRefused('temporary-failure');
  return mbus;
}
const silent = (): never => {
  throw new AccessRefused('temporary-failure');
};
function setKeyStatus(self: Self, status: KeyStatus): void {
  if (self.has('encryptionKeyStatus')) self.set('encryptionKeyStatus', status, 'method');
}

/** Reads the device; if it is silent, values and their times stay. @returns whether it answered */
function capture(self: Self): boolean {
  const { engine } = self;
  const address = self.get('primaryAddress');
  if (address === 0) return false;
  const telegram = engine.mbus?.read(channelOf(self), address, self.get('captureDefinition'));
  const was = self.state.silent;
  self.state = { silent: telegram === undefined };
  if (telegram === undefined) {
    if (!was) raise(self, 'mbusSilent');
    return false;
  }
  if (was) raise(self, 'mbusAnswers');
  self.set('accessNumber', telegram.accessNumber);
  self.set('status', telegram.status);
  const risen = telegram.alarm & ~self.get('alarm');
  self.set('alarm', telegram.alarm);
  if ((risen & 1) !== 0) raise(self, 'mbusBattery');
  if ((risen & 2) !== 0) raise(self, 'mbusFraud');
  if (telegram.encrypted && self.has('encryptionKeyStatus') && keyStatus(self) === 'encryption-key-set-and-transferred')
    setKeyStatus(self, 'encryption-key-in-use');
  for (const [i, value] of telegram.values.entries()) if (value !== undefined) store(self, i + 1, value);
  return true;
}
/** The n-th value goes to the M-Bus value object 0-x:24.2.n, with the time at which it was read. */
function store(self: Self, n: number, value: number): void {
  const { engine, space } = self;
  const object = space.get(`0-${channelOf(self)}:24.2.${n}*255` as Obis);
  if (object === undefined || object.definition.classId !== 4) return;
  object.set('value', withNumber(object.get('value') as Data, value));
  object.set('captureTime', dateTimeAt(engine, engine.utc));
}
function plan(self: Self): void {
  const { engine } = self;
  const period = self.get('capturePeriod') * 1000;
  self.schedule('capture', period === 0 ? undefined : engine.elapsedAt(engine.local.nextBoundary(period, engine.utc)));
}
function install(self: Self, wanted: number): void {
  if (self.get('primaryAddress') !== 0) refuse();
  const found = line(self).install(channelOf(self), wanted);
  if (found === undefined) return silent();
  self.set('primaryAddress', found.address, 'method');
  for (const name of ['identificationNumber', 'manufacturerId', 'version', 'deviceType'] as const)
    self.set(name, found[name], 'method');
  setKeyStatus(self, 'no-encryption-key');
  raise(self, 'mbusInstalled');
}
function deinstall(self: Self): void {
  self.set('primaryAddress', 0, 'method');
  self.engine.mbus?.setKey(channelOf(self), new Uint8Array());
  setKeyStatus(self, 'no-encryption-key');
  self.set('captureDefinition', [], 'method');
  if (self.engine.knobs.mbusDeinstall === 'keep-identification') return;
  for (const name of ['identificationNumber', 'manufacturerId', 'version', 'deviceType'] as const)
    self.set(name, 0, 'method');
}

const latest: Behaviour<typeof MBusClient, State> = {
  definition: MBusClient,
  state: () => ({ silent: false }),
  defaults: () => ({
    captureDefinition: [],
    capturePeriod: 0,
    primaryAddress: 0,
    identificationNumber: 0,
    manufacturerId: 0,
    version: 0,
    deviceType: 0,
    accessNumber: 0,
    status: 0,
    alarm: 0,
    configuration: 0,
    encryptionKeyStatus: 'no-encryption-key',
  }),
  start: plan,
  write: {
    capturePeriod(self, period, cause) {
      self.set('capturePeriod', period, cause);
      plan(self);
    },
  },
  methods: {
    slaveInstall: install,
    slaveDeinstall: deinstall,
    capture(self) {
      if (!capture(self)) silent();
    },
    resetAlarm: (self) => self.set('alarm', 0, 'method'),
    synchronizeClock(self) {
      const { engine } = self;
      const wrong = line(self).synchronize(channelOf(self), self.get('primaryAddress'), engine.utc);
      if (wrong === undefined) return silent();
      if (Math.abs(wrong) > engine.knobs.clockSyncLimit) raise(self, 'mbusClockAdjusted');
    },
    dataSend(self, records) {
      if (!line(self).send(channelOf(self), self.get('primaryAddress'), records)) silent();
    },
    setEncryptionKey(self, key) {
      line(self).setKey(channelOf(self), key);
      if (key.length === 0) return setKeyStatus(self, 'no-encryption-key');
      const transferred = keyStatus(self) !== 'no-encryption-key' && keyStatus(self) !== 'encryption-key-set';
      setKeyStatus(self, transferred ? 'encryption-key-set-and-transferred' : 'encryption-key-set');
    },
    transferKey(self, wrapped) {
      if (!line(self).transferKey(channelOf(self), self.get('primaryAddress'), wrapped)) silent();
      const set = keyStatus(self) !== 'no-encryption-key' && keyStatus(self) !== 'encryption-key-transferred';
      setKeyStatus(self, set ? 'encryption-key-set-and-transferred' : 'encryption-key-transferred');
    },
  },
  due: {
    capture(self) {
      capture(self);
      plan(self);
    },
  },
  clockChanged: (self, { kind }) => (kind === 'season' ? undefined : plan(self)),
  powerUp: plan,
};

/**
 * M-Bus client (class 72): reads its device at aligned times over the {@link MBusLine} of the engine. Keys are passed
 * to the line and not kept. The order of key statuses, and that a silent device is reported once and not at each
 * attempt, are our own choices; version 2 is assumed to be like version 1.
 */
export const mbusClientBehaviours: readonly AnyBehaviour[] = inVersions(latest, MBusClientV1, MBusClientV0);
