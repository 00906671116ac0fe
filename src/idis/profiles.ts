import { DlmsError } from '../core/errors.js';
import { type DsmrVersion, dsmr, nordicCustomerPort } from './dsmr.js';
import { idisPackage1, idisPackage2 } from './packages.js';
import type { CompanionProfile } from './profile.js';

const carried: Readonly<Record<string, () => CompanionProfile>> = /* @__PURE__ */ (() => ({
  'idis-package-1': idisPackage1,
  'idis-package-2': idisPackage2,
  ...Object.fromEntries(
    (['2.2', '4.2.2', '4.3', '5.0.0', '5.1', '5.2', '5.5'] satisfies DsmrVersion[]).map((v) => [
      `${v === '2.2' || v === '4.2.2' ? 'dsmr' : 'smr'}-${v}`,
      () => dsmr(v),
    ]),
  ),
  'nordic-customer-port': nordicCustomerPort,
}))();

/** The ids of the profiles that come with the library. */
export const builtInProfiles = (): string[] => Object.keys(carried);
/**
 * A profile that comes with the library, by its id. Importing this function bundles all of them; `idisPackage2` and the
 * others can be imported individually.
 * @throws DlmsError `service/unsupported` when there is no such profile
 */
export function builtInProfile(id: string): CompanionProfile {
  const build = Object.hasOwn(carried, id) ? carried[id] : undefined;
  if (build === undefined)
    throw new DlmsError('service/unsupported', {
      what: `profile ${JSON.stringify(id.slice(0, 40))}; there are ${builtInProfiles().join(', ')}`,
    });
  return build();
}
