import { describe, expect, it } from 'vitest';
import { a32, connect, send, tick, transcript, ua } from './transcript.js';

const snrm = expect.stringMatching(/^SNRMP/) as unknown as string;

describe('the turns of a client with a window of 4', () => {
  const options = { maxInfoTransmit: 32, maxInfoReceive: 32, windowTransmit: 4, windowReceive: 7 };
  const segments = (n: number) => send(a32.repeat(n));
  it('a turn that would be acknowledged with the number of the one before is a frame shorter', () => {
    transcript('client', options, [
      [0, connect, [snrm]],
      [1, ua, ['connected']],
      [2, segments(9), [0, 1, 2, 3].map((n) => `I${n}/0${n === 3 ? 'P' : ''}+ ${a32}`)],
      [3, 'RR/4P', [4, 5, 6].map((n) => `I${n}/0${n === 6 ? 'P' : ''}+ ${a32}`)],
      [4, 'RR/7P', [`I7/0+ ${a32}`, `I0/0P ${a32}`]],
      [5, 'RR/1P', []],
    ]);
  });
  it('the last turn is not: the answer itself says that all of it came', () => {
    transcript('client', options, [
      [0, connect, [snrm]],
      [1, ua, ['connected']],
      [2, segments(8), [0, 1, 2, 3].map((n) => `I${n}/0${n === 3 ? 'P' : ''}+ ${a32}`)],
      [3, 'RR/4P', [...[4, 5, 6].map((n) => `I${n}/0+ ${a32}`), `I7/0P ${a32}`]],
      [4, 'I0/0P C4', ['apdu C4']],
    ]);
  });
});

describe('a client whose SNRM were answered late', () => {
  const ignored = ['ignored protocol/link remote'];
  const opened = [
    [0, connect, ['SNRMP']],
    [1000, tick, ['SNRMP']],
    [2000, tick, ['SNRMP']],
    [2001, 'UAP', ['connected']],
    [2002, send('C001'), ['I0/0P C001']],
    [2003, 'UAP', ignored],
    [2004, 'UAP', ignored],
  ] as const;
  it('passes over the UA of each SNRM, also while its first request is on the way', () => {
    transcript('client', {}, [...opened, [2005, 'I0/1P C4', ['apdu C4']]]);
  });
  it('takes one UA more for a link that was begun anew', () => {
    transcript('client', {}, [...opened, [2005, 'UAP', ['failed protocol/link remote']]]);
  });
});
