import { berObjectIdentifier } from '../../axdr/ber.js';
import { Writer } from '../../core/cursor.js';
import type { AttributeAccessV1, MethodAccessV1 } from '../../cosem/access-rights.js';
import { AssociationLnV1, type ObjectListElementV1 } from '../../cosem/classes/association-ln.js';
import { mechanisms } from '../../session/association.js';
import { applicationContexts, mechanismName } from '../../xdlms/acse.js';
import { conformanceBits } from '../../xdlms/initiate.js';
import { type AssociationConfig, serverConformance } from '../association.js';
import type { Caller } from '../caller.js';
import { callerOf, rightsFor } from '../check-config.js';
import {
  type AccessContext,
  AccessRefused,
  accessor,
  type CosemObject,
  cosemObject,
  type ObjectStore,
} from '../object.js';
import { attributeModeV1, methodModeV1 } from '../rights.js';

/**
 * The association object (class 15, version 1) of one association, or, without `config`, the current association 0-0:40.0.0*255, which
 * shows whichever of `all` is asking.
 * @param maxSendPduSize longest APDU that the device sends
 * @param listsSecret the secret counts as readable in the object list
 */
export function associationObject(
  config: AssociationConfig | undefined,
  objects: ObjectStore,
  maxReceivePduSize: number,
  maxSendPduSize: number,
  all: readonly AssociationConfig[] = [],
  listsSecret = false,
): CosemObject {
  const of = (context: AccessContext): AssociationConfig => {
    const found = config ?? all.find((a) => a.clientSap === context.caller.clientSap);
    if (found === undefined) throw new AccessRefused('object-unavailable');
    return found;
  };
  return cosemObject(
    AssociationLnV1,
    config?.logicalName ?? '0-0:40.0.0*255',
    {
      objectList: accessor({
        get: (context) => [...objects].map((o) => element(o, of(context), context.caller)).filter(visible),
      }),
      associatedPartnersId: accessor({ get: (context) => ({ clientSap: of(context).clientSap, serverSap: 1 }) }),
      applicationContextName: accessor({
        get: (context) => ({
          type: 'octet-string',
          value: oid(
            of(context).ciphering === 'required'
              ? applicationContexts.LN_with_ciphering
              : applicationContexts.LN_no_ciphering,
          ),
        }),
      }),
      xDlmsContextInfo: accessor({
        get: (context) => {
          const supported = of(context).conformance ?? serverConformance;
          return {
            conformance: conformanceBits.map((bit) => (supported.includes(bit) ? '1' : '0')).join(''),
            maxReceivePduSize,
            maxSendPduSize,
            dlmsVersionNumber: 6,
            qualityOfService: 0,
            cypheringInfo: new Uint8Array(0),
          };
        },
      }),
      authenticationMechanismName: accessor({
        get: (context) => ({ type: 'octet-string', value: oid(mechanismName(mechanisms[of(context).mechanism])) }),
      }),
      // Passwords and secrets are never read. Some profiles list the attribute as readable all the same: what is read is empty.
      secret: accessor(listsSecret ? { get: () => new Uint8Array(0) } : {}),
      associationStatus: 'associated',
      securitySetupReference: '0-0:43.0.0*255',
    },
    {},
  );
}

/** The rights are those of this association: for who asks, or for its own client when another one asks. */
function element(o: CosemObject, config: AssociationConfig, asking: Caller): ObjectListElementV1 {
  const rights = rightsFor(config);
  const caller = asking.association === config.logicalName ? asking : callerOf(config, asking.serverSap);
  const attributeAccess = [...o.attributes.values()].map(
    (a): AttributeAccessV1 => ({
      attributeId: a.index,
      accessMode: attributeModeV1(rights.attribute?.(o, a, caller)),
      accessSelectors: a.selective ? { type: 'array', value: [1, 2] } : { type: 'null-data' },
    }),
  );
  const methodAccess = [...o.methods.values()].map(
    (m): MethodAccessV1 => ({ methodId: m.index, accessMode: methodModeV1(rights.method?.(o, m, caller)) }),
  );
  return {
    classId: o.definition.classId,
    version: o.definition.version,
    logicalName: o.logicalName,
    accessRights: { attributeAccess, methodAccess },
  };
}
/** A client does not see what it may not touch. */
const visible = ({ accessRights: { attributeAccess, methodAccess } }: ObjectListElementV1): boolean =>
  attributeAccess.some((a) => a.accessMode !== 'no-access') || methodAccess.some((m) => m.accessMode !== 'no-access');
function oid(dotted: string): Uint8Array {
  const w = new Writer(8);
  berObjectIdentifier.write(w, dotted);
  return w.finish();
}
