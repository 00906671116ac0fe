import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Data, octetString } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { browse } from '../../src/client/browser.js';
import type { Client, ClientOptions } from '../../src/client/index.js';
import { readShortNameList } from '../../src/client/object-list.js';
import { readProfile } from '../../src/client/profile.js';
import { type ShortNameOptions, shortNames } from '../../src/client/short-name.js';
import { concat } from '../../src/core/bytes.js';
import { DlmsError, isDlmsError } from '../../src/core/errors.js';
import { parseHex } from '../../src/core/hex.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { AssociationSnV2 } from '../../src/cosem/classes/association-sn.js';
import { Clock } from '../../src/cosem/classes/clock.js';
import { DataClass } from '../../src/cosem/classes/data.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { Register } from '../../src/cosem/classes/register.js';
import { toInstant } from '../../src/cosem/date-time.js';
import { attributeShortName, methodOffset } from '../../src/cosem/short-names.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { strictPolicy } from '../../src/security/policy.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { AssociationConfig } from '../../src/server/association.js';
import { cosemObject } from '../../src/server/object.js';
import { objectRights } from '../../src/server/rights.js';
import { serverShortNames } from '../../src/server/services/short-names.js';
import { decodeAare, decodeInitiateResponse } from '../../src/session/association.js';
import { converse } from '../../src/session/conversation.js';
import { readNames, writeNames, writeThenRead } from '../../src/session/short-name.js';
import { VolatileStore } from '../../src/store/store.js';
import { type SimulatedMeter, type SimulatedMeterOptions, testKeys } from '../../src/testing/simulated-meter.js';
import type { ConformanceBit } from '../../src/xdlms/initiate.js';
import { closeAll, connect, meterOf, now } from './meters.js';

afterEach(closeAll);

const secret = new TextEncoder().encode('a secret of sixteen');
const title = (last: number) => Uint8Array.of(0x43, 0x4c, 0x49, 0, 0, 0, 0, last);
const context = async (last: number): Promise<SecurityContext> =>
  new SecurityContext({
    provider: nodeProvider,
    suite: 0,
    systemTitle: title(last),
    keys: await importKeys(nodeProvider, 0, testKeys),
    counters: new InvocationCounters(new VolatileStore()),
    policy: strictPolicy,
  });

/** The simulated meter with short names: client 32 without security, 33 HLS 3, 34 HLS 5 ciphered. */
async function meterWithShortNames(
  changes: Partial<AssociationConfig> = {},
  options: Partial<SimulatedMeterOptions> = {},
): Promise<SimulatedMeter> {
  const referencing = serverShortNames();
  const server = await context(9);
  const associations: AssociationConfig[] = [
    {
      clientSap: 32,
      logicalName: '0-0:40.0.32*255',
      mechanism: 'none',
      ciphering: 'none',
      rights: objectRights,
      anybodyMayChange: true,
      referencing,
      ...changes,
    },
    {
      clientSap: 33,
      logicalName: '0-0:40.0.33*255',
      mechanism: 'hls-sha1',
      ciphering: 'none',
      rights: objectRights,
      secret: await nodeProvider.importKey('secret', secret),
      security: () => server,
      referencing,
    },
    {
      clientSap: 34,
      logicalName: '0-0:40.0.34*255',
      mechanism: 'hls-gmac',
      ciphering: 'required',
      rights: objectRights,
      security: () => server,
      referencing,
    },
  ];
  return meterOf({ associations, ...options });
}
async function open(
  meter: SimulatedMeter,
  sap: number,
  options: ClientOptions = {},
  names: ShortNameOptions = {},
): Promise<Client> {
  const client = connect(meter, sap, { referencing: shortNames(names), ...options });
  await client.connect();
  return client;
}

describe('a meter with short names', () => {
  it('is read, written and invoked as one with logical names', async () => {
    const meter = await meterWithShortNames();
    const client = await open(meter, 32);
    expect(client.association.conformance).toContain('parameterized-access');
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now);
    const [value, scale] = await client.object(Register, '1-0:32.7.0*255').get('value', 'scalerUnit');
    expect([value, scale]).toEqual([
      { type: 'double-long-unsigned', value: 2304 },
      { scaler: -1, unit: 'V' },
    ]);
    await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 7 });
    expect(await client.get(DataClass, '0-0:96.1.0*255', 'value')).toEqual({ type: 'unsigned', value: 7 });
    await client.action(Clock, '0-0:1.0.0*255', 'shiftTime', 60);
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now + 60_000);
  });
  it('has an object list with base names and rights', async () => {
    const meter = await meterWithShortNames();
    const client = await open(meter, 32);
    const browser = await browse(client, allClasses);
    expect(browser.associationVersion).toBe(2);
    expect(browser.objects[0]).toMatchObject({
      classId: 12,
      version: 2,
      logicalName: '0-0:40.0.0*255',
      baseName: 0xfa00,
    });
    expect(browser.find(15)).toEqual([]);
    const bases = browser.objects.map((o) => o.baseName);
    expect(new Set(bases).size).toBe(bases.length);
    expect(browser.find(Clock)[0]?.attribute('time')).toMatchObject({ read: true, write: true });
    let values = 0;
    for (const o of browser) {
      const record = await o.read();
      expect(record.deviating).toEqual({});
      values += Object.keys(record.values).length;
    }
    expect(values).toBeGreaterThan(50);
    expect(await client.get(AssociationSnV2, '0-0:40.0.0*255', 'logicalName')).toBe('0-0:40.0.0*255');
  });
  it.each([
    [64, false],
    [64, true],
    [100, false],
    [300, true],
  ])('sends what is long by blocks: %i octets, with their count %s', async (maxReceivePduSize, blocksWithCount) => {
    const meter = await meterWithShortNames(
      { referencing: serverShortNames({ blocksWithCount }) },
      { profileRows: 50 },
    );
    const progress: number[] = [];
    const client = await open(meter, 32, { maxReceivePduSize });
    const buffer = await client.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer', {
      onProgress: (n) => progress.push(n),
    });
    expect(buffer.type === 'array' && buffer.value.length).toBe(50);
    expect(progress.length).toBeGreaterThan(5);
    // Several names at once by blocks, and selective access by parameterized access.
    const [time, list] = await client.getMany([
      {
        descriptor: { cosemAttributeDescriptor: { classId: 8, instanceId: '0-0:1.0.0*255', attributeId: 2 } },
        schema: Clock.attributes.time.schema,
        label: '',
      },
      {
        descriptor: { cosemAttributeDescriptor: { classId: 12, instanceId: '0-0:40.0.0*255', attributeId: 2 } },
        schema: AssociationSnV2.attributes.objectList.schema,
        label: '',
      },
    ]);
    expect(toInstant(time as never)).toBe(now);
    expect((list as unknown[]).length).toBeGreaterThan(10);
    const data = await readProfile(client, '1-0:99.1.0*255', { from: now - 3_600_000, to: now });
    expect(data.length).toBe(4);
    expect(String(data.rows[0]?.cells[2])).toMatch(/ Wh$/);
  });
  it('takes what is long by blocks', async () => {
    const meter = await meterWithShortNames({}, { maxReceivePduSize: 100 });
    const client = await open(meter, 32);
    for (const n of [10, 77, 78, 79, 1000]) {
      const value = Uint8Array.from({ length: n }, (_, i) => i & 0xff);
      await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'octet-string', value });
      expect(await client.get(DataClass, '0-0:96.1.0*255', 'value')).toEqual({ type: 'octet-string', value });
    }
    // A request for many names is long too.
    const names = [
      '1-0:1.8.0*255',
      '1-0:2.8.0*255',
      '1-0:3.8.0*255',
      '1-0:4.8.0*255',
      '1-0:1.7.0*255',
      '1-0:32.7.0*255',
    ] as const;
    const targets = [...names, ...names].map((instanceId) => ({
      descriptor: { cosemAttributeDescriptor: { classId: 3, instanceId, attributeId: 3 } },
      schema: Register.attributes.scalerUnit.schema,
      label: instanceId,
    }));
    const small = await open(await meterWithShortNames({}, { maxReceivePduSize: 40 }), 32);
    expect((await small.getMany(targets)).map((s) => (s as { unit: string }).unit).slice(0, 6)).toEqual([
      'Wh',
      'Wh',
      'varh',
      'varh',
      'W',
      'V',
    ]);
  });
  it('authenticates with HLS at FA58, by read or by write', async () => {
    for (const replyToHls of ['read', 'write'] as const) {
      const options: ClientOptions = {
        authentication: { mechanism: 'hls-sha1', secret: await nodeProvider.importKey('secret', secret) },
        security: await context(1),
        ciphering: 'none',
      };
      const client = await open(await meterWithShortNames(), 33, options, { replyToHls });
      expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now);
      const wrong = {
        ...options,
        authentication: {
          mechanism: 'hls-sha1' as const,
          secret: await nodeProvider.importKey('secret', secret.slice(1)),
        },
      };
      await expect(open(await meterWithShortNames(), 33, wrong, { replyToHls })).rejects.toMatchObject({
        code: 'association/authentication-failed',
      });
    }
  });
  it.each([false, true])('ciphers, dedicated key %s', async (dedicatedKey) => {
    const sent: number[] = [];
    const meter = await meterWithShortNames();
    const client = await open(meter, 34, {
      authentication: { mechanism: 'hls-gmac' },
      security: await context(1),
      dedicatedKey,
      maxReceivePduSize: 200,
      onEvent: (e) => e.type === 'sent' && sent.push(e.apdu[0] ?? 0),
    });
    expect(toInstant(await client.get(Clock, '0-0:1.0.0*255', 'time'))).toBe(now);
    await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 9 });
    expect((await browse(client, allClasses)).objects.length).toBeGreaterThan(10);
    // glo- is the tag + 32, ded- + 64; the HLS reply goes under the global key.
    const [read, write] = dedicatedKey ? [5 + 64, 6 + 64] : [5 + 32, 6 + 32];
    expect(sent.slice(0, 2)).toEqual([0x60, 5 + 32]);
    expect(new Set(sent.slice(2))).toEqual(new Set([read, write]));
  });
  it('says by name what it does not have', async () => {
    const code = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'no error',
        (e: unknown) => (isDlmsError(e) ? `${e.code} ${JSON.stringify(e.context)}` : String(e)),
      );
    const meter = await meterWithShortNames({ rights: { attribute: (_, a) => ({ read: a.readable, write: false }) } });
    const client = await open(meter, 32);
    expect(await code(client.get(Register, '1-0:99.99.99*255', 'value'))).toContain('object-undefined');
    expect(await code(client.get(Register, '0-0:1.0.0*255', 'value'))).toContain('object-class-inconsistent');
    expect(await code(client.getData(1, '0-0:96.1.0*255', 9))).toContain('service/data-access');
    expect(await code(client.getData(1, '0-0:96.1.0*255', -1))).toContain('service/unsupported');
    expect(await code(client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'unsigned', value: 1 }))).toContain(
      'read-write-denied',
    );
    // The offset of this class's methods is not known here; whoever knows it can say so.
    expect(await code(client.action(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0))).toContain(
      'its offset is unknown',
    );
    const told = (classId: number, _v: number, m: number) => (classId === 70 ? 0x20 + 8 * (m - 1) : undefined);
    const other = await meterWithShortNames({ referencing: serverShortNames({ methodOffset: told }) });
    const knowing = await open(other, 32, {}, { methodOffset: told });
    await knowing.action(DisconnectControl, '0-0:96.3.10*255', 'remoteDisconnect', 0);
    expect(await knowing.get(DisconnectControl, '0-0:96.3.10*255', 'controlState')).toBe('disconnected');
    // The other kind of referencing is refused.
    expect(await code(connect(meter, 32).connect())).toContain('application-context-name-not-supported');
    expect(await code(connect(meter, 16, { referencing: shortNames() }).connect())).toContain(
      'application-context-name-not-supported',
    );
  });
  it('keeps to what was agreed', async () => {
    const conformance: ConformanceBit[] = ['read', 'write'];
    const meter = await meterWithShortNames({ conformance });
    const client = await open(meter, 32);
    const [value, scale] = await client.object(Register, '1-0:32.7.0*255').get('value', 'scalerUnit');
    expect([value.type, scale.unit]).toEqual(['double-long-unsigned', 'V']);
    await expect(readProfile(client, '1-0:99.1.0*255', { from: now })).rejects.toMatchObject({
      code: 'service/unsupported',
    });
    const small = await open(meter, 32, { maxReceivePduSize: 64 }, {});
    await expect(small.get(ProfileGeneric, '1-0:99.1.0*255', 'buffer')).rejects.toMatchObject({
      code: 'service/confirmed-error',
    });
    const mute = await open(await meterWithShortNames({ conformance: ['unconfirmed-write'] }), 32);
    await expect(mute.get(Clock, '0-0:1.0.0*255', 'time')).rejects.toMatchObject({ code: 'service/confirmed-error' });
  });
  it('may have given base names; wrong ones are refused', async () => {
    const at = (baseNames: Record<string, number>) =>
      meterWithShortNames({ referencing: serverShortNames({ baseNames }) });
    const client = await open(await at({ '0-0:1.0.0*255': 0x2bc0 }), 32);
    expect((await browse(client, allClasses)).find(Clock)[0]?.baseName).toBe(0x2bc0);
    for (const wrong of [{ '0-0:1.0.0*255': 0x2bc1 }, { '0-0:1.0.0*255': 0xfa08 }])
      await expect(at(wrong)).rejects.toMatchObject({ code: 'configuration/invalid' });
  });
  it('has names of 8 apart, methods where the class has them', () => {
    expect(attributeShortName(0xfa00, 2)).toBe(0xfa08);
    expect(methodOffset(12, 2, 8)).toBe(0x58);
    expect(methodOffset(7, 1, 1)).toBe(0x58);
    expect(methodOffset(70, 0, 1)).toBeUndefined();
    expect(methodOffset(8, 0, 0)).toBeUndefined();
  });
});

describe('octets of other meters', () => {
  const at = (name: number) => ({ type: 'variable-name', value: (name << 16) >> 16 }) as const;
  const limits = { sendSize: 1024, receiveTotal: 100_000 };
  const transcript = (...pairs: readonly (readonly [string, string])[]): ((request: Uint8Array) => Uint8Array) => {
    let i = 0;
    return (request) => {
      const [expected, answer] = pairs[i++] ?? ['', ''];
      expect(Buffer.from(request).toString('hex').toUpperCase()).toBe(expected);
      return parseHex(answer);
    };
  };
  it('of a Gurux Java server, recorded: the object list by blocks and whole, several names, the reply to HLS', () => {
    const recorded = JSON.parse(
      readFileSync(new URL('./short-name-recording.json', import.meta.url), 'utf8'),
    ) as Record<'blocks' | 'whole' | 'hls', [string, string][]>;
    const aare = decodeAare(parseHex(recorded.blocks[0]![1]));
    expect(decodeInitiateResponse(aare.userInformation!)).toMatchObject({
      vaaName: -1536,
      serverMaxReceivePduSize: 64,
    });
    const blocks = converse(readNames([at(0xfa08)], limits), transcript(...recorded.blocks.slice(1, -1)));
    const [, list, name, ...others] = recorded.whole;
    const whole = converse(readNames([at(0xfa08)], limits), transcript(list!));
    expect(blocks).toEqual(whole);
    expect(whole[0]?.type === 'data' && readShortNameList(whole[0].value)).toMatchObject({
      associationVersion: 0,
      objects: { length: 27, 6: { classId: 8, baseName: 0x0130 } },
    });
    const text = (d: Uint8Array) => Buffer.from(d.subarray(2)).toString('latin1');
    const read = (pair: [string, string], ...names: number[]) =>
      converse(readNames(names.map(at), limits), transcript(pair));
    expect(read(name!, 0xfa00)).toEqual([{ type: 'data', value: parseHex('09060000280000FF') }]);
    expect(read(others[0]!, 0xfa00, 0xd8).map((r) => r.type === 'data' && text(r.value))).toEqual([
      '\0\0(\0\0\u00ff',
      'GRX123456',
    ]);
    expect(read(others[2]!, 0xe8, 0x108).map((r) => r.type)).toEqual(['data', 'data']);
    const reply = parseHex(recorded.hls[0]![0]).subarray(-16);
    const [answer] = converse(writeThenRead(at(0xfa58), encode(octetString, reply)), transcript(recorded.hls[0]!));
    // Behind the Data stands a whole WriteResponse.
    expect(answer?.type === 'data' && decode(Data, answer.value, { lenient: true })).toMatchObject({
      type: 'octet-string',
      value: { length: 16 },
    });
  });
  it('by blocks, with the list of results as without blocks, or without its first two octets', () => {
    const values: Data[] = [
      { type: 'octet-string', value: new Uint8Array(9).fill(7) },
      { type: 'array', value: [{ type: 'unsigned', value: 1 }] },
    ];
    for (const n of [1, 2])
      for (const skipped of [0, 2]) {
        const names = values.slice(0, n).map((_, i) => at(8 * i));
        const list = concat(
          Uint8Array.of(n),
          ...values.slice(0, n).map((v) => concat(Uint8Array.of(0), encode(Data, v))),
        ).subarray(skipped);
        let from = 0;
        let block = 0;
        const results = converse(readNames(names, limits), (request) => {
          if (block > 0) expect([...request]).toEqual([5, 1, 5, 0, block]);
          const rawData = list.subarray(from, from + 4);
          from += 4;
          return concat(Uint8Array.of(0x0c, 1, 2, from >= list.length ? 1 : 0, 0, ++block, rawData.length), rawData);
        });
        expect(results).toEqual(values.slice(0, n).map((v) => ({ type: 'data', value: encode(Data, v) })));
      }
  });
  it('that break the rules end in named errors', () => {
    const error = (answers: readonly string[], names = [at(8)]): string => {
      let i = 0;
      try {
        converse(readNames(names, limits), () => parseHex(answers[i++] ?? '0C0100'));
      } catch (e) {
        return isDlmsError(e) ? e.code : String(e);
      }
      return 'no error';
    };
    expect(error(['0C0200000000'])).toBe('decode/invalid-length');
    expect(error(['0C0104'])).toBe('decode/unknown-choice');
    expect(error(['0C01020000020109'])).toBe('protocol/block-number');
    expect(error(['0C010200000100'])).toBe('protocol/unexpected-apdu');
    expect(error(['0C01020000010109', '0D0100'])).toBe('protocol/unexpected-apdu');
    expect(error(['0C01020000010109', '0C01030001'])).toBe('protocol/unexpected-apdu');
    expect(error(['0E050302'])).toBe('service/confirmed-error');
    expect(error(['D80102'])).toBe('service/exception');
    expect(error(['C401C1000F01'])).toBe('protocol/unexpected-apdu');
    expect(error(['0C010200'])).toBe('decode/unexpected-end');
    expect(error(['0CFF'])).toBe('decode/invalid-length');
    expect(error(['0C0303000103000103'])).toBe('decode/unexpected-end');
    // A refusal in the middle of blocks is a refusal of all.
    expect(
      converse(readNames([at(8)], limits), transcript(['0501020008', '0C01020000010109'], ['0501050001', '0C010113'])),
    ).toEqual([{ type: 'data-access-result', value: 'data-block-number-invalid' }]);
    let calls = 0;
    expect(() =>
      converse(readNames([at(8)], { ...limits, receiveTotal: 1000 }), () => {
        calls++;
        return concat(Uint8Array.of(0x0c, 1, 2, 0, calls >> 8, calls & 255, 100), new Uint8Array(100));
      }),
    ).toThrow('too large');
    expect(calls).toBe(11);
  });
  it('property: whatever a server answers, a read or write ends in results or a DlmsError', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 30 }),
            fc.uint8Array({ maxLength: 20 }).map((b) => concat(Uint8Array.of(0x0c, 1), b)),
            fc
              .tuple(fc.nat(5), fc.boolean(), fc.uint8Array({ maxLength: 9 }))
              .map(([n, last, b]) => concat(Uint8Array.of(0x0c, 1, 2, last ? 1 : 0, 0, n, b.length), b)),
            fc
              .tuple(fc.nat(5), fc.constantFrom(0x0c, 0x0d))
              .map(([n, tag]) => Uint8Array.of(tag, 1, tag === 0x0c ? 3 : 2, 0, n)),
          ),
          { minLength: 1, maxLength: 8 },
        ),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        (answers, n, small) => {
          const names = Array.from({ length: n }, (_, i) => at(8 * i));
          const value = encode(octetString, new Uint8Array(30));
          const l = { sendSize: small ? 20 : 500, receiveTotal: 1000 };
          for (const conversation of [
            () => readNames(names, l),
            () =>
              writeNames(
                names,
                names.map(() => value),
                l,
              ),
          ]) {
            let i = 0;
            try {
              expect(
                converse<unknown[]>(conversation(), () => answers[i++ % answers.length] as Uint8Array),
              ).toHaveLength(n);
            } catch (e) {
              expect(e).toBeInstanceOf(DlmsError);
            }
            expect(i).toBeLessThan(2000);
          }
        },
      ),
    );
  });
  it('property: values of any length come and go through any PDU size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(700),
        fc.integer({ min: 64, max: 400 }),
        fc.integer({ min: 40, max: 400 }),
        async (n, receive, send) => {
          const meter = await meterWithShortNames(
            {},
            {
              maxReceivePduSize: send,
              profileRows: 1,
              objects: [cosemObject(DataClass, '0-0:96.1.7*255', { value: { type: 'null-data' } })],
            },
          );
          const client = await open(meter, 32, { maxReceivePduSize: receive });
          const value = Uint8Array.from({ length: n }, (_, i) => (i * 7) & 0xff);
          await client.set(DataClass, '0-0:96.1.0*255', 'value', { type: 'octet-string', value });
          expect(await client.get(DataClass, '0-0:96.1.0*255', 'value')).toEqual({ type: 'octet-string', value });
        },
      ),
      { numRuns: 25 },
    );
  });
  it('property: whatever a client sends, the meter answers an APDU or stays silent', async () => {
    const meter = await meterWithShortNames();
    const handler = meter.connection();
    const route = { clientSap: 32, serverSap: 1 };
    await handler.handle(parseHex('601DA109060760857405080102BE10040E01000000065F1F04001C1B20FFFF'), route);
    const request = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.constantFrom(5, 6, 0x16), fc.uint8Array({ maxLength: 40 }))
        .map(([tag, b]) => concat(Uint8Array.of(tag), b)),
      fc
        .tuple(fc.constantFrom(2, 4, 5, 6, 7), fc.uint8Array({ maxLength: 20 }))
        .map(([choice, b]) => concat(Uint8Array.of(5, 1, choice), b)),
      fc
        .tuple(fc.constantFrom(2, 4, 7), fc.uint8Array({ maxLength: 20 }))
        .map(([choice, b]) => concat(Uint8Array.of(6, 1, choice), b)),
    );
    await fc.assert(
      fc.asyncProperty(request, async (apdu) => {
        if (apdu[0] === 0x60 || apdu[0] === 0x62) return;
        for (const response of await handler.handle(apdu, route))
          expect([0x0c, 0x0d, 0x0e, 0xd8]).toContain(response[0]);
      }),
      { numRuns: 300 },
    );
  });
});
