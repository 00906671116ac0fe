import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { applicationContexts } from '../../src/xdlms/acse.js';
import { Apdu } from '../../src/xdlms/index.js';
import { meterWith, octets, provider, route, serverTitle } from './support.js';

/** An AARQ of somebody without any key. */
const aarq = (title: Uint8Array, userInformation: Uint8Array): Uint8Array =>
  encode(Apdu, {
    type: 'aarq',
    applicationContextName: applicationContexts.LN_with_ciphering,
    callingAPTitle: title,
    userInformation,
  } as Apdu);
const junk = Uint8Array.of(0x21, 0x18, 0x30, 0, 0, 0, 1, ...octets(19));
const somebody = (i: number): Uint8Array => Uint8Array.of(0x58, 0x58, 0x58, 0, 0, i >> 16, i >> 8, i);

describe('memory that grows by traffic without keys', () => {
  it.each([
    ['AARQs under ever new titles', {}, (i: number) => aarq(somebody(i), junk)],
    [
      'general-glo-ciphering under ever new titles, pre-established',
      { preEstablished: true },
      (i: number) => Uint8Array.of(0xdb, 8, ...somebody(i), 0x18, ...junk.subarray(2)),
    ],
  ] as const)('%s leave nothing behind', async (_, more, message) => {
    const counters = new InvocationCounters(new VolatileStore());
    const keys = await importKeys(provider, 0, testKeys);
    const security = (): SecurityContext =>
      new SecurityContext({ provider, suite: 0, systemTitle: serverTitle, keys, counters });
    const meter = await meterWith({ mechanism: 'none', ciphering: 'required', security, ...more });
    // What this process knows exactly is kept in a Set, by name.
    const added: unknown[] = [];
    const add = Set.prototype.add;
    Set.prototype.add = function (value) {
      if (typeof value === 'string' && value.startsWith('receive ')) added.push(value);
      return add.call(this, value);
    };
    try {
      for (let i = 0; i < 20; i++) expect((await meter.handler.handle(message(i), route))[0]?.[0]).toBe(0xd8);
    } finally {
      Set.prototype.add = add;
    }
    expect(added).toEqual([]);
  });
});
