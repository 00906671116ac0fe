import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outcome } from './support.js';

const session = (hexes: readonly string[], steps: object[]) =>
  outcome('session', { frames: hexes.map((hex) => ({ hex })) }, { steps });
const deblocked = (hex: string, blocks: number) => ({
  blocks,
  octets: hex.length / 2,
  sha256: createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex').toUpperCase(),
  hex,
});

describe('sessions with short names', () => {
  const clock = '090C07E80B15FF081E0F17FF8880';
  const time = { type: 'octet-string', hex: clock.slice(4) };

  it('say what is read, one value as `value` and several as `values`', async () => {
    // In the second request, 04: parameterized access, selector 2, an unsigned.
    const hexes = ['05010204B0', `0C0100${clock}`, '050202FA0004FA10021107', '0C02001105010B'];
    const steps = [
      { apdu: 'read-request', variables: [{ shortName: '04B0' }], roundTrip: true },
      { apdu: 'read-response', value: time, dateTime: { year: 2024, month: 11, hour: 8, deviationMinutes: -120 } },
      {
        variables: [
          { shortName: 'FA00' },
          { shortName: 'FA10', selector: 2, parameter: { type: 'unsigned', value: 7 } },
        ],
        roundTrip: false,
      },
      { values: [{ type: 'unsigned', value: 5 }, { dataAccessError: 'object-unavailable' }] },
    ];
    expect(await session(hexes, steps)).toBe('passed');
    const wrong = (i: number, change: object) =>
      session(
        hexes,
        steps.map((s, j) => (i === j ? { ...s, ...change } : s)),
      );
    expect(await wrong(0, { variables: [{ shortName: '04B1' }] })).toMatch(/^failed/);
    expect(await wrong(1, { value: { ...time, hex: time.hex.replace('07E8', '07E9') } })).toMatch(/^failed/);
    expect(await wrong(2, { variables: [{ shortName: 'FA00' }] })).toMatch(/^failed/);
    expect(await wrong(3, { values: [{ type: 'unsigned', value: 5 }, { dataAccessError: 'success' }] })).toMatch(
      /^failed/,
    );
  });

  it.each([
    ['the list of results', `0100${clock}`],
    ['the value alone, as the Gurux family cuts it', clock],
  ])('join the blocks of a response that carry %s', async (_, whole) => {
    const [a, b] = [whole.slice(0, 12), whole.slice(12)];
    const hexes = [
      '05010204B0',
      `0C01020000010${(a.length / 2).toString(16)}${a}`,
      '0501050001',
      `0C01020100020${(b.length / 2).toString(16)}${b}`,
    ];
    const last = { lastBlock: true, blockNumber: 2, rawData: b, deblocked: deblocked(whole, 2), value: time };
    const steps = [
      { variables: [{ shortName: '04B0' }] },
      { lastBlock: false, blockNumber: 1, rawData: a },
      { variables: [{ blockNumber: 1 }] },
      last,
    ];
    expect(await session(hexes, steps)).toBe('passed');
    for (const change of [
      { deblocked: { ...last.deblocked, blocks: 3 } },
      { deblocked: deblocked(`${whole}00`, 2) },
      { value: { type: 'null-data' } },
    ])
      expect(await session(hexes, [...steps.slice(0, 3), { ...last, ...change }])).toMatch(/^failed/);
  });

  it('join the blocks of a write, with names and value on the last one', async () => {
    const whole = `010204B001${clock}`;
    const [a, b] = [whole.slice(0, 14), whole.slice(14)];
    const block = (lastBlock: string, n: string, raw: string) =>
      `060107${lastBlock}${n}0109${(raw.length / 2).toString(16).padStart(2, '0')}${raw}`;
    const hexes = [block('00', '0001', a), '0D01020001', block('01', '0002', b), '0D0100'];
    const last = {
      lastBlock: true,
      rawData: b,
      deblocked: deblocked(whole, 2),
      variables: [{ shortName: '04B0' }],
      value: time,
    };
    expect(await session(hexes, [{ blockNumber: 1, rawData: a }, {}, last, { results: ['success'] }])).toBe('passed');
    expect(await session(hexes, [{}, {}, { ...last, variables: [{ shortName: '04B8' }] }, {}])).toMatch(/^failed/);
  });

  it('join the blocks of a request to read, and say what is written without blocks', async () => {
    const whole = '0202FA0002FA08';
    const hexes = [
      `050106000001 03${whole.slice(0, 6)}`,
      '0C01030001',
      `050106010002 04${whole.slice(6)}`,
      '06010204B0011107',
    ];
    const steps = [
      { lastBlock: false, rawData: '0202FA' },
      {},
      { lastBlock: true, deblocked: deblocked(whole, 2), variables: [{ shortName: 'FA00' }, { shortName: 'FA08' }] },
      { apdu: 'write-request', variables: [{ shortName: '04B0' }], value: { type: 'unsigned', value: 7 } },
    ];
    expect(await session(hexes, steps)).toBe('passed');
  });
});
