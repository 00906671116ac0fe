export { apduToXml, type XmlOptions } from './xml.js';
export { apduFromXml } from './xml-from.js';
export { parseXml, type XmlElement, type XmlLimits } from './xml-reader.js';
