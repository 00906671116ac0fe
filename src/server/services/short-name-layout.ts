import { DlmsError } from '../../core/errors.js';
import type { AttributeAccessV1, MethodAccessV1 } from '../../cosem/access-rights.js';
import {
  type AccessRightsElementV1,
  AssociationSnV2,
  type ObjectListElementSn,
} from '../../cosem/classes/association-sn.js';
import type { Obis } from '../../cosem/obis.js';
import { associationSnBase, attributeShortName, type MethodOffset } from '../../cosem/short-names.js';
import type { Caller } from '../caller.js';
import { accessor, type CosemObject, cosemObject, ObjectStore } from '../object.js';
import { attributeModeV1, methodModeV1 } from '../rights.js';
import type { ServiceOptions } from './service-context.js';

/** What a short name stands for. */
export interface ShortNameTarget {
  readonly classId: number;
  readonly logicalName: Obis;
  readonly kind: 'attribute' | 'method';
  readonly index: number;
}
export interface ShortNameLayout {
  /** The objects of the device, with an Association SN in place of those with logical names. */
  readonly objects: ObjectStore;
  find(name: number): ShortNameTarget | undefined;
}

const firstBase = 0x0100;
const current: Obis = '0-0:40.0.0*255';

/**
 * Gives every object of a device a base name and every attribute, and every method whose offset is known, its short name.
 * @throws DlmsError `encode/invalid-value` when base names are no multiples of 8, overlap, or run out
 */
export function layOut(
  o: ServiceOptions,
  given: Readonly<Record<string, number>>,
  methodOffset: MethodOffset,
): ShortNameLayout {
  const names = new Map<number, ShortNameTarget>();
  const bases = new Map<CosemObject, number>();
  const place = (item: CosemObject, base: number): void => {
    const { classId, version, attributes, methods } = item.definition;
    const put = (name: number, kind: ShortNameTarget['kind'], index: number): void => {
      if (name % 8 !== 0 || name < 0 || name > 0xffff || names.has(name))
        throw new DlmsError('encode/invalid-value', {
          expected: 'base names that are multiples of 8 and leave room',
          actual: `${item.logicalName} at ${base.toString(16)}`,
        });
      names.set(name, { classId, logicalName: item.logicalName, kind, index });
    };
    bases.set(item, base);
    for (const { index } of Object.values(attributes))
      if (index > 0) put(attributeShortName(base, index), 'attribute', index);
    for (const { index } of Object.values(methods)) {
      const offset = methodOffset(classId, version, index);
      if (offset !== undefined) put(base + offset, 'method', index);
    }
  };
  const sizeOf = ({ definition }: CosemObject): number => {
    const attributes = Object.values(definition.attributes).map((a) => a.index);
    const methods = Object.values(definition.methods).map(
      (m) => (methodOffset(definition.classId, definition.version, m.index) ?? -8) + 8,
    );
    return Math.max(8 * Math.max(1, ...attributes), ...methods);
  };

  const listed = (): readonly CosemObject[] => [...bases.keys()];
  const securitySetupReference =
    [...o.objects].find((item) => item.definition.classId === 64)?.logicalName ?? '0-0:0.0.0*0';
  const association = cosemObject(AssociationSnV2, current, {
    securitySetupReference,
    objectList: accessor({
      get: ({ caller }) =>
        listed()
          .filter((item) => visible(rightsOf(item, bases, o, caller)))
          .map((item) => element(item, bases)),
    }),
    accessRightsList: accessor({
      get: ({ caller }) =>
        listed()
          .map((item) => rightsOf(item, bases, o, caller))
          .filter(visible),
    }),
  });
  const objects = new ObjectStore();
  const others = [...o.objects].filter((item) => item.definition.classId !== 15 && item.logicalName !== current);
  objects.add(association, ...others);
  place(association, associationSnBase);
  for (const item of others) if (given[item.logicalName] !== undefined) place(item, given[item.logicalName] as number);
  let next = firstBase;
  for (const item of others) {
    if (bases.has(item)) continue;
    // The next place where nothing given is in the way.
    while (Array.from({ length: sizeOf(item) / 8 }, (_, i) => next + 8 * i).some((name) => names.has(name))) next += 8;
    place(item, next);
    next += sizeOf(item);
  }
  return { objects, find: (name) => names.get(name) };
}

/** An ObjectName is a signed 16-bit number. */
const signed = (name: number): number => (name << 16) >> 16;
const element = (item: CosemObject, bases: ReadonlyMap<CosemObject, number>): ObjectListElementSn => ({
  baseName: signed(bases.get(item) ?? 0),
  classId: item.definition.classId,
  version: item.definition.version,
  logicalName: item.logicalName,
});
function rightsOf(
  item: CosemObject,
  bases: ReadonlyMap<CosemObject, number>,
  { rights }: ServiceOptions,
  caller: Caller,
): AccessRightsElementV1 {
  const attributeAccess = [...item.attributes.values()].map(
    (a): AttributeAccessV1 => ({
      attributeId: a.index,
      accessMode: attributeModeV1(rights.attribute?.(item, a, caller)),
      accessSelectors: a.selective ? { type: 'array', value: [1, 2] } : { type: 'null-data' },
    }),
  );
  const methodAccess = [...item.methods.values()].map(
    (m): MethodAccessV1 => ({ methodId: m.index, accessMode: methodModeV1(rights.method?.(item, m, caller)) }),
  );
  return { baseName: signed(bases.get(item) ?? 0), attributeAccess, methodAccess };
}
/** A client does not see what it may not touch. */
const visible = ({ attributeAccess, methodAccess }: AccessRightsElementV1): boolean =>
  attributeAccess.some((a) => a.accessMode !== 'no-access') || methodAccess.some((m) => m.accessMode !== 'no-access');
