import { DlmsError } from '../core/errors.js';

/** The security control octet, the first of the security header (Green Book 9.2.7.2.4.1). */
export interface SecurityControl {
  /** Security_Suite_Id, bits 0 to 3. */
  readonly suite: number;
  /** Bit 4. */
  readonly authenticated: boolean;
  /** Bit 5. */
  readonly encrypted: boolean;
  /** Key_Set, bit 6: true for the global broadcast key. Ignored in general-ciphering and with the dedicated key. */
  readonly broadcastKey: boolean;
  /** Bit 7: the content was compressed before it was protected. */
  readonly compressed: boolean;
}

// The bits above the suite, for code that looks at the octet of every message.
export const authenticatedBit = 0x10;
export const encryptedBit = 0x20;
export const broadcastKeyBit = 0x40;
export const compressedBit = 0x80;

/** Reads the security control octet; any value is valid. */
export function parseSecurityControl(octet: number): SecurityControl {
  return {
    suite: octet & 0x0f,
    authenticated: (octet & authenticatedBit) !== 0,
    encrypted: (octet & encryptedBit) !== 0,
    broadcastKey: (octet & broadcastKeyBit) !== 0,
    compressed: (octet & compressedBit) !== 0,
  };
}
/**
 * The security control octet, the reverse of {@link parseSecurityControl}.
 * @throws DlmsError `encode/invalid-value` for a suite outside 0 to 15
 */
export function formatSecurityControl(control: SecurityControl): number {
  if (!Number.isInteger(control.suite) || control.suite < 0 || control.suite > 15)
    throw new DlmsError('encode/invalid-value', {
      expected: 'a security suite id from 0 to 15',
      actual: String(control.suite),
    });
  return (
    control.suite |
    (control.authenticated ? authenticatedBit : 0) |
    (control.encrypted ? encryptedBit : 0) |
    (control.broadcastKey ? broadcastKeyBit : 0) |
    (control.compressed ? compressedBit : 0)
  );
}
