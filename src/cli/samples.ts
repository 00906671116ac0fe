import type { ApduType } from '../xdlms/apdu.js';
import { type Command, command } from './command.js';
import { integerOption } from './connect.js';
import { exitCodes, Failure, quoted, usage } from './failure.js';

export const samplesCommand: Command = command({
  name: 'samples',
  summary: 'generate APDUs in bulk with their meaning, for testing other implementations',
  arguments: '',
  count: [0, 0],
  options: {
    count: { type: 'string', value: 'N', help: 'how many (default 100)' },
    seed: { type: 'string', value: 'N', help: 'the same seed gives the same samples (default 1)' },
    type: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'only APDUs of this type, e.g. get-request; may be repeated',
    },
    hex: { type: 'boolean', help: 'only the octets, one APDU per line; default: lines of JSON with hex and json' },
  },
  notes: ['Needs the package fast-check, which a checkout of this project has.'],
  examples: ['dlms-cosem samples --count 2000 --seed 7 > samples.jsonl'],
  async run(_, values, io) {
    const count = integerOption(values.count ?? '100', '--count', 1, 1_000_000);
    const seed = integerOption(values.seed ?? '1', '--seed', 0, 0x7fffffff);
    const generator = await import('../testing/apdu-samples.js').catch((e: unknown) => {
      if ((e as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw e;
      throw new Failure('samples needs the package fast-check: npm install fast-check');
    });
    const known: readonly string[] = generator.apduTypes();
    const unknown = values.type?.find((t) => !known.includes(t));
    if (unknown !== undefined)
      throw usage(`--type ${quoted(unknown)} is not an APDU type; the types are ${known.join(', ')}`);
    const samples = generator.apduSamples({
      count,
      seed,
      ...(values.type === undefined ? {} : { types: values.type as ApduType[] }),
    });
    for (const sample of samples) io.stdout.write(`${values.hex === true ? sample.hex : JSON.stringify(sample)}\n`);
    return exitCodes.ok;
  },
});
