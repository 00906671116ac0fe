import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Data, decode, encode, enumeration } from '../../src/axdr/index.js';
import { DlmsError, formatHex, isDlmsError, parseHex } from '../../src/core/index.js';
import {
  flagNumber,
  obisToBytes,
  parseDate,
  parseDateTime,
  parseObisPattern,
  parseTime,
} from '../../src/cosem/index.js';
import { apduFromJson, apduFromXml } from '../../src/translator/index.js';
import { parseHdlcAddress } from '../../src/transport/hdlc/index.js';
import { Apdu } from '../../src/xdlms/index.js';

const long = 'a1'.repeat(15_000);

describe('the length of an error does not depend on the input', () => {
  const xml = (inside: string) =>
    `<x:xDLMS-APDU xmlns:x="http://www.dlms.com/COSEMpdu"><x:get-response>${inside}</x:get-response></x:xDLMS-APDU>`;
  it.each<[string, () => unknown]>([
    ['hex digits', () => parseHex(`0x${'z'.repeat(30_000)}`)],
    ['an OBIS code', () => obisToBytes(long)],
    ['a pattern of OBIS codes', () => parseObisPattern(long)],
    ['a date', () => parseDate(long)],
    ['a time', () => parseTime(long)],
    ['a date-time', () => parseDateTime(long)],
    ['manufacturer letters', () => flagNumber(long)],
    ['an HDLC address', () => parseHdlcAddress(long)],
    ['an unknown name', () => encode(enumeration({ off: 0 }), long as never)],
    ['an unknown type of Data', () => encode(Data, { type: long } as never)],
    ['an integer of many digits', () => encode(Data, { type: 'unsigned', value: 10n ** 30_000n } as never)],
    ['a name of an element in XML', () => apduFromXml(`<${long}/>`)],
    ['a name of an inner element in XML', () => apduFromXml(xml(`<${long}/>`))],
    ['a prefix in XML', () => apduFromXml(`<${long}:a/>`)],
    ['an attribute in XML', () => apduFromXml(xml(`<x:get-response-normal ${long}="1"/>`))],
    ['a value of an attribute in XML', () => apduFromXml(`<a xmlns="${long}"/>`)],
    ['text in XML', () => apduFromXml(xml(long))],
    ['an entity in XML', () => apduFromXml(xml(`&${long};`))],
    ['an end tag in XML', () => apduFromXml(`<a></${long}>`)],
    ['JSON that is none', () => apduFromJson(`{${long}`)],
    ['a type in JSON', () => apduFromJson({ type: long })],
    ['a member in JSON', () => apduFromJson({ type: 'get-response', [long]: 1 } as never)],
    [
      'a member of Data in JSON',
      () => apduFromJson(JSON.stringify({ type: 'writeResponse', value: [{ type: 'success', [long]: 1 }] })),
    ],
    ['octets in JSON', () => apduFromJson(`{"type":"glo-get-request","value":"${long}z"}`)],
    ['reasons of any code', () => fail(new DlmsError('decode/framing', { offset: 0, reason: long }))],
  ])('%s', (_, run) => {
    let error: unknown;
    try {
      run();
    } catch (e) {
      error = e;
    }
    if (!isDlmsError(error)) throw error ?? new Error('was accepted');
    expect(error.message.length).toBeLessThan(2000);
    expect(JSON.stringify(error).length).toBeLessThan(4000);
    // With the stack and the causes below it.
    expect(inspect(error, { depth: 5 }).length).toBeLessThan(12_000);
  });
  it('nor does it depend on the path', () => {
    const e = new DlmsError('decode/unexpected-end', { offset: 0 });
    e.path.push(...Array.from({ length: 2000 }, () => long));
    expect(e.message.length).toBeLessThan(2000);
    expect(JSON.stringify(e).length).toBeLessThan(4000);
  });
  it('octets that were received are not echoed', () => {
    const octets = parseHex(`C401C100${'02FF'.repeat(40)}${'00'.repeat(15_000)}`);
    expect(() => decode(Apdu, octets)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,2000}$/s) }),
    );
    expect(formatHex(octets).length).toBeGreaterThan(30_000);
  });
  const fail = (e: unknown): never => {
    throw e;
  };
});
