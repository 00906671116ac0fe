import { DlmsError } from '../core/errors.js';
import type { SecurityContext } from '../security/context.js';
import type { Protection } from '../security/policy.js';
import { isHls } from '../session/association.js';
import type { AssociationConfig } from './association.js';
import type { Caller } from './caller.js';
import type { LogicalDevice } from './meter.js';
import type { ObjectStore } from './object.js';
import { type AccessRights, readOnlyRights } from './rights.js';

type Fault = 'configuration/invalid' | 'configuration/open-to-everybody';
export const fault = (code: Fault, { clientSap, logicalName }: AssociationConfig, what: string): DlmsError =>
  new DlmsError(code, { what: `association ${logicalName} of client ${clientSap}: ${what}` });

/** Anybody can open it and send anything: nothing is proven, nothing is protected. */
const isOpen = ({ mechanism, ciphering }: AssociationConfig): boolean => mechanism === 'none' && ciphering === 'none';

/** The caller of a request without any protection in an association. */
export const callerOf = (
  { clientSap, logicalName, mechanism, role, preEstablished }: AssociationConfig,
  serverSap: number,
): Caller => ({
  clientSap,
  serverSap,
  association: logicalName,
  // A pre-established association never carries out its mechanism.
  mechanism: preEstablished === true ? 'none' : mechanism,
  protection: {},
  signers: [],
  ...(role === undefined ? {} : { role }),
});

/**
 * The rights of an association: as configured, by default read-only. Where anybody can come in, they change nothing
 * unless the configuration allows it.
 */
export function effectiveRights(config: AssociationConfig): AccessRights {
  const rights = config.rights ?? readOnlyRights;
  if (!isOpen(config) || config.anybodyMayChange === true) return rights;
  return {
    attribute(object, attribute, caller) {
      const right = rights.attribute?.(object, attribute, caller);
      return right?.write === true ? { ...right, write: false } : right;
    },
  };
}

/**
 * Refuses associations that could never be opened, or would be open to everybody.
 * @throws DlmsError `configuration/invalid`, `configuration/open-to-everybody`
 */
export function checkDevice(device: LogicalDevice): void {
  checkNumbers(device);
  const seen = new Set<number>();
  for (const config of device.associations) {
    if (seen.has(config.clientSap))
      throw fault('configuration/invalid', config, 'another association has the same client SAP');
    seen.add(config.clientSap);
    checkConfig(config);
    checkRights(config, device.sap, device.objects);
    config.referencing?.check?.(device.objects, effectiveRights(config));
  }
}
/** The range of each number of a device, ends included. */
const ranges = {
  sap: { from: 0, to: 0xffff, whole: true },
  maxReceivePduSize: { from: 0, to: 0xffff, whole: true },
  maxSendPduSize: { from: 0, to: 0xffff, whole: true },
  maxValueSize: { from: 0, to: Number.MAX_SAFE_INTEGER, whole: true },
  maxUnprovenSize: { from: 0, to: Number.MAX_SAFE_INTEGER, whole: true },
  maxResponseSize: { from: 0, to: Number.MAX_SAFE_INTEGER, whole: true },
  maxRequestMs: { from: 0, to: Number.MAX_SAFE_INTEGER, whole: false },
  // A timer cannot wait longer than 2^31 milliseconds: it would fire at once.
  guessesPerSecond: { from: 1e-6, to: Number.MAX_SAFE_INTEGER, whole: false },
} as const satisfies Partial<Record<keyof LogicalDevice, { from: number; to: number; whole: boolean }>>;
function checkNumbers(device: LogicalDevice): void {
  for (const name of Object.keys(ranges) as (keyof typeof ranges)[]) {
    const { from, to, whole } = ranges[name];
    const given: unknown = device[name];
    if (given === undefined && name !== 'sap') continue;
    if (typeof given !== 'number' || !(given >= from && given <= to) || (whole && !Number.isInteger(given)))
      throw new DlmsError('configuration/invalid', {
        what: `${name} of logical device ${device.sap} is ${String(given)}`,
        hint: `${whole ? 'an integer' : 'a number'} from ${from} to ${to}`,
      });
  }
}
function checkConfig(config: AssociationConfig): void {
  const { mechanism, ciphering, preEstablished, rights } = config;
  const invalid = (what: string): DlmsError => fault('configuration/invalid', config, what);
  if (ciphering !== 'required' && ciphering !== 'none')
    throw invalid(`ciphering is ${String(ciphering)}, but must be 'required' or 'none'`);
  if (ciphering === 'required' && config.security === undefined)
    throw invalid('ciphering is required, but there is no security');
  if (isHls(mechanism) && config.security === undefined) throw invalid(`mechanism ${mechanism} without security`);
  if (
    mechanism === 'lls' &&
    (config.password === undefined || (config.password instanceof Uint8Array && config.password.length === 0))
  )
    throw invalid('mechanism lls without a password');
  if (
    (mechanism === 'hls-md5' || mechanism === 'hls-sha1' || mechanism === 'hls-sha256') &&
    config.secret === undefined
  )
    throw invalid(`mechanism ${mechanism} without a secret`);
  if (mechanism === 'hls-2' && config.manufacturer === undefined)
    throw invalid('mechanism hls-2 without the reply function of the manufacturer');

  const open = (what: string): DlmsError => fault('configuration/open-to-everybody', config, what);
  if (preEstablished === true && ciphering === 'none' && mechanism !== 'none')
    throw open(`pre-established without ciphering: mechanism ${mechanism} is never carried out`);
  if (isOpen(config) && rights === undefined)
    throw open('no mechanism, no ciphering, and the rights are not named (readOnlyRights lets anybody read)');
}

/** Rights are functions, so this asks them about every object; {@link effectiveRights} limits what they say later. */
function checkRights(config: AssociationConfig, serverSap: number, objects: ObjectStore): void {
  const { rights } = config;
  if (!isOpen(config) || config.anybodyMayChange === true || rights === undefined) return;
  const caller = callerOf(config, serverSap);
  const now = (request: Protection | undefined): boolean =>
    !(request?.authenticated === true || request?.encrypted === true || request?.signed === true);
  const refuse = (name: string): DlmsError =>
    fault(
      'configuration/open-to-everybody',
      config,
      `its rights allow changes to ${name} without mechanism and ciphering; set anybodyMayChange if that is intended`,
    );
  for (const object of objects) {
    for (const attribute of object.attributes.values()) {
      const right = rights.attribute?.(object, attribute, caller);
      if (right?.write === true && now(right.request))
        throw refuse(`${object.logicalName} attribute ${attribute.index}`);
    }
    for (const method of object.methods.values()) {
      const right = rights.method?.(object, method, caller);
      if (right?.invoke === true && now(right.request)) throw refuse(`${object.logicalName} method ${method.index}`);
    }
  }
}

/**
 * Checks each new security context for what only it shows: missing keys that the policy needs, and a policy that proves
 * nothing about clients that nothing else proves either.
 * @throws DlmsError `configuration/invalid`, `configuration/open-to-everybody`
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: refusals that do not depend on each other
export function checkContext(config: AssociationConfig, { keys, policy, suite }: SecurityContext): void {
  const { mechanism, ciphering } = config;
  const lacks = (what: string): DlmsError => fault('configuration/invalid', config, `its security lacks the ${what}`);
  if (mechanism === 'hls-gmac' && keys.globalUnicast === undefined) throw lacks('global unicast encryption key');
  if (mechanism === 'hls-gmac' && keys.authentication === undefined) throw lacks('authentication key');
  if (mechanism === 'hls-ecdsa' && suite.curve === undefined)
    throw fault('configuration/invalid', config, `mechanism hls-ecdsa in security suite ${suite.id}`);
  if (mechanism === 'hls-ecdsa' && keys.signing === undefined) throw lacks('digital signature key');
  if (ciphering === 'none') return;
  // Without a key to open and answer messages with, an association that asks for protection could only speak in clear.
  const { receive, send } = policy;
  const answersUnderIt = config.preEstablished !== true && (send.authenticated === true || send.encrypted === true);
  if (
    keys.globalUnicast === undefined &&
    (answersUnderIt || (keys.agreement === undefined && keys.master === undefined && keys.signing === undefined))
  )
    throw lacks('global unicast encryption key');
  if ((receive.authenticated === true || send.authenticated === true) && keys.authentication === undefined)
    throw lacks('authentication key');
  if (send.signed === true && keys.signing === undefined) throw lacks('digital signature key');
  if ((send.signed === true || receive.signed === true) && suite.curve === undefined)
    throw fault('configuration/invalid', config, `its policy asks for signatures in security suite ${suite.id}`);
  // A pre-established association never carries out its mechanism.
  if (
    (mechanism === 'none' || config.preEstablished === true) &&
    receive.authenticated !== true &&
    receive.signed !== true
  )
    throw fault(
      'configuration/open-to-everybody',
      config,
      'neither its mechanism nor its policy proves who the client is',
    );
}
