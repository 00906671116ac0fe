import { idisPackage2 } from '../../idis/packages.js';
import type { Json } from './notation.js';
import { type GivenObject, Unsupported } from './scenario.js';

// Objects that scenarios include by name. What the numbers of events mean is said by the profile.

const profileOfMeters = idisPackage2();
const codesOf = (log: string): number[] => profileOfMeters.events.filter((e) => e.log === log).map((e) => e.code);
const bitsOf = (field: string): Record<number, number> =>
  Object.fromEntries(
    (profileOfMeters.bitFields.find((f) => f.id === field)?.bits ?? []).flatMap(({ bit, events = [] }) =>
      events.map((code) => [code, bit]),
    ),
  );

const column = (class_id: number, logical_name: string, attribute_index: number): Json => ({
  class_id,
  logical_name,
  attribute_index,
  data_index: 0,
});
const nothing = column(0, '0-0:0.0.0*0', 0);
const data = (ln: string, value: Json, engine?: GivenObject['engine']): GivenObject => ({
  class: 1,
  ln,
  version: 0,
  attributes: { value },
  ...(engine === undefined ? {} : { engine }),
});
const log = (ln: string, capture_objects: Json[]): GivenObject => ({
  class: 7,
  ln,
  version: 1,
  attributes: { capture_objects, capture_period: 0, sort_method: 1, sort_object: nothing },
});
const eventLog = (n: number, name: string, more: Json[] = []): GivenObject[] => [
  data(`0-0:96.11.${n}*255`, { unsigned: 0 }, { events: codesOf(name) }),
  log(`0-0:99.98.${n}*255`, [column(8, '0-0:1.0.0*255', 2), column(1, `0-0:96.11.${n}*255`, 2), ...more]),
];
const bits = (value: number): Json => ({ 'double-long-unsigned': value });

const sets: Readonly<Record<string, () => readonly GivenObject[]>> = {
  standardLog: () => eventLog(0, 'standard'),
  fraudLog: () => eventLog(1, 'fraud'),
  disconnectorLog: () => eventLog(2, 'disconnector', [column(71, '0-0:17.0.0*255', 3)]),
  mbusLog: () => eventLog(3, 'M-Bus'),
  powerFailureLog: () => [
    {
      class: 3,
      ln: '0-0:96.7.19*255',
      version: 0,
      attributes: { value: bits(0), scaler_unit: { scaler: 0, unit: 7 } },
      engine: { powerFailureDuration: true },
    },
    log('1-0:99.97.0*255', [column(8, '0-0:1.0.0*255', 2), column(3, '0-0:96.7.19*255', 2)]),
  ],
  alarms: () => [
    data('0-0:97.98.0*255', bits(0), { bits: bitsOf('alarm 1') }),
    data('0-0:97.98.10*255', bits(0)),
    data('0-0:97.98.20*255', bits(0), { descriptor: { register: '0-0:97.98.0*255', filter: '0-0:97.98.10*255' } }),
  ],
  alarmPush: () => [
    {
      class: 21,
      ln: '0-0:16.1.0*255',
      version: 0,
      attributes: {
        thresholds: [bits(1)],
        monitored_value: { class_id: 1, logical_name: '0-0:97.98.20*255', attribute_index: 2 },
        actions: [
          {
            action_up: { script_logical_name: '0-0:10.0.108*255', script_selector: 4 },
            action_down: { script_logical_name: '0-0:10.0.108*255', script_selector: 0 },
          },
        ],
      },
    },
    {
      class: 9,
      ln: '0-0:10.0.108*255',
      version: 0,
      attributes: {
        scripts: [
          {
            script_identifier: 4,
            actions: [
              {
                service_id: 2,
                class_id: 40,
                logical_name: '0-4:25.9.0*255',
                index: 1,
                parameter: { integer: 0 },
              },
            ],
          },
        ],
      },
    },
    {
      class: 40,
      ln: '0-4:25.9.0*255',
      version: 0,
      attributes: {
        push_object_list: [column(40, '0-4:25.9.0*255', 1), column(1, '0-0:97.98.20*255', 2)],
        send_destination_and_method: { transport_service: 0, destination: '', message: 0 },
        communication_window: [],
        randomisation_start_interval: 0,
        number_of_retries: 0,
        repetition_delay: 60,
      },
    },
  ],
};

/** The objects that a name stands for. */
export function included(name: string): readonly GivenObject[] {
  const make = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (make === undefined) throw new Unsupported(`include ${name}`);
  return make();
}
