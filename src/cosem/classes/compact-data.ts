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
 * Compact data (class_id 62, version 1). Captured attributes in a compact buffer, described by a template.
 *
 * Notes:
 * - Gurux requires five members per capture object in version 1 (the fifth is restriction); later editions may have a
 *   sixth, columns.
 * - One implementation calls attribute 2 buffer.
 * - template_id must be the first captured element (according to the Edition 16 table).
 *
 * Sources: Gurux, a public table of the Edition 16 classes, SPODES (names only).
 */
export const CompactData = interfaceClass({
  name: 'Compact data',
  classId: 62,
  version: 1,
  confidence: 'two sources',
  attributes: {
    logicalName: fixed(attribute(1, LogicalName)),
    /** The captured values without their tags; see `template_description`. */
    compactBuffer: attribute(2, octetString),
    captureObjects: fixed(writable(attribute(3, array(RestrictedObjectDefinition)))),
    /** Identifies the template that describes the buffer. */
    templateId: fixed(writable(attribute(4, unsigned))),
    /** The types of the buffer, in the form of the contents description of a compact-array. */
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
 * Source: Gurux; the rest is from memory.
 */
export const CompactDataV0 = revision(CompactData, {
  version: 0,
  confidence: 'one source',
  attributes: {
    captureObjects: fixed(writable(attribute(3, array(CaptureObjectDefinition)))),
  },
});
