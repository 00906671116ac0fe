import { Clock } from '../../cosem/classes/clock.js';
import { type CosemDate, type CosemTime, type DateTime, toInstant } from '../../cosem/date-time.js';
import type { Behaviour, Running } from '../behaviour.js';
import { refuse } from '../engine.js';
import { dateTimeAt, unspecifiedDateTime } from '../values.js';

interface Preset {
  readonly time: number;
  readonly from: number;
  readonly to: number;
}
interface ClockState {
  preset: Preset | undefined;
}
type Self = Running<typeof Clock, ClockState>;

/** A local time without the fields that a meter fills in itself; refused if date, hour or minute is left open. */
function moment(self: Self, time: DateTime): number {
  const { engine } = self;
  const whole: DateTime = { ...time, second: time.second ?? 0, hundredths: time.hundredths ?? 0 };
  try {
    const deviation = engine.knobs.setTimeDeviation === 'instant' ? time.deviationMinutes : null;
    if (deviation !== null) return toInstant(whole, { acceptInvalid: true });
    return engine.local.utc(toInstant({ ...whole, deviationMinutes: 0 }, { acceptInvalid: true }));
  } catch {
    return refuse();
  }
}
/** Sets the switches of daylight saving, and local time from now on. */
function season(self: Self): void {
  const { engine } = self;
  engine.setZone({
    timeZone: self.get('timeZone'),
    daylightSavingsEnabled: self.get('daylightSavingsEnabled'),
    daylightSavingsDeviation: self.get('daylightSavingsDeviation'),
    daylightSavingsBegin: self.get('daylightSavingsBegin'),
    daylightSavingsEnd: self.get('daylightSavingsEnd'),
  });
  nextSwitch(self);
}
function nextSwitch(self: Self): void {
  const { engine } = self;
  const next = engine.local.nextSwitch(engine.utc);
  self.schedule('power', next === undefined ? undefined : engine.elapsedAt(next.at));
}
/** Changes the rule of local time; UTC goes on. */
function zone<
  A extends
    | 'timeZone'
    | 'daylightSavingsBegin'
    | 'daylightSavingsEnd'
    | 'daylightSavingsDeviation'
    | 'daylightSavingsEnabled',
>(attribute: A, fits: (value: never) => boolean) {
  return (self: Self, value: never, cause: 'client'): void => {
    if (!fits(value)) refuse();
    self.set(attribute, value, cause);
    season(self);
    self.engine.clockChanged({ kind: 'zone', from: self.engine.utc, to: self.engine.utc });
  };
}
const within = (min: number, max: number) => (value: never) => value >= min && value <= max;
const pattern = (value: never): boolean => {
  const { hundredths } = value as CosemDate & CosemTime;
  return hundredths === null || hundredths === 0;
};

function set(self: Self, utc: number, synchronises = false): void {
  const { engine } = self;
  const from = engine.utc;
  const small = synchronises || Math.abs(utc - from) <= engine.knobs.clockSyncLimit * 1000;
  if (!small) engine.raise('clockAdjustedOldTime', from);
  engine.clockStatus = 0;
  engine.condition('clockInvalid', false);
  engine.setClock(utc, small ? 'synchronised' : 'adjusted');
  nextSwitch(self);
  if (!small) engine.raise('clockAdjustedNewTime', utc);
}
/** Sets the clock to the nearest multiple of a time of day, by local time. */
function round(self: Self, to: (local: number) => number): void {
  const { engine } = self;
  const { utc } = engine;
  set(self, utc + to(engine.local.local(utc)) - engine.local.local(utc), true);
}
const minute = 60_000;

/** Clock (class 8): the one clock of the meter. */
export const clockBehaviour: Behaviour<typeof Clock, ClockState> = {
  definition: Clock,
  state: () => ({ preset: undefined }),
  defaults: () => ({
    timeZone: 0,
    daylightSavingsBegin: unspecifiedDateTime,
    daylightSavingsEnd: unspecifiedDateTime,
    daylightSavingsDeviation: 0,
    daylightSavingsEnabled: false,
    clockBase: 'internal-crystal',
  }),
  start: season,
  computed: {
    time: (self) => dateTimeAt(self.engine, self.engine.utc),
    status(self) {
      const { clockStatus } = dateTimeAt(self.engine, self.engine.utc);
      return statusNames(clockStatus ?? 0);
    },
  },
  write: {
    time: (self, value) => set(self, moment(self, value)),
    timeZone: zone('timeZone', within(-720, 840)) as never,
    daylightSavingsBegin: zone('daylightSavingsBegin', pattern) as never,
    daylightSavingsEnd: zone('daylightSavingsEnd', pattern) as never,
    daylightSavingsDeviation: zone('daylightSavingsDeviation', within(-120, 120)) as never,
    daylightSavingsEnabled: zone('daylightSavingsEnabled', () => true) as never,
  },
  methods: {
    adjustToQuarter: (self) =>
      round(self, (local) => {
        const hour = Math.floor(local / (60 * minute)) * 60 * minute;
        const minutes = Math.floor((local - hour) / minute);
        // Two public sources decide by whole minutes.
        const quarter = minutes < 8 ? 0 : minutes < 23 ? 15 : minutes < 38 ? 30 : minutes < 53 ? 45 : 60;
        return hour + quarter * minute;
      }),
    adjustToMinute: (self) => round(self, (local) => Math.floor((local + 30_000) / minute) * minute),
    adjustToMeasuringPeriod(self) {
      const profile = self.space.ofClass(7).find((o) => Number(o.get('capturePeriod')) > 0);
      if (profile === undefined) return refuse();
      const { engine } = self;
      const period = Number(profile.get('capturePeriod')) * 1000;
      const last = engine.local.lastBoundary(period, engine.utc);
      const next = engine.local.nextBoundary(period, engine.utc);
      set(self, engine.utc - last < next - engine.utc ? last : next, true);
    },
    presetAdjustingTime(self, { presetTime, validityIntervalStart, validityIntervalEnd }) {
      const at = (t: typeof presetTime): number => moment(self, t.value as DateTime);
      self.state = {
        preset: { time: at(presetTime), from: at(validityIntervalStart), to: at(validityIntervalEnd) },
      };
    },
    adjustToPresetTime(self) {
      const { preset } = self.state;
      const { utc } = self.engine;
      if (preset === undefined || utc < preset.from || utc > preset.to) return refuse();
      self.state = { preset: undefined };
      set(self, preset.time);
    },
    shiftTime(self, seconds) {
      if (Math.abs(seconds) > 900) refuse();
      set(self, self.engine.utc + seconds * 1000);
    },
  },
  due: {
    power(self, at) {
      const { engine } = self;
      const utc = engine.utcAt(at);
      engine.raise('daylightSavingSwitched', utc - 1000);
      nextSwitch(self);
      engine.clockChanged({ kind: 'season', from: utc, to: utc });
    },
  },
  powerUp(self, outage) {
    const { engine } = self;
    if (outage.to - outage.from > engine.knobs.clockReserveSeconds * 1000) {
      engine.clockStatus = 0b1001;
      engine.setClock(Date.UTC(2000, 0, 1), 'lost');
      engine.condition('clockInvalid', true);
    }
    nextSwitch(self);
  },
};
const statusNames = (octet: number): never =>
  Object.entries({
    'invalid-value': 1,
    'doubtful-value': 2,
    'different-clock-base': 4,
    'invalid-clock-status': 8,
    'daylight-saving-active': 0x80,
  })
    .filter(([, bit]) => (octet & bit) !== 0)
    .map(([name]) => name) as never;
