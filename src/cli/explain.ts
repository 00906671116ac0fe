import { formatHex } from '../core/hex.js';
import { decipherWith } from '../translator/decipher.js';
import { explain } from '../translator/explain.js';
import type { ExplainNode } from '../translator/explain-node.js';
import { explainText } from '../translator/explain-text.js';
import { type Command, command } from './command.js';
import { exitCodes } from './failure.js';
import { octetsFrom } from './input.js';
import { givenKeys, keyOptions, keysNote } from './keys.js';
import { explainKeys, explainNames } from './names.js';

export const explainCommand: Command = command({
  name: 'explain',
  summary: 'show every octet with its meaning, as a tree; continues after errors, deciphers in place with keys',
  arguments: '[HEX|FILE|-]',
  count: [0, 1],
  options: {
    ...keyOptions,
    'system-title': {
      type: 'string',
      value: 'HEX',
      help: 'system title of the sender, 8 octets; only needed if messages do not contain it',
    },
    json: { type: 'boolean', help: 'the tree as JSON: offset, length, path, name, meaning' },
    paths: { type: 'boolean', help: 'show the path of each value' },
  },
  notes: [
    'A tool for inspection: without the authentication key, and where only encryption was applied, the deciphered octets are still shown, marked as not verified. To rely on the content, use decode.',
    keysNote,
  ],
  examples: ['dlms-cosem explain 7EA018210352D201E6E700C401C10009060100010800FF6FDA7E'],
  async run([argument], values, io) {
    const octets = await octetsFrom(argument, io);
    const tree = explain(octets, {
      names: explainNames(),
      decipher: decipherWith(explainKeys(await givenKeys(values, io))),
    });
    if (values.json === true) io.stdout.write(`${JSON.stringify(plain(tree), undefined, 1)}\n`);
    else
      io.stdout.write(
        `${explainText(tree, { colours: io.isTTY, octets: (io.columns ?? 100) >= 120 ? 16 : 8, ...(values.paths === true ? { paths: true } : {}) })}\n`,
      );
    return firstError(tree) === undefined ? exitCodes.ok : exitCodes.failed;
  },
});

function plain(n: ExplainNode): object {
  return {
    offset: n.offset,
    length: n.length,
    path: n.path,
    name: n.name,
    ...(n.type === undefined ? {} : { type: n.type }),
    meaning: n.meaning,
    ...(n.origin === undefined || n.octets === undefined ? {} : { octets: formatHex(n.octets) }),
    ...(n.quirk === undefined ? {} : { quirk: n.quirk }),
    ...(n.error === undefined ? {} : { error: n.error.message }),
    ...(n.children === undefined ? {} : { children: n.children.map(plain) }),
  };
}
function firstError(n: ExplainNode): unknown {
  if (n.error !== undefined) return n.error;
  for (const c of n.children ?? []) {
    const found = firstError(c);
    if (found !== undefined) return found;
  }
  return undefined;
}
