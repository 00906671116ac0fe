import { describe, expect, it } from 'vitest';
import { decode, encode } from '../../src/axdr/schema.js';
import { protect } from '../../src/security/protect.js';
import { type AssociationConfig, Meter, ObjectStore, serverShortNames } from '../../src/server/index.js';
import { encodeAarq, encodeInitiateRequest } from '../../src/session/index.js';
import { Apdu, type ConformanceBit, conformanceBits, type GeneralBlockTransfer } from '../../src/xdlms/index.js';
import {
  ask,
  cipheredConfig,
  connected,
  contextOf,
  data,
  descriptor,
  Echo,
  echoName,
  invoke,
  meterWith,
  octets,
  route,
  serverTitle,
} from './support.js';

// General block transfer at the meter, and what associations of one connection leave each other.

const gbt = (
  blockNumber: number,
  blockData: Uint8Array,
  control: Partial<GeneralBlockTransfer['blockControl']> = {},
): Apdu => ({
  type: 'general-block-transfer',
  blockControl: { lastBlock: false, streaming: true, window: 10, ...control },
  blockNumber,
  blockNumberAck: 0,
  blockData,
});
const set = (length: number, serviceClass: 'confirmed' | 'unconfirmed' = 'confirmed'): Uint8Array =>
  encode(Apdu, {
    type: 'set-request',
    value: {
      type: 'set-request-normal',
      invokeIdAndPriority: { ...invoke(), serviceClass },
      cosemAttributeDescriptor: descriptor(),
      value: data(octets(length)),
    },
  });
const conformance: readonly ConformanceBit[] = ['get', 'set', 'action', 'general-block-transfer'];

describe('a request in general blocks', () => {
  const whole = { lastBlock: true, streaming: false };
  it('that wants no answer is acknowledged where its sender waits, and met with silence where it does not', async () => {
    const meter = await meterWith({ preEstablished: true, conformance });
    expect(await ask(meter, gbt(1, set(5, 'unconfirmed'), whole))).toMatchObject({
      type: 'general-block-transfer',
      blockNumberAck: 1,
      blockData: octets(0),
    });
    expect(await meter.handler.handle(encode(Apdu, gbt(1, set(6, 'unconfirmed'), { lastBlock: true })), route)).toEqual(
      [],
    );
    expect(
      await meter.device.objects
        .get(echoName)
        ?.attributes.get(2)
        ?.read({} as never),
    ).toEqual(Uint8Array.of(9, 6, ...octets(6)));
    // One that wants an answer has it instead of the acknowledgement.
    expect(await ask(meter, gbt(1, set(7), whole))).toMatchObject({ type: 'set-response' });
    expect(meter.errors).toEqual([]);
  });
  it('is not supported where it was not agreed, and that is no fault of the meter', async () => {
    const meter = await meterWith({ preEstablished: true, conformance: ['get', 'set'] });
    expect(await ask(meter, gbt(1, set(5), whole))).toMatchObject({
      type: 'exception-response',
      serviceError: 'service-not-supported',
    });
    expect(meter.errors).toEqual([]);
  });
});

describe('several associations of one connection', () => {
  const config = {
    ciphering: 'none',
    mechanism: 'none',
    rights: {},
    conformance: conformanceBits,
  } as const;
  const connection = (...associations: Partial<AssociationConfig>[]) => {
    const errors: unknown[] = [];
    const handler = new Meter({
      sap: 1,
      objects: new ObjectStore(),
      associations: associations.map((a, i) => ({
        ...config,
        clientSap: i + 1,
        logicalName: `0-0:40.0.${i + 1}*255`,
        ...a,
      })),
      maxUnprovenSize: 1000,
      onError: (e) => errors.push(e),
    }).connection();
    const send = async (clientSap: number, apdu: Apdu | Uint8Array): Promise<Apdu | undefined> => {
      const octets = apdu instanceof Uint8Array ? apdu : encode(Apdu, apdu);
      const [answer] = await handler.handle(octets, { clientSap, serverSap: 1 });
      return answer === undefined ? undefined : decode(Apdu, answer);
    };
    return { send, errors };
  };
  const always = { preEstablished: true };
  it('share what blocks may hold, in general blocks and those of a service together', async () => {
    const { send, errors } = connection(
      always,
      { ...always, referencing: serverShortNames({ baseNames: {} }) },
      always,
    );
    // 400 octets, and 300 of a WRITE beside 100 of general blocks: 200 are left.
    expect(await send(1, gbt(1, octets(400)))).toBeUndefined();
    const write: Apdu = {
      type: 'writeRequest',
      variableAccessSpecification: [{ type: 'write-data-block-access', lastBlock: false, blockNumber: 1 }],
      listOfData: [data(octets(300))],
    };
    expect(await send(2, write)).toMatchObject({ value: [{ type: 'block-number' }] });
    expect(await send(2, gbt(1, octets(100)))).toBeUndefined();
    expect(await send(3, gbt(1, octets(201)))).toMatchObject({ type: 'exception-response' });
    expect(errors).toMatchObject([{ code: 'decode/too-large' }]);
    expect(await send(3, gbt(1, octets(200)))).toBeUndefined();
  });
  it('one that is not open holds nothing and is in nobody’s way', async () => {
    const { send, errors } = connection({}, always);
    // The first is there, and was refused.
    expect(await send(1, set(3))).toMatchObject({ type: 'exception-response' });
    expect(await send(2, gbt(1, octets(1000)))).toBeUndefined();
    expect(errors).toEqual([]);
  });
  it('one without general blocks holds nothing of them', async () => {
    const { send, errors } = connection({ ...always, conformance: ['get'] }, always);
    await send(1, set(3));
    expect(await send(2, gbt(1, octets(1000)))).toBeUndefined();
    expect(errors).toEqual([]);
  });
});

it('who encrypts without a tag has proven nothing: what is kept of his general blocks stays small', async () => {
  const policy = { send: { encrypted: true }, receive: { encrypted: true }, withoutReplayProtection: true } as const;
  const authenticated = { send: { authenticated: true }, receive: { authenticated: true } };
  for (const [of, expected] of [
    [policy, 'decode/too-large'],
    [authenticated, undefined],
  ] as const) {
    const meter = await meterWith(
      {
        ...(await cipheredConfig({ policy: of })),
        mechanism: 'hls-sha256',
        conformance,
        secret: (await contextOf('client')).keys.authentication!,
      },
      { maxUnprovenSize: 1000 },
    );
    const security = await contextOf('client', { policy: of, peerSystemTitle: serverTitle });
    const userInformation = await protect(encodeInitiateRequest({ conformance, maxReceivePduSize: 500 }), security, {
      form: 'glo',
    });
    const aarq = encodeAarq({
      mechanism: 'hls-sha256',
      referencing: 'LN',
      ciphered: true,
      systemTitle: security.systemTitle,
      userInformation,
      authenticationValue: octets(16),
    });
    expect(await ask(meter, aarq)).toMatchObject({ result: 'accepted' });
    // It opens well, and is refused because the challenge is not answered.
    expect(await ask(meter, await protect(set(3), security))).toMatchObject({ type: 'general-glo-ciphering' });
    await ask(meter, gbt(1, octets(600)));
    await ask(meter, gbt(2, octets(600)));
    expect((meter.errors as { code: string }[]).map((e) => e.code)[0]).toBe(expected);
  }
});

describe('while the association opens', () => {
  it('the reply to the challenge may be longer than the PDU size: nobody can cut it', async () => {
    const manufacturer = (challenge: Uint8Array): Uint8Array => Uint8Array.of(...challenge, ...octets(200));
    const meter = await meterWith(
      { mechanism: 'hls-2', manufacturer, security: (await cipheredConfig()).security! },
      { maxReceivePduSize: 100 },
    );
    const { client } = await connected(meter, {
      authentication: { mechanism: 'hls-2', manufacturer },
      ciphering: 'none',
      security: await contextOf('client'),
    });
    expect(await client.get(Echo, echoName, 'value')).toEqual(octets(10));
    // Afterwards the size counts.
    expect(await ask(meter, set(150))).toMatchObject({ type: 'exception-response', serviceError: 'pdu-too-long' });
  });
  it('the fields of an AARQ may stand in another order, as some clients write them', async () => {
    const meter = await meterWith();
    const aarq = encodeAarq({
      mechanism: 'none',
      referencing: 'LN',
      ciphered: false,
      userInformation: encodeInitiateRequest({ conformance, maxReceivePduSize: 500 }),
    });
    // 60 length, A1 … (application context), BE … (user information).
    const context = 2 + 2 + (aarq[3] as number);
    const swapped = Uint8Array.of(...aarq.subarray(0, 2), ...aarq.subarray(context), ...aarq.subarray(2, context));
    expect([aarq[2], aarq[context], swapped.length]).toEqual([0xa1, 0xbe, aarq.length]);
    expect(await ask(meter, swapped)).toMatchObject({ result: 'accepted' });
  });
});

it('what rights do to the originator that they are shown changes nobody else’s', async () => {
  const meter = await meterWith({
    ...(await cipheredConfig({ peerSystemTitle: (await contextOf('client')).systemTitle })),
    mechanism: 'none',
    preEstablished: true,
    rights: {
      attribute(_object, _attribute, { originator }) {
        originator?.fill(0);
        return { read: true, write: true };
      },
    },
  });
  const security = await contextOf('client', { peerSystemTitle: serverTitle });
  for (let i = 0; i < 2; i++)
    for (const form of ['glo', 'general-glo'] as const)
      expect((await ask(meter, await protect(set(3), security, { form })))?.type).not.toBe('exception-response');
});
