import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import type { SecurityContext } from '../../src/security/context.js';
import type { Protection } from '../../src/security/policy.js';
import { protect } from '../../src/security/protect.js';
import { unprotect } from '../../src/security/unprotect.js';
import { type AccessRights, type AssociationConfig, ObjectStore } from '../../src/server/index.js';
import { defaultConformance, encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { Apdu } from '../../src/xdlms/index.js';
import {
  ask,
  cipheredConfig,
  clientTitle,
  connected,
  contextOf,
  data,
  dataOctets,
  descriptor,
  Echo,
  echoName,
  failureOf,
  invoke,
  meterWith,
  methodOf,
  octets,
  provider,
  route,
  serverTitle,
  type TestMeter,
} from './support.js';

// What opens and ends an association, what does not, and what a client hears of it.

const get: Apdu = {
  type: 'get-request',
  value: { type: 'get-request-normal', invokeIdAndPriority: invoke(), cosemAttributeDescriptor: descriptor() },
};
const exception = (serviceError: string) => ({ type: 'exception-response', serviceError });
const release = { type: 'rlrq', reason: 'normal' } as const;
const initiate = (dedicatedKey?: Uint8Array): Uint8Array =>
  encodeInitiateRequest({ conformance: defaultConformance, maxReceivePduSize: 0xffff, dedicatedKey });
const aarq = (userInformation: Uint8Array, ciphered: boolean): Uint8Array =>
  encodeAarq({
    mechanism: 'none',
    referencing: 'LN',
    ciphered,
    userInformation,
    ...(ciphered ? { systemTitle: clientTitle } : {}),
  });
const block = (blockNumber: number, lastBlock: boolean, rawData: Uint8Array): Apdu => ({
  type: 'set-request',
  value:
    blockNumber === 1
      ? {
          type: 'set-request-with-first-datablock',
          invokeIdAndPriority: invoke(),
          cosemAttributeDescriptor: descriptor(),
          datablock: { lastBlock, blockNumber, rawData },
        }
      : {
          type: 'set-request-with-datablock',
          invokeIdAndPriority: invoke(),
          datablock: { lastBlock, blockNumber, rawData },
        },
});
const long = dataOctets(octets(40));

/** A ciphered association that is open, and a client that speaks in it as it likes. */
async function open(changes: Parameters<typeof contextOf>[1] = {}) {
  const meter = await meterWith(await cipheredConfig());
  const security = await contextOf('client', changes);
  await connected(meter, { authentication: { mechanism: 'hls-gmac' }, security });
  return { meter, security, ...speaker(meter, security) };
}
function speaker(meter: TestMeter, security: SecurityContext) {
  const say = async (apdu: Apdu): Promise<Apdu | undefined> => {
    const [answer] = await meter.handler.handle(await protect(encode(Apdu, apdu), security, { form: 'glo' }), route);
    if (answer === undefined) return undefined;
    return decode(Apdu, (await unprotect(answer, security)).apdu);
  };
  const releaseWith = async (plain: Uint8Array): Promise<Apdu | undefined> =>
    ask(meter, { ...release, userInformation: await protect(plain, security, { form: 'glo' }) });
  return { say, releaseWith };
}
/** A ciphered association that is always open. */
async function alwaysOpen(config: Partial<AssociationConfig> = {}) {
  const meter = await meterWith({
    ...(await cipheredConfig({ peerSystemTitle: clientTitle })),
    mechanism: 'none',
    preEstablished: true,
    ...config,
  });
  const security = await contextOf('client', { peerSystemTitle: serverTitle });
  return { meter, security, ...speaker(meter, security) };
}

describe('a release', () => {
  it('ends an association in clear: nothing is served before it is opened again, and that is no fault of the meter', async () => {
    const meter = await meterWith();
    await connected(meter);
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
    expect(await ask(meter, release)).toMatchObject({ type: 'rlre', reason: 'normal' });
    for (const apdu of [get, release])
      expect(await ask(meter, apdu)).toMatchObject(exception('operation-not-possible'));
    expect(await ask(meter, aarq(initiate(), false))).toMatchObject({ result: 'accepted' });
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
    expect(meter.errors).toEqual([]);
  });
  it('of a ciphered association is answered under its keys, whatever form the client else uses, and ends it', async () => {
    const { meter, security, releaseWith } = await open({ form: 'general-glo' });
    const answer = await releaseWith(initiate());
    expect(answer).toMatchObject({ type: 'rlre', reason: 'normal' });
    const { userInformation = octets(0) } = answer as { userInformation?: Uint8Array };
    // glo-initiate-response.
    expect(userInformation[0]).toBe(0x28);
    const opened = await unprotect(userInformation, security);
    expect(opened.protection).toMatchObject({ authenticated: true, encrypted: true });
    expect(decode(Apdu, opened.apdu)).toMatchObject({ type: 'initiateResponse', negotiatedDlmsVersionNumber: 6 });
    expect(await ask(meter, await protect(encode(Apdu, get), security))).toMatchObject(
      exception('operation-not-possible'),
    );
    expect(meter.errors).toEqual([]);
  });
  it('with anything else inside, or nothing, is refused and ends nothing', async () => {
    const { meter, say, releaseWith } = await open();
    expect(await ask(meter, release)).toMatchObject(exception('service-not-supported'));
    expect(await releaseWith(encode(Apdu, get))).toMatchObject(exception('service-not-supported'));
    expect(await ask(meter, { ...release, userInformation: initiate() })).toMatchObject(exception('deciphering-error'));
    expect(await say(get)).toMatchObject({ type: 'get-response' });
    // Only the last one, in clear, is worth a word.
    expect(meter.errors).toMatchObject([{ code: expect.stringMatching(/^security\//) }]);
  });
  it('whose outer length is a few octets short, as some clients write it, is a release too', async () => {
    const { meter, security } = await open();
    const userInformation = await protect(initiate(), security, { form: 'glo' });
    const short = encode(Apdu, { ...release, userInformation });
    short[1] = (short[1] as number) - 2;
    expect(await ask(meter, short)).toMatchObject({ type: 'rlre' });
    expect(meter.errors).toEqual([]);
  });
});

describe('an association that is always open', () => {
  it('in clear is neither ended nor disturbed by an AARQ or a release in the middle of a long request', async () => {
    const meter = await meterWith({ preEstablished: true });
    expect(await ask(meter, block(1, false, long.subarray(0, 20)))).toMatchObject({
      value: { type: 'set-response-datablock' },
    });
    expect(await ask(meter, aarq(initiate(), false))).toMatchObject({ result: 'rejected-permanent' });
    expect(await ask(meter, release)).toMatchObject({ type: 'rlre' });
    expect(await ask(meter, block(2, true, long.subarray(20)))).toMatchObject({
      value: { type: 'set-response-last-datablock', result: 'success' },
    });
  });
  it('under keys neither', async () => {
    const { meter, say, releaseWith } = await alwaysOpen();
    await say(block(1, false, long.subarray(0, 20)));
    expect(await ask(meter, aarq(initiate(), true))).toMatchObject({ result: 'rejected-permanent' });
    expect(await releaseWith(initiate())).toMatchObject({ type: 'rlre' });
    expect(await say(block(2, true, long.subarray(20)))).toMatchObject({
      value: { type: 'set-response-last-datablock', result: 'success' },
    });
  });
  it('gives no answer to what wants none, under keys too', async () => {
    const { meter, say } = await alwaysOpen();
    const quiet = { ...invoke(), serviceClass: 'unconfirmed' } as const;
    const written = await say({
      type: 'set-request',
      value: {
        type: 'set-request-normal',
        invokeIdAndPriority: quiet,
        cosemAttributeDescriptor: descriptor(),
        value: data(octets(3)),
      },
    });
    expect(written).toBeUndefined();
    expect(await say(get)).toMatchObject({ value: { result: { value: { value: octets(3) } } } });
    expect(meter.errors).toEqual([]);
  });
});

describe('a connection that ends while the AARQ is judged', () => {
  const gate = () => {
    let open = (): void => {};
    const passed = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, passed };
  };
  it('opens nothing, answers nobody, and destroys the dedicated key', async () => {
    const { open: go, passed } = gate();
    const contexts: SecurityContext[] = [];
    const { security } = await cipheredConfig();
    const meter = await meterWith({
      mechanism: 'none',
      ciphering: 'required',
      security: async (title) => {
        const context = (await security?.(title)) as SecurityContext;
        contexts.push(context);
        await passed;
        return context;
      },
    });
    const client = await contextOf('client', { peerSystemTitle: serverTitle });
    const userInformation = await protect(initiate(octets(16, 5)), client, { form: 'glo' });
    const answers = meter.handler.handle(aarq(userInformation, true), route);
    await Promise.resolve();
    meter.handler.released?.(route);
    go();
    expect(await answers).toEqual([]);
    expect(contexts.map((c) => c.keys.dedicated)).toEqual([undefined]);
    expect(meter.errors).toEqual([]);
    expect(await ask(meter, await protect(encode(Apdu, get), client))).toMatchObject(
      exception('operation-not-possible'),
    );
  });
  it('in clear neither', async () => {
    const { open: go, passed } = gate();
    const meter = await meterWith({
      mechanism: 'lls',
      password: async () => {
        await passed;
        return true;
      },
    });
    const request = encodeAarq({
      mechanism: 'lls',
      referencing: 'LN',
      ciphered: false,
      userInformation: initiate(),
      authenticationValue: octets(8),
    });
    const answers = meter.handler.handle(request, route);
    await Promise.resolve();
    meter.handler.released?.(route);
    go();
    expect(await answers).toEqual([]);
    expect(meter.errors).toEqual([]);
  });
});

describe('the reply to a challenge', () => {
  const opened = async (manufacturer: () => never) => {
    const meter = await meterWith({ mechanism: 'hls-2', manufacturer, security: (await cipheredConfig()).security! });
    const request = encodeAarq({
      mechanism: 'hls-2',
      referencing: 'LN',
      ciphered: false,
      userInformation: initiate(),
      authenticationValue: octets(16),
    });
    expect(await ask(meter, request)).toMatchObject({ result: 'accepted' });
    const reply = await ask(meter, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: { classId: 15, instanceId: '0-0:40.0.0*255', methodId: 1 },
        methodInvocationParameters: data(octets(16)),
      },
    });
    return { meter, reply };
  };
  it('that cannot be judged, because something of the meter failed, is no wrong reply, and opens nothing', async () => {
    const broken = new Error('the function of the manufacturer is out of order');
    const { meter, reply } = await opened(() => {
      throw broken;
    });
    expect(reply).toMatchObject(exception('operation-not-possible'));
    expect(meter.errors).toEqual([broken]);
    expect(await ask(meter, get)).toMatchObject(exception('operation-not-possible'));
  });
});

describe('what is to be done when the response is made', () => {
  it('and fails, is told to the client instead of a success, and to the meter', async () => {
    const broken = new Error('the disk is full');
    const done: string[] = [];
    const objects = new ObjectStore();
    const { device } = await meterWith();
    const echo = device.objects.get(echoName)!;
    objects.add({
      ...echo,
      methods: new Map(
        [...echo.methods].map(([index, method]) => [
          index,
          {
            ...method,
            invoke: (_parameter: Uint8Array | undefined, { afterResponse }: Parameters<typeof method.invoke>[1]) => {
              afterResponse?.(() => {
                throw broken;
              });
              // What comes behind it is done all the same.
              afterResponse?.(() => void done.push('second'));
              return undefined;
            },
          },
        ]),
      ),
    } as typeof echo);
    const meter = await meterWith({ preEstablished: true }, { objects });
    const answer = await ask(meter, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: methodOf(2),
        methodInvocationParameters: data(octets(2)),
      },
    });
    expect(answer).toMatchObject(exception('operation-not-possible'));
    expect(meter.errors).toEqual([broken]);
    expect(done).toEqual(['second']);
    // The next request has nothing of it.
    expect(await ask(meter, get)).toMatchObject({ type: 'get-response' });
    expect(meter.errors).toEqual([broken]);
  });
});

describe('what a client hears of a message that was not understood', () => {
  it('which of the three kinds of fault it was', async () => {
    const { meter, security, say } = await open();
    // Octets that are no APDU.
    expect(await ask(meter, Uint8Array.of(0x60, 3, 1, 2, 3))).toMatchObject(exception('other-reason'));
    expect(await say({ ...get })).toMatchObject({ type: 'get-response' });
    // A tag that does not verify.
    const changed = await protect(encode(Apdu, get), security);
    changed[changed.length - 1]! ^= 1;
    expect(await ask(meter, changed)).toMatchObject(exception('deciphering-error'));
    expect(meter.errors).toMatchObject([
      { code: expect.stringMatching(/^decode\//) },
      { code: expect.stringMatching(/^security\//) },
    ]);
  });
  it('the counter that the meter expects next, after a message that came again', async () => {
    const { meter, security } = await open();
    const request = await protect(encode(Apdu, get), security, { form: 'glo' });
    const counter = new DataView(request.buffer, request.byteOffset).getUint32(3);
    expect((await ask(meter, request))?.type).toBe('glo-get-response');
    expect(await ask(meter, request)).toMatchObject({
      ...exception('invocation-counter-error'),
      invocationCounterError: counter + 1,
    });
  });
  it('that a ciphered association is no longer trusted looks like a message that cannot be deciphered', async () => {
    let trusted = true;
    const { meter, security, say } = await alwaysOpen({ stillTrusted: () => trusted });
    expect(await say(get)).toMatchObject({ type: 'get-response' });
    trusted = false;
    expect(await ask(meter, await protect(encode(Apdu, get), security))).toMatchObject(exception('deciphering-error'));
    expect(meter.errors).toMatchObject([{ code: 'association/not-open' }]);
  });
});

describe('a right that asks for protection of the response', () => {
  const asking = (response: Protection): AccessRights => ({
    attribute: () => ({ read: true, write: true, response }),
    method: () => ({ invoke: true, response }),
  });
  const denied = { value: { result: { type: 'data-access-result', value: 'read-write-denied' } } };
  it('is refused in clear, whichever protection it is', async () => {
    for (const response of [{ authenticated: true }, { encrypted: true }, { signed: true }]) {
      const meter = await meterWith({ preEstablished: true, rights: asking(response) });
      expect(await ask(meter, get)).toMatchObject(denied);
    }
  });
  it('is refused where the key for it is missing, and given where it is there', async () => {
    const policy = { send: { encrypted: true }, receive: { encrypted: true }, withoutReplayProtection: true } as const;
    const secret = await provider.importKey('secret', octets(16));
    const { globalUnicast } = (await contextOf('client')).keys;
    const readWith = async (response: Protection, changes: Parameters<typeof cipheredConfig>[0]): Promise<string> => {
      const config = await cipheredConfig({ policy, ...changes });
      const meter = await meterWith({ ...config, mechanism: 'hls-sha256', secret, rights: asking(response) });
      const { client } = await connected(meter, {
        authentication: { mechanism: 'hls-sha256', secret },
        security: await contextOf('client', { policy }),
      });
      return failureOf(() => client.get(Echo, echoName, 'value'));
    };
    const keys = { globalUnicast };
    expect(await readWith({ authenticated: true }, { keys })).toContain('read-write-denied');
    expect(await readWith({ encrypted: true }, { keys })).toBe('no error');
    expect(await readWith({ authenticated: true }, {})).toBe('no error');
  });
});

it('the originator that rights and handlers see is theirs: the octets of the request may change afterwards', async () => {
  const seen: (Uint8Array | undefined)[] = [];
  const { meter, security } = await alwaysOpen({
    rights: {
      attribute: (_o, _a, { originator }) => {
        seen.push(originator);
        return { read: true, write: false };
      },
    },
  });
  const request = await protect(encode(Apdu, get), security, {
    form: { type: 'general-ciphering', key: 'global-unicast' },
  });
  await meter.handler.handle(request, route);
  request.fill(0);
  expect(seen).toEqual([clientTitle]);
});
