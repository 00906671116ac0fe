import { describe, expect, it } from 'vitest';
import { ArrayManager } from '../../src/cosem/classes/array-manager.js';
import { AssociationLnV2 } from '../../src/cosem/classes/association-ln.js';
import { CompactDataV0 } from '../../src/cosem/classes/compact-data.js';
import { ParameterMonitorV0 } from '../../src/cosem/classes/parameter-monitor.js';
import { ProfileGeneric } from '../../src/cosem/classes/profile-generic.js';
import { PushSetupV0 } from '../../src/cosem/classes/push-setup.js';
import { aMeter, column } from './a-meter.js';

const secret = new TextEncoder().encode('9f-secret-9f');
const name = '0-0:40.0.1*255';

describe('a password', () => {
  it('leaves the meter neither in rows, pushes and compact data nor in what monitors note', () => {
    const engine = aMeter();
    const association = engine.add(AssociationLnV2, name, { secret });
    const captureObjects = [column(15, name, 7), column(15, name, 0)];
    const profile = engine.add(ProfileGeneric, '1-0:99.1.0*255', { captureObjects });
    const push = engine.add(PushSetupV0, '0-1:25.9.0*255', { pushObjectList: captureObjects, repetitionDelay: 1 });
    const compact = engine.add(CompactDataV0, '0-0:66.0.1*255', {
      captureObjects: [column(62, '0-0:66.0.1*255', 4), ...captureObjects],
    });
    const monitor = engine.add(ParameterMonitorV0, '0-0:16.2.0*255', {
      parameterList: [{ classId: 15, logicalName: name, attributeIndex: 7 }],
    });
    const manager = engine.add(ArrayManager, '0-0:18.0.0*255', {
      arrayObjectList: [
        { arrayObjectId: 1, arrayObjectDefinition: { classId: 15, logicalName: name, attributeIndex: 7 } },
      ],
    });
    engine.start();
    association.write('secret', secret, 'client');
    profile.invoke('capture', 0, 'client');
    push.invoke('push', 0, 'client');
    compact.invoke('capture', 0, 'client');
    engine.advanceTo(0);
    expect(() => manager.invoke('retrieveNumberOfEntries', 1, 'script')).toThrow('read-write-denied');
    const told = [
      profile.get('buffer'),
      engine.takeOutputs(),
      compact.get('compactBuffer'),
      monitor.get('changedParameter'),
    ];
    expect(told[1]).toHaveLength(1);
    expect(monitor.get('changedParameter')).toMatchObject({ classId: 15, attributeIndex: 7 });
    expect(JSON.stringify(told, (_, v) => (v instanceof Uint8Array ? [...v] : v))).not.toContain(
      [...secret].slice(0, 6).join(','),
    );
  });
});
