import { decode } from '../../axdr/schema.js';
import { isDlmsError } from '../../core/errors.js';
import { InvocationCounters } from '../../security/counters.js';
import { VolatileStore } from '../../store/store.js';
import { wpduDeframer } from '../../transport/framing/wpdu.js';
import { Apdu } from '../../xdlms/apdu.js';
import { isCategory } from '../categories.js';
import { check, isRecord, type Matcher } from '../compare.js';
import { checkSequence, framesIn } from '../frames.js';
import { type Intake, intakeOf } from '../layers.js';
import {
  cases,
  octets,
  packetParams,
  renamed,
  securityParams,
  sequence,
  sequenceList,
  sequenceNames,
} from '../parameters.js';
import { Difference, type Kind, Unsupported, type Vector } from '../vector.js';

const intakeParams = [
  ...[...securityParams, 'layer', 'transport', 'policy', 'last', 'clientSystemTitle', 'serverSystemTitle'],
  ...['lenientMayAccept', 'incompleteOnStream', 'depth', ...packetParams],
];

export const rejectKinds: Readonly<Record<string, Kind>> = {
  reject: {
    input: ['hex', 'cases'],
    params: intakeParams,
    async run(vector) {
      const inputs = cases(vector);
      const errors: unknown[] = [];
      for (const bytes of inputs) errors.push(await refusal(await intakeOf(vector), bytes));
      const accepted = errors.indexOf(undefined);
      if (accepted >= 0) throw new Difference(`outcome: case ${accepted} was accepted`);
      if (vector.params.incompleteOnStream === true) for (const bytes of inputs) waits(bytes);
      const checksum = errors.find((e) => isDlmsError(e, 'decode/checksum'));
      const { expected, actual } = isDlmsError(checksum, 'decode/checksum') ? checksum.context : {};
      const isInstant = errors.every((e) => isDlmsError(e, 'decode/no-instant'));
      return {
        outcome: isInstant ? 'no-instant' : 'reject',
        error: ofCategory(errors),
        computedFcs: expected === undefined ? undefined : checkSequence(expected),
        storedFcs: actual === undefined ? undefined : checkSequence(actual),
        ...(String(vector.params.layer).startsWith('gbt') ? blocksOf(vector) : {}),
      };
    },
  },
  'reject-sequence': { input: [...sequenceNames, 'hex'], params: intakeParams, run: inOrder },
  'counter-rule': {
    input: [...sequenceNames, 'hex', 'last', 'lastAccepted', 'previous', 'stored'],
    params: [...intakeParams, 'rule'],
    run: inOrder,
  },
};

/** The error that the library throws for these octets; undefined when it accepts them. */
async function refusal(intake: Intake, bytes: Uint8Array): Promise<unknown> {
  try {
    await intake(bytes);
    return undefined;
  } catch (e) {
    if (!isDlmsError(e)) throw e;
    return e;
  }
}
const ofCategory = (errors: readonly unknown[]): Matcher => {
  const messages = errors.map((e) => (isDlmsError(e) ? e.code : String(e)));
  return check((word) => {
    const other = errors.findIndex((e) => !isCategory(e, word));
    return other < 0 ? undefined : `${messages[other]}${errors.length > 1 ? ` in case ${other}` : ''}`;
  }, messages.join(', '));
};
/** Checks that a stream receiver waits where a datagram receiver refuses. */
function waits(bytes: Uint8Array): void {
  const deframer = wpduDeframer();
  const pdus = deframer.push(bytes);
  if (deframer.failure !== undefined) throw deframer.failure;
  if (pdus.length > 0) throw new Difference('incompleteOnStream: the stream receiver found a PDU');
}
/** The numbers and flags of the blocks in a recording, as they are there. */
function blocksOf(vector: Vector): Record<string, unknown> {
  const apdus =
    vector.params.transport === 'hdlc'
      ? framesIn(octets(vector, 'hex'), 'hdlc').flatMap((f) => f.apdu ?? [])
      : cases(vector);
  const blocks = apdus.map((apdu) => decode(Apdu, apdu)).filter((a) => a.type === 'general-block-transfer');
  return {
    blockNumbers: blocks.map((b) => b.blockNumber),
    lastBlockFlags: blocks.map((b) => b.blockControl.lastBlock),
  };
}

/** Takes inputs in order, with memory: each is accepted or refused. */
async function inOrder(vector: Vector): Promise<unknown> {
  const counters = countersOf(vector);
  const results: unknown[] = [];
  if (counters !== undefined) {
    let received = new InvocationCounters(new VolatileStore());
    for (const { received: value, last } of counters) {
      if (last !== undefined) {
        received = new InvocationCounters(new VolatileStore());
        if (last !== null) received.record([[{ name: 'peer', value: last }]]);
      }
      results.push(await refusal(() => received.record([[{ name: 'peer', value }]]), new Uint8Array(0)));
    }
  } else {
    const intake = await intakeOf(vector);
    for (const { octets } of sequence(vector)) results.push(await refusal(intake, octets));
  }
  const refused = results.filter((e) => e !== undefined);
  return {
    outcomes: results.map(outcome),
    errors: results.map((e) => (e === undefined ? null : ofCategory([e]))),
    error: refused.length === 0 ? undefined : ofCategory(refused),
    outcome: refused.length === 0 ? 'accept' : 'reject',
    accepted: results.filter((e) => e === undefined).length,
    rejected: refused.length,
  };
}

interface Received {
  readonly received: number;
  /** The last counter accepted before; null: none yet. */
  readonly last?: number | null | undefined;
}
/** The received counters in order; undefined when the inputs are octets. */
function countersOf(vector: Vector): Received[] | undefined {
  const counters = (sequenceList(vector) ?? []).map((entry): Received | undefined => {
    const record = isRecord(entry) ? entry : { received: entry };
    const received = ['received', 'counter', 'invocationCounter', 'value', 'next']
      .map((name) => record[name])
      .find((v) => typeof v === 'number');
    return received === undefined ? undefined : { received: received as number, last: lastIn(record) };
  });
  const [first, ...others] = counters;
  if (first === undefined || others.includes(undefined)) return undefined;
  const before = first.last === undefined ? lastIn({ ...vector.params, ...vector.input }) : first.last;
  return [{ ...first, last: before }, ...(others as Received[])];
}
/** The last counter accepted before, under any of its names. */
function lastIn(record: Readonly<Record<string, unknown>>): number | null | undefined {
  const { last } = renamed(record);
  return last === null || typeof last === 'number' ? last : undefined;
}

/** Matches `accept`, `reject`, true, false, a category, or a record of these. */
function outcome(error: unknown): Matcher {
  const taken = error === undefined;
  const found = taken ? 'accept' : isDlmsError(error) ? `reject (${error.code})` : 'reject';
  const is = (right: boolean): string | undefined => (right ? undefined : found);
  const word = check((expected) => {
    if (typeof expected === 'boolean') return is(expected === taken);
    if (typeof expected !== 'string') throw new Unsupported('outcomes: a word expected');
    if (/^(accept(ed)?|ok)$/.test(expected)) return is(taken);
    return is(!taken && (/^(reject|refuse)(e?d)?$/.test(expected) || isCategory(error, expected)));
  }, found);
  return {
    match(expected, path, skip) {
      if (!isRecord(expected)) return word.match(expected, path, skip);
      for (const [key, value] of Object.entries(expected)) {
        if (skip.has(key) || (/^(error|reason)$/.test(key) && value === null && taken)) continue;
        if (!/^(outcome|accepted|result|error|reason)$/.test(key))
          throw new Unsupported(`${path}.${key}: the runner does not know this field`);
        word.match(value, `${path}.${key}`, skip);
      }
    },
    show: () => found,
  };
}
