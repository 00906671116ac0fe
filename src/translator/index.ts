/**
 * APDUs for people: XML (COSEMpdu), JSON, annotated octets, tables of types.
 *
 * Stability: preview, may change in a minor version.
 *
 * @module
 */
export { decipherWith, type ExplainKeys } from './decipher.js';
export { type DescribeOptions, describeType, typeText } from './describe.js';
export { type ClassNotes, describeClass } from './describe-class.js';
export { type ExplainOptions, explain, explainValue } from './explain.js';
export type { CipheredContent, Decipher, Deciphered } from './explain-ciphered.js';
export type { ExplainNames } from './explain-meaning.js';
export type { ExplainNode, ExplainOrigin } from './explain-node.js';
export { type ExplainTextOptions, explainText } from './explain-text.js';
export {
  apduFromJson,
  apduToJson,
  fromJson,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
  parseJson,
  toJson,
} from './json.js';
export { apduToXml, type XmlOptions } from './xml.js';
export { apduFromXml } from './xml-from.js';
export { parseXml, type XmlElement, type XmlLimits } from './xml-reader.js';
