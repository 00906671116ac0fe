import { DlmsError } from '../../core/errors.js';
import { type HdlcAddress, hdlcAddress } from './address.js';
import { llcCommand, maxInformation } from './frame.js';
import { hdlcDefaultParameters, hdlcParameterTable } from './parameters.js';

/** What one side of a link brings along and how long it waits. Times are milliseconds. */
export interface HdlcLinkOptions {
  readonly client: HdlcAddress;
  readonly server: HdlcAddress;
  /** Longest information field to propose or grant for transmission, 32 to 2030. Default: client 128 (the standard's default), server 2030. */
  readonly maxInfoTransmit?: number;
  readonly maxInfoReceive?: number;
  /**
   * Frames transmitted before an answer is needed, 1 to 7; of both sides the smaller counts. Default: client 1, server 3.
   * Numbers have three bits: with a window of W, a frame that the line gives back k round trips late is known as old for certain while (k + 1) · W is at most 7.
   */
  readonly windowTransmit?: number;
  readonly windowReceive?: number;
  /**
   * Use shorter segments than negotiated, for peers that count more than the information field into the limit: 3 to
   * 2030 (without LLC header from 1).
   */
  readonly segmentOctets?: number;
  /** Client: how long the answer to a poll may take, one frame of full length included. Default 5000. */
  readonly responseTimeoutMs?: number;
  /**
   * Client: how long frames of a link can still be on the way when it has failed, did not answer, or was ended before
   * two requests were answered; a new link is begun no sooner, so that nothing of the former one meets it. Counts from
   * the failure, from the last poll that was given up, and from such an early DISC. 0 on lines that keep the order and
   * double nothing. Default: `responseTimeoutMs`.
   */
  readonly drainMs?: number;
  /** Client: attempts without progress after the first one. Default 3. */
  readonly retries?: number;
  /** Client: pause before it asks again a server that had nothing to say, is busy, or gave a doubtful answer. Default 100. */
  readonly pollIntervalMs?: number;
  /** Client: how long the server may say "not ready" (RNR). Default 60 000. */
  readonly busyTimeoutMs?: number;
  /** Server: how long a poll is kept for the application's answer before it is returned with RR. Must be shorter than the client's response time-out. Default 1000. */
  readonly holdMs?: number;
  /** The link ends when the peer was not heard for so long; 0 for never. Default: server 120 000, client 0. */
  readonly inactivityTimeoutMs?: number;
  /** Longest APDU (LLC header included) that is put together. Default 1 MiB. */
  readonly maxApduOctets?: number;
  /** Octets that can wait for transmission. Default 1 MiB. */
  readonly maxQueuedOctets?: number;
  /** Client: SNRM carries the parameters even when they are the defaults. The server of jDLMS fails on an SNRM without. Default false: some meters know no parameters. */
  readonly sendParameters?: boolean;
  /** APDUs carry the LLC header E6E600 / E6E700. Default true. */
  readonly llc?: boolean;
}

/** {@link HdlcLinkOptions} with every default filled in. */
export interface HdlcLinkSettings extends Required<HdlcLinkOptions> {}

/**
 * The settings of a link.
 * @throws DlmsError `configuration/invalid` for a value outside its range
 */
export function hdlcLinkSettings(role: 'client' | 'server', options: HdlcLinkOptions): HdlcLinkSettings {
  const own =
    role === 'client'
      ? hdlcDefaultParameters
      : { maxInfoTransmit: 2030, maxInfoReceive: 2030, windowTransmit: 3, windowReceive: 3 };
  const given = Object.fromEntries(
    Object.entries(options).filter(([, v]) => v !== undefined),
  ) as unknown as HdlcLinkOptions;
  const settings: HdlcLinkSettings = {
    segmentOctets: maxInformation,
    responseTimeoutMs: 5000,
    drainMs: options.responseTimeoutMs ?? 5000,
    retries: 3,
    pollIntervalMs: 100,
    busyTimeoutMs: 60_000,
    holdMs: 1000,
    inactivityTimeoutMs: role === 'client' ? 0 : 120_000,
    maxApduOctets: 0x10_0000,
    maxQueuedOctets: 0x10_0000,
    sendParameters: false,
    llc: true,
    ...own,
    ...given,
  };
  check(settings);
  return settings;
}

function check(s: HdlcLinkSettings): void {
  const invalid = (what: string): DlmsError => new DlmsError('configuration/invalid', { what: `HDLC link: ${what}` });
  for (const role of ['client', 'server'] as const) {
    const { upper, lower, size } = s[role];
    try {
      hdlcAddress(upper, lower, size);
    } catch (cause) {
      throw invalid(`${role} address: ${(cause as DlmsError).message}`);
    }
  }
  for (const [, name, least, most] of hdlcParameterTable) wholeNumber(name, least, most);
  // The LLC header is in one piece.
  wholeNumber('segmentOctets', s.llc ? llcCommand.length : 1, maxInformation);
  wholeNumber('retries', 0);
  wholeNumber('maxApduOctets', 1);
  wholeNumber('maxQueuedOctets', 1);
  if (!(s.responseTimeoutMs > 0)) throw invalid(`responseTimeoutMs ${s.responseTimeoutMs}`);
  for (const name of ['drainMs', 'pollIntervalMs', 'busyTimeoutMs', 'holdMs', 'inactivityTimeoutMs'] as const)
    if (!(s[name] >= 0)) throw invalid(`${name} ${s[name]}`);

  function wholeNumber(name: keyof HdlcLinkSettings, least: number, most = Number.MAX_SAFE_INTEGER): void {
    const value = s[name] as number;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return;
    throw invalid(
      `${name} ${value}, ${most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`}`,
    );
  }
}

/** Longest time in milliseconds that a client can spend without any progress before its link has failed (a busy server apart: `busyTimeoutMs`). */
export function hdlcLinkPatience(settings: HdlcLinkSettings): number {
  return (settings.retries + 2) * (2 * settings.responseTimeoutMs + settings.pollIntervalMs);
}
