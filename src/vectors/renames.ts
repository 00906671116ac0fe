import type { forms } from './forms.js';

// The one table of spellings. On the left is what authors of vectors write; on the right the name in the library's own
// JSON or a path relative to the record (`/` is the value itself), and after `as` its form, from `forms.ts`. What
// applies to all values (letter case and hyphens, hex, numbers as text, words and codes) is in `decoded.ts`.

type Table = Readonly<Record<string, string | readonly string[]>>;

/** Data and dates: see the README.md beside the vectors. */
const dataNames: Table = {
  hex: ['/ as octets', '/ as bitsAsOctets'],
  text: '/ as text',
  bits: '/ as bits',
  unusedBits: '/ as unusedBits',
  raw: '/ as raw',
  first: '/ as firstTwo',
  last: '/ as lastOne',
  count: ['/ as length', 'numberOfElements'],
  of: ['/ as elements', 'typeDescription'],
  contentsHex: 'arrayContents',
  items: ['/ as items', 'attributeDescriptorList', 'variableAccessSpecification', 'result', '/value'],
  itemCount: '/ as itemCount',
  firstItems: '/ as firstItems',
  fields: '/ as dateFields',
  day: 'dayOfMonth',
  status: 'clockStatus',
};

/** APDUs, flat and with shorter names: xdlms.json, acse.json, quirks.json. */
const apduNames: Table = {
  apdu: ['/type as nameOrRecord', '/value as fullName'],
  kind: '/value.type',
  choice: '/type',
  source: '/type',
  request: '/type',
  response: ['/type', 'singleResponse'],
  responses: 'listOfResponses',
  attribute: ['cosemAttributeDescriptor as record', 'attributeId'],
  attributes: 'attributeDescriptorList',
  method: ['cosemMethodDescriptor', 'methodId'],
  methods: 'cosemMethodDescriptorList',
  access: 'accessSelection',
  selector: 'accessSelector',
  parameters: ['methodInvocationParameters', 'accessParameters', 'parameter'],
  specifications: 'accessRequestSpecification',
  data: ['accessRequestListOfData', 'accessResponseListOfData', 'listOfData'],
  variables: ['variableAccessSpecification', '/value'],
  results: ['result', 'accessResponseSpecification', '/value'],
  value: ['attributeValue', '/notificationBody.dataValue', 'listOfData as only'],
  values: ['valueList', 'listOfData', 'result', '/value'],
  variableName: ['variable-name as shortName', 'variableName as shortName'],
  vaaName: 'vaaName as shortName',
  confirmed: 'serviceClass as isConfirmed',
  highPriority: 'priority as isHigh',
  time: 'currentTime',
  body: '/notificationBody.dataValue',
  bodyType: '/notificationBody.dataValue.type',
  dateTimeFields: 'dateTime as dateTimeFields',
  xdlms: 'userInformation as apdu',
  senderAcseRequirements: 'senderAcseRequirements as berContents',
  responderAcseRequirements: 'responderAcseRequirements as berContents',
  protocolVersion: 'protocolVersion as berContents',
  protocolVersionUnusedBits: 'protocolVersion as unusedBits',
  conformanceBits: ['proposedConformance', 'negotiatedConformance'],
  service: '/value.type',
  errorChoice: '/value.value.type',
  securityControl: '/ as securityControl',
  invocationCounter: ['/ as invocationCounter', 'invocationCounterError'],
  payload: ['/ as protectedOctets', 'blockData'],
  blockNumberAcknowledged: 'blockNumberAck',
};

/** Further spellings, used in recordings: sessions.json, captures.json, hdlc.json. */
const recordingNames: Table = {
  logicalName: 'instanceId',
  selection: 'accessSelection',
  selectiveAccess: 'accessSelection',
  parameter: 'accessParameters',
  actionResult: 'result',
  result: 'data-access-error',
  dataAccessResult: 'data-access-error',
  dataAccessError: 'data-access-result',
  accessResult: ['data-access-result', 'data-access-error'],
  error: ['data-access-result', 'data-access-error'],
  rawData: 'listOfData as blockOfWrite',
  shortName: ['variable-name as shortName', 'variableName as shortName'],
  expectedInvocationCounter: 'invocationCounterError',
  acseRequirements: [
    'senderAcseRequirements',
    'senderAcseRequirements as berContents',
    'responderAcseRequirements',
    'responderAcseRequirements as berContents',
  ],
  proposedDlmsVersion: 'proposedDlmsVersionNumber',
  negotiatedDlmsVersion: 'negotiatedDlmsVersionNumber',
  maxInfoTx: 'maxInfoTransmit',
  maxInfoRx: 'maxInfoReceive',
  windowTx: 'windowTransmit',
  windowRx: 'windowReceive',
};

/** Other words for a word of the library, including codes in dates: quirks.json, sessions.json. */
const otherWords: Readonly<Record<string, readonly (string | number)[]>> = {
  'daylight-savings-end': [0xfd],
  'daylight-savings-begin': [0xfe],
  'second-last-day': [0xfd],
  'last-day': [0xfe],
  'access-request-get-with-selection': ['get'],
  'access-request-set-with-selection': ['set'],
  success: [0],
  data: ['success', 0],
};
export const otherWordsFor = (word: string): readonly (string | number)[] =>
  Object.hasOwn(otherWords, word) ? (otherWords[word] as readonly (string | number)[]) : [];

/** The canonical form of a name: `get-request`, `getRequest`, `GET_REQUEST` and `get/request` are the same. */
export const plainName = (name: string): string => name.replace(/[-_\s/]/g, '').toLowerCase();

export interface Rename {
  readonly own: string;
  readonly form?: keyof typeof forms;
}
/** The rows of all tables, by {@link plainName}. */
export const renames: ReadonlyMap<string, readonly Rename[]> = /* @__PURE__ */ (() =>
  new Map(
    [dataNames, apduNames, recordingNames].flatMap(Object.entries<string | readonly string[]>).map(([name, owns]) => [
      plainName(name),
      [owns].flat().map((row) => {
        const [own = '', form] = row.split(' as ');
        return { own, ...(form === undefined ? {} : { form: form as keyof typeof forms }) };
      }),
    ]),
  ))();
