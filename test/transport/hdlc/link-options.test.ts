import { describe, expect, it } from 'vitest';
import type { DlmsError } from '../../../src/core/errors.js';
import {
  type HdlcLinkOptions,
  hdlcAddress,
  hdlcChannel,
  hdlcClientLink,
  hdlcLinkStep,
  hdlcServerLink,
  serveHdlc,
} from '../../../src/transport/hdlc/index.js';
import { transportPair } from '../../../src/transport/media/pair.js';

const addresses = { client: hdlcAddress(16), server: hdlcAddress(1, 17) };
const refusal = (make: () => unknown): string => {
  try {
    make();
  } catch (e) {
    return `${(e as DlmsError).code} ${(e as DlmsError<'configuration/invalid'>).context.what}`;
  }
  return 'accepted';
};

const wrong: readonly (readonly [Partial<HdlcLinkOptions>, string])[] = [
  [{ segmentOctets: 0 }, 'segmentOctets 0, 3 to 2030'],
  [{ segmentOctets: 2 }, 'segmentOctets 2, 3 to 2030'],
  [{ segmentOctets: 0, llc: false }, 'segmentOctets 0, 1 to 2030'],
  [{ segmentOctets: 2031 }, 'segmentOctets 2031, 3 to 2030'],
  [{ segmentOctets: Number.NaN }, 'segmentOctets NaN, 3 to 2030'],
  [{ windowTransmit: 0 }, 'windowTransmit 0, 1 to 7'],
  [{ windowReceive: 8 }, 'windowReceive 8, 1 to 7'],
  [{ windowTransmit: 1.5 }, 'windowTransmit 1.5, 1 to 7'],
  [{ maxInfoTransmit: 31 }, 'maxInfoTransmit 31, 32 to 2030'],
  [{ maxInfoReceive: 2031 }, 'maxInfoReceive 2031, 32 to 2030'],
  [{ retries: -1 }, 'retries -1, at least 0'],
  [{ retries: 0.5 }, 'retries 0.5, at least 0'],
  [{ maxApduOctets: 0 }, 'maxApduOctets 0, at least 1'],
  [{ maxQueuedOctets: Number.POSITIVE_INFINITY }, 'maxQueuedOctets Infinity, at least 1'],
  [{ responseTimeoutMs: 0 }, 'responseTimeoutMs 0'],
  [{ drainMs: -1 }, 'drainMs -1'],
  [{ pollIntervalMs: Number.NaN }, 'pollIntervalMs NaN'],
  [{ busyTimeoutMs: -1 }, 'busyTimeoutMs -1'],
  [{ holdMs: -1 }, 'holdMs -1'],
  [{ inactivityTimeoutMs: Number.NaN }, 'inactivityTimeoutMs NaN'],
];

describe('options of a link', () => {
  it.each(wrong)('%o is refused before anything is sent, in either role', (options, what) => {
    const refused = `configuration/invalid HDLC link: ${what}`;
    expect(refusal(() => hdlcClientLink({ ...addresses, ...options }))).toBe(refused);
    expect(refusal(() => hdlcServerLink({ ...addresses, ...options }))).toBe(refused);
    const [a, b] = transportPair();
    expect(refusal(() => hdlcChannel(a, { ...addresses, ...options }))).toBe(refused);
    expect(refusal(() => serveHdlc(b, { handle: () => [] }, { devices: [1], ...options }))).toBe(refused);
  });
  it('an address that no frame can carry is refused', () => {
    const link = (of: Partial<HdlcLinkOptions>): string => refusal(() => hdlcClientLink({ ...addresses, ...of }));
    expect(link({ client: { upper: 128, size: 1 } })).toMatch(/^configuration\/invalid HDLC link: client address/);
    expect(link({ server: { upper: 1, lower: 0x80, size: 2 } })).toMatch(/server address/);
    expect(link({ server: { upper: 1, lower: 17, size: 1 } })).toMatch(/server address/);
  });
  it('the ends of every range are accepted, and APDUs are cut', () => {
    for (const n of [1, 7]) expect(refusal(() => hdlcClientLink({ ...addresses, windowTransmit: n }))).toBe('accepted');
    for (const n of [32, 2030])
      expect(refusal(() => hdlcServerLink({ ...addresses, maxInfoReceive: n }))).toBe('accepted');
    expect(refusal(() => hdlcClientLink({ ...addresses, retries: 0, drainMs: 0, pollIntervalMs: 0 }))).toBe('accepted');
    const [, outputs] = hdlcLinkStep(
      hdlcServerLink({ ...addresses, segmentOctets: 3 }),
      { type: 'ui', apdu: Uint8Array.of(1, 2, 3, 4) },
      0,
    );
    expect(outputs.map((o) => (o.type === 'write' ? o.frame.information.length : o.type))).toEqual([3, 3, 1]);
  });
});
