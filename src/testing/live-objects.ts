import { Clock } from '../cosem/classes/clock.js';
import { DisconnectControl, DisconnectControlV0 } from '../cosem/classes/disconnect-control.js';
import { type DateTime, fromInstant, toInstant, unspecifiedDateTime } from '../cosem/date-time.js';
import type { Obis } from '../cosem/obis.js';
import { access, type CosemObject, object } from '../server/object.js';

/** A clock that can be set: what a client sets is kept as the difference to `now`. @param deviation minutes from local time to UTC */
export function clockObject(now: () => number, deviation: number, logicalName: Obis = '0-0:1.0.0*255'): CosemObject {
  let offset = 0;
  const time = (): DateTime => fromInstant(now() + offset, deviation);
  return object(
    Clock,
    logicalName,
    {
      time: access({
        get: time,
        set: (value) => {
          offset = toInstant(value, { deviationMinutes: deviation }) - now();
        },
      }),
      timeZone: deviation,
      status: [],
      daylightSavingsBegin: unspecifiedDateTime,
      daylightSavingsEnd: unspecifiedDateTime,
      daylightSavingsDeviation: 0,
      daylightSavingsEnabled: false,
      clockBase: 'internal-crystal',
    },
    {
      shiftTime: (seconds) => {
        offset += seconds * 1000;
      },
      adjustToMinute: () => {
        offset += Math.round((now() + offset) / 60_000) * 60_000 - (now() + offset);
      },
    },
  );
}

/** A disconnector that opens and closes. */
export function disconnector(logicalName: Obis = '0-0:96.3.10*255', version: 0 | 1 = 1): CosemObject {
  let connected = true;
  return object(
    // The versions differ in one name of the control mode.
    version === 0 ? (DisconnectControlV0 as unknown as typeof DisconnectControl) : DisconnectControl,
    logicalName,
    {
      outputState: access({ get: () => connected }),
      controlState: access({ get: () => (connected ? 'connected' : 'disconnected') }),
      controlMode: 'mode-1',
    },
    {
      remoteDisconnect: () => {
        connected = false;
      },
      remoteReconnect: () => {
        connected = true;
      },
    },
  );
}
