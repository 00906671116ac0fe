import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatHex, parseHex } from '../../../src/core/index.js';
import { octetLink, serveWrapper, type Transport, wrap, wrapperChannel } from '../../../src/transport/index.js';
import { connectTls, listenTls } from '../../../src/transport/media/tls.js';
import { needs, openssl } from '../../support/needs.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-test-'));
const file = (name: string): string => join(folder, name);
const children: ChildProcessWithoutNullStreams[] = [];
const route = { clientSap: 16, serverSap: 1 };
const psk = parseHex('000102030405060708090A0B0C0D0E0F');

function authority(): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
    '-subj',
    '/CN=Test Authority',
    '-days',
    '2',
  );
  for (const name of ['server', 'client'])
    openssl(
      ...[
        'req',
        '-x509',
        ...key,
        '-keyout',
        file(`${name}.key`),
        '-out',
        file(`${name}.pem`),
        '-subj',
        `/CN=${name}.test`,
        '-days',
        '2',
      ],
      ...[
        '-addext',
        `subjectAltName=DNS:${name}.test`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
        '-CA',
        file('ca.pem'),
        '-CAkey',
        file('ca.key'),
      ],
    );
}
const pem = (name: string): string => readFileSync(file(name), 'utf8');

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function start(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn('openssl', args);
  children.push(child);
  return child;
}
const output = (child: ChildProcessWithoutNullStreams, wanted: Buffer | string): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const more = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      if (seen.includes(wanted)) resolve();
    };
    child.stdout.on('data', more);
    child.stderr.on('data', more);
    child.on('exit', () => reject(new Error(`openssl ended: ${seen.toString('latin1')}`)));
  });
const firstOctets = (transport: Transport): Promise<string> =>
  new Promise((resolve) =>
    octetLink(transport).start({ octets: (chunk) => resolve(formatHex(chunk)), ended: () => resolve('ended') }),
  );

describe('TLS', needs(openssl), () => {
  beforeAll(authority);
  afterAll(() => {
    for (const child of children) child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('both ends ours, with client certificates', async () => {
    const subjects: (string | undefined)[] = [];
    const listener = await listenTls(
      { port: 0, cert: pem('server.pem'), key: pem('server.key'), ca: pem('ca.pem'), requestCert: true },
      (transport, from) => {
        subjects.push(from.certificate?.subject);
        serveWrapper(transport, { handle: (apdu) => [apdu] });
      },
    );
    const trusted = { host: '127.0.0.1', port: listener.port, ca: pem('ca.pem'), servername: 'server.test' };
    const channel = wrapperChannel(
      await connectTls({ ...trusted, cert: pem('client.pem'), key: pem('client.key') }),
      route,
    );
    const apdu = new Uint8Array(40_000).fill(1);
    await channel.send(apdu);
    expect(await channel.receive()).toEqual(apdu);
    expect(subjects).toEqual(['CN=client.test']);
    await channel.close();
    // Without a client certificate the server ends it (TLS 1.3: after the handshake as the client sees it).
    const refused = connectTls(trusted).then((transport) =>
      wrapperChannel(transport, route).receive({ timeoutMs: 2000 }),
    );
    await expect(refused).rejects.toMatchObject({ code: 'transport/closed' });
    await expect(connectTls({ ...trusted, servername: 'other.test' })).rejects.toMatchObject({
      code: 'transport/connect',
    });
    await expect(
      connectTls({ host: '127.0.0.1', port: listener.port, servername: 'server.test' }),
    ).rejects.toMatchObject({ code: 'transport/connect' });
    expect(subjects).toHaveLength(1);
    await listener.close();
  });

  it('our client against openssl s_server, certificates on both sides', async () => {
    const port = await freePort();
    const server = start(
      ...[
        's_server',
        '-accept',
        `127.0.0.1:${port}`,
        '-cert',
        file('server.pem'),
        '-key',
        file('server.key'),
        '-CAfile',
        file('ca.pem'),
      ],
      ...['-Verify', '1', '-verify_return_error', '-quiet', '-naccept', '1'],
    );
    const transport = await retry(() =>
      connectTls({
        host: '127.0.0.1',
        port,
        ca: pem('ca.pem'),
        servername: 'server.test',
        cert: pem('client.pem'),
        key: pem('client.key'),
      }),
    );
    const channel = wrapperChannel(transport, { ...route, timeoutMs: 5000 });
    const arrived = output(server, Buffer.from(wrap(16, 1, parseHex('C001C1'))));
    await channel.send(parseHex('C001C1'));
    await arrived;
    server.stdin.write(wrap(1, 16, parseHex('C401C1')));
    expect(await channel.receive()).toEqual(parseHex('C401C1'));
    await channel.close();
  });

  it('openssl s_client against our server', async () => {
    let got: Promise<string> | undefined;
    const listener = await listenTls({ port: 0, cert: pem('server.pem'), key: pem('server.key') }, (transport) => {
      got = firstOctets(transport);
      void transport.direct?.write(wrap(1, 16, parseHex('C2AABB')));
    });
    const client = start(
      's_client',
      '-connect',
      `127.0.0.1:${listener.port}`,
      '-CAfile',
      file('ca.pem'),
      '-verify_return_error',
      '-servername',
      'server.test',
      '-quiet',
    );
    await output(client, Buffer.from(parseHex('C2AABB')));
    client.stdin.write(wrap(16, 1, parseHex('C001C1')));
    expect(await got).toBe(formatHex(wrap(16, 1, parseHex('C001C1'))));
    await listener.close();
  });

  it('PSK: ours with ours, ours with openssl, openssl with ours, and a wrong key', async () => {
    let got: Promise<string> | undefined;
    const listener = await listenTls(
      { port: 0, psk: (name) => (name === 'meter-1' ? psk : undefined) },
      (transport) => {
        got = firstOctets(transport);
      },
    );
    const transport = await connectTls({
      host: '127.0.0.1',
      port: listener.port,
      psk: { identity: 'meter-1', key: psk },
    });
    await transport.direct?.write(parseHex('C0'));
    expect(await got).toBe('C0');
    transport.direct?.abort();
    for (const wrong of [
      { identity: 'meter-1', key: parseHex('FF0102030405060708090A0B0C0D0E0F') },
      { identity: 'meter-2', key: psk },
    ])
      await expect(connectTls({ host: '127.0.0.1', port: listener.port, psk: wrong })).rejects.toMatchObject({
        code: 'transport/connect',
      });

    got = undefined;
    const client = start(
      's_client',
      '-connect',
      `127.0.0.1:${listener.port}`,
      '-psk_identity',
      'meter-1',
      '-psk',
      formatHex(psk),
      '-tls1_2',
      '-quiet',
    );
    client.stdin.write(parseHex('C0C1'));
    while (got === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await got).toBe('C0C1');
    await listener.close();

    const port = await freePort();
    const server = start(
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-nocert',
      '-psk_identity',
      'meter-1',
      '-psk',
      formatHex(psk),
      '-tls1_2',
      '-quiet',
    );
    const second = await retry(() => connectTls({ host: '127.0.0.1', port, psk: { identity: 'meter-1', key: psk } }));
    const arrived = output(server, Buffer.from('hello octets'));
    await second.direct?.write(new TextEncoder().encode('hello octets'));
    await arrived;
    second.direct?.abort();
  });
});

/** The command needs a moment until it listens. */
async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await attempt();
    } catch (error) {
      if (i === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
