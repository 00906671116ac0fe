import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatHex, isDlmsError, parseHex } from '../../src/core/index.js';
import { apduFromXml, apduToXml, parseXml, type XmlElement } from '../../src/translator/index.js';

interface Vector {
  id: string;
  kind: string;
  input: { hex: string };
  roundTrip: boolean;
  expected: { xml: string; peerXml?: string };
}
const read = (file: string): Vector[] => JSON.parse(readFileSync(`test/vectors/${file}`, 'utf8'));
const vectors = [...read('xml.json'), ...read('interop.json')].filter((v) => v.kind === 'xml');

/** What counts when two documents are compared: see the README of the vectors. */
function canonical(e: XmlElement): unknown {
  const text = e.children.length > 0 ? e.text.trim() : e.text;
  const value = e.name.endsWith('-conformance')
    ? text.split(/\s+/).sort().join(' ')
    : text === '1'
      ? 'true'
      : text === '0'
        ? 'false'
        : text;
  return [e.namespace, e.name, [...e.attributes.entries()], value, e.children.map(canonical)];
}
const tree = (xml: string): unknown => canonical(parseXml(xml));

describe('the COSEMpdu form', () => {
  it.each(vectors.map((v) => [v.id, v] as const))('%s', (_, v) => {
    const xml = apduToXml(parseHex(v.input.hex));
    expect(tree(xml)).toEqual(tree(v.expected.xml));
    // Without a peer that reads the form back, the vector is about the direction to XML; a true of FF is not in the form.
    if (v.roundTrip || !v.input.hex.endsWith('03FF')) expect(formatHex(apduFromXml(v.expected.xml))).toBe(v.input.hex);
    expect(formatHex(apduFromXml(xml))).toBe(v.input.hex);
    if (v.expected.peerXml !== undefined) expect(formatHex(apduFromXml(v.expected.peerXml))).toBe(v.input.hex);
  });
  it('finds the vectors', () => expect(vectors.length).toBeGreaterThanOrEqual(188));
});

describe('every APDU of the vectors comes back from XML as it was', () => {
  const all = ['acse', 'xdlms', 'security-suite0', 'security-suite1', 'security-suite2']
    .flatMap((f) => read(`${f}.json`))
    .filter((v) => ['apdu', 'acse', 'unprotect'].includes(v.kind) && v.input.hex !== undefined);
  it.each(all.map((v) => [v.id, v.input.hex]))('%s', (_, hex) =>
    expect(formatHex(apduFromXml(apduToXml(parseHex(hex))))).toBe(hex),
  );
});

const roundTrip = (hex: string): string => {
  const xml = apduToXml(parseHex(hex), { lenient: true, indent: 0 });
  expect(formatHex(apduFromXml(xml))).toBe(hex);
  return xml;
};
describe('octets that the XML form has no place for', () => {
  const pi = (hex: string): RegExp => new RegExp(`<\\?dlms-octets ${hex}\\?>`);
  it.each([
    ['a true of FF', 'C401C10003FF'],
    ['a true of FF in a plain BOOLEAN', 'C402C1FF0000000100080102030405060708'],
    ['a default sent explicitly', '0100010100065F1F0400007E1F04B0'],
    ['a control character', 'C401C1000A0361016A'],
    ['utf8 that is not', 'C401C1000C02FFFE'],
    ['a length longer than needed', 'C401C1000981020102'],
    ['a NaN with a payload', 'C401C100177FC12345'],
    ['conformance with a tag of one octet', '01000000065F040000501F0000'],
    ['unused bits that are not zero', 'C401C100040755'],
    ['octets behind the value', 'C401C100110500'],
  ])('%s', (_, hex) => expect(roundTrip(hex)).toMatch(pi(hex)));
  it.each([
    ['blanks at both ends', 'C401C1000A0420206120'],
    ['markup', 'C401C1000A073C263E22273B20'],
    ['line ends and tabs', 'C401C1000A060D0A0D090A0D'],
    ['characters above 7F', 'C401C1000A04C4E4FFA0'],
    ['a byte order mark', 'C401C1000C05EFBBBF4142'],
    ['negative zero', 'C401C1001780000000'],
    ['an exception with a counter', 'D8010600000123'],
    ['an error without names', '0E010805'],
    ['a gateway in front of something unknown', 'E6010401020304C6C100'],
    ['a gateway in front of a gateway', 'E60100E60100C001C100080000010000FF0200'],
    ['a current time', '18010F32303234303130313030303030305A0000'],
  ])('but for %s', (_, hex) => expect(roundTrip(hex)).not.toContain('dlms-octets'));
  it('refuses octets that say something else than the elements', () => {
    const xml = apduToXml(parseHex('C401C10003FF')).replace('true', 'false');
    expect(() => apduFromXml(xml)).toThrow('dlms-octets that agree');
  });
});

describe('reading what others write', () => {
  const wrap = (inside: string, root = 'xDLMS-APDU'): string =>
    `<${root} xmlns="http://www.dlms.com/COSEMpdu">${inside}</${root}>`;
  const hex = (xml: string): string => formatHex(apduFromXml(xml));
  it.each([
    [
      'an APDU without the root',
      '<cos:exception-response xmlns:cos="http://www.dlms.com/COSEMpdu"><cos:state-error>service-unknown</cos:state-error><cos:service-error>2</cos:service-error></cos:exception-response>',
      'D80202',
    ],
    [
      'no namespace',
      '<xDLMS-APDU><exception-response><state-error>1</state-error><service-error>other-reason</service-error></exception-response></xDLMS-APDU>',
      'D80103',
    ],
    [
      'several names in one specification',
      wrap(
        '<readRequest><Variable-Access-Specification><variable-name>64008</variable-name><variable-name>-1520</variable-name></Variable-Access-Specification></readRequest>',
      ),
      '050202FA0802FA10',
    ],
    [
      'a result without its element',
      wrap(
        '<writeResponse><CHOICE><success/></CHOICE><CHOICE><data-access-result>object-undefined</data-access-result></CHOICE></writeResponse>',
      ),
      '0D02000104',
    ],
    [
      'list results without an element around each',
      wrap(
        '<get-response><get-response-with-list><invoke-id-and-priority>193</invoke-id-and-priority><result><data><unsigned>5</unsigned></data><data-access-result>object-undefined</data-access-result></result></get-response-with-list></get-response>',
      ),
      'C403C1020011050104',
    ],
    [
      'a block result directly in readResponse',
      wrap(
        '<readResponse><DataBlockResult><last-block>1</last-block><block-number>1</block-number><raw-data>01 02</raw-data></DataBlockResult></readResponse>',
      ),
      '0C01020100010201 02'.replace(' ', ''),
    ],
    [
      'the reason of the other release APDU',
      wrap('<rlrq><reason>not-finished</reason></rlrq>', 'aCSE-APDU'),
      '6203800101',
    ],
    [
      'a full object identifier',
      wrap('<aarq><application-context-name>2.16.756.5.8.1.1</application-context-name></aarq>', 'aCSE-APDU'),
      '600BA109060760857405080101',
    ],
    [
      'comments, CDATA and a declaration',
      `<?xml version="1.0" encoding="utf-8"?><!-- c -->${wrap('<exception-response><!-- c --><state-error><![CDATA[service-unknown]]></state-error><service-error>&#50;</service-error></exception-response>')}<!-- d -->`,
      'D80202',
    ],
    [
      'a missing default',
      wrap(
        '<initiateRequest><proposed-dlms-version-number>6</proposed-dlms-version-number><proposed-conformance> ACTION\n get </proposed-conformance><client-max-receive-pdu-size>0</client-max-receive-pdu-size></initiateRequest>',
      ),
      '01000000065F1F040000001 10000'.replace(' ', ''),
    ],
  ])('%s', (_, xml, expected) => expect(hex(xml)).toBe(expected));
});

describe('documents that are refused', () => {
  const refuse = (xml: string, ...parts: (string | RegExp)[]): void => {
    try {
      apduFromXml(xml);
    } catch (e) {
      if (!isDlmsError(e)) throw e;
      for (const p of parts) expect(`${e.message} ${JSON.stringify(e.context)}`).toMatch(p);
      return;
    }
    expect.unreachable('accepted');
  };
  const apdu = (inside: string): string => `<xDLMS-APDU>\n  ${inside}\n</xDLMS-APDU>`;
  it.each([
    ['nothing', '', /root element/],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a/>', /no document type/],
    ['an entity', apdu('<exception-response>&xxe;</exception-response>'), /character reference/],
    ['a reference to nothing', apdu('<exception-response>&#0;</exception-response>'), /character reference/],
    [
      'a reference to half a character',
      apdu('<exception-response>&#xD800;</exception-response>'),
      /character reference/,
    ],
    ['a character that XML cannot hold', apdu('\u0001'), /a character that XML/],
    ['an element that is not closed', '<xDLMS-APDU><a>', /<\/a>/],
    ['elements that cross', '<a><b></a></b>', /<\/b>/],
    ['two roots', '<a/><b/>', /nothing after/],
    ['an unknown prefix', '<x:xDLMS-APDU/>', /declared prefix/],
    ['another namespace', '<xDLMS-APDU xmlns="urn:other"/>', /the namespace http/],
    ['the other dialect', '<GetRequest><GetRequestNormal/></GetRequest>', /xDLMS-APDU/],
    ['attributes', apdu('<exception-response Value="1"/>'), /no attributes/],
    ['an attribute twice', '<a b="1" b="2"/>', /each attribute once/],
    ['a version that is not', '<?xml version="2.0"?><a/>', /version 1.0/],
    ['a declaration in the middle', '<a><?xml version="1.0"?></a>', /very beginning/],
    ['two dashes in a comment', '<a><!-- -- --></a>', /end of the comment/],
    ['the end of a CDATA section in text', '<a>]]></a>', /no \]\]>/],
    [
      'a missing element',
      apdu('<exception-response><service-error>1</service-error></exception-response>'),
      /<state-error>/,
    ],
    [
      'one element too many',
      apdu('<exception-response><state-error>1</state-error><service-error>1</service-error><x/></exception-response>'),
      /nothing more in exception-response/,
    ],
    [
      'an element in its place twice',
      apdu(
        '<exception-response><state-error>1</state-error><state-error>1</state-error><service-error>1</service-error></exception-response>',
      ),
      /<service-error>/,
    ],
    ['two APDUs', apdu('<rlrq/><rlrq/>'), /one element/],
    [
      'text between elements',
      apdu('<exception-response>x<state-error>1</state-error><service-error>1</service-error></exception-response>'),
      /no text/,
    ],
    [
      'an element inside a number',
      apdu('<exception-response><state-error><b/></state-error></exception-response>'),
      /text in state-error/,
    ],
    [
      'a name that is not',
      apdu(
        '<exception-response><state-error>constructor</state-error><service-error>1</service-error></exception-response>',
      ),
      /service-not-allowed/,
    ],
    [
      'a number out of range',
      apdu(
        '<get-request><get-request-next><invoke-id-and-priority>256</invoke-id-and-priority><block-number>1</block-number></get-request-next></get-request>',
      ),
      /from 0 to 255.*get-request|get-request.*from 0 to 255/,
    ],
    ['odd digits', apdu('<glo-get-request>123</glo-get-request>'), /digits/],
    ['an alternative of Object', apdu('<get-request><toString/></get-request>'), /get-request-normal/],
  ])('%s', (_, xml, part) => refuse(xml, part));
  it('says line, column and path', () => {
    refuse(
      apdu(
        '<get-request>\n <get-request-next>\n  <invoke-id-and-priority>x</invoke-id-and-priority>'.concat(
          '<block-number>1</block-number></get-request-next></get-request>',
        ),
      ),
      /"line":4,"column":3/,
      /in get-request\.get-request-next\.invoke-id-and-priority/,
    );
  });
  it('bounds depth and size', () => {
    refuse(`<a>${'<b>'.repeat(100_000)}`, /too deep/);
    expect(() => parseXml('<a/>', { maxLength: 3 })).toThrow('too large');
    const nested = `<xDLMS-APDU><data-notification><long-invoke-id-and-priority>0</long-invoke-id-and-priority><date-time/><notification-body><data-value>${'<array>'.repeat(150)}${'</array>'.repeat(150)}</data-value></notification-body></data-notification></xDLMS-APDU>`;
    const bytes = apduFromXml(nested);
    expect(bytes.length).toBe(6 + 300);
  });
  it('is not slowed down by declarations everywhere', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `xmlns:p${i}="u"`).join(' ');
    expect(parseXml(`<a ${many}>${'<b xmlns:q="u"/>'.repeat(20_000)}</a>`).children.length).toBe(20_000);
  });
});

describe('values that XML can write and octets cannot carry', () => {
  const octets = (hex: string, from: string | RegExp, to: string): string =>
    formatHex(apduFromXml(apduToXml(parseHex(hex)).replace(from, to)));
  it.each(['&#xD800;', '&#xDFFF;', '\ud800', 'a\udc00'])('half a character (%j) is refused', (half) => {
    expect(octets('C401C1000C0161', 'a', 'a')).toBe('C401C1000C0161');
    expect(() => octets('C401C1000C027A7A', />?zz</, `>${half}<`)).toThrow(
      expect.objectContaining({ name: 'DlmsError' }),
    );
  });
  it('the bits of a signalling NaN are refused', () => {
    const one = 'C401C100173F800000';
    expect(octets(one, '3F800000', '3F800000')).toBe(one);
    expect(() => octets(one, '3F800000', '7F800001')).toThrow('a quiet NaN');
  });
});
