import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { hlsReply } from '../../src/security/hls.js';
import {
  type AssociationConfig,
  type LogicalDevice,
  Meter,
  ObjectStore,
  readOnlyRights,
} from '../../src/server/index.js';
import { GuessThrottle } from '../../src/server/throttle.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import { VirtualClock } from '../transport/virtual-clock.js';
import { cipheredConfig, clientTitle, contextOf, invoke, octets, provider, route } from './support.js';

const settled = (): Promise<void> => new Promise((resume) => setImmediate(resume));

/** Lets time pass, and whatever happens in it happen. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  for (;;) {
    await settled();
    const { next } = clock;
    if (next === undefined || next > end) break;
    clock.advance(next - clock.now());
  }
  clock.advance(end - clock.now());
  await settled();
}

const password = new TextEncoder().encode('12345678');
const lls: AssociationConfig = {
  clientSap: 1,
  logicalName: '0-0:40.0.1*255',
  mechanism: 'lls',
  ciphering: 'none',
  password,
};
const open: AssociationConfig = {
  clientSap: 9,
  logicalName: '0-0:40.0.9*255',
  mechanism: 'none',
  ciphering: 'none',
  rights: readOnlyRights,
};
const userInformation = encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0 });
const aarq = (authenticationValue: Uint8Array): Uint8Array =>
  encodeAarq({ mechanism: 'lls', referencing: 'LN', ciphered: false, userInformation, authenticationValue });
const wrong = aarq(octets(8));
const right = aarq(password);
const meterOf = (config: AssociationConfig, changes: Partial<LogicalDevice> = {}) => {
  const clock = new VirtualClock();
  return {
    clock,
    meter: new Meter({ sap: 1, objects: new ObjectStore(), associations: [config, open], clock, ...changes }),
  };
};
const resultOf = ([answer]: readonly Uint8Array[]): string => {
  const aare = answer === undefined ? undefined : decode(Apdu, answer);
  return aare?.type === 'aare' ? String(aare.result) : (aare?.type ?? 'silence');
};
/** A stranger on a connection of his own who guesses as fast as he is answered. */
function guesser(meter: Meter, guess = wrong) {
  const handler = meter.connection();
  const judged = { count: 0, stop: false };
  const ended = (async () => {
    while (!judged.stop) {
      await handler.handle(guess, route);
      judged.count++;
      // Without a throttle this would never let anybody else have a turn.
      if (judged.count % 100 === 0) await settled();
      if (judged.count > 5000) break;
    }
  })();
  return { judged, ended, handler };
}

describe('guessing the password of an association', () => {
  it('over one connection is slowed to ten guesses a second', async () => {
    const { clock, meter } = meterOf(lls);
    const { judged } = guesser(meter);
    await pass(clock, 0);
    expect(judged.count).toBe(10);
    await pass(clock, 10_000);
    expect(judged.count).toBe(110);
    judged.stop = true;
  });
  it('over fifty connections gives no more guesses than over one', async () => {
    const { clock, meter } = meterOf(lls);
    const guessers = Array.from({ length: 50 }, () => guesser(meter));
    await pass(clock, 10_000);
    const total = guessers.reduce((sum, { judged }) => sum + judged.count, 0);
    expect(total).toBeGreaterThan(100);
    expect(total).toBeLessThanOrEqual(110);
    for (const { judged } of guessers) judged.stop = true;
  });
  it('the rate is that of the configuration', async () => {
    const { clock, meter } = meterOf(lls, { guessesPerSecond: 1 });
    const { judged } = guesser(meter);
    await pass(clock, 10_000);
    expect(judged.count).toBe(20);
    judged.stop = true;
  });
  it('a flood of guesses does not keep the right client out: it waits behind one guess of each other connection', async () => {
    const { clock, meter } = meterOf(lls);
    const guessers = Array.from({ length: 30 }, () => guesser(meter));
    await pass(clock, 60_000);
    let accepted: string | undefined;
    void Promise.resolve(meter.connection().handle(right, route)).then((answers) => {
      accepted = resultOf(answers);
    });
    await pass(clock, 2900);
    expect(accepted).toBeUndefined();
    await pass(clock, 300);
    expect(accepted).toBe('accepted');
    for (const { judged } of guessers) judged.stop = true;
  });
  it('the flood holds nobody up in another association', async () => {
    const { clock, meter } = meterOf(lls);
    const guessers = Array.from({ length: 30 }, () => guesser(meter));
    await pass(clock, 100);
    const other = encodeAarq({ mechanism: 'none', referencing: 'LN', ciphered: false, userInformation });
    expect(resultOf(await meter.connection().handle(other, { clientSap: 9, serverSap: 1 }))).toBe('accepted');
    for (const { judged } of guessers) judged.stop = true;
  });
  it('who hangs up instead of waiting gets nothing judged, and nobody waits for him', async () => {
    const tried: Uint8Array[] = [];
    const { clock, meter } = meterOf({
      ...lls,
      password: (given) => {
        tried.push(given);
        return false;
      },
    });
    for (let i = 0; i < 1000; i++) {
      const handler = meter.connection();
      const answer = handler.handle(wrong, route);
      await settled();
      handler.released?.(undefined);
      if (i < 3 || i > 990) await answer;
    }
    expect(tried).toHaveLength(10);
    expect(clock.pending).toBe(0);
    let judged = false;
    void Promise.resolve(meter.connection().handle(wrong, route)).then(() => {
      judged = true;
    });
    await pass(clock, 150);
    expect(judged).toBe(true);
    expect(tried).toHaveLength(11);
  });
  it('the right password costs nothing, however often', async () => {
    const { meter } = meterOf(lls);
    for (let i = 0; i < 500; i++) expect(resultOf(await meter.connection().handle(right, route))).toBe('accepted');
  });
  it('a few wrong ones are forgiven, and after some time as many again', async () => {
    const { clock, meter } = meterOf(lls);
    const handler = meter.connection();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 9; i++) expect(resultOf(await handler.handle(wrong, route))).toBe('rejected-permanent');
      expect(resultOf(await handler.handle(right, route))).toBe('accepted');
      await pass(clock, 10_000);
    }
    // Time that passes is not saved up.
    await pass(clock, 1_000_000);
    const { judged } = guesser(meter);
    await pass(clock, 0);
    expect(judged.count).toBe(10);
    judged.stop = true;
  });
});

it('guessing an HLS secret is slowed as well', async () => {
  const secret = await provider.importKey('secret', octets(16));
  const { security } = await cipheredConfig();
  const config: AssociationConfig = {
    clientSap: 1,
    logicalName: '0-0:40.0.1*255',
    mechanism: 'hls-sha256',
    ciphering: 'none',
    secret,
    security: security!,
  };
  const { clock, meter } = meterOf(config);
  const handler = meter.connection();
  const challenge = octets(16, 3);
  const begin = encodeAarq({
    mechanism: 'hls-sha256',
    referencing: 'LN',
    ciphered: false,
    userInformation,
    authenticationValue: challenge,
    systemTitle: clientTitle,
  });
  const reply = (value: Uint8Array): Uint8Array =>
    encode(Apdu, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: { classId: 15, instanceId: '0-0:40.0.0*255', methodId: 1 },
        methodInvocationParameters: { type: 'octet-string', value },
      },
    });
  const attempt = async (value: (stoc: Uint8Array) => Promise<Uint8Array>): Promise<string> => {
    const [aare] = await handler.handle(begin, route);
    const decoded = decode(Apdu, aare!) as Extract<Apdu, { type: 'aare' }>;
    const [answer] = await handler.handle(
      reply(await value(decoded.respondingAuthenticationValue?.value as Uint8Array)),
      route,
    );
    return JSON.stringify(decode(Apdu, answer!));
  };
  for (let i = 0; i < 10; i++) expect(await attempt(async () => octets(32, i))).toContain('read-write-denied');
  let answered: string | undefined;
  void attempt(async () => octets(32)).then((text) => {
    answered = text;
  });
  await pass(clock, 50);
  expect(answered).toBeUndefined();
  await pass(clock, 100);
  expect(answered).toContain('read-write-denied');
  const context = await contextOf('client', { peerSystemTitle: Uint8Array.of(0x53, 0x52, 0x56, 0, 0, 0, 0, 1) });
  const proof = async (serverToClient: Uint8Array): Promise<Uint8Array> =>
    hlsReply({ mechanism: 6, role: 'client', context, secret, clientToServer: challenge, serverToClient });
  let proven: string | undefined;
  void attempt(proof).then((text) => {
    proven = text;
  });
  await pass(clock, 200);
  expect(proven).toContain('success');
});

describe('the throttle', () => {
  it('serves in the order of arrival, and forgets who is gone', async () => {
    const clock = new VirtualClock();
    const throttle = new GuessThrottle(clock, 2);
    const here = { gone: false };
    for (let i = 0; i < 10; i++) expect(await throttle.turn(here)).toBe(true);
    const served: string[] = [];
    const leaving = { gone: false };
    const wait = (name: string, guesser = here): void =>
      void throttle.turn(guesser).then((may) => served.push(`${name} ${may}`));
    wait('a');
    wait('b', leaving);
    wait('c');
    await pass(clock, 499);
    expect(served).toEqual([]);
    await pass(clock, 1);
    expect(served).toEqual(['a true']);
    leaving.gone = true;
    throttle.gone();
    await pass(clock, 0);
    expect(served).toEqual(['a true', 'b false']);
    await pass(clock, 500);
    expect(served).toEqual(['a true', 'b false', 'c true']);
    expect(clock.pending).toBe(0);
    // What was right is given back to who waits.
    wait('d');
    await pass(clock, 1);
    throttle.right();
    await pass(clock, 0);
    expect(served.at(-1)).toBe('d true');
    expect(clock.pending).toBe(0);
  });
});
