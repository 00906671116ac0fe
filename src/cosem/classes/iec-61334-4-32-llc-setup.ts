import { array, longUnsigned, structure, unsigned } from '../../axdr/data.js';
import type { Infer, Schema } from '../../axdr/schema.js';
import { attribute, fixed, interfaceClass, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';

const replyStatus = structure('reply-status', {
  lSapSelector: unsigned,
  lengthOfWaitingLSdu: unsigned,
});
/** An element of `replyStatusList`. */
export interface ReplyStatus extends Infer<typeof replyStatus> {}
export const ReplyStatus: Schema<ReplyStatus> = replyStatus;

/**
 * IEC 61334-4-32 LLC setup (class_id 55, version 1). S-FSK power line: the logical link layer of IEC 61334-4-32.
 *
 * Notes:
 * - max_frame_length is 26 to 242; the default is 134 or 242, depending on the source.
 *
 * Sources: a public table of the Edition 16 classes, SPODES (names only).
 */
export const Iec6133432LlcSetup = interfaceClass({
  name: 'IEC 61334-4-32 LLC setup',
  classId: 55,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    maxFrameLength: fixed(writable(attribute(2, longUnsigned))),
    replyStatusList: attribute(3, array(ReplyStatus)),
  },
  methods: {},
});

/**
 * IEC 61334-4-32 LLC setup (class_id 55, version 0).
 *
 * Notes:
 * - Only the existence of version 1 implies a version 0.
 *
 * Source: none; from memory.
 */
export const Iec6133432LlcSetupV0 = revision(Iec6133432LlcSetup, {
  version: 0,
  confidence: 'unverified',
  attributes: {
    maxFrameLength: fixed(writable(attribute(2, unsigned))),
  },
});
