import { array, enumeration, integer, octetString, unsigned } from '../../axdr/data.js';
import type { Infer } from '../../axdr/schema.js';
import { CaptureObjectDefinition } from '../common-types.js';
import { attribute, fixed, interfaceClass, method, revision, writable } from '../interface-class.js';
import { LogicalName } from '../obis.js';
import { RestrictedObjectDefinition } from '../protection.js';

/** Values of `captureMethod`. */
export const CaptureMethod = enumeration({
  'capture-upon-invoking-capture-method': 0,
  'implicit-capture-upon-reading-the-buffer': 1,
});
export type CaptureMethod = Infer<typeof CaptureMethod>;

/**
 * Compact data (class_id 62, version 1). Captured attributes as a compact buffer, described by a template.
 *
 * Doubts and ranges:
 * - Gurux requires five members per capture object in version 1 (restriction is the fifth); a sixth columns member may exist in later editions.
 * - gvtret-dlms calls attribute 2 buffer.
 * - template_id must be the first captured element (the Edition 16 table).
 *
 * Sources: Gurux, an Edition 16 class table, gvtret-dlms (weak), SPODES (names).
 */
export const CompactData = interfaceClass({
  name: 'Compact data',
  classId: 62,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The captured values without tags; see `template_description`. */
    compactBuffer: attribute(2, octetString),
    captureObjects: fixed(writable(attribute(3, array(RestrictedObjectDefinition)))),
    /** Ties a buffer to its description. */
    templateId: fixed(writable(attribute(4, unsigned))),
    /** The types of the buffer, as the contents description of a compact-array. */
    templateDescription: attribute(5, octetString),
    captureMethod: fixed(writable(attribute(6, CaptureMethod))),
  },
  methods: {
    reset: method(1, integer),
    capture: method(2, integer),
  },
});

/**
 * Compact data (class_id 62, version 0).
 *
 * Sources: Gurux, recollection.
 */
export const CompactDataV0 = revision(CompactData, {
  version: 0,
  confidence: 'one source',
  attributes: {
    captureObjects: fixed(writable(attribute(3, array(CaptureObjectDefinition)))),
  },
});
