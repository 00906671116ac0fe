import { equalBytes } from '../../core/bytes.js';
import { RegisterActivation } from '../../cosem/classes/register-activation.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';

type Self = Running<typeof RegisterActivation>;

/** Registers in the active mask count, the others in the list stand still; with an empty name none of them count. */
function apply(self: Self): void {
  const active = self.get('activeMask');
  const mask = self.get('maskList').find((m) => equalBytes(m.maskName, active));
  for (const [i, { logicalName }] of self.get('registerAssignment').entries())
    self.space.get(logicalName)?.count(mask?.indexList.includes(i + 1) ?? false);
}

/** Register activation (class 6): which registers of a tariff count. */
export const registerActivationBehaviour: Behaviour<typeof RegisterActivation> = {
  definition: RegisterActivation,
  defaults: () => ({ registerAssignment: [], maskList: [], activeMask: new Uint8Array() }),
  start: apply,
  write: {
    activeMask(self, name, cause) {
      const known = name.length === 0 || self.get('maskList').some((m) => equalBytes(m.maskName, name));
      if (!known) refuse();
      self.set('activeMask', name, cause);
      apply(self);
    },
    registerAssignment(self, registers, cause) {
      for (const { logicalName } of self.get('registerAssignment')) self.space.get(logicalName)?.count(true);
      self.set('registerAssignment', registers, cause);
      apply(self);
    },
    maskList(self, masks, cause) {
      const { length } = self.get('registerAssignment');
      if (masks.some((m) => m.indexList.some((i) => i < 1 || i > length))) refuse();
      self.set('maskList', masks, cause);
      apply(self);
    },
  },
  methods: {
    addRegister(self, register) {
      const registers = self.get('registerAssignment');
      if (registers.some((r) => r.classId === register.classId && r.logicalName === register.logicalName)) refuse();
      self.set('registerAssignment', [...registers, register], 'method');
      apply(self);
    },
    addMask(self, mask) {
      const { length } = self.get('registerAssignment');
      if (mask.indexList.some((i) => i < 1 || i > length)) refuse();
      const others = self.get('maskList').filter((m) => !equalBytes(m.maskName, mask.maskName));
      self.set('maskList', [...others, mask], 'method');
      apply(self);
    },
    deleteMask(self, name) {
      const masks = self.get('maskList');
      const left = masks.filter((m) => !equalBytes(m.maskName, name));
      if (left.length === masks.length) refuse();
      self.set('maskList', left, 'method');
      if (equalBytes(self.get('activeMask'), name)) self.set('activeMask', new Uint8Array(), 'method');
      apply(self);
    },
  },
};
