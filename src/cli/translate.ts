import { decode } from '../axdr/schema.js';
import { formatHex } from '../core/hex.js';
import { apduFromJson, apduToJson } from '../translator/json.js';
import { apduToXml } from '../translator/xml.js';
import { apduFromXml } from '../translator/xml-from.js';
import { Apdu } from '../xdlms/apdu.js';
import { type Command, command } from './command.js';
import { exitCodes, usage } from './failure.js';
import { octetsFrom, textFrom } from './input.js';
import { apdusIn } from './messages.js';

export const translateCommand: Command = command({
  name: 'translate',
  summary: "convert APDUs between octets, the DLMS UA's XML format, and JSON; in every direction, without loss",
  arguments: '[HEX|XML|JSON|FILE|-]',
  count: [0, 1],
  options: {
    to: { type: 'string', value: 'FORM', help: 'hex, xml or json; default: xml for octets, hex for XML and JSON' },
    lenient: { type: 'boolean', help: 'accept known deviations in octets' },
    compact: { type: 'boolean', help: 'XML and JSON on one line' },
  },
  examples: ['dlms-cosem translate C001C100080000010000FF0200', 'dlms-cosem translate request.xml --to json'],
  async run([argument], values, io) {
    const to = values.to ?? '';
    if (!['', 'hex', 'xml', 'json'].includes(to)) throw usage('--to must be hex, xml or json');
    const text = argument !== undefined && /^\s*[<{]/.test(argument) ? argument : await textOf(argument, io);
    const lenient = values.lenient === true;
    const apdus =
      typeof text !== 'string'
        ? apdusIn(text).apdus.map((a) => a.octets)
        : [text.trimStart().startsWith('<') ? apduFromXml(text) : apduFromJson(text)];
    if (apdus.length === 0) apdus.push(...(text instanceof Uint8Array ? [text] : []));
    const form = to === '' ? (typeof text === 'string' ? 'hex' : 'xml') : to;
    const indent = values.compact === true ? 0 : 2;
    for (const octets of apdus) {
      decode(Apdu, octets, { lenient });
      io.stdout.write(
        `${form === 'hex' ? formatHex(octets) : form === 'xml' ? apduToXml(octets, { lenient, indent }) : JSON.stringify(apduToJson(octets, { lenient }), undefined, indent)}\n`,
      );
    }
    return exitCodes.ok;
  },
});

/** Text if it looks like XML or JSON, otherwise octets. */
async function textOf(
  argument: string | undefined,
  io: Parameters<typeof octetsFrom>[1],
): Promise<string | Uint8Array> {
  const text = await textFrom(argument, io);
  if (/^\s*[<{]/.test(text)) return text;
  return octetsFrom(argument === undefined || argument === '-' ? text.trim() : argument, io);
}
