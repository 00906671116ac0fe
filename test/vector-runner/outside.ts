import type { Vector } from '../../src/vectors/vector.js';

// Vectors as another author writes them from the README alone: what is given where, what is left out. Octets made with
// Python's cryptography package.

export const outside: readonly (Vector & { readonly description: string })[] = [
  {
    id: 'form-gs-bad',
    description: 'a signature that does not verify, with the key of the signer as signaturePublicKey',
    kind: 'reject',
    input: {
      hex: 'DF02010208434C49454E5430310853455256455230310C07EA0B1506091600FFFFC4000007C002C2FFFFFFFE401440109954FAF9F2B966641B9310BA1AD10BD43FD145033882D25CF99A622BEEDA639B2FFCA17F8BE0E57B21D07F26D1C04D26A0D8CE09AA9A95B624F9BEF19B',
    },
    params: {
      layer: 'security',
      signaturePublicKey:
        '9FAD84AEAE08BBEF7F010014D82CEF6A09DE2B0CF871B5CE0C4F1D13A59A593407CB45769F1070E2C2470FE5B1BFE63133C0B0CDC64EA4BF3791A8EC2A07FD4F',
      suite: 1,
    },
    expected: { outcome: 'reject', error: 'signature' },
  },
  {
    id: 'form-event-not',
    description: 'an event notification without time',
    kind: 'apdu',
    input: { hex: 'C20000030100010800FF020301' },
    expected: {
      apdu: 'event-notification-request',
      time: null,
      attribute: { classId: 3, instanceId: '1.0.1.8.0.255', attributeId: 2, access: null },
      value: { type: 'boolean', value: true },
    },
    params: {},
  },
  {
    id: 'form-ded-both-c4',
    description: 'a dedicated key beside the global one, and a secured APDU without header',
    kind: 'protect',
    input: { plaintext: 'C401C20002020FFE161E' },
    params: {
      securityControl: '30',
      dedicatedKey: '202122232425262728292A2B2C2D2E2F',
      encryptionKey: '101112131415161718191A1B1C1D1E1F',
      authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
      systemTitle: '4142430000000001',
      invocationCounter: 78,
    },
    expected: {
      secured: 'D41B300000004ECBE5F23A01A02A0BBE70726937B65B668AEF77EFFEDA',
      ciphertext: 'CBE5F23A01A02A0BBE70',
      authenticationTag: '726937B65B668AEF77EFFEDA',
    },
  },
  {
    id: 'form-un-gc-agreed',
    description: 'general-ciphering under an agreed key',
    kind: 'unprotect',
    input: {
      hex: 'DD02010208434C49454E5430310853455256455230310C07EA0B1506091600FFFFC400000102010181800606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606060606183100000009BCEB40B1763258702618986CFE88018943E5BB',
    },
    params: { agreedKey: '707172737475767778797A7B7C7D7E7F', authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF' },
    expected: {
      plaintext: 'C002C2FFFFFFFE',
      apdu: 'general-ciphering',
      invocationCounter: 9,
      inner: { apdu: 'get-request' },
    },
  },
  {
    id: 'form-un-gc-ident-nokeyinfo',
    description: 'general-ciphering without key information, under the global key',
    kind: 'unprotect',
    input: {
      hex: 'DD02010208434C49454E5430310853455256455230310C07EA0B1506091600FFFFC400000018300000000987A152B48DCFD5C2C4CD8178F3D5698790DA07',
    },
    params: {
      encryptionKey: '101112131415161718191A1B1C1D1E1F',
      authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
    },
    expected: { plaintext: 'C002C2FFFFFFFE' },
  },
  {
    id: 'form-glo-in-gs',
    description: 'ciphering inside a signature, with the recipient as recipientSystemTitle',
    kind: 'unprotect',
    input: {
      hex: 'DF02010208434C49454E5430310853455256455230310C07EA0B1506091600FFFFC4000023DB08434C49454E5430311831000000031DE2C40AB1C5009ACF8C90AC02351B717BF15840A4D5CFCAF3820C6F0E55D49E38C4FD45CAD48AF5AB9D98E0113FCAD4F62E86B29A3F175E78DF1F2FEA83EF6DBD12828E386E46DFD308057B4056915E229DFECF',
    },
    params: {
      signaturePublicKey:
        '9FAD84AEAE08BBEF7F010014D82CEF6A09DE2B0CF871B5CE0C4F1D13A59A593407CB45769F1070E2C2470FE5B1BFE63133C0B0CDC64EA4BF3791A8EC2A07FD4F',
      encryptionKey: '101112131415161718191A1B1C1D1E1F',
      authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
      suite: 1,
      recipientSystemTitle: '5345525645523031',
    },
    expected: { plaintext: 'C002C2FFFFFFFE' },
  },
  {
    id: 'form-gcm-aad-param',
    description: 'AES-GCM with the additional data among the parameters',
    kind: 'aes-gcm',
    input: { plaintext: '616263' },
    params: { key: '101112131415161718191A1B1C1D1E1F', iv: '010101010101010101010101', aad: '7A7A' },
    expected: { ciphertext: '2F8A3E', tag: '73B3D85A4B3FCB05E4D3B2EE0CA10252' },
  },
  {
    id: 'form-rejseq-last',
    description: 'counters that go on from lastInvocationCounter',
    kind: 'reject-sequence',
    input: {
      cases: [
        'C8183000000005D8454EACD9A7724A9706091D8BD7A3F945B5B8',
        'C818300000000968CDB9D6EAAC3B2126B205C90376378CC59B68',
      ],
    },
    params: {
      layer: 'apdu',
      lastInvocationCounter: 7,
      encryptionKey: '101112131415161718191A1B1C1D1E1F',
      authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
      systemTitle: '4142430000000001',
    },
    expected: { outcomes: ['reject', 'accept'] },
  },
  {
    id: 'form-counter-last-apdus',
    description: 'counters of APDUs that go on from lastAccepted',
    kind: 'counter-rule',
    input: {
      cases: [
        'C8183000000007C51692D8B670588C472000E8F415B4BFDC7B54',
        'C818300000000812BED034C99F20090AC9F6D62D3A147FFD99C5',
      ],
    },
    params: {
      lastAccepted: 7,
      encryptionKey: '101112131415161718191A1B1C1D1E1F',
      authenticationKey: 'A0A1A2A3A4A5A6A7A8A9AAABACADAEAF',
      systemTitle: '4142430000000001',
    },
    expected: { outcomes: ['reject', 'accept'] },
  },
  {
    id: 'form-session',
    description: 'a line with segments, the direction given for some frames',
    kind: 'hdlc-session',
    input: {
      frames: [
        '7EA0070321930F017E',
        '7EA0202103737398818014050207EE060207EE0704000000070804000000074EE97E',
        '7EA02C032110DAF8E6E600C001C200070100630100FFFF0102020406000000010600000000120001120000431E7E',
        '7EA8812103304A0CE6E700C401C2000981C85A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A30AD7E',
        '7EA00703213117877E',
        '7EA06321033284F85A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A81777E',
        '7EA00703215303C77E',
        '7EA00721037301407E',
      ],
    },
    expected: {
      frames: [
        {
          hex: '7EA0070321930F017E',
          direction: 'client',
          control: { type: 'SNRM', pf: true },
          source: '21',
          destination: '03',
        },
        { hex: '7EA0202103737398818014050207EE060207EE0704000000070804000000074EE97E' },
        { hex: '7EA02C032110DAF8E6E600C001C200070100630100FFFF0102020406000000010600000000120001120000431E7E' },
        {
          hex: '7EA8812103304A0CE6E700C401C2000981C85A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A30AD7E',
          direction: 'server',
          segmented: true,
        },
        { hex: '7EA00703213117877E' },
        {
          hex: '7EA06321033284F85A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A81777E',
          direction: 'server',
          segmented: false,
          apdu: {
            apdu: 'get-response',
            kind: 'normal',
            result: {
              data: {
                type: 'octet-string',
                hex: '5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A',
              },
            },
          },
        },
        { hex: '7EA00703215303C77E' },
        { hex: '7EA00721037301407E' },
      ],
    },
    params: {},
  },
  {
    id: 'form-gbt-plaintext',
    description: 'blocks whose plaintext is each block itself',
    kind: 'gbt-session',
    input: {
      apdus: ['E040000100000F0F600001230C07EA0B1506091600FF', 'E0400002000009FFC40002020901AA00', 'E0800003000000'],
    },
    expected: {
      steps: [
        {
          lastBlock: false,
          streaming: true,
          window: 0,
          blockNumber: 1,
          blockData: '0F600001230C07EA0B1506091600FF',
          plaintext: 'E040000100000F0F600001230C07EA0B1506091600FF',
        },
        { blockNumber: 2, plaintext: 'E0400002000009FFC40002020901AA00' },
        { lastBlock: true, blockNumber: 3, plaintext: 'E0800003000000' },
      ],
      reassembled: '0F600001230C07EA0B1506091600FFFFC40002020901AA00',
    },
    params: {},
  },
];
