import fc from 'fast-check';
import { decodeHdlcControl, type HdlcAddress, type HdlcFrame, hdlcAddress } from '../../../src/transport/hdlc/index.js';

const seven = fc.nat({ max: 0x7f });
const fourteen = fc.nat({ max: 0x3fff });
export const arbitraryAddress: fc.Arbitrary<HdlcAddress> = fc.oneof(
  seven.map((u) => hdlcAddress(u)),
  fc.tuple(seven, seven).map(([u, l]) => hdlcAddress(u, l, 2)),
  fc.tuple(fourteen, fourteen).map(([u, l]) => hdlcAddress(u, l, 4)),
);

/** Information rich in octets that look like flags and frame starts. */
export const arbitraryInformation: fc.Arbitrary<Uint8Array> = fc
  .array(fc.oneof(fc.constantFrom(0x7e, 0xa0, 0x07, 0x03), fc.nat({ max: 255 })), { maxLength: 120 })
  .map((a) => Uint8Array.from(a));

export const arbitraryFrame: fc.Arbitrary<HdlcFrame> = fc.record({
  segmented: fc.boolean(),
  destination: arbitraryAddress,
  source: arbitraryAddress,
  control: fc.nat({ max: 255 }).map(decodeHdlcControl),
  information: arbitraryInformation,
});
