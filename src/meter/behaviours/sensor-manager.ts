import type { Data } from '../../axdr/data.js';
import { SensorManager } from '../../cosem/classes/sensor-manager.js';
import type { Behaviour, Running } from '../behaviour.js';
import { crossings, numberAt, run, type Side } from '../thresholds.js';
import { dateTimeAt, defaultOf, numberOf, unspecifiedDateTime } from '../values.js';

interface State {
  raw: readonly Side[];
  processed: readonly Side[];
}
type Self = Running<typeof SensorManager, State>;

const own = ({ logicalName }: Self) => ({ classId: 67, logicalName, attributeIndex: 7 });
function evaluate(self: Self, which: 'raw' | 'processed'): void {
  const raw = which === 'raw';
  const value = raw ? numberOf(self.get('rawValue') as Data) : numberAt(self, self.get('processedValue'));
  if (value === undefined) return;
  const thresholds = self.get(raw ? 'rawValueThresholds' : 'processedValueThresholds') as readonly Data[];
  const actions = self.get(raw ? 'rawValueActions' : 'processedValueActions');
  const { sides, due } = crossings(self, value, thresholds, actions, self.state[which]);
  self.state = { ...self.state, [which]: sides };
  for (const action of due) run(self, action);
}
function begin(self: Self): void {
  self.unobserve();
  self.observe(own(self));
  self.observe(self.get('processedValue'));
  self.state = { raw: [], processed: [] };
  evaluate(self, 'raw');
  evaluate(self, 'processed');
}

/**
 * Sensor manager (class 67): thresholds of the raw value and of a processed value elsewhere, each as those of a
 * register monitor (engineering knowledge: one public source has the attributes, none the rules).
 */
export const sensorManagerBehaviour: Behaviour<typeof SensorManager, State> = {
  definition: SensorManager,
  state: () => ({ raw: [], processed: [] }),
  defaults: () => ({
    rawValue: { type: 'double-long-unsigned', value: 0 },
    captureTime: unspecifiedDateTime,
    rawValueThresholds: [],
    rawValueActions: [],
    processedValue: { classId: 0, logicalName: '0-0:0.0.0*0', attributeIndex: 0 },
    processedValueThresholds: [],
    processedValueActions: [],
  }),
  start: begin,
  methods: {
    reset: (self) => self.set('rawValue', defaultOf(self.get('rawValue')), 'method'),
  },
  observed(self, { classId, logicalName }) {
    if (classId !== 67 || logicalName !== self.logicalName) return evaluate(self, 'processed');
    self.set('captureTime', dateTimeAt(self.engine, self.engine.utc));
    evaluate(self, 'raw');
  },
  powerUp: begin,
};
