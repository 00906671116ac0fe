// The ids by which messages name keys. They are written only here; the classes, general-ciphering and key changes take
// them from this file.

/** identified-key of general-ciphering and of protection parameters. */
export const identifiedKeyIds = {
  'global-unicast-encryption-key': 0,
  'global-broadcast-encryption-key': 1,
} as const;
/** global_key_transfer of Security setup version 0. */
export const globalKeyIds = /* @__PURE__ */ (() => ({ ...identifiedKeyIds, 'authentication-key': 2 }) as const)();
/** key_transfer and key_agreement of Security setup version 1. */
export const keyIds = /* @__PURE__ */ (() => ({ ...globalKeyIds, 'master-key': 3 }) as const)();
/** wrapped-key: what the content key is wrapped under. */
export const kekIds = { 'master-key': 0 } as const;
