import { type ActionSpecification, ScriptTable } from '../../cosem/classes/script-table.js';
import { AccessRefused } from '../../server/object.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

/**
 * Runs a script with the authority of the meter. A failed action ends it; what ran before it stays.
 * @throws AccessRefused from the failed action
 */
export function runScript(self: Running<typeof ScriptTable>, identifier: number): void {
  // The null script.
  if (identifier === 0) return;
  const script = self.get('scripts').find((s) => s.scriptIdentifier === identifier);
  if (script === undefined) {
    if (self.engine.knobs.unknownScript === 'refuse') refuse();
    return;
  }
  let failure: unknown;
  for (const action of script.actions) {
    try {
      perform(self, action);
    } catch (e) {
      if (!(e instanceof AccessRefused)) throw e;
      failure ??= e;
      if (self.engine.knobs.scriptOnError === 'stop') break;
    }
  }
  if (failure !== undefined) throw failure;
}
function perform({ space, engine }: Running<typeof ScriptTable>, action: ActionSpecification): void {
  const { serviceId, classId, logicalName, index, parameter } = action;
  engine.nested(() => {
    if (serviceId === 'write-attribute')
      space.write({ classId, logicalName, attributeIndex: index }, parameter, 'script');
    else if (serviceId === 'execute-specific-method') space.invoke(classId, logicalName, index, parameter, 'script');
    else refuse();
  });
}

/** Script table (class 9). */
export const scriptTableBehaviour: Behaviour<typeof ScriptTable> = {
  definition: ScriptTable,
  defaults: () => ({ scripts: [] }),
  methods: {
    execute: (self, identifier) => runScript(self, identifier),
  },
};
