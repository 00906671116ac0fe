import { Data } from '../../axdr/data.js';
import { decode } from '../../axdr/schema.js';
import { ArrayManager } from '../../cosem/classes/array-manager.js';
import type { ValueDefinition } from '../../cosem/common-types.js';
import { type AccessContext, AccessRefused } from '../../server/object.js';
import type { Behaviour, Cause, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

type Self = Running<typeof ArrayManager>;

/** The attribute with a number, if the caller has that access to it. @throws AccessRefused `read-write-denied` */
function target(self: Self, id: number, access: 'read' | 'write', context: AccessContext | undefined): ValueDefinition {
  const found = self.get('arrayObjectList').find((a) => a.arrayObjectId === id)?.arrayObjectDefinition;
  if (found === undefined) throw new AccessRefused('read-write-denied');
  // A script has the authority of the meter; a client has no more rights here than elsewhere.
  if (context !== undefined && !self.space.allows(found, access, context.caller))
    throw new AccessRefused('read-write-denied');
  return found;
}
function elementsOf(self: Self, definition: ValueDefinition): readonly Data[] {
  const whole = decode(Data, self.space.readEncoded(definition));
  if (whole.type !== 'array') throw new AccessRefused('read-write-denied');
  return whole.value;
}
function replace(self: Self, definition: ValueDefinition, elements: readonly Data[], cause: Cause): void {
  self.space.write(definition, { type: 'array', value: [...elements] }, cause === 'client' ? 'client' : 'script');
}

/**
 * Array manager (class 123): counts, reads and changes elements of arrays in other objects, with the rights that the
 * caller has there. Elements count from 1; an insertion at 0 or after the end appends (a guess). The array is written
 * as a whole, so its object checks the new value.
 */
export const arrayManagerBehaviour: Behaviour<typeof ArrayManager> = {
  definition: ArrayManager,
  defaults: () => ({ arrayObjectList: [] }),
  methods: {
    retrieveNumberOfEntries: (self, id, _, context) => elementsOf(self, target(self, id, 'read', context)).length,
    retrieveEntries(self, { arrayObjectId, entryRange }, _, context) {
      const elements = elementsOf(self, target(self, arrayObjectId, 'read', context));
      return elements.slice(Math.max(1, entryRange.fromEntry) - 1, entryRange.toEntry);
    },
    insertEntry(self, { arrayObjectId, entry }, cause, context) {
      const definition = target(self, arrayObjectId, 'write', context);
      const elements = elementsOf(self, definition);
      const { entryIndex: index } = entry;
      const at = index === 0 || index > elements.length ? elements.length : index - 1;
      replace(self, definition, [...elements.slice(0, at), entry.entryValue, ...elements.slice(at)], cause);
    },
    updateEntry(self, { arrayObjectId, entry }, cause, context) {
      const definition = target(self, arrayObjectId, 'write', context);
      const elements = elementsOf(self, definition);
      if (entry.entryIndex === 0 || entry.entryIndex > elements.length) refuse();
      replace(
        self,
        definition,
        elements.map((e, i) => (i === entry.entryIndex - 1 ? entry.entryValue : e)),
        cause,
      );
    },
    removeEntries(self, { arrayObjectId, entryRange }, cause, context) {
      const definition = target(self, arrayObjectId, 'write', context);
      const { fromEntry, toEntry } = entryRange;
      const elements = elementsOf(self, definition).filter((_, i) => i + 1 < fromEntry || i + 1 > toEntry);
      replace(self, definition, elements, cause);
    },
  },
};
