import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/axdr/index.js';
import { concat, type DlmsError, isDlmsError, parseHex, type Quirk } from '../../src/core/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { refusal } from '../support/outcome.js';

const strictly = (octets: string | Uint8Array): DlmsError =>
  refusal(() => decode(Apdu, typeof octets === 'string' ? parseHex(octets) : octets));

describe('bad input says what, where and in which field', () => {
  it.each<[string, string, string, number | undefined, string]>([
    ['nothing', '', 'decode/unexpected-end', 0, ''],
    ['an unknown APDU', 'C601C100', 'decode/unknown-choice', 0, ''],
    [
      'cut in a number',
      'C001C100',
      'decode/unexpected-end',
      3,
      'get-request.get-request-normal.cosemAttributeDescriptor.classId',
    ],
    [
      'cut in a name',
      'C001C1000800000100',
      'decode/unexpected-end',
      5,
      'get-request.get-request-normal.cosemAttributeDescriptor.instanceId',
    ],
    [
      'cut in front of the value',
      'C101C1000100002B0100FF0200',
      'decode/unexpected-end',
      13,
      'set-request.set-request-normal.value',
    ],
    [
      'cut in an octet string',
      'C401C10009050102',
      'decode/unexpected-end',
      6,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'cut in an element',
      'C401C10002021101 12AA',
      'decode/unexpected-end',
      9,
      'get-response.get-response-normal.result.data.structure.1.long-unsigned',
    ],
    ['octets behind the APDU', 'C001C100080000010000FF020000', 'decode/trailing-bytes', 13, ''],
    ['a wrong choice', 'C004C100000001', 'decode/unknown-choice', 1, 'get-request'],
    ['a wrong result', 'C401C10211', 'decode/unknown-choice', 3, 'get-response.get-response-normal.result'],
    [
      'an unknown type of Data',
      'C401C10022',
      'decode/unknown-choice',
      4,
      'get-response.get-response-normal.result.data',
    ],
    [
      'a wrong presence octet',
      'C001C100080000010000FF0202',
      'decode/invalid-value',
      12,
      'get-request.get-request-normal.accessSelection',
    ],
    [
      'a wrong tag where the type is fixed',
      '01000000065E1F0400007E1F04B0',
      'decode/unexpected-tag',
      5,
      'initiateRequest.proposedConformance',
    ],
    [
      'a count that lies, of elements',
      'C401C1000105110111',
      'decode/unexpected-end',
      5,
      'get-response.get-response-normal.result.data.array',
    ],
    [
      'a count that lies, of results',
      'C403C1050011050104',
      'decode/unexpected-end',
      9,
      'get-response.get-response-with-list.result.2',
    ],
    [
      'a count of four milliards',
      'C401C1000184FFFFFFFF',
      'decode/unexpected-end',
      5,
      'get-response.get-response-normal.result.data.array',
    ],
    [
      'a length of four milliards',
      'C401C1000984FFFFFFFF',
      'decode/unexpected-end',
      10,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'a length of more than can be',
      'C401C1000988FFFFFFFFFFFFFFFF',
      'decode/invalid-length',
      5,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'an indefinite length',
      'C401C1000980',
      'decode/invalid-length',
      5,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'a length longer than needed',
      'C401C1000981020102',
      'decode/invalid-length',
      5,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'a length with zeros in front',
      'C401C1000984000000020102',
      'decode/invalid-length',
      5,
      'get-response.get-response-normal.result.data.octet-string',
    ],
    [
      'unused bits that are set',
      'C401C100040755',
      'decode/non-zero-padding',
      6,
      'get-response.get-response-normal.result.data.bit-string',
    ],
    [
      'a date-time of 11 octets',
      '0F000000010B07E80101010000000000800000',
      'decode/invalid-length',
      5,
      'data-notification.dateTime',
    ],
    [
      'another DLMS version',
      '0800055F1F040000101D00800007',
      'decode/invalid-value',
      2,
      'initiateResponse.negotiatedDlmsVersionNumber',
    ],
    ['a BER length too small', '6302800100', 'decode/unexpected-end', undefined, 'rlre.reason'],
    ['a BER length too large', '6304800100', 'decode/unexpected-end', 1, 'rlre'],
    [
      'BER fields in the wrong order',
      '6108A203020100A10306',
      'decode/unexpected-tag',
      2,
      'aare.applicationContextName',
    ],
    [
      'an OBJECT IDENTIFIER without end',
      '6006A104060285FF',
      'decode/unexpected-end',
      undefined,
      'aarq.applicationContextName',
    ],
    [
      'an INTEGER of seven octets',
      '6016A109060760857405080101A409020701020304050607',
      'decode/invalid-length',
      undefined,
      'aarq.calledAPInvocationId',
    ],
    [
      'contents that do not fit the description',
      'C401C1001312050001000200',
      'decode/compact-array',
      undefined,
      'get-response.get-response-normal.result.data.compact-array',
    ],
    [
      'a description of values without octets',
      'C401C100130003AABBCC',
      'decode/compact-array',
      undefined,
      'get-response.get-response-normal.result.data.compact-array',
    ],
  ])('%s', (_, hex, code, offset, path) => {
    const e = strictly(hex);
    expect(e.code).toBe(code);
    if (offset !== undefined) expect((e.context as { offset: number }).offset).toBe(offset);
    expect(e.path.join('.')).toBe(path);
    expect(e.message).not.toContain('undefined');
  });

  it.each([1, 2])('nesting of 100 000 levels (tag %i) ends, in an error that stays short', (tag) => {
    const deep = concat(
      parseHex('C401C100'),
      new Uint8Array(200_000).map((_, i) => (i % 2 === 0 ? tag : 1)),
      Uint8Array.of(0),
    );
    const e = strictly(deep);
    expect(e.code).toBe('decode/too-deep');
    expect(e.path.length).toBeLessThan(200);
    expect(e.message.length).toBeLessThan(400);
  });
  it.each([
    ['arrays', [1, 0, 1]],
    ['structures', [2, 1]],
  ])('a type description of 100 000 nested %s ends too', (_, level) => {
    const description = new Uint8Array(300_000).map((_, i) => level[i % level.length] as number);
    expect(strictly(concat(parseHex('C401C10013'), description)).code).toBe('decode/too-deep');
  });
  it('a type description that promises milliards of elements is refused before any is made', () => {
    expect(strictly('C401C10013 01FFFF 01FFFF 01FFFF 00 01AA').code).toBe('decode/compact-array');
    expect(strictly('C401C10013 01FFFF 01FFFF 11 01AA').code).toBe('decode/compact-array');
  });
});

describe('every APDU of the vectors', () => {
  const vectors = readdirSync('test/vectors')
    .filter((f) => f.endsWith('.json'))
    .flatMap(
      (f) =>
        JSON.parse(readFileSync(`test/vectors/${f}`, 'utf8')) as {
          id: string;
          kind: string;
          input: { hex?: string };
        }[],
    )
    .filter((v) => ['apdu', 'acse', 'xml', 'unprotect'].includes(v.kind) && v.input.hex !== undefined)
    .map((v) => [v.id, parseHex(v.input.hex as string)] as const);

  it('ends in an error where it is cut, unless what is left is an APDU itself', () => {
    let errors = 0;
    for (const [, bytes] of vectors) {
      for (let n = 0; n < bytes.length; n++) {
        const cut = bytes.slice(0, n);
        try {
          decode(Apdu, cut);
          // A gateway payload and the counter of an exception response may end anywhere.
          expect([0xd8, 0xe6, 0xe7]).toContain(cut[0]);
        } catch (e) {
          if (!isDlmsError(e)) throw e;
          errors++;
          expect((e.context as { offset: number }).offset).toBeLessThanOrEqual(n);
        }
      }
    }
    expect(errors).toBeGreaterThan(5000);
  });
  it('ends in a value or an error with one octet changed, strict and lenient', () => {
    let accepted = 0;
    for (const [, bytes] of vectors) {
      const changed = bytes.slice();
      for (let n = 0; n < bytes.length; n++) {
        for (const lenient of [false, true]) {
          const quirks: Quirk[] = [];
          changed[n] = (bytes[n] as number) ^ (1 << ((n + (lenient ? 3 : 0)) % 8));
          try {
            decode(Apdu, changed, { lenient, quirks });
            accepted++;
          } catch (e) {
            if (!isDlmsError(e)) throw e;
            expect((e.context as { offset: number }).offset).toBeLessThanOrEqual(bytes.length);
          }
          for (const q of quirks) expect(q.offset).toBeLessThanOrEqual(bytes.length);
        }
        changed[n] = bytes[n] as number;
      }
    }
    expect(accepted).toBeGreaterThan(1000);
  });
  it('is accepted in lenient mode with octets behind it, and they are named', () => {
    for (const [id, bytes] of vectors) {
      // An exception response takes four octets as its counter, a gateway anything.
      if ([0xd8, 0xe6, 0xe7].includes(bytes[0] as number)) continue;
      const quirks: Quirk[] = [];
      decode(Apdu, concat(bytes, Uint8Array.of(0xff)), { lenient: true, quirks });
      expect([id, quirks.at(-1)]).toMatchObject([id, { name: 'trailing-octets', offset: bytes.length }]);
    }
  });
});
