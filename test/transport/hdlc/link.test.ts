import { describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../../src/core/hex.js';
import {
  decodeFrmr,
  decodeHdlcControl,
  decodeHdlcFrame,
  decodeHdlcParameters,
  encodeFrmr,
  encodeHdlcParameters,
  type HdlcControl,
  type HdlcLinkInput,
  hdlcLinkDeadline,
} from '../../../src/transport/hdlc/index.js';
import {
  a32,
  connect,
  disconnect,
  type Input,
  nothing,
  reply,
  send,
  snrm7,
  tick,
  transcript,
  ua,
  up,
  want,
  wide,
} from './transcript.js';

describe('client', () => {
  it('connects, asks, is answered and leaves', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [5, 'UAP', ['connected']],
      [6, send('C001'), ['I0/0P C001']],
      [9, 'I0/1P C401', ['apdu C401']],
      [10, send('C002'), ['I1/1P C002']],
      [12, 'I1/2P C402', ['apdu C402']],
      [13, disconnect, ['DISCP']],
      [14, 'UAP', ['disconnected local']],
    ]);
  });
  it('repeats SNRM and says when nobody answers', () => {
    const state = transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [999, tick, []],
      [1000, tick, ['SNRMP']],
      [2000, tick, ['SNRMP']],
      [3000, tick, ['failed transport/timeout']],
      [4001, connect, ['SNRMP']],
    ]);
    expect(hdlcLinkDeadline(state)).toBe(5001);
  });
  it('waits for late answers of the former link before it begins a new one, and passes over them', () => {
    const lost: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C001'), ['I0/0P C001']],
      [1002, tick, ['I0/0P C001']],
      [2002, tick, ['I0/0P C001']],
      [3002, tick, ['failed transport/timeout']],
    ];
    // Three polls are not answered. Answers come, but each of them can be a double, so the new link begins when all are long overdue.
    transcript('client', {}, [
      ...lost,
      [3003, connect, []],
      [3010, 'I0/1P C401', ['ignored protocol/link remote']],
      [3020, 'UAP', ['ignored protocol/link remote']],
      [3030, 'RR/1P', ['ignored protocol/link remote']],
      [4001, tick, []],
      [4002, tick, ['SNRMP']],
      [4003, 'UAP', ['connected']],
      [4004, send('C002'), ['I0/0P C002']],
      [4005, 'I0/1P C402', ['apdu C402']],
    ]);
    transcript('client', { drainMs: 50 }, [...lost, [3003, connect, []], [3052, tick, ['SNRMP']]]);
    transcript('client', {}, [...lost, [3003, connect, []], [3004, disconnect, ['DISCP']]]);
    // What went wrong long ago holds up nobody.
    transcript('client', {}, [...lost, [4002, connect, ['SNRMP']]]);
    transcript('client', {}, [
      ...lost.slice(0, 4),
      [1003, 'I0/1P C401', ['apdu C401']],
      [1004, 'RR/1P', ['ignored protocol/link remote']],
      [1005, disconnect, ['DISCP']],
      [1006, 'UAP', ['disconnected local']],
      [1007, connect, []],
      [2004, tick, []],
      [2005, tick, ['SNRMP']],
    ]);
  });
  it('does not add up polls that were lost with answers in between', () => {
    const lostOnce = (at: number): [number, Input, string[]][] => [
      [at, tick, ['RR/0P']],
      [at + 1000, tick, ['RR/0P']],
      [at + 1000, 'RR/0P', []],
    ];
    const up: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [0, 'UAP', ['connected']],
      [0, { type: 'want', wanted: true }, []],
    ];
    const times = [100, 1200, 2300, 3400, 4500];
    const state = transcript('client', { retries: 1 }, [...up, ...times.flatMap(lostOnce)]);
    expect(state.phase).toBe('idle');
    // The same with a server that is not ready; how long it may be so is another limit.
    transcript('client', { retries: 1, busyTimeoutMs: 60_000 }, [
      ...up.slice(0, 2),
      [0, send('C001'), ['I0/0P C001']],
      [0, 'RNR/0P', []],
      ...[100, 1200, 2300].flatMap((at): [number, Input, string[]][] => [
        [at, tick, ['RR/0P']],
        [at + 1000, tick, ['RR/0P']],
        [at + 1000, 'RNR/0P', []],
      ]),
    ]);
  });
  it('does not take a double of the first UA for the answer to DISC and begin the next link over frames of this one', () => {
    const begun: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C001'), ['I0/0P C001']],
      [3, 'I0/1P C401', ['apdu C401']],
    ];
    transcript('client', {}, [
      ...begun,
      [4, disconnect, ['DISCP']],
      [5, 'UAP', ['disconnected local']],
      [6, connect, []],
      [7, 'I0/1P C401', ['ignored protocol/link remote']],
      [8, 'UAP', ['ignored protocol/link remote']],
      [1003, tick, []],
      [1004, tick, ['SNRMP']],
    ]);
    // Two turns later no such double can come: the next link begins at once, and so it does on a line that doubles nothing.
    transcript('client', {}, [
      ...begun,
      [4, send('C002'), ['I1/1P C002']],
      [5, 'I1/2P C402', ['apdu C402']],
      [6, disconnect, ['DISCP']],
      [7, 'UAP', ['disconnected local']],
      [8, connect, ['SNRMP']],
    ]);
    transcript('client', { drainMs: 0 }, [
      ...begun,
      [4, disconnect, ['DISCP']],
      [5, 'UAP', ['disconnected local']],
      [6, connect, ['SNRMP']],
    ]);
  });
  it('a command that is still on the line when its link fails is not carried out in the next link', () => {
    // The UA came twice and is no answer to the command, nor is the old DM.
    for (const ending of ['UAP', 'DMP', 'FRMRP 540010', 'I0/3P 01'])
      transcript('client', { drainMs: 400 }, [
        [0, connect, ['SNRMP']],
        [1, 'UAP', ['connected']],
        [2, send('C301'), ['I0/0P C301']],
        [3, ending, ['failed protocol/link remote']],
        [4, connect, []],
        [300, 'I0/1P C701', ['ignored protocol/link remote']],
        [402, tick, []],
        [403, tick, ['SNRMP']],
      ]);
    // Without a word from the server the link ends by itself.
    transcript('client', { drainMs: 400, inactivityTimeoutMs: 500 }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C301'), ['I0/0P C301']],
      [501, tick, ['disconnected local']],
      [502, connect, []],
      [901, tick, ['SNRMP']],
    ]);
  });
  it('a new link still begins when nobody waits for an APDU any more while the former one drains', () => {
    transcript('client', { retries: 0 }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C001'), ['I0/0P C001']],
      [1002, tick, ['failed transport/timeout']],
      [1003, connect, []],
      [1004, want, []],
      [1005, { type: 'want', wanted: false }, []],
      [2002, tick, ['SNRMP']],
    ]);
  });
  it('the inactivity time-out counts while the link is up, so an opening that nobody answers ends by its own time-out', () => {
    transcript('client', { inactivityTimeoutMs: 1500 }, [
      [0, connect, ['SNRMP']],
      [1, 'I0/0P C4', ['ignored protocol/link remote']],
      [1000, tick, ['SNRMP']],
      [1501, tick, []],
      [2000, tick, ['SNRMP']],
      [3000, tick, ['failed transport/timeout']],
    ]);
  });
  it('an injected SNRM shows by its UA: nothing is sent to the new link that the former one may have carried out', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C301'), ['I0/0P C301']],
      [3, 'UAP', ['failed protocol/link remote']],
    ]);
    // The answer to an SNRM of our own, repeated before the first UA came, is awaited.
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1000, tick, ['SNRMP']],
      [1001, 'UAP', ['connected']],
      [1002, send('C301'), ['I0/0P C301']],
      [1003, 'UAP', ['ignored protocol/link remote']],
      [1004, 'UAP', ['failed protocol/link remote']],
    ]);
  });
  it('an injected DM or FRMR without a poll changes nothing', () => {
    for (const injected of ['DMP', 'FRMRP 540010'])
      transcript('client', {}, [
        [0, connect, ['SNRMP']],
        [1, 'UAP', ['connected']],
        [2, injected, ['ignored protocol/link remote']],
        [3, send('C001'), ['I0/0P C001']],
        [4, 'I0/1P C401', ['apdu C401']],
        [5, injected, ['ignored protocol/link remote']],
        [6, send('C002'), ['I1/1P C002']],
        [7, injected, ['failed protocol/link remote']],
      ]);
  });
  it('a foreign I frame that acknowledges what was not sent is passed over, by either side', () => {
    transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, ua, ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'I0/5+ FF', ['ignored protocol/link remote']],
      [4, 'I0/1+ 01', []],
      [5, 'I1/1P 02', ['apdu 0102']],
    ]);
    transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/3+ FF', ['ignored protocol/link remote']],
      [2, 'I0/0+ 01', []],
      [3, 'I1/0P 02', ['apdu 0102']],
    ]);
  });
  it('keeps no timer when nothing is under way', () => {
    const state = transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [5, 'UAP', ['connected']],
    ]);
    expect(hdlcLinkDeadline(state)).toBe(Number.POSITIVE_INFINITY);
  });
  it('negotiates: what it sends by the smaller of both, also with a server that states its own maximum', () => {
    const state = transcript(
      'client',
      { maxInfoTransmit: 500, maxInfoReceive: 600, windowTransmit: 3, windowReceive: 2 },
      [
        [
          0,
          connect,
          [
            `SNRMP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 500, maxInfoReceive: 600, windowTransmit: 3, windowReceive: 2 }))}`,
          ],
        ],
        [
          1,
          `UAP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 2030, maxInfoReceive: 200, windowTransmit: 7, windowReceive: 7 }))}`,
          ['connected'],
        ],
      ],
    );
    expect(up(state).parameters).toEqual({
      maxInfoTransmit: 200,
      maxInfoReceive: 2030,
      windowTransmit: 3,
      windowReceive: 7,
    });
    const plain = transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, 'UAP', ['connected']],
    ]);
    expect(up(plain).parameters).toEqual({
      maxInfoTransmit: 32,
      maxInfoReceive: 128,
      windowTransmit: 1,
      windowReceive: 7,
    });
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP 8280', ['failed decode/unexpected-tag']],
    ]);
  });
  it('segments, uses the whole window, and polls for segments of the answer', () => {
    const numbers = (from: number, n: number) =>
      Array.from({ length: n }, (_, i) => `I${(from + i) & 7}/0${i === n - 1 ? 'P' : ''}+ ${a32}`);
    transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, ua, ['connected']],
      [2, send('AA'.repeat(32 * 15 - 1)), numbers(0, 7)],
      [3, 'RR/7P', numbers(7, 7)],
      [4, 'RR/6P', [`I6/0P ${'AA'.repeat(31)}`]],
      [5, 'I0/7+ 01', []],
      [6, 'I1/7P+ 02', ['RR/2P']],
      [7, 'I2/7P 03', ['apdu 010203']],
    ]);
  });
  it('repeats a single frame after silence, and goes on where the server stands', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C001'), ['I0/0P C001']],
      [1002, tick, ['I0/0P C001']],
      [1003, 'I0/1P C401', ['apdu C401']],
      [1004, send('C002'), ['I1/1P C002']],
      [2004, tick, ['I1/1P C002']],
      [3004, tick, ['I1/1P C002']],
      [4004, tick, ['failed transport/timeout']],
    ]);
  });
  it('asks with RR after silence when several frames are under way, and sends again from N(R)', () => {
    const long = 'AA'.repeat(96);
    transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, ua, ['connected']],
      [2, send(long), [`I0/0+ ${a32}`, `I1/0+ ${a32}`, `I2/0P ${a32}`]],
      [1002, tick, ['RR/0P']],
      // Careful after a loss: one frame at a time for a while.
      [1003, 'RR/1P', [`I1/0P+ ${a32}`]],
      [1004, 'RR/2P', [`I2/0P ${a32}`]],
      [1005, 'I0/3P 01', ['apdu 01']],
    ]);
  });
  it('does not believe an answer without news the first time, and asks', () => {
    transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, ua, ['connected']],
      [2, send('AA'.repeat(64)), [`I0/0+ ${a32}`, `I1/0P ${a32}`]],
      [3, 'RR/0P', ['ignored protocol/link remote']],
      [102, tick, []],
      [103, tick, ['RR/0P']],
      [104, 'RR/0P', [`I0/0P+ ${a32}`]],
      [105, 'RR/1P', [`I1/0P ${a32}`]],
      [106, 'RR/0P', ['ignored protocol/link remote']],
      // The real answer comes behind the old one.
      [107, 'I0/2P 01', ['apdu 01']],
    ]);
  });
  it('passes over repeated frames and asks for what a gap left out', () => {
    transcript('client', wide, [
      [0, connect, [snrm7]],
      [1, ua, ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'I0/1+ 01', []],
      [4, 'I2/1P+ 03', ['ignored protocol/link remote', 'RR/1P']],
      [5, 'I1/1+ 02', []],
      [6, 'I2/1P+ 03', ['RR/3P']],
      [7, 'I2/1P+ 03', ['ignored protocol/link remote', 'ignored protocol/link remote']],
      [8, 'I3/1P 04', ['apdu 01020304']],
      [9, 'I3/1P 04', ['ignored protocol/link remote', 'ignored protocol/link remote']],
    ]);
  });
  it('gives up when the server answers for ever without progress', () => {
    const rows: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
    ];
    for (let i = 0; i < 3; i++) {
      const now = 1000 * (i + 1);
      rows.push(
        [now, 'RR/0P', ['ignored protocol/link remote']],
        [now + 100, tick, ['RR/0P']],
        [now + 101, 'RR/0P', [i < 2 ? 'I0/0P C0' : 'failed protocol/link remote']],
      );
    }
    transcript('client', {}, rows);
  });
  it('waits while the server is not ready, but not for ever', () => {
    transcript('client', { busyTimeoutMs: 350 }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'RNR/0P', []],
      [103, tick, ['RR/0P']],
      [104, 'RNR/0P', []],
      [204, tick, ['RR/0P']],
      [205, 'RR/0P', ['I0/0P C0']],
      [206, 'RNR/0P', []],
      [306, tick, ['RR/0P']],
      [310, 'RNR/0P', []],
      [410, tick, ['RR/0P']],
      [411, 'RNR/0P', []],
      [556, tick, ['failed protocol/link remote']],
    ]);
  });
  it('asks again for an answer that takes long, only while somebody waits for it', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'RR/1P', []],
      [500, tick, []],
      [500, want, []],
      [600, tick, ['RR/0P']],
      [601, 'RR/1P', []],
      [701, tick, ['RR/0P']],
      [702, 'I0/1P C4', ['apdu C4']],
      [703, { type: 'want', wanted: false }, []],
      [2000, tick, []],
    ]);
  });
  it('takes a late answer that comes without having been asked for', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'RR/1P', []],
      [4, 'I0/1P C4', ['apdu C4']],
      [5, 'RR/1P', ['ignored protocol/link remote']],
    ]);
  });
  it('ends on FRMR, DM, a UA that resets, a too long field, a wrong N(R)', () => {
    const up: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'I0/1P C4', ['apdu C4']],
      [4, send('C1'), ['I1/1P C1']],
    ];
    for (const bad of ['FRMRP 540010', 'DMP', 'UAP', `I1/2P ${'00'.repeat(129)}`, 'I1/5P 01', 'I1/2P+'])
      transcript('client', {}, [
        ...up,
        [5, bad, ['failed protocol/link remote']],
        [6, send('C2'), ['refused protocol/link local']],
        [7, connect, []],
        [1005, tick, ['SNRMP']],
        [1006, 'UAP', ['connected']],
      ]);
    transcript('client', {}, [
      ...up,
      [5, 'SNRMP', ['ignored protocol/link remote']],
      [6, 'DISCP', ['ignored protocol/link remote']],
      [7, '?P', ['ignored protocol/link remote']],
    ]);
    transcript('client', {}, [...up.slice(0, 2), [2, 'UAP', ['ignored protocol/link remote']]]);
  });
  it('believes a wrong N(R) without data only when it is repeated', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, 'RR/5P', ['ignored protocol/link remote']],
      [103, tick, ['RR/0P']],
      [104, 'RR/5P', ['failed protocol/link remote']],
    ]);
  });
  it('is refused by DM, twice to be sure', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'DMP', ['SNRMP']],
      [2, 'DMP', ['failed protocol/link remote']],
      [3, connect, ['SNRMP']],
      [4, 'FRMRP 930001', ['failed protocol/link remote']],
      [5, connect, ['SNRMP']],
      [6, 'I0/0P 01', ['ignored protocol/link remote']],
      [7, 'UAP', ['connected']],
    ]);
  });
  it('leaves when the answer is there, late or never', () => {
    const up: [number, Input, string[]][] = [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [3, disconnect, []],
      [3, send('C1'), ['refused protocol/link local']],
    ];
    transcript('client', {}, [...up, [4, 'I0/1P C4', ['apdu C4', 'DISCP']], [5, 'DMP', ['disconnected local']]]);
    transcript('client', {}, [
      ...up,
      [1002, tick, ['DISCP']],
      [1003, 'RR/1P', ['ignored protocol/link remote']],
      [2002, tick, ['DISCP']],
      [3002, tick, ['disconnected local']],
    ]);
    transcript('client', {}, [
      [0, disconnect, ['disconnected local']],
      [0, connect, ['SNRMP']],
      [1, disconnect, ['DISCP']],
      [2, disconnect, []],
      [2, 'UAP', ['disconnected local']],
      [3, 'RR/0P', ['ignored protocol/link remote']],
    ]);
  });
  it('gives and takes UI', () => {
    transcript('client', {}, [
      [0, { type: 'ui', apdu: parseHex('AB') }, ['UI AB']],
      [0, connect, ['SNRMP']],
      [1, { type: 'ui', apdu: parseHex('CD') }, []],
      [2, 'UIP 0F', ['ui 0F']],
      [3, 'UAP', ['connected', 'UI CD']],
    ]);
  });
  it('refuses data while it is not ready itself', () => {
    transcript('client', {}, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P C0']],
      [2, { type: 'busy', busy: true }, []],
      [3, 'I0/1P+ 01', ['ignored protocol/link remote']],
      [4, want, []],
      [5, { type: 'busy', busy: false }, []],
      [105, tick, ['RR/0P']],
      [106, 'I0/1P 01', ['apdu 01']],
    ]);
  });
  it('drops the link after inactivity when told to', () => {
    transcript('client', { inactivityTimeoutMs: 5000 }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [5000, tick, []],
      [5001, tick, ['disconnected local']],
    ]);
  });
  it('bounds what it takes and what it keeps', () => {
    transcript('client', { maxApduOctets: 5, maxQueuedOctets: 4 }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('0102030405'), ['refused protocol/link local']],
      [3, send('01020304'), ['I0/0P 01020304']],
      [4, 'I0/1P+ 010203', ['RR/1P']],
      [5, 'I1/1P+ 040506', ['failed decode/too-large']],
    ]);
  });
  it('takes LLC headers off and refuses APDUs without', () => {
    transcript('client', { llc: true }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P E6E600C0']],
      [3, 'I0/1P E6E700C4', ['apdu C4']],
      [4, send('C0'), ['I1/1P E6E600C0']],
      [5, 'I1/2P E6E800C4', ['failed decode/framing']],
    ]);
  });
  it('takes responses with the LLC header of commands, as jDLMS sends them, and names that once', () => {
    transcript('client', { llc: true }, [
      [0, connect, ['SNRMP']],
      [1, 'UAP', ['connected']],
      [2, send('C0'), ['I0/0P E6E600C0']],
      [3, 'I0/1P E6E600C4', ['quirk hdlc-command-llc', 'apdu C4']],
      [4, send('C0'), ['I1/1P E6E600C0']],
      [5, 'I1/2P E6E600C5', ['apdu C5']],
    ]);
  });
  it('sends its parameters with SNRM when told to, though they are the defaults', () => {
    transcript('client', { sendParameters: true }, [
      [
        0,
        connect,
        [
          `SNRMP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 }))}`,
        ],
      ],
      [1, 'UAP', ['connected']],
    ]);
  });
});

describe('server', () => {
  it('accepts, answers and lets go', () => {
    transcript('server', {}, [
      [
        0,
        'SNRMP',
        [
          `UAP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 128, maxInfoReceive: 128, windowTransmit: 1, windowReceive: 1 }))}`,
          'connected',
        ],
      ],
      [1, 'I0/0P C001', ['apdu C001']],
      [2, reply('C401'), ['I0/1P C401']],
      [3, 'I1/1P C002', ['apdu C002']],
      [4, reply(), ['RR/2P']],
      [5, 'DISCP', ['UAP', 'disconnected remote']],
      [6, 'DISCP', ['DMP']],
    ]);
  });
  it('negotiates the smaller values', () => {
    const proposal = { maxInfoTransmit: 500, maxInfoReceive: 2030, windowTransmit: 7, windowReceive: 3 };
    const state = transcript(
      'server',
      { maxInfoTransmit: 1000, maxInfoReceive: 400, windowTransmit: 5, windowReceive: 2 },
      [
        [
          0,
          `SNRMP ${formatHex(encodeHdlcParameters(proposal))}`,
          [
            `UAP ${formatHex(encodeHdlcParameters({ maxInfoTransmit: 1000, maxInfoReceive: 400, windowTransmit: 3, windowReceive: 2 }))}`,
            'connected',
          ],
        ],
      ],
    );
    expect(up(state).parameters).toEqual({
      maxInfoTransmit: 1000,
      maxInfoReceive: 400,
      windowTransmit: 3,
      windowReceive: 2,
    });
    transcript('server', {}, [
      [0, 'SNRMP 8280', ['DMP', 'ignored protocol/link remote']],
      [1, 'SNRMP 818003060110', ['DMP', 'ignored protocol/link remote']],
    ]);
  });
  it('answers DM to everything but SNRM while disconnected, and nothing to frames without P', () => {
    transcript('server', {}, [
      [0, 'RR/0P', ['DMP', 'ignored protocol/link remote']],
      [1, 'I0/0P C0', ['DMP', 'ignored protocol/link remote']],
      [2, 'I0/0 C0', ['ignored protocol/link remote']],
      [3, 'UI C0', ['ui C0']],
      [4, 'UAP', ['ignored protocol/link remote']],
      [5, send('01'), ['refused protocol/link local']],
      [6, connect, ['refused protocol/link local']],
    ]);
  });
  it('gives the poll back when the application is slow, and answers the next one', () => {
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, 'I0/0P C0', ['apdu C0']],
      [300, tick, []],
      [301, tick, ['RR/1P']],
      [350, reply('C4'), []],
      [400, 'RR/0P', ['I0/1P C4']],
      [500, 'RR/1P', ['RR/1P']],
      [501, 'I1/1P C1', ['apdu C1']],
      [502, 'RR/1P', ['RR/2P']],
    ]);
  });
  it('sends windows, and again from N(R)', () => {
    const numbers = (from: number, n: number) =>
      Array.from({ length: n }, (_, i) => `I${(from + i) & 7}/1${i === n - 1 ? 'P' : ''}+ ${a32}`);
    transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0P C0', ['apdu C0']],
      [2, reply('AA'.repeat(32 * 20)), numbers(0, 7)],
      [3, 'RR/7P', numbers(7, 7)],
      // The rest of the window was lost: one at a time until four checkpoints were good.
      [4, 'RR/2P', numbers(2, 1)],
      [5, 'RR/3P', numbers(3, 1)],
      [6, 'RR/3P', numbers(3, 1)],
      [7, 'RR/4P', numbers(4, 1)],
    ]);
  });
  it('takes segments, passes over repeated ones, and repeats its answer', () => {
    transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0+ 01', []],
      [2, 'I1/0P+ 02', ['RR/2P']],
      [3, 'I1/0P+ 02', ['ignored protocol/link remote', 'RR/2P']],
      [4, 'I3/0P 04', ['ignored protocol/link remote', 'RR/2P']],
      [5, 'I2/0+ 03', []],
      [6, 'I3/0P 04', ['apdu 01020304']],
      [7, reply('C4'), ['I0/4P C4']],
      [8, 'I3/0P 04', ['ignored protocol/link remote', 'I0/4P C4']],
    ]);
  });
  it('passes over an old frame in the middle of the turn of the client, once', () => {
    transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0P+ 01', ['RR/1P']],
      [2, 'I1/0+ 02', []],
      [3, 'I0/0P+ 01', ['ignored protocol/link remote']],
      [4, 'I0/0P+ 01', ['ignored protocol/link remote', 'RR/2P']],
      // A gap in the present turn is answered at once.
      [5, 'I2/0+ 03', []],
      [6, 'I4/0P+ 05', ['ignored protocol/link remote', 'RR/3P']],
    ]);
  });
  it('asks back when an acknowledgement may be old, and believes it when it is repeated', () => {
    const state = transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0P C0', ['apdu C0']],
      [2, reply('AA'.repeat(32 * 30)), expect.any(Array) as unknown as string[]],
      [3, 'RR/4P', expect.any(Array) as unknown as string[]],
      [4, 'RR/5P', expect.any(Array) as unknown as string[]],
      [5, 'RR/4P', ['ignored protocol/link remote', 'RR/1P']],
      [
        6,
        'RR/4P',
        [
          'FRMRP 910200'.replace(
            '910200',
            formatHex(
              encodeFrmr({ rejected: { type: 'RR', nr: 4, pf: true }, vs: 6, vr: 1, response: false, reasons: ['nr'] }),
            ),
          ),
          'failed protocol/link remote',
        ],
      ],
    ]);
    expect(state.phase).toBe('rejecting');
  });
  it('rejects what breaks the rules, until SNRM or DISC', () => {
    const up: [number, Input, string[]][] = [[0, 'SNRMP', expect.any(Array) as unknown as string[]]];
    const frmr = (rejected: HdlcControl, reason: 'control' | 'length' | 'nr' | 'information', vr = 0) =>
      `FRMRP ${formatHex(encodeFrmr({ rejected, vs: 0, vr, response: false, reasons: [reason] }))}`;
    const i = { type: 'I', ns: 0, nr: 0, pf: true } as const;
    transcript('server', {}, [
      ...up,
      [1, '?P', [frmr(decodeHdlcControl(0x19), 'control'), 'failed protocol/link remote']],
      [2, 'RR/0P', [frmr(decodeHdlcControl(0x19), 'control'), 'ignored protocol/link remote']],
      [2, 'RR/0', ['ignored protocol/link remote']],
      [3, 'SNRMP', ['disconnected remote', expect.stringMatching(/^UAP/), 'connected']],
      [4, 'I0/0P C0', ['apdu C0']],
    ]);
    transcript('server', {}, [
      ...up,
      [1, `I0/0P ${'00'.repeat(129)}`, [frmr(i, 'length'), 'failed protocol/link remote']],
      [2, 'DISCP', ['UAP', 'disconnected remote']],
    ]);
    transcript('server', {}, [...up, [1, 'I0/3P 01', [frmr({ ...i, nr: 3 }, 'nr'), 'failed protocol/link remote']]]);
    transcript('server', { llc: true }, [
      ...up,
      [1, 'I0/0P 00C001', [frmr(i, 'information', 1), 'failed protocol/link remote']],
    ]);
    transcript('server', { maxApduOctets: 3 }, [
      ...up,
      [1, 'I0/0P+ 0102', ['RR/1P']],
      [2, 'I1/0P 0304', [frmr({ ...i, ns: 1 }, 'length', 2), 'failed protocol/link remote']],
    ]);
  });
  it('says not ready while it is busy, and waits while the client is', () => {
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, { type: 'busy', busy: true }, []],
      [2, 'I0/0P C0', ['ignored protocol/link remote', 'RNR/0P']],
      [3, 'RR/0P', ['RNR/0P']],
      [4, { type: 'busy', busy: false }, []],
      [5, 'RR/0P', ['RR/0P']],
      [6, 'I0/0P C0', ['apdu C0']],
      [7, 'RNR/0P', ['RR/1P']],
      [8, reply('C4'), []],
      [9, 'RNR/0P', ['RR/1P']],
      [10, 'RR/0P', ['I0/1P C4']],
    ]);
  });
  it('begins anew on SNRM', () => {
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, 'I0/0P+ 01', ['RR/1P']],
      [2, 'SNRMP', ['disconnected remote', expect.stringMatching(/^UAP/), 'connected']],
      [3, 'I0/0P 02', ['apdu 02']],
      [4, 'SNRMP', ['disconnected remote', expect.stringMatching(/^UAP/), 'connected']],
      // The answer to an APDU of the link before has no place any more.
      [5, reply('C4'), ['refused protocol/link local']],
    ]);
  });
  it('judges the frames of a new link by the new link alone: one out of sequence is answered at once', () => {
    const link: [number, Input, string[]][] = [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0P+ 01', ['RR/1P']],
      [2, 'DISCP', ['UAP', 'disconnected remote']],
      [3, snrm7, [ua, 'connected']],
    ];
    transcript('server', wide, [...link, [4, 'I1/0P 02', ['ignored protocol/link remote', 'RR/0P']]]);
  });
  it('sends the UI that waits when a new link is refused', () => {
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, { type: 'ui', apdu: parseHex('0F01') }, []],
      [2, 'SNRMP 8280', ['disconnected remote', 'DMP', 'ignored protocol/link remote', 'UIP 0F01']],
    ]);
  });
  it('pushes UI at once while disconnected, and in front of its next answer while connected', () => {
    const ui = (hex: string): HdlcLinkInput => ({ type: 'ui', apdu: parseHex(hex) });
    transcript('server', { maxInfoTransmit: 32 }, [
      [0, ui('0F01'), ['UIP 0F01']],
      [1, ui('AA'.repeat(33)), [`UI+ ${a32}`, 'UIP AA']],
      [2, 'SNRMP', expect.any(Array) as unknown as string[]],
      [3, ui('0F02'), []],
      [4, 'RR/0P', ['UI 0F02', 'RR/0P']],
      [4, 'I0/0P C0', ['apdu C0']],
      [4, ui('0F04'), []],
      [4, reply('C4'), ['UI 0F04', 'I0/1P C4']],
      [5, ui('0F03'), []],
      [6, 'DISCP', ['UAP', 'disconnected remote', 'UIP 0F03']],
    ]);
  });
  it('believes N(R) of what it sent in this turn at once, and of what it sent before only when it is repeated', () => {
    const numbers = (from: number, n: number) =>
      Array.from({ length: n }, (_, i) => `I${(from + i) & 7}/1${i === n - 1 ? 'P' : ''}+ ${a32}`);
    transcript('server', wide, [
      [0, snrm7, [ua, 'connected']],
      [1, 'I0/0P C0', ['apdu C0']],
      [2, reply('AA'.repeat(32 * 30)), numbers(0, 7)],
      [3, 'RR/2P', numbers(2, 1)],
      // Only I2 was sent again, but I3 and I4 went out before.
      [4, 'RR/5P', ['ignored protocol/link remote', 'RR/1P']],
      [5, 'RR/5P', numbers(5, 1)],
      [6, 'RR/6P', numbers(6, 1)],
      // Two before: an old number, known by heart.
      [7, 'RR/5P', ['ignored protocol/link remote', 'RR/1P']],
      [8, 'RR/6P', numbers(6, 1)],
    ]);
  });
  it('gives the poll back when the hold is over, whatever comes first then', () => {
    const ui: HdlcLinkInput = { type: 'ui', apdu: parseHex('0F01') };
    for (const [at, expected] of [
      [300, []],
      [301, ['UI 0F01', 'RR/1P']],
      [400, ['UI 0F01', 'RR/1P']],
    ] as const)
      transcript('server', {}, [
        [0, 'SNRMP', expect.any(Array) as unknown as string[]],
        [1, 'I0/0P C0', ['apdu C0']],
        [at, ui, expected],
      ]);
    // The hold is that of the present poll, not of the one before.
    const state = transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, 'I0/0P C0', ['apdu C0']],
      [301, tick, ['RR/1P']],
      [500, 'RR/0P', []],
      [799, tick, []],
      [800, tick, ['RR/1P']],
      [900, tick, []],
    ]);
    expect(hdlcLinkDeadline({ ...up(state), inactiveAt: Number.POSITIVE_INFINITY })).toBe(Number.POSITIVE_INFINITY);
  });
  it('grants 32 octets, and refuses to speak in less, in either direction', () => {
    for (const [parameter, octets, granted] of [
      ['05', '20', true],
      ['05', '1F', false],
      ['06', '20', true],
      ['06', '1F', false],
    ] as const)
      transcript('server', {}, [
        [
          0,
          `SNRMP 818003${parameter}01${octets}`,
          granted ? [expect.stringMatching(/^UAP/), 'connected'] : ['DMP', 'ignored protocol/link remote'],
        ],
        [1, 'RR/0P', granted ? ['RR/0P'] : ['DMP', 'ignored protocol/link remote']],
      ]);
  });
  it('says FRMR only when polled, to what came without a poll with the next one', () => {
    const frmr = `FRMRP ${formatHex(encodeFrmr({ rejected: { type: 'I', ns: 0, nr: 0, pf: false }, vs: 0, vr: 0, response: false, reasons: ['length'] }))}`;
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, `I0/0 ${'00'.repeat(129)}`, ['failed protocol/link remote']],
      [2, 'RR/0', ['ignored protocol/link remote']],
      [3, 'I0/0P C0', [frmr, 'ignored protocol/link remote']],
      [4, 'SNRMP', ['disconnected remote', expect.stringMatching(/^UAP/), 'connected']],
    ]);
  });
  it('is disconnected after an SNRM that it refuses, also when a link was up', () => {
    for (const refused of ['SNRMP 8280', 'SNRMP 818003060110'])
      transcript('server', {}, [
        [0, 'SNRMP', expect.any(Array) as unknown as string[]],
        [1, 'I0/0P C0', ['apdu C0']],
        [2, refused, ['disconnected remote', 'DMP', 'ignored protocol/link remote']],
        [3, 'RR/0P', ['DMP', 'ignored protocol/link remote']],
        [4, reply('C4'), ['refused protocol/link local']],
      ]);
  });
  it('keeps no timer without a link, nor with one that may be silent for ever', () => {
    const down = transcript('server', { inactivityTimeoutMs: 1000 }, [
      [0, 'RR/0P', ['DMP', 'ignored protocol/link remote']],
      [1, 'UI C0', ['ui C0']],
    ]);
    expect(hdlcLinkDeadline(down)).toBe(Number.POSITIVE_INFINITY);
    const patient = transcript('server', { inactivityTimeoutMs: 0 }, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, 'RR/0P', ['RR/0P']],
      [1_000_000, tick, []],
    ]);
    expect(hdlcLinkDeadline(patient)).toBe(Number.POSITIVE_INFINITY);
  });
  it('keeps nothing of a link that has ended or was rejected: no poll to give back, no data, no timer', () => {
    for (const [ending, expected] of [
      ['DISCP', ['UAP', 'disconnected remote']],
      ['?P', [expect.stringMatching(/^FRMRP/), 'failed protocol/link remote']],
    ] as const) {
      const state = transcript('server', { inactivityTimeoutMs: 0 }, [
        [0, 'SNRMP', expect.any(Array) as unknown as string[]],
        [1, send('0102'), []],
        [2, 'I0/0P+ C0', ['I0/1P 0102']],
        [3, 'I1/0 C1', ['apdu C0C1']],
        [4, 'RR/1P', []],
        [5, ending, expected],
        [400, tick, []],
      ]);
      const kept = ['role', 'phase', 'settings', 'localBusy', 'notices'];
      expect(Object.keys(state).sort()).toEqual(
        (state.phase === 'rejecting' ? [...kept, 'rejection', 'inactiveAt'] : kept).sort(),
      );
      expect(hdlcLinkDeadline(state)).toBe(Number.POSITIVE_INFINITY);
    }
  });
  it('drops a rejected link after inactivity too', () => {
    transcript('server', { inactivityTimeoutMs: 1000 }, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [500, '?P', [expect.stringMatching(/^FRMRP/), 'failed protocol/link remote']],
      [1499, tick, []],
      [1500, tick, ['disconnected local']],
    ]);
  });
  it('refuses what its queue of UI cannot hold, and keeps what it holds', () => {
    const ui = (hex: string): HdlcLinkInput => ({ type: 'ui', apdu: parseHex(hex) });
    transcript('server', { maxQueuedOctets: 4 }, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, ui('010203'), []],
      [2, ui('0405'), ['refused protocol/link local']],
      [3, 'RR/0P', ['UI 010203', 'RR/0P']],
      [4, ui('01020304'), []],
    ]);
  });
  it('drops the link after inactivity', () => {
    transcript('server', { inactivityTimeoutMs: 1000 }, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [900, 'RR/0P', ['RR/0P']],
      [1899, tick, []],
      [1900, tick, ['disconnected local']],
      [1901, 'RR/0P', ['DMP', 'ignored protocol/link remote']],
    ]);
  });
  it('sends by itself only when polled', () => {
    transcript('server', {}, [
      [0, 'SNRMP', expect.any(Array) as unknown as string[]],
      [1, send('C2'), []],
      [2, 'RR/0P', ['I0/0P C2']],
      [3, 'RR/1P', ['RR/0P']],
    ]);
  });
});

describe('FRMR', () => {
  it('says why', () => {
    const f = decodeHdlcFrame(parseHex('7EA00F0300022C29971B60540010743F7E'));
    expect(decodeFrmr(f.information)).toMatchObject({
      rejected: { type: 'I', ns: 2, nr: 2, pf: true },
      vs: 0,
      vr: 0,
      response: false,
      reasons: ['ns'],
    });
    for (let i = 0; i < 32; i++) {
      const information = Uint8Array.of(0x54, 0xb6, i);
      expect(encodeFrmr(decodeFrmr(information))).toEqual(information);
    }
    expect(decodeFrmr(nothing).text).toContain('no reason');
    expect(decodeHdlcParameters(nothing)).toEqual({});
  });
});
