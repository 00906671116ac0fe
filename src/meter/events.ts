/**
 * What a meter notices by itself, with its code in event objects and logs (IDIS family; other companion profiles have
 * other numbers, see the knob `eventCodes`).
 */
export const eventCodes = {
  powerDown: 1,
  powerUp: 2,
  daylightSavingSwitched: 3,
  clockAdjustedOldTime: 4,
  clockAdjustedNewTime: 5,
  clockInvalid: 6,
  calendarActivated: 9,
  errorRegisterCleared: 10,
  alarmRegisterCleared: 11,
  imageVerified: 17,
  imageActivated: 18,
  calendarProgrammed: 19,
  authenticationFailed: 46,
  parametersChanged: 47,
  keyChanged: 48,
  decryptionFailed: 49,
  replayed: 50,
  imageVerificationFailed: 51,
  readyForManualReconnection: 59,
  manualDisconnect: 60,
  manualReconnect: 61,
  remoteDisconnect: 62,
  remoteReconnect: 63,
  localDisconnect: 64,
  limiterExceeded: 65,
  limiterOk: 66,
  limiterThresholdChanged: 67,
  relayFailed: 68,
  localReconnect: 69,
  /** Of channel 1; each further channel adds ten. */
  mbusSilent: 100,
  mbusAnswers: 101,
  mbusBattery: 102,
  mbusFraud: 103,
  mbusClockAdjusted: 104,
  mbusInstalled: 105,
  loadProfileCleared: 254,
  logCleared: 255,
} as const;
/** The name of something that a meter notices. */
export type EventName = keyof typeof eventCodes;
/** The codes of a companion profile; anything without a code is not logged. */
export type EventCodes = { readonly [N in EventName]?: number | undefined };
