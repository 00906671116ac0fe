import type { Data } from '../axdr/data.js';
import { factsOfTag } from '../core/apdu-facts.js';
import type { Apdu } from '../xdlms/apdu.js';
import type { CosemAttributeDescriptor, CosemMethodDescriptor } from '../xdlms/common.js';
import { apduNotation, dotted } from './apdu-notation.js';
import { anyOf } from './compare.js';
import { dataNotation } from './notation.js';

// What recorded sessions call things.

type Fields = Record<string, unknown>;

export const attributeNotation = (
  a: CosemAttributeDescriptor,
  selection?: { accessSelector: number; accessParameters: Data },
): Fields => {
  const access =
    selection === undefined
      ? null
      : { selector: selection.accessSelector, parameters: dataNotation(selection.accessParameters) };
  return {
    classId: a.classId,
    logicalName: dotted(a.instanceId),
    instanceId: dotted(a.instanceId),
    attribute: a.attributeId,
    attributeId: a.attributeId,
    access,
    selection: access,
    selector: selection?.accessSelector,
    selectiveAccess: access,
  };
};
export const methodNotation = (m: CosemMethodDescriptor): Fields => ({
  classId: m.classId,
  logicalName: dotted(m.instanceId),
  instanceId: dotted(m.instanceId),
  method: m.methodId,
  methodId: m.methodId,
});

/** Initiate APDUs as the recordings name their fields. */
export function initiateNotation(apdu: Apdu): Fields {
  const notation = apduNotation(apdu);
  if (apdu.type === 'initiateRequest')
    return {
      ...notation,
      apdu: 'initiate-request',
      proposedDlmsVersion: apdu.proposedDlmsVersionNumber,
      proposedConformance: anyOf(apdu.proposedConformance, notation.proposedConformance),
    };
  if (apdu.type === 'initiateResponse')
    return {
      ...notation,
      apdu: 'initiate-response',
      negotiatedDlmsVersion: apdu.negotiatedDlmsVersionNumber,
      negotiatedConformance: anyOf(apdu.negotiatedConformance, notation.negotiatedConformance),
    };
  return { ...notation, apdu: anyOf(kebab(apdu.type), apdu.type) };
}
/** `glo-initiateRequest` as `glo-initiate-request`. */
export const kebab = (type: string): string => type.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** Requests come from the client, responses and notifications from the server. */
export function senderOf(apdu: Uint8Array): string {
  return factsOfTag(apdu[0])?.sender === 'server' ? 'server' : 'client';
}

/** Every field that a step can have: absent until the octets say otherwise. */
export const absent: Readonly<Fields> = Object.fromEntries(
  [
    'wrapper',
    'control',
    'address',
    'parameters',
    'segmented',
    'reassembledFrom',
    'acse',
    'plaintext',
    'decrypted',
    'ciphering',
    'securityControl',
    'invocationCounter',
    'key',
    'apdu',
    'apduHex',
    'invokeIdAndPriority',
    'variables',
    'attribute',
    'attributes',
    'items',
    'method',
    'value',
    'values',
    'result',
    'results',
    'actionResult',
    'returnParameters',
    'lastBlock',
    'blockNumber',
    'rawData',
    'roundTrip',
    'deblocked',
    'text',
    'dateTime',
    'dateTimeFields',
    'trailing',
    'stateError',
    'serviceError',
    'invocationCounterError',
    'dataAccessResult',
  ].map((name) => [name, undefined]),
);
