/** The meaning of a control octet. `pf` is the poll bit of a command and the final bit of a response; `ns` and `nr` count modulo 8. */
export type HdlcControl =
  | { readonly type: 'SNRM' | 'UA' | 'DISC' | 'DM' | 'FRMR' | 'UI'; readonly pf: boolean }
  | { readonly type: 'I'; readonly ns: number; readonly nr: number; readonly pf: boolean }
  | { readonly type: 'RR' | 'RNR'; readonly nr: number; readonly pf: boolean }
  /** An octet outside the repertoire of DLMS (REJ, XID, …), kept so that it can be reported and written back. */
  | { readonly type: 'unknown'; readonly octet: number; readonly pf: boolean };

/** N(R) in the three upper bits, P/F in 0x10, N(S) in bits 1 to 3 of an I frame. */
export function encodeHdlcControl(control: HdlcControl): number {
  const pf = control.pf ? 0x10 : 0;
  switch (control.type) {
    case 'I':
      return ((control.nr & 7) << 5) | pf | ((control.ns & 7) << 1);
    case 'RR':
      return ((control.nr & 7) << 5) | pf | 0x01;
    case 'RNR':
      return ((control.nr & 7) << 5) | pf | 0x05;
    case 'unknown':
      return (control.octet & 0xef) | pf;
    default:
      return unnumbered[control.type] | pf;
  }
}

/** Every octet has a meaning; the same octet always gives the same object. */
export function decodeHdlcControl(octet: number): HdlcControl {
  const before = known[octet];
  if (before !== undefined) return before;
  const made = Object.freeze(meaning(octet));
  known[octet] = made;
  return made;
}
const known: HdlcControl[] = [];

const unnumbered = { SNRM: 0x83, DISC: 0x43, UA: 0x63, DM: 0x0f, FRMR: 0x87, UI: 0x03 } as const;

function meaning(octet: number): HdlcControl {
  const pf = (octet & 0x10) !== 0;
  const nr = octet >>> 5;
  if ((octet & 1) === 0) return { type: 'I', ns: (octet >>> 1) & 7, nr, pf };
  if ((octet & 0x0f) === 0x01) return { type: 'RR', nr, pf };
  if ((octet & 0x0f) === 0x05) return { type: 'RNR', nr, pf };
  for (const [type, value] of Object.entries(unnumbered) as [keyof typeof unnumbered, number][])
    if ((octet & 0xef) === value) return { type, pf };
  return { type: 'unknown', octet, pf };
}
