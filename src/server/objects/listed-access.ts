import type { AttributeAccessV1, MethodAccessV1 } from '../../cosem/access-rights.js';
import type { Caller } from '../caller.js';
import type { CosemObject } from '../object.js';
import { type AccessRights, attributeModeV1, methodModeV1 } from '../rights.js';

/** What a caller may do with an object, in the notation of Association LN version 1 and Association SN. */
export interface ListedAccess {
  readonly attributeAccess: AttributeAccessV1[];
  readonly methodAccess: MethodAccessV1[];
}
export const listedAccess = (object: CosemObject, rights: AccessRights, caller: Caller): ListedAccess => ({
  attributeAccess: [...object.attributes.values()].map((a) => ({
    attributeId: a.index,
    accessMode: attributeModeV1(rights.attribute?.(object, a, caller)),
    accessSelectors: a.selective ? { type: 'array', value: [1, 2] } : { type: 'null-data' },
  })),
  methodAccess: [...object.methods.values()].map((m) => ({
    methodId: m.index,
    accessMode: methodModeV1(rights.method?.(object, m, caller)),
  })),
});
/** A client does not see objects that it may do nothing with. */
export const isVisible = ({ attributeAccess, methodAccess }: ListedAccess): boolean =>
  attributeAccess.some((a) => a.accessMode !== 'no-access') || methodAccess.some((m) => m.accessMode !== 'no-access');
