import { TypeDescription } from '../../axdr/compact-array.js';
import { compactArrayOf } from '../../axdr/compact-array-items.js';
import { Data } from '../../axdr/data.js';
import { decode, encode } from '../../axdr/schema.js';
import { isDlmsError } from '../../core/errors.js';
import { CompactData, CompactDataV0 } from '../../cosem/classes/compact-data.js';
import { AccessRefused } from '../../server/object.js';
import { type AnyBehaviour, type Behaviour, inVersions, type Running } from '../behaviour.js';
import { type ElementDefinition, elementOf } from '../elements.js';
import { refuse } from '../engine.js';

type Self = Running<typeof CompactData>;
const empty = new Uint8Array();

function valuesOf(self: Self): Data {
  const entries = self.get('captureObjects') as readonly ElementDefinition[];
  const value = entries.map((e) => decode(Data, elementOf(self as unknown as Running, e)));
  return { type: 'structure', value };
}
/** Describes the types of the current values; empty if the type of one cannot be described (an empty array). */
function describe(self: Self): void {
  let description: Uint8Array = empty;
  try {
    if (self.get('captureObjects').length > 0)
      description = encode(TypeDescription, compactArrayOf([valuesOf(self)]).contentsDescription);
  } catch (e) {
    if (!isDlmsError(e)) throw e;
  }
  self.set('templateDescription', description);
  self.set('compactBuffer', empty);
}
/** The values without their types; empty if they are not of the types in the template. */
function buffer(self: Self): Uint8Array {
  const description = self.get('templateDescription');
  if (description.length === 0) return empty;
  try {
    return compactArrayOf([valuesOf(self)], decode(TypeDescription, description)).arrayContents;
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return empty;
  }
}
const implicit = (self: Self): boolean => self.get('captureMethod') === 'implicit-capture-upon-reading-the-buffer';

const latest: Behaviour<typeof CompactData> = {
  definition: CompactData,
  defaults: () => ({
    compactBuffer: empty,
    captureObjects: [],
    templateId: 0,
    templateDescription: empty,
    captureMethod: 'capture-upon-invoking-capture-method',
  }),
  start(self) {
    if (self.get('templateDescription').length === 0) describe(self);
  },
  computed: {
    compactBuffer: (self) =>
      implicit(self) ? buffer(self) : (self as unknown as { stored(a: string): Uint8Array }).stored('compactBuffer'),
  },
  write: {
    captureObjects(self, entries, cause) {
      const [first] = entries;
      const ownId = first?.logicalName === self.logicalName && first.classId === 62 && first.attributeIndex === 4;
      if (entries.length > self.engine.knobs.maxCaptureObjects || (first !== undefined && !ownId)) refuse();
      self.set('captureObjects', entries, cause);
      if (self.engine.knobs.compactTemplateId === 'increment')
        self.set('templateId', (self.get('templateId') + 1) & 0xff);
      describe(self);
    },
    captureMethod(self, method, cause) {
      self.set('captureMethod', method, cause);
      self.set('compactBuffer', empty);
    },
  },
  methods: {
    reset: (self) => self.set('compactBuffer', empty, 'method'),
    capture(self) {
      if (implicit(self)) throw new AccessRefused('read-write-denied');
      self.set('compactBuffer', buffer(self), 'method');
    },
  },
};

/**
 * Compact data (class 62): values without their types, which are in the template description. Types and contents are
 * encoded as in a compact-array; arrays inside are doubtful, since sources differ. The first value must be the object's
 * own template_id, so that a buffer identifies its description.
 */
export const compactDataBehaviours: readonly AnyBehaviour[] = inVersions(latest, CompactDataV0);
