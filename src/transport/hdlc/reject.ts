import { decodeHdlcControl, encodeHdlcControl, type HdlcControl } from './control.js';

/** Why a server rejected a frame: information field of FRMR, three octets. */
export interface HdlcRejection {
  readonly rejected: HdlcControl;
  /** V(S) and V(R) of the station that rejects. */
  readonly vs: number;
  readonly vr: number;
  /** The rejected frame was a response. */
  readonly response: boolean;
  /** `control`: undefined or not implemented (W); `information`: not permitted with this frame (X); `length`: information field too long (Y); `nr`: invalid N(R) (Z); `ns`: invalid N(S) (V). */
  readonly reasons: readonly ('control' | 'information' | 'length' | 'nr' | 'ns')[];
  /** One line for a log. */
  readonly text: string;
}

/** Octet 1: the rejected control octet; octet 2: V(R) in bits 5 to 7, C/R in bit 4, V(S) in bits 1 to 3; octet 3: W X Y Z V from bit 0. What is missing reads as zero. */
export function decodeFrmr(information: Uint8Array): HdlcRejection {
  const [control = 0, state = 0, bits = 0] = information;
  const reasons = names.filter((_, i) => bits & (1 << i));
  const rejected = decodeHdlcControl(control);
  const what = rejected.type === 'unknown' ? `control octet 0x${control.toString(16)}` : rejected.type;
  return {
    rejected,
    vs: (state >>> 1) & 7,
    vr: state >>> 5,
    response: (state & 0x10) !== 0,
    reasons,
    text: `frame reject (FRMR) of ${what}: ${reasons.join(', ') || 'no reason given'}`,
  };
}

/** The information field of a FRMR frame: why a frame is rejected. */
export function encodeFrmr(rejection: Omit<HdlcRejection, 'text'>): Uint8Array {
  let bits = 0;
  names.forEach((name, i) => {
    if (rejection.reasons.includes(name)) bits |= 1 << i;
  });
  return Uint8Array.of(
    encodeHdlcControl(rejection.rejected),
    ((rejection.vr & 7) << 5) | (rejection.response ? 0x10 : 0) | ((rejection.vs & 7) << 1),
    bits,
  );
}

const names = ['control', 'information', 'length', 'nr', 'ns'] as const;
