import { berObjectIdentifier } from '../../axdr/ber.js';
import { encode } from '../../axdr/schema.js';
import { AssociationLnV1, type ObjectListElementV1 } from '../../cosem/classes/association-ln.js';
import type { Obis } from '../../cosem/obis.js';
import { mechanisms } from '../../session/association.js';
import { applicationContexts, mechanismName } from '../../xdlms/acse.js';
import { conformanceBits } from '../../xdlms/initiate.js';
import { type AssociationConfig, serverConformance } from '../association.js';
import { callerOf, effectiveRights } from '../check-config.js';
import { type AccessContext, AccessRefused, accessor, type CosemObject, cosemObject } from '../object.js';
import { isVisible, listedAccess } from './listed-access.js';

/** Options of {@link associationLnObject}. */
export interface AssociationLnOptions {
  /** The objects of the device. When read, the object list shows those that the client may do something with. */
  readonly objects: Iterable<CosemObject>;
  /** Longest APDU that the device accepts, in octets, as in its `LogicalDevice`. Default: 1024. */
  readonly maxReceivePduSize?: number;
  /** Longest APDU that the device sends, in octets, as in its `LogicalDevice`. Default: 1024. */
  readonly maxSendPduSize?: number;
  /** Logical name of the Security setup object. Default: 0-0:43.0.0*255. */
  readonly securitySetupReference?: Obis;
  /**
   * Lists the secret as readable, as some companion profiles require; reading it returns an empty string. Default:
   * false; it is not readable.
   */
  readonly secretListed?: boolean;
}

/**
 * The association object of logical name referencing (class 15, version 1): who the partners are, what they agreed on,
 * and which objects and rights the client has. Every meter has one for each association, and 0-0:40.0.0*255 for the
 * current association.
 * @param shown an association, for the object with its logical name; or all associations of the device, for
 *   0-0:40.0.0*255, which shows the one that asks
 *
 * @example
 * for (const association of associations) objects.add(associationLnObject(association, { objects }));
 * objects.add(associationLnObject(associations, { objects }));
 */
export function associationLnObject(
  shown: AssociationConfig | readonly AssociationConfig[],
  options: AssociationLnOptions,
): CosemObject {
  const one = 'clientSap' in shown ? shown : undefined;
  const all: readonly AssociationConfig[] = 'clientSap' in shown ? [shown] : shown;
  const of = ({ caller }: AccessContext): AssociationConfig => {
    const found = one ?? all.find((a) => a.clientSap === caller.clientSap);
    if (found === undefined) throw new AccessRefused('object-unavailable');
    return found;
  };
  return cosemObject(AssociationLnV1, one?.logicalName ?? '0-0:40.0.0*255', {
    objectList: accessor({ get: (context) => listOf(options.objects, of(context), context) }),
    associatedPartnersId: accessor({
      get: (context) => ({ clientSap: of(context).clientSap, serverSap: context.caller.serverSap }),
    }),
    applicationContextName: accessor({
      get: (context) => {
        const config = of(context);
        const ciphered = config.ciphering === 'required' ? 'with' : 'no';
        return identifier(applicationContexts[`${config.referencing?.kind ?? 'LN'}_${ciphered}_ciphering`]);
      },
    }),
    xDlmsContextInfo: accessor({
      get: (context) => {
        const supported = of(context).conformance ?? serverConformance;
        return {
          conformance: conformanceBits.map((bit) => (supported.includes(bit) ? '1' : '0')).join(''),
          maxReceivePduSize: options.maxReceivePduSize ?? 1024,
          maxSendPduSize: options.maxSendPduSize ?? 1024,
          dlmsVersionNumber: 6,
          qualityOfService: 0,
          cypheringInfo: new Uint8Array(0),
        };
      },
    }),
    authenticationMechanismName: accessor({
      get: (context) => identifier(mechanismName(mechanisms[of(context).mechanism])),
    }),
    // Passwords and secrets are never read.
    secret: accessor(options.secretListed === true ? { get: () => new Uint8Array(0) } : {}),
    associationStatus: 'associated',
    securitySetupReference: options.securitySetupReference ?? '0-0:43.0.0*255',
  });
}

/**
 * Shows the rights in this association: for the caller or, if the caller is in another association, for a client of
 * this one.
 */
function listOf(
  objects: Iterable<CosemObject>,
  config: AssociationConfig,
  { caller: asking }: AccessContext,
): ObjectListElementV1[] {
  const rights = effectiveRights(config);
  const caller = asking.association === config.logicalName ? asking : callerOf(config, asking.serverSap);
  return [...objects]
    .map((object): ObjectListElementV1 => {
      const { classId, version } = object.definition;
      return { classId, version, logicalName: object.logicalName, accessRights: listedAccess(object, rights, caller) };
    })
    .filter(({ accessRights }) => isVisible(accessRights));
}
const identifier = (dotted: string): { type: 'octet-string'; value: Uint8Array } => ({
  type: 'octet-string',
  value: encode(berObjectIdentifier, dotted),
});
