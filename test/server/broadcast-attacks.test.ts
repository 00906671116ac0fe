import { describe, expect, it } from 'vitest';
import { encode } from '../../src/axdr/schema.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import type { KeyName } from '../../src/security/keys.js';
import { importKeys } from '../../src/security/keys.js';
import { protect } from '../../src/security/protect.js';
import { objectRights } from '../../src/server/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import { applicationContexts } from '../../src/xdlms/acse.js';
import { Apdu } from '../../src/xdlms/index.js';
import { clientTitle, contextOf, Echo, echoName, meterWith, octets, provider, route, serverTitle } from './support.js';

/** An AARQ of somebody without any key. */
const aarq = (title: Uint8Array, userInformation: Uint8Array): Uint8Array =>
  encode(Apdu, {
    type: 'aarq',
    applicationContextName: applicationContexts.LN_with_ciphering,
    callingAPTitle: title,
    userInformation,
  } as Apdu);

describe('the key of the whole group', () => {
  it('does not become the dedicated key of one who has nothing else', async () => {
    const seen: (KeyName | undefined)[] = [];
    const counters = new InvocationCounters(new VolatileStore());
    const keys = await importKeys(provider, 0, testKeys);
    const meter = await meterWith({
      mechanism: 'none',
      ciphering: 'required',
      broadcast: true,
      security: () => new SecurityContext({ provider, suite: 0, systemTitle: serverTitle, keys, counters }),
      // Whoever has the broadcast key alone does nothing here.
      rights: {
        ...objectRights,
        method: (_o, _m, caller) => {
          seen.push(caller.key);
          return { invoke: caller.key !== 'global-broadcast-encryption-key' };
        },
      },
    });
    const { authentication, globalBroadcast } = testKeys;
    const group = await contextOf('client', {
      keys: await importKeys(provider, 0, { authentication, globalBroadcast }),
      peerSystemTitle: serverTitle,
    });
    const dedicatedKey = octets(16, 99);
    const initiate = encode(Apdu, {
      type: 'initiateRequest',
      dedicatedKey,
      responseAllowed: true,
      proposedDlmsVersionNumber: 6,
      proposedConformance: ['action', 'get', 'set', 'general-protection'],
      clientMaxReceivePduSize: 0,
    } as Apdu);
    await meter.handler.handle(
      aarq(clientTitle, await protect(initiate, group, { form: 'glo', broadcast: true })),
      route,
    );
    await group.takeDedicatedKey(dedicatedKey);
    const disconnect = encode(Apdu, {
      type: 'action-request',
      value: {
        type: 'action-request-normal',
        invokeIdAndPriority: { invokeId: 1, serviceClass: 'confirmed', priority: 'high' },
        cosemMethodDescriptor: { classId: Echo.classId, instanceId: echoName, methodId: 2 },
        methodInvocationParameters: { type: 'octet-string', value: octets(4) },
      },
    } as Apdu);
    await meter.handler.handle(await protect(disconnect, group, { form: 'ded' }), route);
    expect([seen, meter.calls]).toEqual([[], []]);
  });
});
