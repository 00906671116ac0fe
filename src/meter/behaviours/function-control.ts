import { equalBytes } from '../../core/bytes.js';
import { FunctionControl } from '../../cosem/classes/function-control.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

type Self = Running<typeof FunctionControl>;

/** Objects of an inactive function refuse everything and do nothing; once active again, they continue from then on. */
function apply(self: Self): void {
  const off = self
    .get('activationStatus')
    .filter((s) => !s.functionStatus)
    .flatMap((s) => self.get('functionList').filter((f) => equalBytes(f.functionName, s.functionName)))
    .flatMap((f) => f.functionSpecifications);
  for (const object of self.space) {
    const listed = off.some((o) => o.logicalName === object.logicalName && o.classId === object.definition.classId);
    // It cannot lock itself out.
    object.activate(!listed || (object as unknown) === self);
  }
}
const has = (list: readonly { readonly functionName: Uint8Array }[], name: Uint8Array): boolean =>
  list.some((f) => equalBytes(f.functionName, name));

/**
 * Function control (class 122): a function of the meter is a set of objects that are switched on and off together. An
 * unknown name is refused without changing anything; new functions are inactive. A specification of class 0 stands for
 * a manufacturer-specific function, and switches no object.
 */
export const functionControlBehaviour: Behaviour<typeof FunctionControl> = {
  definition: FunctionControl,
  defaults: () => ({ activationStatus: [], functionList: [] }),
  start: apply,
  methods: {
    setFunctionStatus(self, statuses) {
      const list = self.get('activationStatus');
      if (statuses.some((s) => !has(list, s.functionName))) refuse();
      const changed = list.map((f) => statuses.filter((s) => equalBytes(s.functionName, f.functionName)).at(-1) ?? f);
      self.set('activationStatus', changed, 'method');
      apply(self);
    },
    addFunction(self, added) {
      const others = self.get('functionList').filter((f) => !equalBytes(f.functionName, added.functionName));
      self.set('functionList', [...others, added], 'method');
      const status = self.get('activationStatus');
      if (!has(status, added.functionName))
        self.set(
          'activationStatus',
          [...status, { functionName: added.functionName, functionStatus: false }],
          'method',
        );
      apply(self);
    },
    removeFunction(self, name) {
      if (!has(self.get('functionList'), name)) refuse();
      const without = <F extends { readonly functionName: Uint8Array }>(list: readonly F[]): F[] =>
        list.filter((f) => !equalBytes(f.functionName, name));
      self.set('functionList', without(self.get('functionList')), 'method');
      self.set('activationStatus', without(self.get('activationStatus')), 'method');
      apply(self);
    },
  },
};
