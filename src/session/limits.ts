import type { SecurityContext, SimpleForm } from '../security/context.js';
import { overhead } from '../security/overhead.js';
import type { Protection } from '../security/policy.js';
import type { GeneralCipheringForm } from '../security/protect.js';
import type { ConformanceBit } from '../xdlms/initiate.js';

/** Services for logical names. */
export type Service = 'get' | 'set' | 'action' | 'access';

/** What both sides agreed on when the association was opened; it decides when a service needs blocks. */
export interface ServiceLimits {
  /** Longest plain APDU that may be sent, protection already subtracted; Infinity when the peer has no limit. */
  readonly sendSize: number;
  /** Services whose requests go whole, whatever their length: general block transfer cuts them. Default: none. */
  readonly whole?: readonly Service[];
  /** Octets of all blocks together that are taken from the peer. */
  readonly receiveTotal: number;
}
/**
 * Longest plain APDU that still fits into `pdu` octets when it is protected as the context sends it.
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
  // A signed APDU is general, so it never gets the service-specific form.
  return (
    pdu -
    signature -
    overhead({ length: pdu, suite: suite.id, form: signature > 0 && form === 'glo' ? 'general-glo' : form, protection })
  );
}

/** Longest request of a service that is not cut into blocks of that service. */
export const wholeSize = (limits: ServiceLimits, service: Service): number =>
  limits.whole?.includes(service) === true ? Number.POSITIVE_INFINITY : limits.sendSize;
/** What general block transfer has to cut, because both sides support it and the service's own blocks cannot do it. */
export function servicesLeftToGbt(conformance: readonly ConformanceBit[]): readonly Service[] {
  if (!conformance.includes('general-block-transfer')) return [];
  const own = { set: 'block-transfer-with-set-or-write', action: 'block-transfer-with-action' } as const;
  return ['get', 'access', ...(['set', 'action'] as const).filter((service) => !conformance.includes(own[service]))];
}

/** 64 MiB: far more than any profile, far less than memory. */
export const defaultReceiveTotal = 0x4000000;
