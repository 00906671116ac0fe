/** What both sides agreed on when the association was opened; it decides when a service needs blocks. */
export interface ServiceLimits {
  /** Longest plain APDU that may be sent, protection already subtracted; Infinity when the peer has no limit. */
  readonly sendSize: number;
  /** Octets of all blocks together that are taken from the peer. */
  readonly receiveTotal: number;
}
/** 64 MiB: far more than any profile, far less than memory. */
export const defaultReceiveTotal = 0x4000000;
