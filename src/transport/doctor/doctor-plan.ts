import type { LineSettings } from '../media/serial-line.js';

/** One way to reach a meter: a framing, a line, and the addresses to try there. */
export interface DoctorStep {
  readonly framing: 'hdlc' | 'wrapper';
  /**
   * `direct`; `mode-e`: first the sign-on of IEC 62056-21; `mode-e-8bit`: the same with parity bits added by software,
   * for lines that stay at 8 data bits.
   */
  readonly start: 'direct' | 'mode-e' | 'mode-e-8bit';
  /** Settings of the serial port. Absent if somebody else sets the line (a gateway). */
  readonly line?: LineSettings;
  /** Sends SNRM with parameters, even though they are the defaults, because servers of jDLMS fail on one without. */
  readonly parameters?: true;
  /** Client addresses (SAPs). */
  readonly clients: readonly number[];
  /** Server addresses: logical devices; for HDLC in the notation of `parseHdlcAddress`, in 1, 2 or 4 octets. */
  readonly servers: readonly string[];
  /** Highest speed to change to after the sign-on, in baud. Default: 9600. */
  readonly maxBaud?: number;
}
/** What to try, in this order. A list like any other: filter it, or write your own. */
export interface DoctorPlan {
  readonly steps: readonly DoctorStep[];
  /** Further client addresses to try once a meter has answered, to find its associations. */
  readonly moreClients: readonly number[];
}

/** Public client, management client, and a reading client that many meters have. */
const firstClients: readonly number[] = [16, 1, 17];
/** Clients from companion specifications and known meters: reading, firmware, utility settings, pre-established. */
const moreClients: readonly number[] = [16, 1, 17, 2, 3, 18, 32, 48, 64, 100, 101, 102];
/**
 * The management logical device (1) alone; with the physical addresses 17, 16 and 1 in two and four octets; with "all
 * stations" (127, or 16383 in four octets), which a single meter on a line answers with its own address; and the
 * logical devices 16 and 17.
 */
const manyServers: readonly string[] = [
  '1',
  '1/17',
  '1/127',
  '1/16383:4',
  '1/16',
  '1/1',
  '1/17:4',
  '1/16:4',
  '1/1:4',
  '16',
  '17',
];
const fewServers: readonly string[] = ['1', '1/17', '1/127', '1/16383:4'];

/** Speeds and parities to try on serial ports with direct HDLC, after the usual 9600 8N1. */
const otherLines: readonly (readonly [number, LineSettings['parity']])[] = [
  [19200, 'none'],
  [4800, 'none'],
  [2400, 'none'],
  [115200, 'none'],
  [38400, 'none'],
  [57600, 'none'],
  [1200, 'none'],
  [300, 'none'],
  [9600, 'even'],
  [2400, 'even'],
  [4800, 'even'],
  [9600, 'odd'],
];

/**
 * The plan for a serial port: HDLC at the usual speed, the sign-on of optical heads, then other speeds and parities.
 */
export function serialPlan(): DoctorPlan {
  const direct = { framing: 'hdlc', start: 'direct' } as const;
  return {
    steps: [
      {
        ...direct,
        line: { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1 },
        clients: firstClients,
        servers: manyServers,
      },
      {
        framing: 'hdlc',
        start: 'mode-e',
        line: { baudRate: 300, dataBits: 7, parity: 'even', stopBits: 1 },
        clients: firstClients,
        servers: fewServers,
        maxBaud: 19200,
      },
      ...otherLines.map(
        ([baudRate, parity]): DoctorStep => ({
          ...direct,
          line: { baudRate, dataBits: 8, parity, stopBits: 1 },
          clients: [16, 1],
          servers: fewServers,
        }),
      ),
    ],
    moreClients,
  };
}

/**
 * The plan for a TCP port: a meter with the wrapper, a meter or gateway with HDLC (including one that needs parameters
 * in SNRM), a gateway with an optical head behind it.
 */
export function tcpPlan(): DoctorPlan {
  return {
    steps: [
      { framing: 'wrapper', start: 'direct', clients: firstClients, servers: ['1', '16', '17'] },
      { framing: 'hdlc', start: 'direct', clients: firstClients, servers: manyServers },
      { framing: 'hdlc', start: 'direct', parameters: true, clients: [16, 1], servers: ['1', '1/17'] },
      { framing: 'hdlc', start: 'mode-e', clients: firstClients, servers: fewServers, maxBaud: 300 },
      { framing: 'hdlc', start: 'mode-e-8bit', clients: firstClients, servers: fewServers, maxBaud: 300 },
    ],
    moreClients,
  };
}
