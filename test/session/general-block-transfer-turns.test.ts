import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { GbtEndpoint } from '../../src/session/index.js';
import { Apdu, type GeneralBlockTransfer } from '../../src/xdlms/index.js';

const octets = (n: number, salt = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * 7 + salt) & 0xff);
const block = (
  control: Partial<GeneralBlockTransfer['blockControl']>,
  blockNumber: number,
  blockNumberAck: number,
  blockData: Uint8Array = octets(0),
): Uint8Array =>
  encode(Apdu, {
    type: 'general-block-transfer',
    blockControl: { lastBlock: false, streaming: false, window: 8, ...control },
    blockNumber,
    blockNumberAck,
    blockData,
  });
/** `2~/1`: block 2, more follow at once, block 1 of the peer is here; `.` for the last block, `ack` for one without data. */
const shape = (bytes: Uint8Array): string => {
  const b = decode(Apdu, bytes);
  if (b.type !== 'general-block-transfer') return b.type;
  const { streaming, lastBlock } = b.blockControl;
  return `${b.blockNumber}${streaming ? '~' : ''}${lastBlock ? '.' : ''}/${b.blockNumberAck}${b.blockData.length === 0 ? ' ack' : ''}`;
};

describe('whose turn it is in a general block transfer', () => {
  it('the acknowledgement of the last block is not acknowledged: both sides would go on for ever', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    expect(endpoint.begin(octets(20)).map(shape)).toEqual(['1/0']);
    expect(endpoint.receive(block({}, 1, 1)).send.map(shape)).toEqual(['2./1']);
    expect(endpoint.receive(block({}, 2, 2))).toEqual({ send: [] });
    expect(endpoint.receive(block({}, 3, 2))).toEqual({ send: [], ignored: true });
  });
  it('what was acknowledged together with data was no lost turn: the next one has the whole window', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(400));
    expect(
      endpoint
        .receive(block({}, 1, 1))
        .send.map(shape)
        .at(-1),
    ).toBe('9/1');
    // The peer has all nine and says so in a block of its own.
    endpoint.receive(block({ streaming: true }, 2, 9, octets(4)));
    expect(endpoint.receive(block({}, 3, 9)).send).toHaveLength(8);
  });
  it('a repeated last block is acknowledged by its number, whatever number an acknowledgement before it had', () => {
    const endpoint = new GbtEndpoint({ sendSize: 19 });
    endpoint.begin(octets(40));
    endpoint.receive(block({ streaming: true, window: 1 }, 1, 1, octets(4)));
    endpoint.receive(block({ window: 1 }, 9, 1));
    expect(endpoint.receive(block({ lastBlock: true }, 2, 1, octets(4, 1))).complete).toHaveLength(8);
    // Before there is an answer: it has block 2, and there never was a block 9.
    const [again = octets(0)] = endpoint.receive(block({ lastBlock: true }, 2, 1, octets(4, 1))).send;
    expect(shape(again)).toMatch(/\/2 ack$/);
  });
  it('an answer to a request that was forgotten meanwhile does not spoil the next one', () => {
    const endpoint = new GbtEndpoint({ receiveTotal: 100 });
    endpoint.receive(block({ streaming: true }, 1, 0, octets(4)));
    expect(endpoint.receive(block({ lastBlock: true }, 2, 0, octets(4))).complete).toHaveLength(8);
    // While the request is served, somebody sends too much.
    expect(() => endpoint.receive(block({ lastBlock: true }, 1, 0, octets(101)))).toThrowError(
      expect.objectContaining({ code: 'decode/too-large' }),
    );
    endpoint.answer(octets(5));
    endpoint.receive(block({ streaming: true }, 1, 0, octets(4)));
    expect(endpoint.receive(block({ lastBlock: true }, 2, 0, octets(4))).complete).toHaveLength(8);
  });
});
