import { invalid } from '../axdr/schema.js';
import { latin1 } from '../core/bytes.js';
import { isFlag } from './flag.js';
import { type DeviceIdentity, requireRange, type SystemTitle } from './system-title.js';

/**
 * A COSEM logical device name (the value of 0-0:42.0.0*255): up to 16 octets, beginning with the manufacturer's three
 * FLAG letters. In IDIS meters the device type (three digits), the function type (two digits) and the last eight digits
 * of the serial number follow: `MMM1020112345678`.
 */
export interface LogicalDeviceName {
  /** One character per octet. */
  readonly text: string;
  /** FLAG letters; undefined when the name does not begin with three capital letters. */
  readonly manufacturer: string | undefined;
  /**
   * Undefined when the name does not have the IDIS form. Source: one vendor manual, and names of two manufacturers seen
   * in captures.
   */
  readonly idis: DeviceIdentity | undefined;
}

/** Reads any name: one that does not fit stays text. */
export function parseLogicalDeviceName(name: string | Uint8Array): LogicalDeviceName {
  const text = typeof name === 'string' ? name : latin1(name);
  const letters = text.slice(0, 3);
  const [, deviceType, functionType, serial] = /^[A-Z]{3}(\d{3})(\d{2})(\d{8})$/.exec(text) ?? [];
  return {
    text,
    manufacturer: isFlag(letters) ? letters : undefined,
    idis:
      deviceType === undefined
        ? undefined
        : { deviceType: Number(deviceType), functionType: Number(functionType), serialNumber: Number(serial) },
  };
}

/**
 * A logical device name in the IDIS form. Of a serial number with more than eight digits, the last eight are used.
 * @throws DlmsError `encode/invalid-value` when a part does not fit.
 */
export function buildLogicalDeviceName(
  manufacturer: string,
  { deviceType, functionType, serialNumber }: DeviceIdentity,
): string {
  if (!isFlag(manufacturer)) throw invalid('three capital letters', manufacturer);
  const digits = (name: string, value: number, size: number, max: number) =>
    String(requireRange(name, value, max))
      .padStart(size, '0')
      .slice(-size);
  return (
    manufacturer +
    digits('device type', deviceType, 3, 255) +
    digits('function type', functionType, 2, 99) +
    digits('serial number', serialNumber, 8, 0x0fffffff)
  );
}

/** A part in which a system title and a logical device name differ. */
export interface TitleMismatch {
  readonly part: 'manufacturer' | 'device type' | 'function type' | 'serial number' | 'form';
  readonly systemTitle: string | number;
  readonly logicalDeviceName: string | number;
}
/**
 * Compares what the system title and the name say about a device; the list is empty when they agree. Serial numbers are
 * compared by their last eight digits. A name that does not have the IDIS form gives the one mismatch `form`, as the
 * rest cannot be compared. Seen in the field: a manufacturer that has device type 16 in the title and 120 in the name.
 */
export function compareTitles(title: SystemTitle, name: LogicalDeviceName): TitleMismatch[] {
  const rows: [TitleMismatch['part'], string | number, string | number][] = [
    ['manufacturer', title.manufacturer ?? 'not letters', name.manufacturer ?? 'not letters'],
  ];
  if (name.idis === undefined)
    rows.push(['form', 'device type, function type, serial number', JSON.stringify(name.text)]);
  else {
    rows.push(
      ['device type', title.idis.deviceType, name.idis.deviceType],
      ['function type', title.idis.functionType, name.idis.functionType],
    );
    rows.push(['serial number', title.idis.serialNumber % 1e8, name.idis.serialNumber]);
  }
  return rows
    .filter(([, a, b]) => a !== b)
    .map(([part, systemTitle, logicalDeviceName]) => ({ part, systemTitle, logicalDeviceName }));
}
