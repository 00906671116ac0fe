import { describe, expect, it } from 'vitest';
import { decode, type Schema } from '../../src/axdr/schema.js';
import { parseHex } from '../../src/core/hex.js';
import { AssociationLnV1 } from '../../src/cosem/classes/association-ln.js';
import { AssociationSnV2 } from '../../src/cosem/classes/association-sn.js';
import { DisconnectControl } from '../../src/cosem/classes/disconnect-control.js';
import type { AttributeName, AttributeValue, InterfaceClass } from '../../src/cosem/interface-class.js';
import {
  type AccessContext,
  AccessRefused,
  type AssociationConfig,
  associationLnObject,
  associationSnObject,
  type CosemObject,
  cosemObject,
  disconnectControlObject,
  ObjectStore,
  objectRights,
  readOnlyRights,
  serverShortNames,
} from '../../src/server/index.js';
import { callerOf, connected, Echo, echoName, failureOf, meterWith, octets } from './support.js';

/** An attribute as somebody who asks sees it. */
async function shown<C extends InterfaceClass, A extends AttributeName<C>>(
  object: CosemObject,
  definition: C,
  name: A,
  caller: Partial<AccessContext['caller']> = {},
): Promise<AttributeValue<C, A>> {
  const { index, schema } = definition.attributes[name]!;
  const read = await object.attributes.get(index)!.read({ caller: callerOf(caller) } as AccessContext);
  return decode(schema as Schema<AttributeValue<C, A>>, read);
}
const config = (clientSap: number, more: Partial<AssociationConfig> = {}): AssociationConfig => ({
  clientSap,
  logicalName: `0-0:40.0.${clientSap}*255`,
  mechanism: 'none',
  ciphering: 'none',
  rights: readOnlyRights,
  ...more,
});
const echo = cosemObject(Echo, echoName, { value: octets(1) }, { take: () => {} });

describe('Association LN', () => {
  const all = [config(1), config(2, { mechanism: 'lls', password: octets(8), rights: objectRights })];
  const objects = new ObjectStore().add(echo);

  it('of one association shows that one to everybody', async () => {
    const object = associationLnObject(all[1]!, { objects });
    expect(object.logicalName).toBe('0-0:40.0.2*255');
    for (const clientSap of [1, 2])
      expect(await shown(object, AssociationLnV1, 'associatedPartnersId', { clientSap })).toMatchObject({
        clientSap: 2,
      });
  });
  it.each<[Partial<AssociationConfig>, string]>([
    [{}, '60857405080101'],
    [{ referencing: serverShortNames() }, '60857405080102'],
    [{ ciphering: 'required' }, '60857405080103'],
    [{ ciphering: 'required', referencing: serverShortNames() }, '60857405080104'],
  ])('shows the application context with which the association is opened: %o', async (more, oid) => {
    const object = associationLnObject(config(1, more), { objects });
    expect(await shown(object, AssociationLnV1, 'applicationContextName')).toEqual({
      type: 'octet-string',
      value: parseHex(oid),
    });
  });
  it('0-0:40.0.0*255 shows the one that asks, and nothing to others', async () => {
    const object = associationLnObject(all, { objects });
    expect(object.logicalName).toBe('0-0:40.0.0*255');
    for (const clientSap of [1, 2])
      expect(await shown(object, AssociationLnV1, 'associatedPartnersId', { clientSap })).toMatchObject({ clientSap });
    await expect(shown(object, AssociationLnV1, 'objectList', { clientSap: 3 })).rejects.toThrowError(
      expect.objectContaining({ result: 'object-unavailable' }),
    );
  });
  it('names the logical device that is asked', async () => {
    const object = associationLnObject(all, { objects });
    expect(await shown(object, AssociationLnV1, 'associatedPartnersId', { clientSap: 1, serverSap: 17 })).toEqual({
      clientSap: 1,
      serverSap: 17,
    });
  });
  it('lists objects with the rights of the association, as they are then', async () => {
    const later = new ObjectStore();
    const object = associationLnObject(all, { objects: later });
    const list = (clientSap: number) =>
      shown(object, AssociationLnV1, 'objectList', { clientSap, association: `0-0:40.0.${clientSap}*255` });
    expect(await list(1)).toEqual([]);
    later.add(echo);
    const access = (attributeMode: string, methodMode: string) => [
      {
        classId: 9000,
        version: 0,
        logicalName: echoName,
        accessRights: {
          attributeAccess: [
            expect.objectContaining({ attributeId: 1, accessMode: 'read-only' }),
            expect.objectContaining({ attributeId: 2, accessMode: attributeMode }),
          ],
          methodAccess: [{ methodId: 2, accessMode: methodMode }],
        },
      },
    ];
    expect(await list(1)).toEqual(access('read-only', 'no-access'));
    expect(await list(2)).toEqual(access('read-and-write', 'access'));
  });
  it('shows sizes, security setup and secret as it is told', async () => {
    const plain = associationLnObject(all, { objects });
    const told = associationLnObject(all, {
      objects,
      maxReceivePduSize: 200,
      maxSendPduSize: 300,
      securitySetupReference: '0-0:43.0.2*255',
      secretListed: true,
    });
    expect(await shown(plain, AssociationLnV1, 'xDlmsContextInfo')).toMatchObject({
      maxReceivePduSize: 1024,
      maxSendPduSize: 1024,
    });
    expect(await shown(told, AssociationLnV1, 'xDlmsContextInfo')).toMatchObject({
      maxReceivePduSize: 200,
      maxSendPduSize: 300,
    });
    expect(await shown(told, AssociationLnV1, 'securitySetupReference')).toBe('0-0:43.0.2*255');
    expect([plain, told].map((o) => o.attributes.get(7)?.readable)).toEqual([false, true]);
    expect(await shown(told, AssociationLnV1, 'secret')).toEqual(new Uint8Array(0));
  });
});

describe('Association SN', () => {
  const hidden = cosemObject(Echo, '0-0:96.1.9*255', { value: octets(1) });
  const object = associationSnObject({
    objects: () => [
      [echo, 0xfa00],
      [hidden, 0x100],
    ],
    rights: { attribute: (o, { index }) => (o === echo ? { read: true, write: index === 2 } : undefined) },
    securitySetupReference: '0-0:43.0.0*255',
  });
  it('lists what a client may touch, under signed base names', async () => {
    expect(await shown(object, AssociationSnV2, 'objectList')).toEqual([
      { baseName: -1536, classId: 9000, version: 0, logicalName: echoName },
    ]);
    expect(await shown(object, AssociationSnV2, 'accessRightsList')).toEqual([
      {
        baseName: -1536,
        attributeAccess: [
          expect.objectContaining({ attributeId: 1, accessMode: 'read-only' }),
          expect.objectContaining({ attributeId: 2, accessMode: 'read-and-write' }),
        ],
        methodAccess: [{ methodId: 2, accessMode: 'no-access' }],
      },
    ]);
  });
  it('is the current association, and names its security setup', async () => {
    expect(object.logicalName).toBe('0-0:40.0.0*255');
    expect(await shown(object, AssociationSnV2, 'securitySetupReference')).toBe('0-0:43.0.0*255');
  });
});

describe('Disconnect control', () => {
  const name = '0-0:96.3.10*255';
  it('switches, and shows what it switched to', async () => {
    const switched: boolean[] = [];
    const object = disconnectControlObject({ connected: false, onSwitch: (to) => void switched.push(to) });
    const { client } = await connected(await meterWith({}, { objects: new ObjectStore().add(object) }));
    const state = () => client.object(DisconnectControl, name).get('outputState', 'controlState');
    expect(await state()).toEqual([false, 'disconnected']);
    await client.action(DisconnectControl, name, 'remoteReconnect', 0);
    expect(await state()).toEqual([true, 'connected']);
    await client.action(DisconnectControl, name, 'remoteDisconnect', 0);
    expect(switched).toEqual([true, false]);
  });
  it('stays as it is when its breaker does not move', async () => {
    const stuck = async (): Promise<void> => {
      throw new AccessRefused('hardware-fault');
    };
    const object = disconnectControlObject({ onSwitch: stuck });
    const { client } = await connected(await meterWith({}, { objects: new ObjectStore().add(object) }));
    expect(await failureOf(() => client.action(DisconnectControl, name, 'remoteDisconnect', 0))).toContain(
      'hardware-fault',
    );
    expect(await client.get(DisconnectControl, name, 'outputState')).toBe(true);
  });
});
