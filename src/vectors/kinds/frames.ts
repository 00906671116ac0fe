import { wpduDeframer } from '../../transport/framing/wpdu.js';
import { decodeHdlcAddress } from '../../transport/hdlc/address.js';
import { fcs16 } from '../../transport/hdlc/fcs.js';
import { decodeHdlcFrame } from '../../transport/hdlc/frame.js';
import { type View, views } from '../compare.js';
import { apduIn } from '../decoding.js';
import {
  addressFields,
  type Carried,
  checkSequence,
  framesIn,
  hdlcLine,
  linkParameters,
  wpduFields,
  wrapperFields,
} from '../frames.js';
import { cases, octets, sequence, sequenceNames } from '../parameters.js';
import type { Kind, Notes } from '../vector.js';

const withApdu = ({ fields, apdu }: Carried, notes: Notes): Record<string, unknown> => ({
  ...fields,
  apdu: apduIn(apdu, notes),
});
const eachCase = (one: (bytes: Uint8Array) => View | Record<string, unknown>): Kind => ({
  input: ['cases', 'hex'],
  run: (vector) => ({ cases: cases(vector).map((bytes) => views({ hex: bytes, input: bytes }, one(bytes))) }),
});

/** HDLC, the wrapper and M-Bus: single frames, streams and conversations. */
export const frameKinds: Readonly<Record<string, Kind>> = {
  'hdlc-frame': {
    input: ['hex'],
    run(vector, notes) {
      const bytes = octets(vector, 'hex');
      return withApdu(hdlcLine()(decodeHdlcFrame(bytes), bytes), notes);
    },
  },
  'hdlc-stream': {
    input: ['hex'],
    run: (vector, notes) => ({ frames: framesIn(octets(vector, 'hex'), 'hdlc').map((f) => withApdu(f, notes)) }),
  },
  'hdlc-session': {
    input: sequenceNames,
    run(vector, notes) {
      const line = hdlcLine();
      const frames = sequence(vector).map(({ octets: bytes, direction }) => {
        const frame = line(decodeHdlcFrame(bytes), bytes);
        return { ...withApdu(frame, notes), hex: bytes, direction: direction ?? frame.sender };
      });
      return { frames, steps: frames };
    },
  },
  'hdlc-address': eachCase((bytes) => addressFields(decodeHdlcAddress(bytes))),
  'hdlc-parameters': eachCase((bytes) => {
    const parameters = linkParameters(bytes);
    return views({ parameters }, parameters);
  }),
  fcs16: eachCase((bytes) => ({ fcs: checkSequence(fcs16(bytes)) })),
  wrapper: { input: ['hex'], run: (vector, notes) => withApdu(wrapperFields(octets(vector, 'hex')), notes) },
  'wrapper-stream': {
    input: ['hex'],
    run(vector, notes) {
      const deframer = wpduDeframer();
      // Octet by octet, the hardest way for a stream to arrive.
      const pdus = [...octets(vector, 'hex')].flatMap((octet) => deframer.push(Uint8Array.of(octet)));
      const { pending } = deframer;
      const notation = pdus.map((pdu) => withApdu({ fields: wpduFields(pdu), apdu: pdu.payload }, notes));
      return { pdus: notation, left: pending, remaining: pending };
    },
  },
  'mbus-stream': {
    input: ['hex'],
    run(vector, notes) {
      const frames = framesIn(octets(vector, 'hex'), 'mbus');
      const apdus = frames.flatMap((f) => f.apdu ?? []);
      const last = apdus.at(-1);
      return { frames: frames.map((f) => f.fields), reassembledApdu: last, apdu: apduIn(last, notes), apdus };
    },
  },
};
