import { describe, expect, it } from 'vitest';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { type DateTime, fromInstant, toInstant, unspecifiedDateTime } from '../../src/cosem/date-time.js';
import {
  type AccessContext,
  AccessRefused,
  clockObject,
  cosemObject,
  disconnectControlObject,
  ObjectStore,
} from '../../src/server/index.js';
import { type Apdu, conformanceBits } from '../../src/xdlms/index.js';
import { ask, callerOf, connected, Echo, echoName, failureOf, invoke, meterWith, octets } from './support.js';

const name = '0-0:1.0.0*255';
const noon = Date.UTC(2026, 4, 1, 12);
async function clock() {
  const meter = await meterWith(
    {},
    { objects: new ObjectStore().add(clockObject({ now: () => noon, deviationMinutes: -60 })) },
  );
  const { client } = await connected(meter);
  const shown = async (): Promise<number> => toInstant(await client.get(Clock, name, 'time'));
  return { meter, client, shown };
}

describe('a clock that anybody may set stays a clock', () => {
  it('an ACTION without the parameter that the class demands does not make it NaN', async () => {
    const { meter, shown, client } = await clock();
    const action = (methodInvocationParameters?: { type: 'null-data' } | { type: 'integer'; value: number }): Apdu => ({
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: invoke(),
        cosemMethodDescriptor: { classId: 8, instanceId: name, methodId: 6 },
        ...(methodInvocationParameters === undefined ? {} : { methodInvocationParameters }),
      },
    });
    for (const parameter of [undefined, { type: 'null-data' }, { type: 'integer', value: 1 }] as const)
      expect(await ask(meter, action(parameter))).toMatchObject({
        value: { singleResponse: { result: 'type-unmatched' } },
      });
    expect(await shown()).toBe(noon);
    await client.action(Clock, name, 'shiftTime', 60);
    expect(await shown()).toBe(noon + 60_000);
  });
  const given: DateTime = fromInstant(noon + 86_400_000, -60);
  it.each<[string, Partial<DateTime>]>([
    ['a year far away', { year: 65_534 }],
    ['a year before', { year: 1999 }],
    ['a year behind', { year: 2100 }],
    ['no year', { year: null }],
    ['no month', { month: null }],
    ['no hour', { hour: null }],
    ['a month that is none', { month: 13 }],
    ['a day that is none', { month: 2, dayOfMonth: 30 }],
    ['an hour that is none', { hour: 25 }],
    ['a deviation below -720', { deviationMinutes: -721 }],
    ['a deviation above 840', { deviationMinutes: 841 }],
    ['a deviation of 22 days', { deviationMinutes: 0x7fff }],
    ['an invalid value', { clockStatus: 1 }],
    ['nothing at all', unspecifiedDateTime],
  ])('%s is refused', async (_, changes) => {
    const { client, shown } = await clock();
    expect(await failureOf(() => client.set(Clock, name, 'time', { ...given, ...changes }))).toContain('other-reason');
    expect(await shown()).toBe(noon);
  });
  it('what the meter can fill in may be missing', async () => {
    const { client, shown } = await clock();
    await client.set(Clock, name, 'time', {
      ...given,
      dayOfWeek: null,
      hundredths: null,
      deviationMinutes: null,
      clockStatus: null,
    });
    expect(await shown()).toBe(noon + 86_400_000);
    for (const deviationMinutes of [-720, 840]) {
      await client.set(Clock, name, 'time', { ...given, deviationMinutes });
      expect(await shown()).toBe(noon + 86_400_000 + (deviationMinutes + 60) * 60_000);
    }
  });
  it('a time zone, a daylight deviation and a shift out of range are refused', async () => {
    const { client, shown } = await clock();
    for (const minutes of [-721, 841, 30_000])
      expect(await failureOf(() => client.set(Clock, name, 'timeZone', minutes))).toContain('other-reason');
    for (const minutes of [-121, 121])
      expect(await failureOf(() => client.set(Clock, name, 'daylightSavingsDeviation', minutes))).toContain(
        'other-reason',
      );
    for (const seconds of [-901, 901])
      expect(await failureOf(() => client.action(Clock, name, 'shiftTime', seconds))).toContain('other-reason');
    expect(await shown()).toBe(noon);
    // Local time jumps, UTC stands still.
    await client.set(Clock, name, 'timeZone', -120);
    expect(await client.get(Clock, name, 'time')).toMatchObject({ hour: 14, deviationMinutes: -120 });
    await client.set(Clock, name, 'daylightSavingsDeviation', -120);
    await client.action(Clock, name, 'shiftTime', -900);
    expect(await shown()).toBe(noon - 900_000);
    await client.action(Clock, name, 'adjustToMinute', 0);
    expect(await shown()).toBe(noon - 900_000);
  });
  it('cannot be walked out of its years', async () => {
    const { client, shown } = await clock();
    const last = Date.UTC(2099, 11, 31, 22, 59, 0);
    await client.set(Clock, name, 'time', fromInstant(last, -60));
    expect(await failureOf(() => client.action(Clock, name, 'shiftTime', 900))).toContain('other-reason');
    expect(await shown()).toBe(last);
  });
});

describe('the parameter of a method', () => {
  const context = { caller: callerOf() } as AccessContext;
  const refused = (work: () => unknown): string => {
    try {
      work();
      return 'done';
    } catch (e) {
      return e instanceof AccessRefused ? String(e.result) : String(e);
    }
  };
  it('is integer(0), null-data or nothing where the class has none', async () => {
    const remoteDisconnect = disconnectControlObject().methods.get(1)!;
    for (const octets of [undefined, Uint8Array.of(0), Uint8Array.of(15, 0)])
      expect(refused(() => remoteDisconnect.invoke(octets, context))).toBe('done');
    expect(refused(() => remoteDisconnect.invoke(Uint8Array.of(9, 0), context))).toBe('type-unmatched');
    const seen: unknown[] = [];
    const counting = cosemObject(
      DisconnectControl,
      '0-0:96.3.10*255',
      {},
      { remoteReconnect: (p) => void seen.push(p) },
    ).methods.get(2)!;
    for (const octets of [undefined, Uint8Array.of(0), Uint8Array.of(15, 0), Uint8Array.of(15, 7)])
      await counting.invoke(octets, context);
    expect(seen).toEqual([0, 0, 0, 7]);
  });
  it('what a method without a result gives back stays in the meter', async () => {
    const talking = cosemObject(
      Echo,
      echoName,
      {},
      { take: (() => octets(3)) as unknown as () => void, echo: () => undefined as unknown as Uint8Array },
    );
    expect(await talking.methods.get(2)!.invoke(Uint8Array.of(9, 0), context)).toBeUndefined();
    expect(await talking.methods.get(1)!.invoke(Uint8Array.of(9, 0), context)).toBeUndefined();
  });
  it('that is missing never reaches the handler', async () => {
    const seen: unknown[] = [];
    const echo = cosemObject(Echo, echoName, {}, { take: (p) => void seen.push(p) });
    for (const octets of [undefined, Uint8Array.of(0), new Uint8Array(0)])
      expect(refused(() => echo.methods.get(2)!.invoke(octets, context))).toBe('type-unmatched');
    expect(seen).toEqual([]);
    await echo.methods.get(2)!.invoke(Uint8Array.of(9, 0), context);
    expect(seen).toEqual([octets(0)]);
  });
  it('is missing in ACTION by blocks and in ACCESS as well', async () => {
    const meter = await meterWith({ conformance: conformanceBits, preEstablished: true });
    const specification = {
      type: 'access-request-action',
      cosemMethodDescriptor: { classId: 9000, instanceId: echoName, methodId: 2 },
    } as const;
    const answer = await ask(meter, {
      type: 'access-request',
      longInvokeIdAndPriority: {
        invokeId: 1,
        selfDescriptive: false,
        processingOption: 'continue',
        serviceClass: 'confirmed',
        priority: 'normal',
      },
      dateTime: new Uint8Array(0),
      accessRequestBody: {
        accessRequestSpecification: [specification],
        accessRequestListOfData: [{ type: 'null-data' }],
      },
    });
    expect(answer).toMatchObject({
      accessResponseBody: { accessResponseSpecification: [{ result: 'type-unmatched' }] },
    });
    expect(meter.calls).toEqual([]);
  });
});
