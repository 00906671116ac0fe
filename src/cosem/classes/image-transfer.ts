import {
  array,
  bitString,
  bool,
  doubleLongUnsigned,
  enumeration,
  integer,
  octetString,
  structure,
} from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, mandatory, method, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

/** Values of `imageTransferStatus`. */
export const ImageTransferStatus = enumeration({
  'image-transfer-not-initiated': 0,
  'image-transfer-initiated': 1,
  'image-verification-initiated': 2,
  'image-verification-successful': 3,
  'image-verification-failed': 4,
  'image-activation-initiated': 5,
  'image-activation-successful': 6,
  'image-activation-failed': 7,
});
export type ImageTransferStatus = Infer<typeof ImageTransferStatus>;

const imageToActivateInfo = structure('image-to-activate-info', {
  imageToActivateSize: doubleLongUnsigned,
  imageToActivateIdentification: octetString,
  imageToActivateSignature: octetString,
});
/** An element of `imageToActivateInfo`. */
export interface ImageToActivateInfo extends Infer<typeof imageToActivateInfo> {}
export const ImageToActivateInfo: Schema<ImageToActivateInfo> = imageToActivateInfo;

const imageToTransfer = structure('image-to-transfer', {
  imageIdentifier: octetString,
  imageSize: doubleLongUnsigned,
});
/** The parameter of `imageTransferInitiate`. */
export interface ImageToTransfer extends Infer<typeof imageToTransfer> {}
export const ImageToTransfer: Schema<ImageToTransfer> = imageToTransfer;

const imageBlock = structure('image-block', {
  imageBlockNumber: doubleLongUnsigned,
  imageBlockValue: octetString,
});
/** The parameter of `imageBlockTransfer`. */
export interface ImageBlock extends Infer<typeof imageBlock> {}
export const ImageBlock: Schema<ImageBlock> = imageBlock;

/**
 * Image transfer (class_id 18, version 0). Firmware update: initiate, transfer blocks, verify, activate.
 *
 * Notes:
 * - Block numbers start at 0; while image_verify or image_activate is running it may answer temporary-failure.
 *
 * Sources: Gurux, jDLMS, SPODES, Wireshark.
 */
export const ImageTransfer = interfaceClass({
  name: 'Image transfer',
  classId: 18,
  version: 0,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** Octets; the last block may be shorter. */
    imageBlockSize: fixed(attribute(2, doubleLongUnsigned)),
    /** One bit for each block, block 0 first: 1 is transferred. */
    imageTransferredBlocksStatus: attribute(3, bitString),
    /** Counted from 0; the number of blocks when all are there. */
    imageFirstNotTransferredBlockNumber: attribute(4, doubleLongUnsigned),
    imageTransferEnabled: fixed(writable(attribute(5, bool))),
    imageTransferStatus: attribute(6, ImageTransferStatus),
    imageToActivateInfo: attribute(7, array(ImageToActivateInfo)),
  },
  methods: {
    /** Identifier and size of the image in octets. */
    imageTransferInitiate: mandatory(method(1, ImageToTransfer)),
    /** Blocks are counted from 0. */
    imageBlockTransfer: mandatory(method(2, ImageBlock)),
    /** May answer temporary-failure while it is running. */
    imageVerify: mandatory(method(3, integer)),
    /** May answer temporary-failure while it is running. */
    imageActivate: mandatory(method(4, integer)),
  },
});
