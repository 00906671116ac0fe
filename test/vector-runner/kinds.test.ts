import { describe, expect, it } from 'vitest';
import { outcome, vector } from './support.js';

const keys = {
  encryptionKey: '000102030405060708090A0B0C0D0E0F',
  authenticationKey: 'D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF',
  systemTitle: '4D4D4D0000BC614E',
};
const first = 'C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B';
const run = (kind: string, input: object, params: object, expected: object) => outcome(kind, input, expected, params);

describe('kinds that the project has no vectors of', () => {
  it('axdr-stream: values in a row are found with where they end', async () => {
    const expected = { items: [{ type: 'unsigned', value: 1 }, { type: 'null-data' }], endOffsets: [2, 3] };
    expect(await run('axdr-stream', { hex: '110100' }, {}, expected)).toBe('passed');
    expect(await run('axdr-stream', { hex: '110100' }, {}, { ...expected, endOffsets: [2, 4] })).toMatch(/^failed/);
  });
  it('reject-sequence: a message is taken once', async () => {
    const altered = `${first.slice(0, -2)}6C`;
    const sequence = { cases: [altered, first, first] };
    expect(await run('reject-sequence', sequence, keys, { outcomes: ['reject', 'accept', 'reject'] })).toBe('passed');
    expect(
      await run('reject-sequence', sequence, keys, {
        outcomes: [{ outcome: 'reject', error: 'wrong-key' }, 'accept', 'replay'],
      }),
    ).toBe('passed');
    expect(await run('reject-sequence', sequence, keys, { outcomes: ['reject', 'accept', 'accept'] })).toMatch(
      /^failed/,
    );
    expect(await run('reject-sequence', sequence, keys, { outcomes: ['replay', 'accept', 'reject'] })).toMatch(
      /^failed/,
    );
  });
  it('counter-rule: a fresh peer begins with 0, a known one above its last counter', async () => {
    const input = { counters: [0, 0, 1, 5, 4, 6] };
    expect(
      await run('counter-rule', input, {}, { outcomes: ['accept', 'reject', 'accept', 'accept', 'reject', 'accept'] }),
    ).toBe('passed');
    expect(
      await run('counter-rule', input, { lastAccepted: 5 }, { outcomes: [false, false, false, false, false, true] }),
    ).toBe('passed');
    expect(
      await run('counter-rule', input, {}, { outcomes: ['accept', 'accept', 'accept', 'accept', 'reject', 'accept'] }),
    ).toMatch(/^failed/);
  });
  it('unprotect-raw: a wrong tag fails unless the vector says that it was not verified', async () => {
    const params = {
      key: keys.encryptionKey,
      authenticationKey: keys.authenticationKey,
      iv: '4D4D4D0000BC614E01234567',
      securityControl: '30',
    };
    const plaintext = 'C0010000080000010000FF0200';
    const input = { hex: '411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B' };
    expect(await run('unprotect-raw', input, params, { plaintext })).toBe('passed');
    const altered = { hex: input.hex.replace(/B$/, 'C') };
    expect(await run('unprotect-raw', altered, params, { plaintext })).toMatch(/^failed/);
    expect(await run('unprotect-raw', altered, { ...params, tagVerified: false }, { plaintext })).toBe('passed');
  });
  it('hdlc-parameters, mode-e-ack: octets are read', async () => {
    const parameters = { maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 };
    expect(
      await run(
        'hdlc-parameters',
        { cases: ['8180140502008006020080070400000001080400000001'] },
        {},
        { cases: [parameters] },
      ),
    ).toBe('passed');
    expect(
      await run('mode-e-ack', { hex: '063235320D0A' }, {}, { protocolControl: '2', baud: 9600, modeControl: '2' }),
    ).toBe('passed');
  });
  it('block-session: the blocks of a long get are joined and read as a value', async () => {
    const apdus = [
      'C001C100010000800000FF0200',
      'C402C1000000000100020904',
      'C002C100000001',
      'C402C101000000020004DEADBEEF',
    ].map((a) => ({ hex: a }));
    const expected = {
      steps: [
        { apdu: 'get-request/normal', attribute: { classId: 1, logicalName: '0.0.128.0.0.255', attribute: 2 } },
        { apdu: 'get-response/with-datablock', lastBlock: false, blockNumber: 1 },
        { apdu: 'get-request/next', blockNumber: 1 },
        {
          apdu: 'get-response/with-datablock',
          lastBlock: true,
          deblocked: { blocks: 2, octets: 6, hex: '0904DEADBEEF' },
          value: { type: 'octet-string', hex: 'DEADBEEF' },
        },
      ],
    };
    expect(await run('block-session', { apdus }, {}, expected)).toBe('passed');
  });
  it('gbt-session: the blocks of each direction are joined', async () => {
    const request = 'C001C100010000800000FF0200';
    const apdus = [
      { direction: 'client', hex: `E0410001000007${request.slice(0, 14)}` },
      { direction: 'client', hex: `E0810002000006${request.slice(14)}` },
      // An acknowledgement alone.
      { direction: 'server', hex: 'E0810001000200' },
    ];
    const steps = [
      { apdu: 'general-block-transfer', blockNumber: 1, lastBlock: false, streaming: true, window: 1 },
      {
        apdu: 'general-block-transfer',
        blockNumber: 2,
        lastBlock: true,
        deblocked: { blocks: 2, octets: 13, hex: request },
        attribute: { classId: 1, logicalName: '0.0.128.0.0.255', attribute: 2 },
      },
      { apdu: 'general-block-transfer', blockData: '' },
    ];
    expect(await run('gbt-session', { apdus }, {}, { steps, reassembled: request })).toBe('passed');
    expect(await run('gbt-session', { apdus }, {}, { steps, reassembled: `${request.slice(0, -2)}01` })).toMatch(
      /^failed/,
    );
  });
  it('session: the dedicated key of an association opens what follows', async () => {
    const vectors = (id: string): string => (vector(id).input as { hex: string }).hex;
    const user = vectors('s0-session-initiate-request');
    const aarq = `6054A109060760857405080103A60A04084349520000000001BE340432${user}`;
    const length = (aarq.length - 4) / 2;
    const apdus = [
      { direction: 'client', hex: `60${length.toString(16).padStart(2, '0')}${aarq.slice(4)}` },
      { direction: 'client', hex: vectors('s0-session-ded-get-request') },
    ];
    const params = {
      framing: 'none',
      encryptionKey: '00112233445566778899AABBCCDDEEFF',
      authenticationKey: '00112233445566778899AABBCCDDEEFF',
    };
    const steps = [
      {
        acse: { apdu: 'AARQ', callingApTitle: '4349520000000001' },
        ciphering: 'glo-initiate-request',
        invocationCounter: 89,
      },
      {
        ciphering: 'ded-get-request',
        key: 'dedicated',
        plaintext: 'C001C100080000010000FF0200',
        apdu: 'get-request/normal',
        attribute: { classId: 8, logicalName: '0.0.1.0.0.255', attribute: 2 },
      },
    ];
    expect(await run('session', { frames: apdus }, params, { steps })).toBe('passed');
    expect(
      await run(
        'session',
        { frames: apdus },
        { ...params, encryptionKey: 'FF112233445566778899AABBCCDDEEFF' },
        { steps },
      ),
    ).toMatch(/^failed/);
  });
});
