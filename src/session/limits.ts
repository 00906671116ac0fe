import type { SecurityContext, SimpleForm } from '../security/context.js';
import { overhead } from '../security/overhead.js';
import type { Protection } from '../security/policy.js';
import type { GeneralCipheringForm } from '../security/protect.js';
import type { ConformanceBit } from '../xdlms/initiate.js';

/** The services with logical names. */
export type Service = 'get' | 'set' | 'action' | 'access';

/** What both sides agreed on when the association was opened; determines when a service needs blocks. */
export interface ServiceLimits {
  /**
   * Longest plain APDU that may be sent, in octets, with the protection already subtracted; Infinity when the peer has
   * no limit.
   */
  readonly sendSize: number;
  /**
   * Services whose requests are never split into blocks of the service, because general block transfer splits them.
   * Default: none.
   */
  readonly whole?: readonly Service[];
  /** Maximum number of octets accepted from the peer in all blocks of one value together. */
  readonly receiveTotal: number;
}
/**
 * Longest plain APDU that still fits into `pdu` octets once it is protected as the context sends it.
 * @param form general forms are longer by the system title
 * @param protection default: the policy of the context
 */
export function plainSize(
  pdu: number,
  context: SecurityContext | undefined,
  form: SimpleForm | GeneralCipheringForm,
  protection: Protection = context?.policy.send ?? {},
): number {
  if (context === undefined || pdu === Number.POSITIVE_INFINITY) return pdu;
  const { suite } = context;
  const signature =
    protection.signed === true ? overhead({ length: pdu, suite: suite.id, form: 'general-signing', protection }) : 0;
  // A signed APDU is a general one, so it never gets a service-specific form.
  return (
    pdu -
    signature -
    overhead({ length: pdu, suite: suite.id, form: signature > 0 && form === 'glo' ? 'general-glo' : form, protection })
  );
}

/** Longest request of a service that is not split into blocks of that service. */
export const wholeSize = (limits: ServiceLimits, service: Service): number =>
  limits.whole?.includes(service) === true ? Number.POSITIVE_INFINITY : limits.sendSize;
/**
 * The services that general block transfer has to split, because both sides support it and the service has no blocks of
 * its own.
 */
export function servicesLeftToGbt(conformance: readonly ConformanceBit[]): readonly Service[] {
  if (!conformance.includes('general-block-transfer')) return [];
  const own = { set: 'block-transfer-with-set-or-write', action: 'block-transfer-with-action' } as const;
  return ['get', 'access', ...(['set', 'action'] as const).filter((service) => !conformance.includes(own[service]))];
}

/** 64 MiB: far more than any profile, far less than the memory. */
export const defaultReceiveTotal = 0x4000000;
