import { type AccessRightsElementV1, AssociationSnV2 } from '../../cosem/classes/association-sn.js';
import type { Obis } from '../../cosem/obis.js';
import type { Caller } from '../caller.js';
import { accessor, type CosemObject, cosemObject } from '../object.js';
import type { AccessRights } from '../rights.js';
import { isVisible, listedAccess } from './listed-access.js';

/** Options of {@link associationSnObject}. */
export interface AssociationSnOptions {
  /** The objects of the device with their base names (0 to 65535); called each time a list is read. */
  readonly objects: () => Iterable<readonly [object: CosemObject, baseName: number]>;
  /** Rights of this association: a client only sees objects that it may do something with. */
  readonly rights: AccessRights;
  /** Default: 0-0:40.0.0*255, the current association. */
  readonly logicalName?: Obis;
  /** Logical name of the Security setup object. Default: 0-0:0.0.0*0, which means that there is none. */
  readonly securitySetupReference?: Obis;
}

/**
 * The association object of short name referencing (class 12, version 2): object list and access rights, as far as the
 * client that asks may see them. `serverShortNames` makes one at FA00 itself. It cannot change secrets.
 */
export function associationSnObject(options: AssociationSnOptions): CosemObject {
  const listed = (caller: Caller): readonly (readonly [CosemObject, AccessRightsElementV1])[] =>
    [...options.objects()]
      .map(([object, base]) => {
        const access = listedAccess(object, options.rights, caller);
        return [object, { baseName: objectName(base), ...access }] as const;
      })
      .filter(([, access]) => isVisible(access));
  return cosemObject(AssociationSnV2, options.logicalName ?? '0-0:40.0.0*255', {
    securitySetupReference: options.securitySetupReference ?? '0-0:0.0.0*0',
    objectList: accessor({
      get: ({ caller }) =>
        listed(caller).map(([{ definition, logicalName }, { baseName }]) => ({
          baseName,
          classId: definition.classId,
          version: definition.version,
          logicalName,
        })),
    }),
    accessRightsList: accessor({ get: ({ caller }) => listed(caller).map(([, access]) => access) }),
  });
}
/** An ObjectName is a signed 16-bit number. */
const objectName = (base: number): number => (base << 16) >> 16;
