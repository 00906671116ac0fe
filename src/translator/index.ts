export { apduFromJson, apduToJson, fromJson, type JsonLimits, type JsonObject, type JsonValue, parseJson, toJson } from './json.js';
export { apduToXml, type XmlOptions } from './xml.js';
export { apduFromXml } from './xml-from.js';
export { parseXml, type XmlElement, type XmlLimits } from './xml-reader.js';
