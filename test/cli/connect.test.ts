import { createECDH, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Data } from '../../src/axdr/data.js';
import { decode, encode } from '../../src/axdr/schema.js';
import { formatHex, parseHex } from '../../src/core/hex.js';
import { obisToBytes } from '../../src/cosem/obis.js';
import { buildCertificate, formatPem, signerOf, systemTitleName } from '../../src/security/certificates/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { importKeys } from '../../src/security/keys.js';
import { nodeProvider } from '../../src/security/providers/node-provider.js';
import type { KeyPair } from '../../src/security/providers/provider.js';
import { VolatileStore } from '../../src/store/store.js';
import { simulatedMeter, testKeysOf } from '../../src/testing/simulated-meter.js';
import { serveWrapper } from '../../src/transport/channels/wrapper.js';
import { listenTcp } from '../../src/transport/media/tcp.js';
import { applicationContexts } from '../../src/xdlms/acse.js';
import { Apdu } from '../../src/xdlms/apdu.js';
import { cli, keyFile } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'dlms-cosem-connect-'));
let files = 0;
const file = (content: string, mode = 0o600): string => {
  const path = join(folder, `${++files}`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};
const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

const curves = { 1: ['P-256', 'prime256v1', 32], 2: ['P-384', 'secp384r1', 48] } as const;
interface Party {
  readonly pkcs8: string;
  readonly sec1: string;
  readonly scalar: string;
  readonly spki: string;
  readonly point: string;
  readonly pair: KeyPair;
}
async function party(suite: 1 | 2): Promise<Party> {
  const [curve, name] = curves[suite];
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: name });
  const octets = (part: string | undefined): Buffer => Buffer.from(part as string, 'base64url');
  const { d } = privateKey.export({ format: 'jwk' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'spki'): string =>
    String(key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }));
  return {
    pkcs8: pem(privateKey, 'pkcs8'),
    sec1: pem(privateKey, 'sec1'),
    scalar: octets(d).toString('hex'),
    spki: pem(publicKey, 'spki'),
    point: Buffer.concat([octets(x), octets(y)]).toString('hex'),
    pair: await nodeProvider.importPrivateKey(`ECDSA ${curve}`, new Uint8Array(octets(d))),
  };
}

/** A meter with two clients that sign: 40 without ciphering, 41 with it. */
async function signingMeter(suite: 1 | 2) {
  const meterTitle = parseHex(`4D4D4D6701BC610${suite}`);
  const [client, meter] = [await party(suite), await party(suite)];
  const signatures = { signing: meter.pair, peerSigning: client.pair.publicKey };
  const counters = new InvocationCounters(new VolatileStore());
  const context = async (more: object) => {
    const keys = await importKeys(nodeProvider, suite, { ...signatures, ...more });
    return () => new SecurityContext({ provider: nodeProvider, suite, systemTitle: meterTitle, keys, counters });
  };
  const { globalUnicast, authentication } = testKeysOf(suite);
  const simulated = await simulatedMeter({
    provider: nodeProvider,
    profileRows: 5,
    systemTitle: meterTitle,
    associations: [
      {
        clientSap: 40,
        logicalName: '0-0:40.0.8*255',
        mechanism: 'hls-ecdsa',
        ciphering: 'none',
        security: await context({}),
      },
      {
        clientSap: 41,
        logicalName: '0-0:40.0.9*255',
        mechanism: 'hls-ecdsa',
        ciphering: 'required',
        security: await context({ globalUnicast, authentication }),
      },
    ],
  });
  const listener = await listenTcp({ port: 0 }, (transport) => void serveWrapper(transport, simulated.connection()));
  stops.push(() => listener.close());
  const keys = [
    '--keys',
    keyFile({
      encryptionKey: formatHex(globalUnicast as Uint8Array),
      authenticationKey: formatHex(authentication as Uint8Array),
    }),
  ];
  return { client, meter, meterTitle, keys, url: `tcp://127.0.0.1:${listener.port}` };
}
const name = ['-o', '1:0-0:42.0.0*255:2'];

describe.each([1, 2] as const)('HLS 7, suite %i', (suite) => {
  let bench: Awaited<ReturnType<typeof signingMeter>>;
  const read = (sap: number, own: string, peer: string, ...more: string[]) =>
    cli(['read', `${bench.url}?client=${sap}`, ...name, '--signing-key', own, '--peer-key', peer, ...more]);
  beforeAll(async () => {
    bench = await signingMeter(suite);
  });
  it('takes the own key as PKCS 8, SEC 1 and hex, the other one as PEM and hex', async () => {
    const { client, meter } = bench;
    for (const own of [
      client.pkcs8,
      client.sec1,
      client.scalar,
      `${client.scalar.toUpperCase().replace(/../g, '$& ')}\n`,
    ])
      for (const peer of [meter.spki, meter.point]) {
        const { code, out, err } = await read(40, file(own), file(peer));
        expect(err).toBe('');
        expect(out).toContain('SIM0000000000001');
        expect(code).toBe(0);
      }
  });
  it('takes the key of the meter from its certificate', async () => {
    const { client, meter, meterTitle } = bench;
    const certificate = await buildCertificate(
      {
        serialNumber: 1n,
        issuer: systemTitleName(meterTitle),
        subject: systemTitleName(meterTitle),
        notBefore: new Date(0),
        notAfter: new Date(4e12),
        publicKey: meter.pair.publicKey,
        issuerPublicKey: meter.pair.publicKey,
        type: 'digital-signature',
      },
      signerOf(nodeProvider, meter.pair.privateKey),
    );
    expect((await read(40, file(client.pkcs8), file(formatPem('CERTIFICATE', certificate.raw)))).code).toBe(0);
  });
  it('with ciphering', async () => {
    const { code, out, err } = await read(
      41,
      file(bench.client.pkcs8),
      file(bench.meter.spki),
      ...bench.keys,
      '--json',
    );
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(out).objects).toHaveLength(1);
  });
  it('refuses another key, on both sides', async () => {
    const other = await party(suite);
    const own = await read(40, file(other.pkcs8), file(bench.meter.spki));
    expect(own.code).toBe(4);
    expect(own.err).toMatch(/Check password, keys and system titles/);
    const peer = await read(40, file(bench.client.pkcs8), file(other.spki));
    expect(peer.code).toBe(4);
    expect(peer.err).toMatch(/reply to our challenge is wrong/);
    for (const text of [own.err, peer.err])
      for (const secret of [other.scalar, bench.client.scalar])
        expect(text.toLowerCase()).not.toContain(secret.slice(0, 12));
  });
});

describe('signature keys that cannot be used', () => {
  let own: Party;
  let other: Party;
  let encrypted: string;
  beforeAll(async () => {
    [own, other] = [await party(1), await party(2)];
    encrypted = String(
      createPrivateKey(own.pkcs8).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    );
  });
  const attempt = (a: string, b: string, ...more: string[]) =>
    cli(['read', 'tcp://127.0.0.1:1', '--signing-key', a, '--peer-key', b, ...more]);
  it('is one line that shows nothing of them', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const edwards = generateKeyPairSync('ed25519');
    const pem = (key: KeyObject, type: 'pkcs8' | 'spki') =>
      String(key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }));
    const k256 = createECDH('secp256k1');
    k256.generateKeys();
    const cases: [string, string, string[], RegExp][] = [
      [file(encrypted), file(own.spki), [], /is encrypted; openssl pkey/],
      [file(`${own.scalar}00`), file(own.spki), [], /--signing-key: \S+ holds no private key of P-256 or P-384/],
      [file('00'.repeat(32)), file(own.spki), [], /holds no private key of P-256/],
      [file(own.spki), file(own.spki), [], /neither PEM of a private key nor hex/],
      [file(pem(rsa.privateKey, 'pkcs8')), file(own.spki), [], /holds no private key of P-256 or P-384/],
      [file(pem(edwards.privateKey, 'pkcs8')), file(own.spki), [], /holds no private key of P-256 or P-384/],
      [file('secret words'), file(own.spki), [], /neither PEM/],
      [join(folder, 'none'), file(own.spki), [], /--signing-key: nothing readable/],
      [file(own.pkcs8), join(folder, 'none'), [], /--peer-key: nothing readable/],
      [file(own.pkcs8), file(own.pkcs8), [], /holds a private key; the meter's public key/],
      [
        file(own.pkcs8),
        file(own.point.replace(/.$/, (d) => (d === '0' ? '1' : '0'))),
        [],
        /--peer-key: \S+ holds no public key/,
      ],
      [file(own.pkcs8), file(k256.getPublicKey('hex').slice(2)), [], /holds no public key/],
      [file(own.pkcs8), file(pem(rsa.publicKey, 'spki')), [], /holds no public key/],
      [file(own.pkcs8), file(other.spki), [], /--peer-key is for P-384, --signing-key for P-256/],
      [
        file(own.pkcs8),
        file(own.spki),
        ['--suite', '2'],
        /--suite 2 does not fit the signing key, which belongs to suite 1/,
      ],
      [
        file(own.pkcs8),
        file(own.spki),
        ['--keys', keyFile({ encryptionKey: '00'.repeat(32), authenticationKey: '00'.repeat(32) })],
        /the encryption key has 32 octets; suite 1 needs 16/,
      ],
      [file(own.pkcs8), file(own.spki), ['--mechanism', 'lls'], /need --mechanism hls-ecdsa/],
    ];
    for (const [a, b, more, text] of cases) {
      const { code, err, out } = await attempt(a, b, ...more);
      expect(err).toMatch(text);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(code).toBe(2);
      expect((out + err).toLowerCase()).not.toContain(own.scalar.slice(0, 12));
    }
    expect((await cli(['read', 'tcp://127.0.0.1:1', '--mechanism', 'hls-ecdsa'])).err).toMatch(
      /needs --signing-key and --peer-key/,
    );
    expect(createPublicKey(own.spki).asymmetricKeyType).toBe('ec');
  });
  it.each([0o644, 0o620, 0o602])('a private key that others can read or write (mode %o) is refused', async (mode) => {
    const { err, code } = await attempt(file(own.pkcs8, mode), file(own.spki));
    expect(err).toMatch(
      /^dlms-cosem: --signing-key: \S+ holds keys, and other users of this machine can read or write it/,
    );
    expect(code).toBe(4);
  });
  it.each([0o620, 0o602, 0o622, 0o666])(
    'a key of the meter that others can replace (mode %o) is refused: they could be the meter',
    async (mode) => {
      const { err, code } = await attempt(file(own.pkcs8), file(own.spki, mode));
      expect(err).toMatch(
        /^dlms-cosem: --peer-key: other users of this machine can replace \S+ \(mode [0-7]{3}\), and with it whom this program believes; chmod go-w /,
      );
      expect(code).toBe(4);
    },
  );
  it.each([0o620, 0o602, 0o666])('so is a certification authority (mode %o)', async (mode) => {
    const { err, code } = await cli(['read', 'tls://127.0.0.1:1', '--ca', file('anything', mode)]);
    expect(err).toMatch(/^dlms-cosem: --ca: other users of this machine can replace /);
    expect(code).toBe(4);
  });
  it('what others can only read is public, and taken', async () => {
    const { err } = await attempt(file(own.pkcs8), file(own.spki, 0o644));
    expect(err).toMatch(/cannot connect/);
    expect((await cli(['read', 'tls://127.0.0.1:1', '--ca', file('anything', 0o644)])).err).not.toMatch(/--ca/);
    expect((await cli(['read', 'tls://127.0.0.1:1', '--ca', join(folder, 'none')])).err).toMatch(
      /--ca: nothing readable/,
    );
  });
});

describe('--short-name', () => {
  const text = (t: string): Data => ({ type: 'octet-string', value: new TextEncoder().encode(t) });
  const objects = [
    [0xfa00, 12, 2, '0-0:40.0.0*255'],
    [0x1000, 1, 0, '0-0:42.0.0*255'],
    [0x1100, 3, 0, '1-0:1.8.0*255'],
  ] as const;
  const u8 = (value: number): Data => ({ type: 'unsigned', value });
  const list: Data = {
    type: 'array',
    value: objects.map(([base, classId, version, logicalName]) => ({
      type: 'structure',
      value: [
        { type: 'long', value: (base << 16) >> 16 },
        { type: 'long-unsigned', value: classId },
        u8(version),
        { type: 'octet-string', value: obisToBytes(logicalName) },
      ],
    })),
  };
  const values = new Map<number, Data>([
    [0xfa08, list],
    [0x1008, text('SHORT-1')],
    [0x1108, { type: 'double-long-unsigned', value: 4711 }],
    [
      0x1110,
      {
        type: 'structure',
        value: [
          { type: 'integer', value: 2 },
          { type: 'enum', value: 30 },
        ],
      },
    ],
  ]);
  /** Answers like a meter that knows base names and nothing else. */
  const meter = (octets: Uint8Array): Uint8Array[] => {
    const apdu = decode(Apdu, octets);
    if (apdu.type === 'rlrq') return [encode(Apdu, { type: 'rlre', reason: 'normal' })];
    if (apdu.type === 'aarq') {
      const named = apdu.applicationContextName === applicationContexts.SN_no_ciphering;
      const userInformation = encode(Apdu, {
        type: 'initiateResponse',
        negotiatedDlmsVersionNumber: 6,
        negotiatedConformance: ['read', 'write', 'multiple-references'],
        serverMaxReceivePduSize: 500,
        vaaName: -1536,
      });
      return [
        encode(Apdu, {
          type: 'aare',
          applicationContextName: applicationContexts.SN_no_ciphering,
          result: named ? 'accepted' : 'rejected-permanent',
          resultSourceDiagnostic: {
            type: 'acse-service-user',
            value: named ? 'null' : 'application-context-name-not-supported',
          },
          ...(named ? { userInformation } : {}),
        }),
      ];
    }
    if (apdu.type !== 'readRequest') return [];
    return [
      encode(Apdu, {
        type: 'readResponse',
        value: apdu.value.map((v) => {
          const value = v.type === 'variable-name' ? values.get(v.value & 0xffff) : undefined;
          return value === undefined
            ? { type: 'data-access-error' as const, value: 'object-undefined' as const }
            : { type: 'data' as const, value };
        }),
      }),
    ];
  };
  let url: string;
  beforeAll(async () => {
    const listener = await listenTcp(
      { port: 0 },
      (transport) => void serveWrapper(transport, { handle: (apdu) => meter(apdu) }),
    );
    stops.push(() => listener.close());
    url = `tcp://127.0.0.1:${listener.port}?client=16`;
  });
  it('reads objects, registers with their unit, and the list', async () => {
    const { code, out, err } = await cli(['read', url, '--short-name', '--json', '--list', '-o', '3:1-0:1.8.0*255:2']);
    expect(err).toBe('');
    expect(code).toBe(0);
    const { objects: read, list: listed } = JSON.parse(out);
    expect(read).toMatchObject([{ logicalName: '1-0:1.8.0*255', scaled: '471100', unit: 'Wh' }]);
    expect(listed).toMatchObject([{ classId: 12, version: 2 }, { logicalName: '0-0:42.0.0*255' }, { classId: 3 }]);
    expect((await cli(['read', url, '--short-name'])).out).toMatch(/SHORT-1[\s\S]*471100/);
  });
  it('names what the meter refuses', async () => {
    const { code, err } = await cli(['read', url, '--short-name', '-o', '3:1-0:1.8.0*255:5']);
    expect(code).toBe(1);
    expect(err).toMatch(/object-undefined/);
  });
  it('check-profile sees objects without rights, and says so', async () => {
    const { code, err, out } = await cli([
      'check-profile',
      url,
      '--short-name',
      '--profile',
      'idis-package-2',
      '--json',
    ]);
    expect(err).toContain('the meter does not state rights, so they are not compared');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      client: null,
      counts: { right: 0 },
      meter: { logicalDeviceName: 'SHORT-1', objects: 3 },
    });
  });
});
