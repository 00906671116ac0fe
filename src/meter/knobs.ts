import type { Phase } from './agenda.js';
import { type EventCodes, eventCodes } from './events.js';

/**
 * What the standard leaves to the maker of a meter, or where public sources disagree, with the value that this engine
 * takes unless told otherwise. Behaviours add theirs here, one line each.
 */
export interface Knobs {
  /** Order of work inside one instant; phases left out follow in their own order. */
  readonly phaseOrder: readonly Phase[];
  /** Scripts and monitors that start each other: deeper ones are dropped and counted. */
  readonly nestingLimit: number;
  /**
   * Seconds by which the clock may be set without being "adjusted": no events, no status bit, nothing runs twice or not
   * at all.
   */
  readonly clockSyncLimit: number;
  /** Seconds that the clock runs without supply. Infinity: always. */
  readonly clockReserveSeconds: number;
  /** `instant`: a time with its deviation names a moment. `local`: the local fields count, the deviation does not. */
  readonly setTimeDeviation: 'instant' | 'local';
  /** A script with an unknown identifier is refused with other-reason, or does nothing. */
  readonly unknownScript: 'refuse' | 'ignore';
  /** An action that fails ends its script, or the next ones run all the same. */
  readonly scriptOnError: 'stop' | 'continue';
  /** Capture time of an extended register after its reset. */
  readonly extendedResetTime: 'now' | 'not-specified';
  /** Rows that a profile can hold at most: more is refused. */
  readonly maxProfileEntries: number;
  /** Columns that a profile can have at most. */
  readonly maxCaptureObjects: number;
  /** Another capture period clears the buffer. */
  readonly clearOnPeriodChange: boolean;
  /**
   * Single actions whose time was without supply, or was jumped over by the clock. The end of billing (0-0:15.0.0) and
   * the activation of an image (0-0:15.0.2) are always made up for.
   */
  readonly missedSingleAction: 'skip' | 'execute';
  /**
   * How rows of profiles are told: see the rules of null-data in the rows before; `delta` needs clients that know delta
   * types.
   */
  readonly profileCompression: 'none' | 'partial' | 'total' | 'delta';
  /** The codes of what the meter notices by itself. Default: those of the IDIS family. */
  readonly eventCodes: EventCodes;
  /** Rows of a log of events that does not say how many it has. */
  readonly logEntries: number;
  /**
   * What a written alarm register, descriptor or error register becomes. `clear`: a bit written 0 is cleared, one
   * written 1 stays as it is; `value`: what was written.
   */
  readonly alarmWrite: 'clear' | 'value';
  /**
   * When a monitor of an alarm descriptor runs its script for up: for each bit that was not set, or as its thresholds
   * say.
   */
  readonly alarmMonitor: 'new-descriptor-bit' | 'threshold';
  /** Seconds without supply from which on the outage goes to the log of power failures. */
  readonly longPowerFailureThreshold: number;
  /**
   * The stamp of the row for an interval that an outage cut short: the end that it would have had, or when the supply
   * went.
   */
  readonly cutIntervalStamp: 'nominal-end' | 'power-down';
  /** A push that is asked for outside the windows waits for the next one, or is lost. */
  readonly pushOutsideWindow: 'pending' | 'lost';
  /** A window that ends while a push is repeated: it goes on in the next one, or is given up. */
  readonly pushWindowEnd: 'resume' | 'give-up';
  /** A push that is asked for while one is tried: that one begins anew with the values of now, or goes on. */
  readonly pushAgain: 'restart' | 'keep';
  /** The random delay is for pushes that waited for a window, or for those of schedules inside a window too. */
  readonly pushDelay: 'window' | 'window-and-schedule';
  /** When the values of a push are read. */
  readonly pushRead: 'at-send' | 'at-trigger';
  /** Seconds in which a push that asks for it must be confirmed. */
  readonly pushConfirmTimeout: number;
  /** The power of the exponent before the first repetition: 0 makes it the least delay. */
  readonly pushExponentStart: number;
  /** Wrong passwords and proofs in a row that are an event. */
  readonly authenticationFailuresForEvent: number;
  /** How long a port stays locked after the k-th failure above those that are allowed. */
  readonly lockoutFormula: 'initial*steepness^(k-1)';
  /** A port that was locked when the supply went: the rest of the time, or all of it anew. */
  readonly portLockRest: 'continue' | 'restart';
  /** What a register monitor does with the first value: notes its side, or runs the action of that side. */
  readonly monitorInitial: 'side-only' | 'action';
  /** How an arbitrator weighs what several actors ask for. */
  readonly arbitrator: 'sum' | 'maximum';
  /** Which day_id the first bit of exec_specdays stands for. */
  readonly specialDayBits: 'bit0-is-day1' | 'bit0-is-day0';
  /** Octets of an image at most. */
  readonly maxImageSize: number;
  /** Whether the blocks of an image that are there outlive a loss of supply. */
  readonly imageBitmap: 'persistent' | 'volatile';
  /** A transfer that is disabled meanwhile: it waits until it is enabled again, or is over. */
  readonly imageDisable: 'suspend' | 'reset';
  /** What a price of a charge is for: 10^commodity_scale units of the register. */
  readonly commodityScale: 'price-per-10^n';
  /** Another capture list of compact data: the maker's own template_id stays, or the next number. */
  readonly compactTemplateId: 'keep' | 'increment';
  /** Whether what methods change counts for parameter monitors. */
  readonly parameterMonitorMethods: 'count' | 'ignore';
  /** Charges by time for periods without supply: collected when it is back, or not at all. */
  readonly timeChargesInOutage: 'all' | 'none';
  /** What becomes of a request with a token that is refused; the status of the gateway says why in any case. */
  readonly tokenFailure: 'success' | 'refuse';
  /** What an M-Bus client knows of a device that was deinstalled. */
  readonly mbusDeinstall: 'clear' | 'keep-identification';
  /** A script reference that stands for the trigger "local disconnect" of the disconnectors. */
  readonly localDisconnectScript:
    | { readonly script_logical_name: string; readonly script_selector: number }
    | undefined;
}

/** The choices that apply unless told otherwise. */
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
