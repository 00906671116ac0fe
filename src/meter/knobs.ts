import type { Phase } from './agenda.js';
import { type EventCodes, eventCodes } from './events.js';

/**
 * Choices that the standard leaves to the manufacturer of a meter, or on which public sources disagree;
 * {@link defaultKnobs} has the defaults. Behaviours add theirs here, one line each.
 */
export interface Knobs {
  /** Order of work within one instant; phases left out follow in their usual order. */
  readonly phaseOrder: readonly Phase[];
  /** How deeply scripts and monitors may start each other; deeper ones are dropped and counted. */
  readonly nestingLimit: number;
  /**
   * Seconds by which the clock may be set without being "adjusted": no event, no status bit, and nothing runs twice or
   * is skipped.
   */
  readonly clockSyncLimit: number;
  /** Seconds that the clock runs without supply; Infinity for always. */
  readonly clockReserveSeconds: number;
  /**
   * `instant`: a time together with its deviation denotes an instant. `local`: the local fields count, the deviation is
   * ignored.
   */
  readonly setTimeDeviation: 'instant' | 'local';
  /** Whether a script with an unknown identifier is refused with other-reason, or does nothing. */
  readonly unknownScript: 'refuse' | 'ignore';
  /** Whether a failed action ends its script, or the next ones run all the same. */
  readonly scriptOnError: 'stop' | 'continue';
  /** Capture time of an extended register after its reset. */
  readonly extendedResetTime: 'now' | 'not-specified';
  /** Maximum number of rows of a profile; more is refused. */
  readonly maxProfileEntries: number;
  /** Maximum number of columns of a profile. */
  readonly maxCaptureObjects: number;
  /** Whether a change of the capture period clears the buffer. */
  readonly clearOnPeriodChange: boolean;
  /**
   * What happens to single actions whose time fell into an outage, or was skipped by the clock. The end of billing
   * (0-0:15.0.0) and the activation of an image (0-0:15.0.2) are always made up for.
   */
  readonly missedSingleAction: 'skip' | 'execute';
  /** How rows of profiles are compressed with null-data; `delta` requires clients that know the delta types. */
  readonly profileCompression: 'none' | 'partial' | 'total' | 'delta';
  /** The codes of what the meter notices by itself. Default: those of the IDIS family. */
  readonly eventCodes: EventCodes;
  /** Default number of rows of an event log. */
  readonly logEntries: number;
  /**
   * What writing to an alarm register, descriptor or error register does. `clear`: a bit written as 0 is cleared, one
   * written as 1 stays as it is; `value`: it gets the value written.
   */
  readonly alarmWrite: 'clear' | 'value';
  /** When a monitor of an alarm descriptor runs its script for up: for each new bit, or according to its thresholds. */
  readonly alarmMonitor: 'new-descriptor-bit' | 'threshold';
  /** Seconds from which an outage is entered into the power failure log. */
  readonly longPowerFailureThreshold: number;
  /** Time stamp of the row for an interval cut short by an outage: its nominal end, or when the supply failed. */
  readonly cutIntervalStamp: 'nominal-end' | 'power-down';
  /** Whether a push triggered outside the windows waits for the next one, or is lost. */
  readonly pushOutsideWindow: 'pending' | 'lost';
  /** If a window ends while a push is being repeated: whether it continues in the next window, or is given up. */
  readonly pushWindowEnd: 'resume' | 'give-up';
  /**
   * If a push is triggered while another is being tried: whether that one starts again with current values, or goes on.
   */
  readonly pushAgain: 'restart' | 'keep';
  /**
   * Whether the random delay applies only to pushes that waited for a window, or also to scheduled ones within a
   * window.
   */
  readonly pushDelay: 'window' | 'window-and-schedule';
  /** When the values of a push are read. */
  readonly pushRead: 'at-send' | 'at-trigger';
  /** Seconds within which a push must be confirmed, if it asks for that. */
  readonly pushConfirmTimeout: number;
  /** The exponent for the first repetition: 0 gives the smallest delay. */
  readonly pushExponentStart: number;
  /** How many failed authentications in a row are an event. */
  readonly authenticationFailuresForEvent: number;
  /** How long a port stays locked after the k-th failure beyond those allowed. */
  readonly lockoutFormula: 'initial*steepness^(k-1)';
  /**
   * For how long a port that was locked when the supply failed stays locked: the rest of the time, or all of it again.
   */
  readonly portLockRest: 'continue' | 'restart';
  /** What a register monitor does with the first value: notes its side, or runs the action of that side. */
  readonly monitorInitial: 'side-only' | 'action';
  /** How an arbitrator weighs the requests of several actors. */
  readonly arbitrator: 'sum' | 'maximum';
  /** Which day_id the first bit of exec_specdays stands for. */
  readonly specialDayBits: 'bit0-is-day1' | 'bit0-is-day0';
  /** Maximum size of an image in octets. */
  readonly maxImageSize: number;
  /** Whether the blocks of an image received so far survive a loss of supply. */
  readonly imageBitmap: 'persistent' | 'volatile';
  /** Whether a transfer that is disabled meanwhile waits until it is enabled again, or is over. */
  readonly imageDisable: 'suspend' | 'reset';
  /** What the price of a charge is for: 10^commodity_scale units of the register. */
  readonly commodityScale: 'price-per-10^n';
  /** Whether a new capture list of compact data keeps the template_id of the manufacturer, or takes the next number. */
  readonly compactTemplateId: 'keep' | 'increment';
  /** Whether changes by methods count for parameter monitors. */
  readonly parameterMonitorMethods: 'count' | 'ignore';
  /** Charges by time for periods without supply: collected when it is back, or not at all. */
  readonly timeChargesInOutage: 'all' | 'none';
  /** What becomes of a request with a token that is refused; the status of the gateway says why in any case. */
  readonly tokenFailure: 'success' | 'refuse';
  /** What an M-Bus client knows of a device that was deinstalled. */
  readonly mbusDeinstall: 'clear' | 'keep-identification';
  /** A script reference that means the trigger "local disconnect" of the disconnectors. */
  readonly localDisconnectScript:
    | { readonly script_logical_name: string; readonly script_selector: number }
    | undefined;
}

/** The default choices. */
export const defaultKnobs: Knobs = {
  phaseOrder: [],
  nestingLimit: 8,
  clockSyncLimit: 9,
  clockReserveSeconds: Number.POSITIVE_INFINITY,
  setTimeDeviation: 'instant',
  unknownScript: 'refuse',
  scriptOnError: 'stop',
  extendedResetTime: 'now',
  maxProfileEntries: 0xffff_ffff,
  maxCaptureObjects: 64,
  clearOnPeriodChange: true,
  missedSingleAction: 'skip',
  profileCompression: 'none',
  eventCodes,
  logEntries: 100,
  alarmWrite: 'clear',
  alarmMonitor: 'new-descriptor-bit',
  longPowerFailureThreshold: 180,
  cutIntervalStamp: 'nominal-end',
  pushOutsideWindow: 'pending',
  pushWindowEnd: 'resume',
  pushAgain: 'restart',
  pushDelay: 'window-and-schedule',
  pushRead: 'at-send',
  pushConfirmTimeout: 30,
  pushExponentStart: 0,
  authenticationFailuresForEvent: 3,
  lockoutFormula: 'initial*steepness^(k-1)',
  portLockRest: 'continue',
  monitorInitial: 'side-only',
  arbitrator: 'sum',
  specialDayBits: 'bit0-is-day1',
  maxImageSize: 0x100_0000,
  imageBitmap: 'persistent',
  imageDisable: 'suspend',
  commodityScale: 'price-per-10^n',
  compactTemplateId: 'keep',
  parameterMonitorMethods: 'count',
  timeChargesInOutage: 'all',
  tokenFailure: 'success',
  mbusDeinstall: 'clear',
  localDisconnectScript: undefined,
};
