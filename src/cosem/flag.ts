import { DlmsError, quoted, shown } from '../core/errors.js';

/**
 * The number of a manufacturer. The FLAG Association identifies manufacturers by three capital letters; M-Bus frames
 * carry them as a number with five bits per letter, A being 1. System titles and logical device names begin with the
 * letters in ASCII. Source: the encoding as wmbusmeters reads it.
 *
 * `flagNumber('KFM')` is 11469 (2CCD).
 * @throws DlmsError `parse/invalid-text` when the text is not three letters A to Z.
 */
export function flagNumber(letters: string): number {
  if (!isFlag(letters))
    throw new DlmsError('parse/invalid-text', {
      offset: 0,
      expected: 'three capital letters A to Z',
      actual: quoted(letters),
    });
  return [...letters].reduce((n, letter) => n * 32 + letter.charCodeAt(0) - 64, 0);
}

/**
 * The letters of a manufacturer number. The top bit, which wireless M-Bus sets for addresses that are not unique, is
 * not part of the number.
 * @throws DlmsError `decode/invalid-value` when the number does not stand for three letters.
 */
export function flagLetters(number: number): string {
  const letters = [10, 5, 0].map((shift) => String.fromCharCode(64 + ((number >> shift) & 31))).join('');
  if (!Number.isInteger(number) || number < 0 || number > 0x7fff || !isFlag(letters))
    throw new DlmsError('decode/invalid-value', {
      offset: 0,
      expected: 'a manufacturer number of three letters, 0421 to 6B5A',
      actual: shown(number),
    });
  return letters;
}

export const isFlag = (letters: string): boolean => /^[A-Z]{3}$/.test(letters);

/** The name of a manufacturer, for the few listed here; the FLAG Association keeps the full register. */
export const manufacturerName = (letters: string): string | undefined =>
  Object.hasOwn(names, letters) ? names[letters] : undefined;

/** Examples seen in public meter software (source: wmbusmeters). */
const names: Readonly<Record<string, string>> = {
  ABB: 'ABB',
  ACE: 'Actaris',
  ADN: 'Aidon',
  APA: 'Apator',
  DZG: 'DZG Metering',
  EBZ: 'eBZ',
  ELS: 'Elster',
  EMH: 'EMH metering',
  ESY: 'EasyMeter',
  GRX: 'Gurux',
  HXE: 'Hexing',
  HYD: 'Diehl Metering',
  ISK: 'Iskraemeco',
  ITR: 'Itron',
  KAM: 'Kamstrup',
  KFM: 'Kaifa',
  LGZ: 'Landis+Gyr',
  LUG: 'Landis+Gyr (heat)',
  NIK: 'NIK Elektronika',
  QDS: 'Qundis',
  SAG: 'Sagemcom',
  SEN: 'Sensus',
  SIE: 'Siemens',
  SLB: 'Schlumberger',
  SON: 'Sontex',
  TCH: 'Techem',
  ZIV: 'ZIV',
};
