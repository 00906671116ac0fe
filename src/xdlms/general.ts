import { asOctets, octets, unsigned8, unsigned16 } from '../axdr/scalars.js';
import { type FieldsSchema, type Infer, invalid, mapped, type Schema, scalar, sequence } from '../axdr/schema.js';

/** The Block-Control octet: bit 7 last block, bit 6 streaming, bits 0 to 5 window. */
export interface BlockControl {
  lastBlock: boolean;
  /** The sender continues without waiting for an acknowledgement. */
  streaming: boolean;
  /** How many blocks the sender of this APDU can receive without acknowledging them; 0 to 63. */
  window: number;
}
export const BlockControl: Schema<BlockControl> = /* @__PURE__ */ mapped(
  'Block-Control',
  unsigned8,
  (b): BlockControl => ({ lastBlock: (b & 0x80) !== 0, streaming: (b & 0x40) !== 0, window: b & 0x3f }),
  (v) => {
    if (!Number.isInteger(v.window) || v.window < 0 || v.window > 63) throw invalid('a window from 0 to 63', v.window);
    if (typeof v.lastBlock !== 'boolean' || typeof v.streaming !== 'boolean')
      throw invalid('true or false for lastBlock and streaming', v);
    return (v.lastBlock ? 0x80 : 0) | (v.streaming ? 0x40 : 0) | v.window;
  },
);

const generalBlockTransfer = /* @__PURE__ */ sequence('General-Block-Transfer', {
  blockControl: BlockControl,
  /** Counted from 1 in each direction. */
  blockNumber: unsigned16,
  /** The last block received in order; 0 at the start. */
  blockNumberAck: unsigned16,
  /** A slice of the whole APDU, ciphered or not; can be empty. */
  blockData: octets,
});
/** General-Block-Transfer (tag 224, E0). */
export interface GeneralBlockTransfer extends Infer<typeof generalBlockTransfer> {}
export const GeneralBlockTransfer: FieldsSchema<GeneralBlockTransfer> = generalBlockTransfer;

const remainder: Schema<Uint8Array> = /* @__PURE__ */ scalar(
  'OCTET STRING',
  { of: 'octets' },
  (r) => r.take(r.left),
  (w, v) => w.bytes(asOctets(v)),
);
const gateway = /* @__PURE__ */ sequence('Gateway', {
  networkId: unsigned8,
  /** The address of the device behind the gateway, in the format of that network. */
  physicalDeviceAddress: octets,
  /** The APDU to forward; it extends to the end of the octets. */
  payload: remainder,
});
/** The gateway header (tag 230 request, 231 response) and the APDU that follows it. */
export interface Gateway extends Infer<typeof gateway> {}
export const Gateway: FieldsSchema<Gateway> = gateway;
