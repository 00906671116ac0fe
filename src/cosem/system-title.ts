import { invalid } from '../axdr/schema.js';
import { latin1 } from '../core/bytes.js';
import { DlmsError } from '../core/errors.js';
import { isFlag } from './flag.js';

/**
 * A system title: eight octets that name a device for its lifetime. The first three are the manufacturer's FLAG
 * letters; the manufacturer chooses the meaning of the other five. IDIS meters use them for a device type, four
 * function bits and a serial number.
 */
export interface SystemTitle {
  /** The title as received. */
  readonly octets: Uint8Array;
  /** FLAG letters; undefined when the first three octets are not capital letters. */
  readonly manufacturer: string | undefined;
  /**
   * The other five octets in the IDIS layout: device type, function type (high nibble), 28-bit serial number. Any
   * octets can be read that way; it means something only if IDIS defines the device type. Source: Gurux libraries and
   * one vendor manual.
   */
  readonly idis: DeviceIdentity;
}
/** What a system title says about a device in the IDIS layout. */
export interface DeviceIdentity {
  /** T1, 0 to 255. */
  readonly deviceType: number;
  /** T2, four bits: see `FunctionType`. */
  readonly functionType: number;
  /** 0 to 268 435 455 (28 bits) in a system title, 0 to 99 999 999 in a logical device name. */
  readonly serialNumber: number;
}

/**
 * The parts of a system title, read in the IDIS layout.
 * @throws DlmsError `decode/invalid-length` when there are not eight octets.
 */
export function parseSystemTitle(octets: Uint8Array): SystemTitle {
  if (octets.length !== 8)
    throw new DlmsError('decode/invalid-length', {
      offset: 0,
      expected: 'a system title of 8 octets',
      actual: octets.length,
    });
  const letters = latin1(octets.subarray(0, 3));
  const word = new DataView(octets.buffer, octets.byteOffset).getUint32(4);
  return {
    octets: octets.slice(),
    manufacturer: isFlag(letters) ? letters : undefined,
    idis: { deviceType: octets[3] as number, functionType: word >>> 28, serialNumber: word & 0x0fffffff },
  };
}

/**
 * A system title in the IDIS layout: manufacturer (three letters), device type, function type, serial number.
 * @throws DlmsError `encode/invalid-value` when a part does not fit.
 */
export function buildSystemTitle(
  manufacturer: string,
  { deviceType, functionType, serialNumber }: DeviceIdentity,
): Uint8Array {
  if (!isFlag(manufacturer)) throw invalid('three capital letters', manufacturer);
  const octets = new Uint8Array(8);
  for (let i = 0; i < 3; i++) octets[i] = manufacturer.charCodeAt(i);
  octets[3] = requireRange('device type', deviceType, 255);
  new DataView(octets.buffer).setUint32(
    4,
    (requireRange('function type', functionType, 15) * 2 ** 28 +
      requireRange('serial number', serialNumber, 0x0fffffff)) >>>
      0,
  );
  return octets;
}

/**
 * The bits of the function type. Source: Gurux libraries and one vendor manual; the letters are those of the IDIS test
 * label. Bit 3 is reserved.
 */
export const functionTypes = {
  disconnector: { bit: 0, letter: 'D' },
  loadManagement: { bit: 1, letter: 'L' },
  multiUtility: { bit: 2, letter: 'M' },
} as const;
/** A function of a device that its system title states in the IDIS layout. */
export type FunctionType = keyof typeof functionTypes;
/** The names of the bits that are set; a bit without a name stays a number. */
export function functionTypeNames(functionType: number): (FunctionType | number)[] {
  const name = (bit: number) =>
    (Object.keys(functionTypes) as FunctionType[]).find((key) => functionTypes[key].bit === bit);
  return [0, 1, 2, 3].filter((bit) => (functionType >> bit) & 1).map((bit) => name(bit) ?? bit);
}

/**
 * The meaning of a device type, for the publicly known values (Gurux libraries); manufacturers also use values of their
 * own.
 */
export const deviceTypeName = (deviceType: number): string | undefined => deviceTypes[deviceType];
const deviceTypes: Readonly<Record<number, string>> = {
  99: 'data concentrator',
  100: 'package 1 PLC single phase meter',
  101: 'package 1 PLC polyphase meter',
  102: 'package 2 IP single phase meter',
  103: 'package 2 IP polyphase meter',
};

export function requireRange(name: string, value: number, max: number): number {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw invalid(`${name}: an integer from 0 to ${max}`, value);
  return value;
}
