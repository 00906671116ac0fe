import { describe, expect, it } from 'vitest';
import { ExtendedRegister } from '../../src/cosem/classes/extended-register.js';
import { MBusClientV1 } from '../../src/cosem/classes/mbus-client.js';
import type { MBusLine, MBusTelegram } from '../../src/meter/index.js';
import { aMeter, anEventLog, bits, rowsOf } from './a-meter.js';

const identity = { identificationNumber: 7, manufacturerId: 1, version: 2, deviceType: 3 };
const telegram: MBusTelegram = {
  ...identity,
  values: [42, undefined],
  accessNumber: 1,
  status: 0,
  alarm: 3,
  encrypted: false,
};

function aClient(line: Partial<MBusLine>) {
  const engine = aMeter();
  const log = anEventLog(engine, [110, 111, 112, 113, 115], 3);
  const client = engine.add(MBusClientV1, '0-2:24.1.0*255', { capturePeriod: 3600, primaryAddress: 1 });
  const value = engine.add(ExtendedRegister, '0-2:24.2.1*255', { value: bits(5) as never });
  engine.mbus = {
    read: () => undefined,
    install: () => undefined,
    transferKey: () => false,
    setKey: () => undefined,
    send: () => false,
    synchronize: () => undefined,
    ...line,
  };
  engine.start();
  return { engine, log, client, value };
}

describe('M-Bus client', () => {
  it('tells once that a device is silent, and once that it answers again, with the codes of its channel', () => {
    let there = true;
    const { engine, log, value } = aClient({ read: () => (there ? telegram : undefined) });
    engine.advanceTo(1.5 * 3_600_000);
    there = false;
    engine.advanceTo(4.5 * 3_600_000);
    there = true;
    engine.advanceTo(5 * 3_600_000);
    expect(rowsOf(log)).toEqual([
      ['11:00:00', 112],
      ['11:00:00', 113],
      ['12:00:00', 110],
      ['15:00:00', 111],
    ]);
    expect(value.get('value')).toEqual(bits(42));
  });
  it('answers that the device is silent, and changes nothing', () => {
    const { client } = aClient({});
    for (const [method, parameter] of [
      ['capture', 0],
      ['transferKey', new Uint8Array(24)],
      ['dataSend', []],
      ['synchronizeClock', 0],
    ] as const)
      expect(() => client.invoke(method, parameter, 'client')).toThrow('temporary-failure');
    expect(client.get('encryptionKeyStatus')).toBe('no-encryption-key');
  });
  it('a channel that is bound is not bound again, and one that was freed is', () => {
    const { client, log } = aClient({ install: (_, address) => ({ ...identity, address: address || 9 }) });
    expect(() => client.invoke('slaveInstall', 2, 'client')).toThrow('other-reason');
    client.invoke('slaveDeinstall', 0, 'client');
    client.invoke('slaveInstall', 0, 'client');
    expect([client.get('primaryAddress'), client.get('identificationNumber')]).toEqual([9, 7]);
    expect(rowsOf(log)).toEqual([['10:00:00', 115]]);
  });
});
