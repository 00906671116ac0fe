import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode, encode, type Infer } from '../../src/axdr/schema.js';
import { concat } from '../../src/core/bytes.js';
import { parseHex } from '../../src/core/hex.js';
import type { Quirk } from '../../src/core/index.js';
import { allClasses } from '../../src/cosem/all-classes.js';
import { AssociationLnV1, Clock, ProfileGeneric, Register } from '../../src/cosem/classes/index.js';
import { formatDateTime } from '../../src/cosem/date-time-text.js';
import type { InterfaceClass } from '../../src/cosem/interface-class.js';
import { obisFromBytes } from '../../src/cosem/obis.js';
import { scaled } from '../../src/cosem/scaled.js';

interface Session {
  id: string;
  input: { frames: { direction: string; hex: string }[] };
}
const sessions: Session[] = JSON.parse(readFileSync(new URL('../vectors/sessions.json', import.meta.url), 'utf8'));

interface Read {
  classId: number;
  obis: string;
  attribute: number;
  data: Uint8Array;
}
/** Every attribute that was read in a session without ciphering over the wrapper, blocks put together. */
function reads(id: string): Read[] {
  const out: Read[] = [];
  let blocks: Uint8Array[] = [];
  for (const { hex } of sessions.find((s) => s.id === id)?.input.frames ?? []) {
    const apdu = parseHex(hex).subarray(8);
    const [service, choice] = apdu;
    if (service === 0xc0 && choice === 1)
      out.push({
        classId: (apdu[3]! << 8) | apdu[4]!,
        obis: obisFromBytes(apdu.subarray(5, 11)),
        attribute: apdu[11]!,
        data: new Uint8Array(),
      });
    if (service === 0xc4 && choice === 1 && apdu[3] === 0) out.at(-1)!.data = apdu.subarray(4);
    if (service === 0xc4 && choice === 2) {
      // Last block flag, block number, result 00, length of the raw data.
      const length = apdu[9]!;
      blocks.push(apdu.subarray(length < 0x80 ? 10 : 10 + (length & 0x7f)));
      out.at(-1)!.data = concat(...blocks);
      if (apdu[3] !== 0) blocks = [];
    }
  }
  return out;
}
const attributeOf = (c: InterfaceClass, index: number) => Object.values(c.attributes).find((a) => a.index === index);

describe.each([
  // This meter answers its clock twice in a row: named, and read in lenient mode.
  { id: 'ses-gxc-w-none', energy: '4.02 Wh', quirks: ['8.2 trailing-octets'] },
  // This one has a unit 0, which the table does not know.
  { id: 'ses-gxj-w-lls', energy: '246 unit 0', quirks: [] },
])('what a simulated meter answered in $id', ({ id, energy, quirks }) => {
  const all = reads(id);
  const listBytes = all.find((r) => r.classId === 15 && r.attribute === 2)!.data;
  const list: Infer<typeof AssociationLnV1.attributes.objectList.schema> = decode(
    AssociationLnV1.attributes.objectList.schema,
    listBytes,
  );

  it('has an object list with access rights', () => {
    expect(list.length).toBeGreaterThan(20);
    expect(encode(AssociationLnV1.attributes.objectList.schema, list)).toEqual(listBytes);
    const clock = list.find((o) => o.classId === 8)!;
    expect(clock.logicalName).toBe('0-0:1.0.0*255');
    expect(clock.accessRights.attributeAccess.find((a) => a.attributeId === 2)?.accessMode).toMatch(/^read/);
  });
  it('reads attribute by attribute with the class version that the list states', () => {
    const seen: string[] = [];
    for (const { classId, obis, attribute, data } of all) {
      const version = list.find((o) => o.classId === classId && o.logicalName === obis)?.version;
      // The list names the current association by its own name only.
      const found = allClasses.get(classId, version ?? allClasses.versions(classId).at(-1)!);
      const { schema } = attributeOf(found!, attribute)!;
      const noted: Quirk[] = [];
      const bytes = encode(schema, decode(schema, data, { lenient: true, quirks: noted }));
      expect(bytes, `${classId} ${obis} ${attribute}`).toEqual(data.subarray(0, bytes.length));
      seen.push(...noted.map((q) => `${classId}.${attribute} ${q.name}`));
    }
    expect(seen).toEqual(quirks);
  });
  it('names and scales its register, and tells the time', () => {
    const register = (attribute: number) => all.find((r) => r.classId === 3 && r.attribute === attribute)?.data;
    const value = decode(Register.attributes.value.schema, register(2)!);
    const scaler = register(3)!;
    expect(scaled(value, decode(Register.attributes.scalerUnit.schema, scaler))?.toString()).toBe(energy);
    const time = all.find((r) => r.classId === 8 && r.attribute === 2);
    expect(formatDateTime(decode(Clock.attributes.time.schema, time!.data, { lenient: true }))).toMatch(
      /^2026-\d\d-\d\dT\d\d:\d\d:\d\d/,
    );
  });
});

it('capture objects of a profile', () => {
  const columns = reads('ses-gxc-w-none').find((r) => r.classId === 7 && r.attribute === 3)!;
  expect(decode(ProfileGeneric.attributes.captureObjects.schema, columns.data)).toEqual([
    { classId: 8, logicalName: '0-0:1.0.0*255', attributeIndex: 2, dataIndex: 0 },
    { classId: 1, logicalName: '0-0:96.11.0*255', attributeIndex: 2, dataIndex: 0 },
  ]);
});
