import type { Transport } from '../transport.js';

/** Settings of a serial line. */
export interface LineSettings {
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 2;
}

/**
 * A transport over a serial line whose settings can change in operation (IEC 62056-21: from 300 baud 7E1 to the speed
 * of HDLC, 8N1).
 */
export interface SerialLine extends Transport {
  /** Waits until everything written has left, then changes the settings. Absent if a gateway sets the line. */
  configure?(settings: LineSettings): Promise<void>;
}
