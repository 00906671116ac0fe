import { describe, expect, it } from 'vitest';
import { Data } from '../../src/axdr/data.js';
import { decode } from '../../src/axdr/schema.js';
import { isDlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import { decodeBits, decodeEvent, decodeEventLog, logOf, logOfColumns } from '../../src/idis/decode.js';
import { builtInProfile } from '../../src/idis/profiles.js';

const data = (hex: string) => decode(Data, parseHex(hex));
const p2 = builtInProfile('idis-package-2');
const smr = builtInProfile('smr-5.0.0');

describe('events', () => {
  it('by log name, by profile or event object, or alone', () => {
    expect(decodeEvent(p2, 40, 'fraud')).toMatchObject({
      code: 40,
      name: 'Terminal cover removed',
      confidence: 'high',
    });
    expect(decodeEvent(p2, 40, '0-0:99.98.1*255').name).toBe('Terminal cover removed');
    expect(decodeEvent(p2, 40, '0-0:96.11.1*255').name).toBe('Terminal cover removed');
    expect(decodeEvent(p2, 40).log).toBe('fraud');
    expect(decodeEvent(p2, 40, 'standard')).toEqual({ code: 40 });
  });
  it('255 is the same in every log, unknown codes stay numbers', () => {
    for (const log of ['standard', 'M-Bus', 'M-Bus control 3'])
      expect(decodeEvent(p2, 255, log).name).toBe('Event log cleared');
    expect(decodeEvent(p2, 250, 'standard')).toEqual({ code: 250 });
  });
  it('the same code in another profile', () => {
    expect([
      decodeEvent(p2, 51).name,
      decodeEvent(smr, 51).name,
      decodeEvent(builtInProfile('dsmr-4.2.2'), 51).name,
    ]).toEqual(['Firmware verification failed', 'THD over limit L1', undefined]);
    expect([logOf(p2, '0-0:99.98.4*255')?.name, logOf(smr, '0-0:99.98.4*255')?.name]).toEqual([
      'power quality',
      'communication sessions',
    ]);
  });
  it('a log is what its columns say, not what its number says', () => {
    const clock = { classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2 };
    const columns = (event: string) => [clock, { classId: 1, logicalName: event, attributeIndex: 2 }];
    expect(logOfColumns(p2, columns('0-0:96.11.1*255'))?.name).toBe('fraud');
    expect(logOfColumns(p2, columns('0-0:96.11.9*255'))).toBeUndefined();
    const buffer = data(
      '0103 0202 090C07E30C1001073B28FF8000FF 1128 0202 00 11FF 0202 090C07E30C1001073B28FF8000FF 00',
    );
    const rows = decodeEventLog(p2, columns('0-0:96.11.1*255'), buffer);
    expect(rows.map((r) => [r.dateTime?.year, r.event?.name, r.others.length])).toEqual([
      [2019, 'Terminal cover removed', 0],
      [undefined, 'Event log cleared', 0],
      [2019, undefined, 0],
    ]);
  });
  it('keeps the other columns', () => {
    const columns = [
      { classId: 1, logicalName: '0-0:96.11.2*255', attributeIndex: 2 },
      { classId: 71, logicalName: '0-0:17.0.0*255', attributeIndex: 3 },
    ];
    const [row] = decodeEventLog(p2, columns, data('0101 0202 1141 0600000C80'));
    expect(row).toMatchObject({
      event: { name: 'Limiter threshold exceeded' },
      others: [{ logicalName: '0-0:17.0.0*255', value: { value: 3200 } }],
    });
    expect(decodeEventLog(p2, columns, data('1101'))).toEqual([]);
  });
});

describe('bits', () => {
  it('of alarm registers, filters and descriptors, also unknown ones', () => {
    const bits = (id: string, hex: string) => decodeBits(p2, id, data(hex)).map((b) => b.name ?? b.bit);
    expect(bits('0-0:97.98.0*255', '0680002005')).toEqual([
      'Clock invalid',
      2,
      'Fraud attempt',
      'M-Bus battery low channel 4',
    ]);
    expect(bits('0-0:97.98.21*255', '0680000001')).toEqual(['Power down', 'Disconnect or reconnect failure']);
    expect(bits('alarm 2', '0600800000')).toEqual([23]);
    expect(bits('0-0:97.97.0*255', '1203ff')).toEqual([
      'Clock invalid',
      'Replace battery',
      2,
      3,
      4,
      5,
      6,
      7,
      'Program memory error',
      'RAM error',
    ]);
    expect(bits('profile status', '11ff')).toEqual([
      'Critical error',
      'Clock invalid',
      'Data not valid',
      'Daylight saving active',
      4,
      'Clock adjusted',
      6,
      'Power down',
    ]);
    expect(bits('0-0:97.98.5*255', '1103')).toEqual([0, 1]);
    expect(bits('M-Bus alarm', '1181')).toEqual(['Battery replacement', 'Local connection']);
  });
  it('other meanings in SMR', () => {
    expect(decodeBits(smr, '0-0:97.98.0*255', data('0621000004')).map((b) => b.name)).toEqual([
      'Power up',
      'New M-Bus device discovered channel 1',
      'Phase outage',
    ]);
    expect(decodeBits(builtInProfile('dsmr-2.2'), '0-0:97.98.0*255', data('0600000004'))).toEqual([{ bit: 2 }]);
    expect(decodeBits(smr, '0-0:96.10.2*255', data('1140'))[0]?.name).toBe('Recovered value');
  });
  it('refuses what is no status word', () => {
    try {
      decodeBits(p2, 'alarm 1', data('0A0141'));
      expect.unreachable();
    } catch (e) {
      expect(isDlmsError(e, 'encode/invalid-value')).toBe(true);
    }
  });
});
