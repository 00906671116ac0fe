import { describe, expect, it } from 'vitest';
import { agreeKeys, type ChangeKeysOptions, Client, changeKeys, resumeKeyChange } from '../../src/client/index.js';
import { SecuritySetup, SecuritySetupV0 } from '../../src/cosem/classes/security-setup.js';
import {
  parseCertificate,
  parseCertificateRequest,
  verifyCertificateRequest,
} from '../../src/security/certificates/index.js';
import { SecurityContext } from '../../src/security/context.js';
import { InvocationCounters } from '../../src/security/counters.js';
import { generateTransferableKey, type NewKeys } from '../../src/security/key-wrap.js';
import { importKeys, type SecurityKeys } from '../../src/security/keys.js';
import type { KeyHandle, KeyUse } from '../../src/security/providers/provider.js';
import { ObjectStore, SecurityState, securitySetupObject } from '../../src/server/index.js';
import { type Store, VolatileStore } from '../../src/store/store.js';
import { simulatedClients, testKeysOf } from '../../src/testing/index.js';
import type { Route } from '../../src/transport/index.js';
import { bench, certify, curves, read, setup, works } from './security-bench.js';
import {
  clientTitle,
  connected,
  DirectChannel,
  failureOf,
  meterWith,
  octets,
  provider,
  serverTitle,
} from './support.js';

describe.each([0, 1, 2] as const)('key change in suite %i', (suite) => {
  it('all keys at once: the open association goes on, new ones use the new keys, old keys are dead', async () => {
    const { meter, security, connect, options } = await bench(suite);
    const client = await connect();
    const oldKeys = await importKeys(provider, suite, testKeysOf(suite));
    const fresh = async (keyName: Parameters<typeof generateTransferableKey>[1]) =>
      generateTransferableKey(security, keyName);
    const unicast = await fresh('global-unicast-encryption-key');
    const { result } = await changeKeys(
      client,
      {
        'global-unicast-encryption-key': unicast,
        'authentication-key': await fresh('authentication-key'),
        'global-broadcast-encryption-key': await fresh('global-broadcast-encryption-key'),
      },
      options,
    );
    expect(result).toBe('new');
    expect(security.keys.globalUnicast).toBe(unicast);
    await works(client);
    await client.close();
    const again = await connect();
    await works(again);
    const old = security.fresh({ keys: { ...security.keys, ...oldKeys } });
    // Its counter is that of another sequence: too low for the new key, or no tag of it.
    expect(await failureOf(() => connect(old))).toMatch(/deciphering-error|invocation-counter-error/);
    expect(meter.security.toJSON()).toMatchObject({ suite });
  });
  it('the counters of the client begin anew with the new key, and only then', async () => {
    const { security, connect, options } = await bench(suite);
    const first = await connect();
    for (let i = 0; i < 20; i++) await works(first);
    const restarted = (): SecurityContext => security.fresh({ counters: new InvocationCounters(new VolatileStore()) });
    expect(await failureOf(() => connect(restarted()))).toContain('invocation-counter-error');
    await changeKeys(
      first,
      { 'authentication-key': await generateTransferableKey(security, 'authentication-key') },
      options,
    );
    expect(await failureOf(() => connect(restarted()))).toContain('invocation-counter-error');
    // Right away, before anything was sent under the new key.
    const before = await connect();
    const unicast = await generateTransferableKey(security, 'global-unicast-encryption-key');
    const sent = await keyTransferOnly(before, security, unicast, suite);
    expect(sent).toBe('ok');
    const anew = security.fresh({
      keys: { ...security.keys, globalUnicast: unicast },
      counters: new InvocationCounters(new VolatileStore()),
    });
    await works(await connect(anew));
  });
  it('reaches every association that is open', async () => {
    const { security, connect, options } = await bench(suite);
    const [first, second] = [
      await connect(),
      await connect(
        security.fresh({ keys: { ...security.keys, ...(await importKeys(provider, suite, testKeysOf(suite))) } }),
      ),
    ];
    await works(second);
    await changeKeys(
      first,
      { 'global-unicast-encryption-key': await generateTransferableKey(security, 'global-unicast-encryption-key') },
      options,
    );
    expect(await failureOf(() => works(second))).toContain('deciphering-error');
    await works(first);
  });
  it('a master key is wrapped under the one before', async () => {
    const { security, connect, options } = await bench(suite);
    const client = await connect();
    const master = await generateTransferableKey(security, 'master-key');
    if (suite === 0) {
      // global_key_transfer of version 0 has no id for it.
      expect((await changeKeys(client, { 'master-key': master }, options)).result).toBe('old');
      return;
    }
    expect((await changeKeys(client, { 'master-key': master }, options)).result).toBe('new');
    const next = await generateTransferableKey(security, 'global-unicast-encryption-key');
    expect((await changeKeys(client, { 'global-unicast-encryption-key': next }, options)).result).toBe('new');
    await works(await connect());
  });
  it('one key that does not unwrap keeps all the old ones', async () => {
    const { security, connect, options } = await bench(suite);
    const client = await connect();
    const foreign = await generateTransferableKey(security, 'master-key');
    const authentic = security.keys.master;
    security.setKeys({ master: foreign });
    const key = await generateTransferableKey(security, 'global-unicast-encryption-key');
    expect((await changeKeys(client, { 'global-unicast-encryption-key': key }, options)).result).toBe('old');
    security.setKeys({ master: authentic });
    await works(client);
    await works(await connect());
  });
  it('what could not be stored is not used', async () => {
    const stored: SecurityKeys[] = [];
    let fails = true;
    const persistKeys = (keys: SecurityKeys): void => {
      if (fails) throw new Error('the flash is worn out');
      stored.push(keys);
    };
    const { security, connect, options } = await bench(suite, { persist: { persistKeys } });
    const client = await connect();
    const change = async () =>
      changeKeys(
        client,
        { 'global-unicast-encryption-key': await generateTransferableKey(security, 'global-unicast-encryption-key') },
        options,
      );
    expect((await change()).result).toBe('old');
    fails = false;
    expect((await change()).result).toBe('new');
    expect(stored).toHaveLength(1);
  });
  it('survives an answer that says no although the meter switched, and an answer that got lost', async () => {
    for (const fault of ['refuse', 'lose'] as const) {
      const { security, connect, options } = await bench(suite);
      let armed = false;
      const through = (answers: readonly Uint8Array[]): readonly Uint8Array[] => {
        if (!armed) return answers;
        armed = false;
        return fault === 'lose' ? [] : [Uint8Array.of(0xd8, 1, 3)];
      };
      const client = await connect(security, simulatedClients.management, through);
      const unicast = await generateTransferableKey(security, 'global-unicast-encryption-key');
      armed = true;
      expect((await changeKeys(client, { 'global-unicast-encryption-key': unicast }, options)).result).toBe('new');
      expect(security.keys.globalUnicast).toBe(unicast);
      await works(await connect());
    }
  });
  it('stays undecided while the meter cannot be reached, and is settled later', async () => {
    const { security, connect, options } = await bench(suite);
    const client = await connect();
    const dead: ChangeKeysOptions['connect'] = async (context) =>
      connect(context, simulatedClients.management, () => []);
    const unicast = await generateTransferableKey(security, 'global-unicast-encryption-key');
    const { result } = await changeKeys(
      client,
      { 'global-unicast-encryption-key': unicast },
      { ...options, connect: dead },
    );
    expect(result).toBe('undecided');
    expect(security.keys.globalUnicast).not.toBe(unicast);
    // Another one is not begun over it.
    expect(await failureOf(() => changeKeys(client, { 'global-unicast-encryption-key': unicast }, options))).toContain(
      'security/policy',
    );
    expect(await resumeKeyChange(security, options)).toEqual({ result: 'new' });
    expect(await resumeKeyChange(security, options)).toBeUndefined();
    expect(security.keys.globalUnicast!.fingerprint).toBe(unicast.fingerprint);
    await works(await connect());
  });
});
/** Only the message, without finding out what it did. */
async function keyTransferOnly(
  client: Client,
  security: SecurityContext,
  key: SecurityKeys['globalUnicast'],
  suite: number,
): Promise<string> {
  const keyWrapped = await provider.wrap(security.keys.master!, key!);
  const list = [{ keyId: 'global-unicast-encryption-key' as const, keyWrapped }];
  if (suite === 0) await client.action(SecuritySetupV0, setup, 'globalKeyTransfer', list);
  else await client.action(SecuritySetup, setup, 'keyTransfer', list);
  return 'ok';
}

describe.each([0, 1] as const)('a change of keys that is cut off by a crash, in suite %i', (suite) => {
  class Crash extends Error {}
  /** Runs the change and lets the process die at its n-th step; then a new process resumes. Answers whether it died, and which keys won. */
  async function crashedAt(
    n: number,
    begin: (client: Client, security: SecurityContext, options: ChangeKeysOptions) => Promise<unknown>,
  ) {
    const { meter, security } = await bench(suite);
    let left = n;
    let dead = false;
    const step = (): void => {
      if (dead || left-- <= 0) {
        dead = true;
        throw new Crash();
      }
    };
    const disk = new VolatileStore();
    const pending: Store = {
      defers: false,
      get: (name) => disk.get(name),
      entries: (prefix) => disk.entries(prefix),
      update(names, change) {
        step();
        const result = disk.update(names, change);
        step();
        return result;
      },
      close() {},
    };
    /** Where the application keeps its keys. */
    let keys = security.keys;
    const route: Route = { clientSap: simulatedClients.management, serverSap: 1 };
    const connectWith =
      (through: () => void) =>
      async (context: SecurityContext): Promise<Client> => {
        const handler = meter.connection();
        const stepping = {
          ...handler,
          async handle(apdu: Uint8Array, to: Route) {
            through();
            const answers = await handler.handle(apdu, to);
            through();
            return answers;
          },
        };
        const client = new Client(new DirectChannel(stepping, undefined, route), {
          authentication: { mechanism: 'hls-gmac' },
          security: context,
        });
        await client.connect();
        return client;
      };
    const setup = { version: suite === 0 ? 0 : 1 } as const;
    const first = await connectWith(() => {})(security);
    const options: ChangeKeysOptions = {
      ...setup,
      pending,
      connect: connectWith(step),
      keep: (proven) => {
        step();
        keys = withKeys(keys, proven);
        step();
      },
    };
    // The client that is open dies with the process too.
    const channel = first.association.exchange.channel as DirectChannel;
    const send = channel.send.bind(channel);
    channel.send = async (apdu) => {
      step();
      await send(apdu);
      step();
    };
    const died = await begin(first, security, options).then(
      () => false,
      (e) => {
        expect(dead, String(e)).toBe(true);
        return true;
      },
    );
    // Another process, with what was stored.
    const restarted = new SecurityContext({
      provider,
      suite,
      systemTitle: clientTitle,
      peerSystemTitle: serverTitle,
      keys: await copied(keys),
      counters: security.counters,
    });
    const connect = connectWith(() => {});
    const resumed = await resumeKeyChange(restarted, {
      ...setup,
      pending: disk,
      connect,
      keep: (proven) => {
        keys = withKeys(keys, proven);
      },
    });
    return { died, resumed: resumed?.result, restarted, connect, disk, keys };
  }
  const withKeys = (keys: SecurityKeys, proven: NewKeys): SecurityKeys => ({
    ...keys,
    ...(proven['global-unicast-encryption-key'] === undefined
      ? {}
      : { globalUnicast: proven['global-unicast-encryption-key'] }),
    ...(proven['master-key'] === undefined ? {} : { master: proven['master-key'] }),
    ...(proven['authentication-key'] === undefined ? {} : { authentication: proven['authentication-key'] }),
  });
  /** Handles of its own, as a process has that reads its keys. */
  const copied = async (keys: SecurityKeys): Promise<SecurityKeys> => {
    const kek = await provider.importKey('AES-128', octets(16, 77), { use: 'wrapping' });
    const copy = async (key: KeyHandle, use: KeyUse = 'ciphering'): Promise<KeyHandle> =>
      (await provider.unwrap(kek, await provider.wrap(kek, key), key.algorithm as 'AES-128', { use }))!;
    return {
      ...keys,
      globalUnicast: await copy(keys.globalUnicast!),
      master: await copy(keys.master!, 'wrapping'),
      authentication: await copy(keys.authentication!),
    };
  };

  it('a key transfer, at every step: the new process finds the keys that work, and nothing waits any more', async () => {
    const outcomes: (string | undefined)[] = [];
    for (let n = 0; ; n++) {
      const { died, resumed, restarted, connect, disk } = await crashedAt(n, async (client, security, options) =>
        changeKeys(
          client,
          {
            'global-unicast-encryption-key': await generateTransferableKey(security, 'global-unicast-encryption-key'),
            'authentication-key': await generateTransferableKey(security, 'authentication-key'),
            ...(suite === 0 ? {} : { 'master-key': await generateTransferableKey(security, 'master-key') }),
          },
          options,
        ),
      );
      await works(await connect(restarted));
      expect(disk.entries('')).toEqual([]);
      outcomes.push(resumed);
      if (!died) break;
    }
    expect(outcomes[0]).toBeUndefined();
    expect(outcomes[1]).toBe('old');
    expect(outcomes.filter((o) => o === 'new').length).toBeGreaterThan(10);
    expect(outcomes.at(-1)).toBeUndefined();
  });
  if (suite !== 0)
    it('a key agreement: lost is only what the meter alone has ever known', async () => {
      const outcomes: (string | undefined)[] = [];
      for (let n = 0; ; n++) {
        const { died, resumed, restarted, connect, disk } = await crashedAt(n, (client, _, options) =>
          agreeKeys(client, ['global-unicast-encryption-key'], options),
        );
        outcomes.push(resumed);
        if (resumed === 'undecided') expect(disk.entries('')).toHaveLength(1);
        else {
          await works(await connect(restarted));
          expect(disk.entries('')).toEqual([]);
        }
        if (!died) break;
      }
      // Between the moment when the meter has switched and the one when the agreed keys are stored, no step of ours can help.
      expect(outcomes.slice(0, 3)).toEqual([undefined, 'old', 'old']);
      expect(outcomes.filter((o) => o === 'undecided')).toHaveLength(2);
      expect(outcomes.filter((o) => o === 'new').length).toBeGreaterThan(10);
    });
  it('what waits is wrapped, never clear, and needs the key that it is under', async () => {
    const { security, connect, options } = await bench(suite);
    const store = new VolatileStore();
    const storageKey = await provider.generateKey('AES-128', { use: 'wrapping' });
    const octetsOfKey = octets(16, 200);
    const unicast = await provider.importKey('AES-128', octetsOfKey, { wrappable: true });
    const dead: ChangeKeysOptions['connect'] = async (context) =>
      connect(context, simulatedClients.management, () => []);
    const client = await connect();
    expect(
      (
        await changeKeys(
          client,
          { 'global-unicast-encryption-key': unicast },
          { ...options, pending: store, storageKey, connect: dead },
        )
      ).result,
    ).toBe('undecided');
    const [[name, text]] = store.entries('') as [[string, string]];
    expect(name).toMatch(/^key-change /);
    expect(text.toUpperCase()).not.toContain(Buffer.from(octetsOfKey).toString('hex').toUpperCase());
    expect(await failureOf(() => resumeKeyChange(security, { ...options, pending: store }))).toContain(
      'security/missing-key',
    );
    store.update([name], () => ({
      result: undefined,
      set: new Map([[name, text.replace(/"wrapped":"../, '"wrapped":"00')]]),
    }));
    if (!text.includes('"wrapped":"00'))
      expect(await failureOf(() => resumeKeyChange(security, { ...options, pending: store, storageKey }))).toContain(
        'security/counter-store',
      );
    for (const damaged of ['', '{}', 'null', text.slice(0, -3), text.replace('"wrapped":"', '"wrapped":"x')]) {
      store.update([name], () => ({ result: undefined, set: new Map([[name, damaged]]) }));
      expect(await failureOf(() => resumeKeyChange(security, { ...options, pending: store, storageKey }))).toContain(
        'security/counter-store',
      );
    }
    store.update([name], () => ({ result: undefined, set: new Map([[name, text]]) }));
    expect(await resumeKeyChange(security, { ...options, pending: store, storageKey })).toEqual({ result: 'new' });
  });
});

describe.each([1, 2] as const)('certificates and key agreement in suite %i', (suite) => {
  it('HLS 7 with a certificate that the authority vouches for, and not without', async () => {
    const { connect, meter } = await bench(suite);
    await works(await connect(undefined, simulatedClients.signing));
    const other = await bench(suite, { anchors: [] });
    expect(await failureOf(() => other.connect(undefined, simulatedClients.signing))).toContain('association/');
    expect(meter.security.certificates?.list()).toHaveLength(1);
  });
  it('agrees on encryption keys, C(2e, 0s)', async () => {
    const { security, connect, options } = await bench(suite);
    const client = await connect();
    const before = security.keys.globalUnicast;
    expect(
      (await agreeKeys(client, ['global-unicast-encryption-key', 'global-broadcast-encryption-key'], options)).result,
    ).toBe('new');
    expect(security.keys.globalUnicast).not.toBe(before);
    await works(client);
    await works(await connect());
    // A signature of somebody else.
    const stranger = await provider.generateKeyPair(`ECDSA ${curves[suite]}`);
    const forged = security.fresh({ keys: { ...security.keys, signing: stranger } });
    const liar = await connect(forged);
    expect(await failureOf(() => agreeKeys(liar, ['global-unicast-encryption-key'], options))).toContain(
      'service/action',
    );
    await works(await connect());
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'keyAgreement', []))).toContain('type-unmatched');
    expect(
      await failureOf(() =>
        client.action(SecuritySetup, setup, 'keyAgreement', [{ keyId: 'authentication-key', keyData: octets(10) }]),
      ),
    ).toContain('type-unmatched');
  });
  it('renews the signing key of the meter: generate, request, certify, import, use', async () => {
    const { security, connect, ca, meter } = await bench(suite);
    const client = await connect(undefined, simulatedClients.signing);
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'digital-signature-key-pair');
    // Not in use yet.
    await works(await connect(undefined, simulatedClients.signing));
    const request = parseCertificateRequest(
      await client.action(SecuritySetup, setup, 'generateCertificateRequest', 'digital-signature-key-pair'),
    );
    expect(await verifyCertificateRequest(request, provider)).toBe(true);
    expect(request.systemTitle).toEqual(serverTitle);
    expect(request.publicKey.octets).not.toEqual(security.keys.peerSigning!.octets);
    const foreign = await certify(ca!.pair, security.keys.signing!.publicKey, 'digital-signature', serverTitle);
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', foreign.raw))).toContain(
      'read-write-denied',
    );
    const certificate = await certify(ca!.pair, request.publicKey, 'digital-signature', serverTitle);
    await client.action(SecuritySetup, setup, 'importCertificate', certificate.raw);
    expect(await failureOf(() => connect(undefined, simulatedClients.signing))).toContain(
      'association/authentication-failed',
    );
    const renewed = security.fresh({ keys: { ...security.keys, peerSigning: request.publicKey } });
    const after = await connect(renewed, simulatedClients.signing);

    const list = await after.get(SecuritySetup, setup, 'certificates');
    expect(list.map((c) => `${c.certificateEntity} ${c.certificateType}`)).toEqual([
      'client digital-signature',
      'server digital-signature',
    ]);
    const bySerial = {
      certificateIdentificationType: 'certificate-identification-serial',
      certificationIdentificationOptions: {
        type: 'serial',
        value: { serialNumber: list[1]!.serialNumber, issuer: list[1]!.issuer },
      },
    } as const;
    const byEntity = {
      certificateIdentificationType: 'certificate-identification-entity',
      certificationIdentificationOptions: {
        type: 'entity',
        value: { certificateEntity: 'client', certificateType: 'digital-signature', systemTitle: clientTitle },
      },
    } as const;
    expect(parseCertificate(await after.action(SecuritySetup, setup, 'exportCertificate', bySerial)).serialNumber).toBe(
      certificate.serialNumber,
    );
    expect(
      parseCertificate(await after.action(SecuritySetup, setup, 'exportCertificate', byEntity)).systemTitle,
    ).toEqual(clientTitle);
    await after.action(SecuritySetup, setup, 'removeCertificate', byEntity);
    expect(await failureOf(() => after.action(SecuritySetup, setup, 'removeCertificate', byEntity))).toContain(
      'object-unavailable',
    );
    expect(
      await failureOf(() =>
        after.action(SecuritySetup, setup, 'exportCertificate', {
          ...byEntity,
          certificateIdentificationType: 'certificate-identification-serial',
        }),
      ),
    ).toContain('type-unmatched');
    // The client has no certificate any more.
    expect(await failureOf(() => connect(renewed, simulatedClients.signing))).toContain('association/');
    expect(meter.security.certificates?.list()).toHaveLength(1);
  });
  it('renews the key agreement key, whose request proves that the meter has it', async () => {
    const { connect, ca, meter } = await bench(suite);
    const client = await connect();
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'key-agreement-key-pair');
    const request = parseCertificateRequest(
      await client.action(SecuritySetup, setup, 'generateCertificateRequest', 'key-agreement-key-pair'),
    );
    expect(await verifyCertificateRequest(request, provider)).toBe(true);
    await client.action(
      SecuritySetup,
      setup,
      'importCertificate',
      (await certify(ca!.pair, request.publicKey, 'key-agreement', serverTitle)).raw,
    );
    expect(meter.security.pair('key-agreement')?.publicKey.octets).toEqual(request.publicKey.octets);
    expect((await meter.security.context()).keys.agreement?.publicKey.octets).toEqual(request.publicKey.octets);
  });
  it('what cannot be made or read is refused by name', async () => {
    const { connect } = await bench(suite);
    const client = await connect();
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'importCertificate', octets(40)))).toContain(
      'type-unmatched',
    );
    expect(
      await failureOf(() => client.action(SecuritySetup, setup, 'generateCertificateRequest', 'tls-key-pair')),
    ).toContain('object-unavailable');
    await client.action(SecuritySetup, setup, 'generateKeyPair', 'tls-key-pair');
    const request = parseCertificateRequest(
      await client.action(SecuritySetup, setup, 'generateCertificateRequest', 'tls-key-pair'),
    );
    expect(await verifyCertificateRequest(request, provider)).toBe(true);
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'generateKeyPair', 9))).toContain(
      'type-unmatched',
    );
    expect(await failureOf(() => client.action(SecuritySetup, setup, 'keyTransfer', []))).toContain('type-unmatched');
  });
});

describe('policy', () => {
  it('version 0 becomes only stronger, for the open association too', async () => {
    const { meter, security, connect } = await bench(0, {
      policy: { send: { authenticated: true }, receive: { authenticated: true } },
    });
    security.policy = { send: { authenticated: true }, receive: { authenticated: true } };
    const client = await connect();
    expect(await client.get(SecuritySetupV0, setup, 'securityPolicy')).toBe('all-messages-authenticated');
    for (const weaker of ['nothing', 'all-messages-encrypted'] as const)
      expect(await failureOf(() => client.action(SecuritySetupV0, setup, 'securityActivate', weaker))).toContain(
        'read-write-denied',
      );
    expect(await failureOf(() => client.action(SecuritySetupV0, setup, 'securityActivate', 7))).toContain(
      'type-unmatched',
    );
    const strongest = 'all-messages-authenticated-and-encrypted';
    // Who does not meet it now may not be able to meet it later.
    expect(await failureOf(() => client.action(SecuritySetupV0, setup, 'securityActivate', strongest))).toContain(
      'read-write-denied',
    );
    security.policy = { send: { authenticated: true, encrypted: true }, receive: { authenticated: true } };
    await client.action(SecuritySetupV0, setup, 'securityActivate', strongest);
    security.policy = { send: { authenticated: true }, receive: { authenticated: true } };
    expect(await failureOf(() => read(client))).toContain('deciphering-error');
    security.policy = {
      send: { authenticated: true, encrypted: true },
      receive: { authenticated: true, encrypted: true },
    };
    expect(await client.get(SecuritySetupV0, setup, 'securityPolicy')).toBe('all-messages-authenticated-and-encrypted');
    expect(meter.security.policy).toMatchObject(security.policy);
  });
  it('version 1 in bits, requests and responses apart', async () => {
    const policy = { send: { encrypted: true }, receive: { authenticated: true } };
    const { security, connect, meter } = await bench(1, { policy, signing: { clients: [clientTitle] } });
    security.policy = { send: { authenticated: true }, receive: { encrypted: true }, withoutReplayProtection: true };
    const client = await connect();
    expect(await client.get(SecuritySetup, setup, 'securityPolicy')).toEqual([
      'authenticated-request',
      'encrypted-response',
    ]);
    expect(
      await failureOf(() => client.action(SecuritySetup, setup, 'securityActivate', ['authenticated-request'])),
    ).toContain('read-write-denied');
    expect(
      await failureOf(() =>
        client.action(SecuritySetup, setup, 'securityActivate', ['authenticated-request', 'encrypted-response', 0]),
      ),
    ).toContain('type-unmatched');
    const all = [
      'authenticated-request',
      'encrypted-request',
      'digitally-signed-request',
      'authenticated-response',
      'encrypted-response',
      'digitally-signed-response',
    ] as const;
    const strict = { authenticated: true, encrypted: true, signed: true };
    security.policy = { send: strict, receive: { encrypted: true }, withoutReplayProtection: true };
    await client.action(SecuritySetup, setup, 'securityActivate', [...all]);
    security.policy = { send: { authenticated: true }, receive: { encrypted: true }, withoutReplayProtection: true };
    expect(await failureOf(() => read(client))).toContain('deciphering-error');
    security.policy = { send: strict, receive: strict };
    expect(meter.security.policy).toMatchObject(security.policy);
    expect(await client.get(SecuritySetup, setup, 'securityPolicy')).toEqual(all);
    await works(client);
    // And comes back.
    await works(await connect());
    await works(await connect(undefined, simulatedClients.signing));
  });
});

it('titles: the client that asks, and the meter', async () => {
  const { connect } = await bench(0);
  const client = await connect();
  expect(await client.get(SecuritySetupV0, setup, 'clientSystemTitle')).toEqual(clientTitle);
  expect(await client.get(SecuritySetupV0, setup, 'serverSystemTitle')).toEqual(serverTitle);
  expect(await failureOf(() => client.set(SecuritySetupV0, setup, 'clientSystemTitle', octets(7)))).toContain(
    'type-unmatched',
  );
  await client.set(SecuritySetupV0, setup, 'clientSystemTitle', octets(8));
});

it('an authenticated association without ciphering changes no keys', async () => {
  const keys = await importKeys(provider, 0, testKeysOf(0));
  const state = new SecurityState({
    provider,
    suite: 0,
    systemTitle: serverTitle,
    keys,
    counters: new InvocationCounters(new VolatileStore()),
  });
  const meter = await meterWith(
    { mechanism: 'hls-gmac', security: state.context },
    { objects: new ObjectStore().add(securitySetupObject(state, { version: 0 })) },
  );
  const security = new SecurityContext({
    provider,
    suite: 0,
    systemTitle: clientTitle,
    keys: await importKeys(provider, 0, testKeysOf(0)),
    counters: new InvocationCounters(new VolatileStore()),
  });
  const { client } = await connected(meter, { authentication: { mechanism: 'hls-gmac' }, ciphering: 'none', security });
  const keyWrapped = await provider.wrap(
    security.keys.master!,
    await generateTransferableKey(security, 'global-unicast-encryption-key'),
  );
  expect(
    await failureOf(() =>
      client.action(SecuritySetupV0, setup, 'globalKeyTransfer', [
        { keyId: 'global-unicast-encryption-key', keyWrapped },
      ]),
    ),
  ).toContain('read-write-denied');
  expect((await state.context()).keys.globalUnicast).toBe(keys.globalUnicast);
});
