import { protectedTag } from '../xdlms/ciphered.js';

/** Tags of the general protection APDUs. */
export const generalGloCipheringTag = 0xdb;
export const generalDedCipheringTag = 0xdc;
export const generalCipheringTag = 0xdd;
export const generalSigningTag = 0xdf;

/** Services with ciphered variants: glo- is 32 (short name and initiate) or 8 (logical name) above the plain tag, ded- 64 or 16. */
const ciphered: ReadonlySet<number> = /* @__PURE__ */ new Set([
  1, 5, 6, 8, 12, 13, 14, 22, 24, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc7,
]);

/** The service-specific ciphered tag, or undefined when the service has none (it travels in a general APDU). */
export function cipheredTag(plainTag: number, dedicated: boolean): number | undefined {
  if (!ciphered.has(plainTag)) return undefined;
  return protectedTag(plainTag, dedicated ? 'ded' : 'glo');
}
/** What a service-specific ciphered tag stands for, or undefined when it is none. */
export function plainTag(tag: number): { readonly tag: number; readonly dedicated: boolean } | undefined {
  return plain[tag];
}
const plain: readonly ({ readonly tag: number; readonly dedicated: boolean } | undefined)[] = /* @__PURE__ */ (() => {
  const table = new Array<{ tag: number; dedicated: boolean } | undefined>(256).fill(undefined);
  for (const tag of ciphered)
    for (const dedicated of [false, true]) table[cipheredTag(tag, dedicated) as number] = { tag, dedicated };
  return table;
})();

/** Whether `unprotect` has something to open: a ciphered or signed APDU. */
export function isProtected(apdu: Uint8Array): boolean {
  const tag = apdu[0] ?? 0;
  return (
    plain[tag] !== undefined ||
    tag === generalGloCipheringTag ||
    tag === generalDedCipheringTag ||
    tag === generalCipheringTag ||
    tag === generalSigningTag
  );
}
/** An exception-response (3 octets, or 7 with a counter) or confirmed-service-error (4 octets) in clear, and nothing else. */
export function isPlainError(apdu: Uint8Array): boolean {
  return apdu[0] === 0xd8
    ? apdu.length === 3 || (apdu.length === 7 && apdu[2] === 6)
    : apdu[0] === 0x0e && apdu.length === 4;
}
