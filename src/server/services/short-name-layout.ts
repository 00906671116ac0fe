import { DlmsError } from '../../core/errors.js';
import type { Obis } from '../../cosem/obis.js';
import { associationSnBase, attributeShortName, type MethodOffset } from '../../cosem/short-names.js';
import { type CosemObject, ObjectStore } from '../object.js';
import { associationSnObject } from '../objects/association-sn.js';
import type { ServiceOptions } from './service-context.js';

/** The attribute or method that a short name stands for. */
export interface ShortNameTarget {
  readonly classId: number;
  readonly logicalName: Obis;
  readonly kind: 'attribute' | 'method';
  readonly index: number;
}
export interface ShortNameLayout {
  /** The objects of the device, with an Association SN in place of the Association LN objects. */
  readonly objects: ObjectStore;
  find(name: number): ShortNameTarget | undefined;
}

const firstBase = 0x0100;
const current: Obis = '0-0:40.0.0*255';

/**
 * Gives every object of a device a base name, and every attribute, and every method with a known offset, its short
 * name.
 * @throws DlmsError `configuration/invalid` when base names are not multiples of 8, overlap, or run out
 */
export function layOut(
  o: Pick<ServiceOptions, 'objects' | 'rights'>,
  given: Readonly<Record<string, number>>,
  methodOffset: MethodOffset,
): ShortNameLayout {
  const names = new Map<number, ShortNameTarget>();
  const bases = new Map<CosemObject, number>();
  const place = (item: CosemObject, base: number): void => {
    const { classId, version, attributes, methods } = item.definition;
    const put = (name: number, kind: ShortNameTarget['kind'], index: number): void => {
      if (name % 8 !== 0 || name < 0 || name > 0xffff || names.has(name))
        throw new DlmsError('configuration/invalid', {
          what: `base name ${base.toString(16)} of ${item.logicalName}`,
          hint: 'base names are multiples of 8 from 0 to fff8, and objects do not overlap',
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

  const securitySetup = [...o.objects].find((item) => item.definition.classId === 64);
  const association = associationSnObject({
    logicalName: current,
    objects: () => bases,
    rights: o.rights,
    ...(securitySetup === undefined ? {} : { securitySetupReference: securitySetup.logicalName }),
  });
  const objects = new ObjectStore();
  const others = [...o.objects].filter((item) => item.definition.classId !== 15 && item.logicalName !== current);
  objects.add(association, ...others);
  place(association, associationSnBase);
  for (const item of others) if (given[item.logicalName] !== undefined) place(item, given[item.logicalName] as number);
  let next = firstBase;
  for (const item of others) {
    if (bases.has(item)) continue;
    // The next place without any configured name in the way.
    while (Array.from({ length: sizeOf(item) / 8 }, (_, i) => next + 8 * i).some((name) => names.has(name))) next += 8;
    place(item, next);
    next += sizeOf(item);
  }
  return { objects, find: (name) => names.get(name) };
}
