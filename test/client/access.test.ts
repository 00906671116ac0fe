import { afterEach, describe, expect, it } from 'vitest';
import { array, Data, unsigned } from '../../src/axdr/data.js';
import { encode } from '../../src/axdr/schema.js';
import { accessAction, accessGet, accessSet, Client } from '../../src/client/index.js';
import { AssociationLn, ObjectListEntry } from '../../src/cosem/classes/association-ln.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import { type AccessItem, type AccessResult, accessItems } from '../../src/session/access.js';
import type { ServiceLimits } from '../../src/session/limits.js';
import { VolatileStore } from '../../src/store/store.js';
import { simulatedClients, testKeys } from '../../src/testing/simulated-meter.js';
import type { ApduChannel } from '../../src/transport/transport.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { failure, refusal } from '../support/outcome.js';
import { closeAll, connect, meterOf, reading } from './meters.js';

afterEach(closeAll);

describe('ACCESS from a client to a meter', () => {
  it('reads, writes and invokes in one exchange, each item with its own outcome', async () => {
    const meter = await meterOf();
    const { client, sent } = await counted(meter);
    const [time, zone, connected, refused, rows] = await client.access([
      accessGet(Clock, '0-0:1.0.0*255', 'time'),
      accessSet(Clock, '0-0:1.0.0*255', 'timeZone', 60),
      accessAction(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0),
      accessGet(Register, '1-0:99.99.99*255', 'value'),
      accessGet(ProfileGeneric, '1-0:99.1.0*255', 'buffer', {
        by: 'entry',
        parameters: { fromEntry: 1, toEntry: 2, fromSelectedValue: 1, toSelectedValue: 0 },
      }),
    ]);
    expect(sent()).toBe(1);
    expect(time.value?.year).toBe(2026);
    expect([zone, connected]).toEqual([{ value: undefined }, { value: undefined }]);
    expect(refused.error).toMatchObject({ code: 'service/data-access', context: { result: 'object-undefined' } });
    expect(rows.value?.type === 'array' && rows.value.value.length).toBe(2);
    expect(await client.get(DisconnectControl, '0-0:96.3.10*255', 'outputState')).toBe(false);
  });
  it('stops behind the first failure when it is told to', async () => {
    const { client } = await counted(await meterOf());
    const outcomes = await client.access(
      [
        accessGet(Register, '1-0:99.99.99*255', 'value'),
        accessAction(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0),
      ],
      { onError: 'stop' },
    );
    expect(outcomes.map((o) => o.error?.code)).toEqual(['service/data-access', 'service/action']);
    expect(await client.get(DisconnectControl, '0-0:96.3.10*255', 'outputState')).toBe(true);
  });
  it('gives the reading client what its rights say, item by item', async () => {
    const client = await reading(await meterOf());
    const [time, set] = await client.access([
      accessGet(Clock, '0-0:1.0.0*255', 'time'),
      accessSet(Clock, '0-0:1.0.0*255', 'timeZone', 60),
    ]);
    expect(time.value?.month).toBe(11);
    expect(set.error).toMatchObject({ context: { result: 'read-write-denied' } });
  });
  it('reads a selection in the type that the selector answers with', async () => {
    const list = encode(array(ObjectListEntry), [{ classId: 8, version: 0, logicalName: '0-0:1.0.0*255' }]);
    const answers = [
      Uint8Array.of(0xc4, 1, 0xc1, 0, ...list),
      Uint8Array.of(0xda, 0x40, 0, 0, 2, 0, 0, 1, ...list, 1, 1, 0),
    ];
    const channel: ApduChannel = {
      open: async () => {},
      send: async () => {},
      receive: async () => answers.shift() as Uint8Array,
      close: async () => {},
    };
    const client = new Client(channel, { preEstablished: true, ciphering: 'none' });
    await client.connect();
    const selection = { by: 'withoutRights', parameters: {} } as const;
    const entries = await client.get(AssociationLn, '0-0:40.0.0*255', 'objectList', { selection });
    const [same] = await client.access([accessGet(AssociationLn, '0-0:40.0.0*255', 'objectList', selection)]);
    expect(entries).toEqual([{ classId: 8, version: 0, logicalName: '0-0:1.0.0*255' }]);
    expect(same.value).toEqual(entries);
  });
  it('is refused by name where the association has no ACCESS', async () => {
    const client = await reading(await meterOf(), { conformance: ['get'] });
    const error = await failure(() => client.access([accessGet(Clock, '0-0:1.0.0*255', 'time')]));
    expect(error.context.what).toBe('ACCESS, which this association does not have');
  });
  it('refuses names that the class does not have before anything is sent', () => {
    for (const call of [
      () => accessGet(Clock, '0-0:1.0.0*255', 'clock' as never),
      () => accessGet(AssociationLn, '0-0:40.0.0*255', 'objectList', { by: 'constructor' } as never),
      () => accessAction(Clock, '0-0:1.0.0*255', 'toString' as never, 0 as never),
    ])
      expect(refusal(call).code).toBe('service/unsupported');
  });
});

const invoke = {
  invokeId: 5,
  selfDescriptive: false,
  processingOption: 'continue',
  serviceClass: 'confirmed',
  priority: 'normal',
} as const;
const limits = (sendSize: number): ServiceLimits => ({ sendSize, receiveTotal: 10_000 });
const read = (attributeId: number): AccessItem => ({
  service: 'get',
  attribute: { cosemAttributeDescriptor: { classId: 3, instanceId: '1-0:1.8.0*255', attributeId } },
});
/** A meter that answers n items, or what it is told to. */
function answer(n: number, changes: { id?: number; type?: 'get' | 'set'; result?: 'success' | 'other-reason' } = {}) {
  const { id = 5, type = 'get', result = 'success' } = changes;
  return encode(Apdu, {
    type: 'access-response',
    longInvokeIdAndPriority: { ...invoke, invokeId: id },
    dateTime: new Uint8Array(0),
    accessResponseBody: {
      accessResponseListOfData: Array.from({ length: n }, (_, i) => ({ type: 'unsigned' as const, value: i })),
      accessResponseSpecification: Array.from({ length: n }, () => ({
        type: `access-response-${type}` as const,
        result,
      })),
    },
  });
}
function run(items: readonly AccessItem[], sendSize: number, answers: Uint8Array[], stop = false) {
  const sent: Uint8Array[] = [];
  const option = stop ? 'break-on-error' : 'continue';
  const conversation = accessItems({ ...invoke, processingOption: option }, items, limits(sendSize));
  let step = conversation.next();
  while (step.done !== true) {
    sent.push(step.value);
    step = conversation.next(answers.shift() as Uint8Array);
  }
  return { sent, results: step.value as AccessResult[] };
}

describe('the conversation of ACCESS', () => {
  it('sends as many items in a request as the server takes', () => {
    const items = [1, 2, 3, 4].map(read);
    const whole = run(items, Number.POSITIVE_INFINITY, [answer(4)]);
    expect(whole.sent).toHaveLength(1);
    const { sent, results } = run(items, whole.sent[0]!.length - 1, [answer(2), answer(2)]);
    expect(sent).toHaveLength(2);
    expect(results.map((r) => r.data)).toEqual([0, 1, 0, 1].map((n) => encode(unsigned, n)));
  });
  it('asks for many items at a cost that grows with their number, not with its square', () => {
    let looked = 0;
    const items = Array.from({ length: 4000 }, (_, i) => ({
      ...read(i & 7),
      get attribute() {
        looked++;
        return { cosemAttributeDescriptor: { classId: 3, instanceId: '1-0:1.8.0*255' as const, attributeId: 2 } };
      },
    })) as AccessItem[];
    const conversation = accessItems(invoke, items, limits(200));
    let step = conversation.next();
    while (step.done !== true) step = conversation.next(answer(step.value[6]!));
    expect(step.value).toHaveLength(4000);
    expect(looked).toBeLessThan(60_000);
  });
  it('refuses an item that does not fit by itself, before anything is sent', () => {
    expect(refusal(() => run([read(1)], 10, []))).toMatchObject({ code: 'service/unsupported' });
  });
  it('refuses it before anything is sent even if it comes after items that fit', () => {
    const { cosemAttributeDescriptor } = (read(1) as Extract<AccessItem, { service: 'get' }>).attribute;
    const value = encode(Data, { type: 'octet-string', value: new Uint8Array(80) });
    const long: AccessItem = { service: 'set', attribute: { cosemAttributeDescriptor }, value };
    const answers = [answer(2), answer(1)];
    expect(refusal(() => run([read(1), read(2), long], 60, answers)).code).toBe('service/unsupported');
    expect(answers).toHaveLength(2);
  });
  it('sends nothing behind a request with a failure when it is told to stop', () => {
    const { sent, results } = run([1, 2, 3].map(read), 25, [answer(1, { result: 'other-reason' })], true);
    expect([sent.length, results.length]).toEqual([1, 1]);
  });
  it.each([
    ['another invoke-id', answer(1, { id: 6 }), 'protocol/invoke-id'],
    ['too few results', answer(0), 'decode/invalid-length'],
    ['too many results', answer(2), 'decode/invalid-length'],
    ['the result of another service', answer(1, { type: 'set' }), 'protocol/unexpected-apdu'],
    ['an exception', Uint8Array.of(0xd8, 1, 2), 'service/exception'],
    ['octets that are no APDU', Uint8Array.of(0xda, 0), 'decode/unexpected-end'],
  ])('refuses an answer with %s', (_, octets, code) => {
    expect(refusal(() => run([read(1)], 100, [octets])).code).toBe(code);
  });
});

const managementContext = async (): Promise<SecurityContext> =>
  new SecurityContext({
    provider: nodeProvider,
    suite: 0,
    systemTitle: Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, 1),
    keys: await importKeys(nodeProvider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
  });
/** The managing client, and how many APDUs it has sent since. */
async function counted(meter: Awaited<ReturnType<typeof meterOf>>): Promise<{ client: Client; sent: () => number }> {
  let n = 0;
  const client = connect(meter, simulatedClients.management, {
    authentication: { mechanism: 'hls-gmac' },
    security: await managementContext(),
    onEvent: (event) => void (event.type === 'sent' && n++),
  });
  await client.connect();
  const before = n;
  return { client, sent: () => n - before };
}
