import { decode } from '../../axdr/schema.js';
import { isDlmsError } from '../../core/errors.js';
import { parseHex } from '../../core/hex.js';
import { InvocationCounters } from '../../security/counters.js';
import { VolatileStore } from '../../store/store.js';
import { wpduDeframer } from '../../transport/framing/wpdu.js';
import { hdlcDeframer } from '../../transport/hdlc/deframer.js';
import { stripLlc } from '../../transport/hdlc/frame.js';
import { Apdu } from '../../xdlms/apdu.js';
import { isCategory } from '../categories.js';
import { check, type Matcher } from '../compare.js';
import { securityParams } from '../keys.js';
import { type Intake, intakeOf } from '../layers.js';
import { cases, octets, sequenceInput } from '../values.js';
import { Difference, type Kind, Unsupported, type Vector } from '../vector.js';
import { checkSequence } from './hdlc.js';

const intakeParams = [
  ...securityParams,
  'layer',
  'transport',
  'policy',
  'securityPolicy',
  'ownSystemTitle',
  'clientSystemTitle',
  'serverSystemTitle',
  'lenientMayAccept',
  'incompleteOnStream',
  'depth',
];

export const rejectKinds: Readonly<Record<string, Kind>> = {
  reject: {
    input: ['hex', 'cases'],
    params: intakeParams,
    async run(vector) {
      const errors: unknown[] = [];
      for (const text of cases(vector)) errors.push(await refusal(await intakeOf(vector), parseHex(text)));
      const accepted = errors.indexOf(undefined);
      if (accepted >= 0) throw new Difference(`outcome: case ${accepted} was accepted`);
      if (vector.params.incompleteOnStream === true) for (const text of cases(vector)) waits(parseHex(text));
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
  'reject-sequence': {
    input: ['cases', 'apdus', 'frames', 'sequence', 'hex'],
    params: [...intakeParams, 'lastInvocationCounter', 'lastCounter'],
    run: sequence,
  },
  'counter-rule': {
    input: [
      'cases',
      'counters',
      'invocationCounters',
      'apdus',
      'frames',
      'sequence',
      'received',
      'last',
      'lastAccepted',
      'previous',
      'stored',
      'hex',
    ],
    params: [
      ...intakeParams,
      'lastInvocationCounter',
      'lastCounter',
      'last',
      'lastAccepted',
      'previous',
      'stored',
      'rule',
    ],
    run: sequence,
  },
};

/** What the library throws at these octets; undefined when it takes them. */
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
/** A stream receiver has to wait where a datagram receiver refuses. */
function waits(bytes: Uint8Array): void {
  const deframer = wpduDeframer();
  const pdus = deframer.push(bytes);
  if (deframer.failure !== undefined) throw deframer.failure;
  if (pdus.length > 0) throw new Difference('incompleteOnStream: the stream receiver found a PDU');
}
/** Numbers and flags of the blocks in a recording, as they stand there. */
function blocksOf(vector: Vector): Record<string, unknown> {
  const apdus =
    vector.params.transport === 'hdlc'
      ? hdlcDeframer()
          .push(octets(vector, 'hex'))
          .map((f) => stripLlc(f.information))
      : cases(vector).map(parseHex);
  const blocks = apdus.map((apdu) => decode(Apdu, apdu)).filter((a) => a.type === 'general-block-transfer');
  return {
    blockNumbers: blocks.map((b) => b.blockNumber),
    lastBlockFlags: blocks.map((b) => b.blockControl.lastBlock),
  };
}

/** Inputs in order, with memory: each is taken or refused. */
async function sequence(vector: Vector): Promise<unknown> {
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
    for (const { hex } of sequenceInput(vector)) results.push(await refusal(intake, parseHex(hex)));
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

/** Received counters in order; `last` where the vector says what was accepted before (null: nothing yet). Undefined when the inputs are octets. */
function countersOf(vector: Vector): { received: number; last?: number | null }[] | undefined {
  const list = Object.values(vector.input).find(Array.isArray) as unknown[] | undefined;
  if (list === undefined) return undefined;
  const before = seen({ ...vector.params, ...vector.input });
  const entries = list.map((entry) => {
    if (typeof entry === 'number') return { received: entry };
    if (typeof entry !== 'object' || entry === null) return undefined;
    const record = entry as Record<string, unknown>;
    const received = ['received', 'counter', 'invocationCounter', 'value', 'next']
      .map((name) => record[name])
      .find((v) => typeof v === 'number') as number | undefined;
    const last = seen(record);
    return received === undefined ? undefined : { received, ...(last === undefined ? {} : { last }) };
  });
  if (entries.length === 0 || entries.some((e) => e === undefined)) return undefined;
  const counters = entries as { received: number; last?: number | null }[];
  return before === undefined
    ? counters
    : counters.map((c, i) => (i === 0 && c.last === undefined ? { ...c, last: before } : c));
}
function seen(record: Readonly<Record<string, unknown>>): number | null | undefined {
  for (const name of ['last', 'lastAccepted', 'lastInvocationCounter', 'lastCounter', 'previous', 'stored', 'highest'])
    if (Object.hasOwn(record, name) && (record[name] === null || typeof record[name] === 'number'))
      return record[name] as number | null;
  return undefined;
}
/** `accept`, `reject`, true, false, a category, or a record of them. */
function outcome(error: unknown): Matcher {
  const taken = error === undefined;
  const word = check(
    (expected) => {
      if (typeof expected === 'boolean') return expected === taken ? undefined : taken ? 'accept' : 'reject';
      if (expected === 'accept' || expected === 'accepted' || expected === 'ok')
        return taken ? undefined : `reject (${isDlmsError(error) ? error.code : ''})`;
      if (expected === 'reject' || expected === 'rejected' || expected === 'refuse' || expected === 'refused')
        return taken ? 'accept' : undefined;
      if (typeof expected !== 'string') throw new Unsupported('outcomes: a word expected');
      return !taken && isCategory(error, expected)
        ? undefined
        : taken
          ? 'accept'
          : isDlmsError(error)
            ? error.code
            : 'reject';
    },
    taken ? 'accept' : 'reject',
  );
  return {
    match(expected, path, skip) {
      if (typeof expected !== 'object' || expected === null) return word.match(expected, path, skip);
      for (const [key, value] of Object.entries(expected)) {
        if (skip.has(key)) continue;
        if (key === 'outcome' || key === 'accepted' || key === 'result') word.match(value, `${path}.${key}`, skip);
        else if (key === 'error' || key === 'reason') {
          if (value !== null || !taken) word.match(value, `${path}.${key}`, skip);
        } else throw new Unsupported(`${path}.${key}: the runner does not know this field`);
      }
    },
    show: () => word.show(),
  };
}
