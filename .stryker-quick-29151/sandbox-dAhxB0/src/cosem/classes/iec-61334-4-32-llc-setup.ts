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
 * Doubts and ranges:
 * - max_frame_length 26..242 (default 134 or 242 depending on source).
 *
 * Sources: an Edition 16 class table, gvtret-dlms (weak), SPODES (names).
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
 * Doubts and ranges:
 * - Whole entry is a recollection; only the existence of version 1 implies it.
 *
 * Sources: recollection.
 */
export const Iec6133432LlcSetupV0 = revision(Iec6133432LlcSetup, {
  version: 0,
  confidence: 'unverified',
  attributes: {
    maxFrameLength: fixed(writable(attribute(2, unsigned))),
  },
});
