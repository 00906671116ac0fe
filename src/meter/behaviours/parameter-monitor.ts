import type { Data } from '../../axdr/data.js';
import { ParameterMonitor, ParameterMonitorV0 } from '../../cosem/classes/parameter-monitor.js';
import type { ValueDefinition } from '../../cosem/common-types.js';
import { AccessRefused } from '../../server/object.js';
import { type AnyBehaviour, type Behaviour, inVersions, type Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { dateTimeAt, unspecifiedDateTime } from '../values.js';
import { captureLogsOf } from './profile-generic.js';

type Self = Running<typeof ParameterMonitor>;
const same = (a: ValueDefinition, b: ValueDefinition): boolean =>
  a.classId === b.classId && a.logicalName === b.logicalName && a.attributeIndex === b.attributeIndex;

function watch(self: Self): void {
  self.unobserve();
  for (const parameter of self.get('parameterList')) self.observe(parameter);
}
function change(self: Self, list: ValueDefinition[], cause: 'client' | 'method'): void {
  self.set('parameterList', list, cause);
  watch(self);
}
function parameterValue(self: Self, parameter: ValueDefinition): Data {
  try {
    return self.space.read(parameter);
  } catch (e) {
    if (!(e instanceof AccessRefused)) throw e;
    return { type: 'null-data' };
  }
}

const latest: Behaviour<typeof ParameterMonitor> = {
  definition: ParameterMonitor,
  defaults: () => ({
    parameterList: [],
    changedParameter: {
      classId: 0,
      logicalName: '0-0:0.0.0*0',
      attributeIndex: 0,
      attributeValue: { type: 'null-data' },
    },
    captureTime: { type: 'octet-string', value: unspecifiedDateTime },
  }),
  start: watch,
  computed: {
    parameterValues: (self) => ({
      type: 'structure',
      value: self.get('parameterList').map((p) => parameterValue(self, p)),
    }),
  },
  write: {
    parameterList: (self, list) => change(self, list, 'client'),
  },
  methods: {
    addParameter(self, parameter) {
      const list = self.get('parameterList');
      if (!list.some((p) => same(p, parameter))) change(self, [...list, parameter], 'method');
    },
    deleteParameter(self, parameter) {
      const list = self.get('parameterList');
      if (!list.some((p) => same(p, parameter))) refuse();
      change(
        self,
        list.filter((p) => !same(p, parameter)),
        'method',
      );
    },
  },
  observed(self, { classId, logicalName, attributeIndex }, cause) {
    const { engine } = self;
    // What the meter itself changes is not a parameter.
    if (cause === 'engine' || (cause === 'method' && engine.knobs.parameterMonitorMethods === 'ignore')) return;
    const parameter = { classId, logicalName, attributeIndex };
    self.set('changedParameter', { ...parameter, attributeValue: parameterValue(self, parameter) });
    const type = (self.definition.version as number) === 0 ? 'octet-string' : 'date-time';
    self.set('captureTime', { type, value: dateTimeAt(engine, engine.utc) } as never);
    engine.raise('parametersChanged');
    captureLogsOf(self as unknown as Running, engine.utc);
  },
};

/**
 * Parameter monitor (class 65): the last parameter written, by anyone; a refused write does not count, writing the same
 * value again does. Profiles that capture it get a row. The digest of version 1 is missing, because its algorithms are
 * unknown.
 */
export const parameterMonitorBehaviours: readonly AnyBehaviour[] = inVersions(latest, ParameterMonitorV0);
