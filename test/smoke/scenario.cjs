// What a user does with the installed package, by import() or by require(): called with the one that is to be tried.
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const assert = require('node:assert/strict');

const manifest = JSON.parse(readFileSync(join(__dirname, 'node_modules/dlms-cosem/package.json'), 'utf8'));

/** The names of every entry; with `*`, those of some of the modules that it stands for. */
async function names(load) {
  const found = {};
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (target === null || typeof target === 'string') continue;
    const modules = path.includes('*') ? ['clock', 'profile-generic', 'register', 'security-setup'] : [''];
    for (const module of modules) {
      const name = `dlms-cosem${path.slice(1).replace('*', module)}`;
      found[name] = Object.keys(await load(name))
        .filter((key) => key !== 'default' && key !== 'module.exports')
        .sort();
      assert.ok(found[name].length > 0, `${name} exports nothing`);
    }
  }
  await assert.rejects(async () => load('dlms-cosem/client/client'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
  await assert.rejects(async () => load('dlms-cosem/cosem/index'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
  return found;
}

/** A meter that listens, read over TCP with HLS 5 and authenticated encryption, once with each provider. */
async function readMeter(load) {
  const { Client, importKeys, InvocationCounters, nobleProvider, SecurityContext, serveWrapper, wrapperChannel } =
    await load('dlms-cosem');
  const { Register } = await load('dlms-cosem/cosem/register');
  const { nodeProvider } = await load('dlms-cosem/security/node');
  const { FileStore } = await load('dlms-cosem/store/node');
  const { simulatedClients, simulatedMeter, testKeys } = await load('dlms-cosem/testing');
  const { connectTcp, listenTcp } = await load('dlms-cosem/transport/tcp');

  const folder = mkdtempSync(join(tmpdir(), 'smoke-'));
  try {
    for (const provider of [nodeProvider, nobleProvider]) {
      const meter = await simulatedMeter({ provider });
      const listener = await listenTcp({ port: 0 }, (transport) => serveWrapper(transport, meter.connection()));
      const store = await FileStore.create(join(folder, provider === nodeProvider ? 'node' : 'noble'));
      const security = new SecurityContext({
        provider,
        suite: 0,
        systemTitle: new TextEncoder().encode('SMOKE001'),
        keys: await importKeys(provider, 0, testKeys),
        counters: new InvocationCounters(store),
      });
      const transport = await connectTcp({ host: '127.0.0.1', port: listener.port });
      const route = { clientSap: simulatedClients.management, serverSap: 1 };
      const client = new Client(wrapperChannel(transport, route), {
        authentication: { mechanism: 'hls-gmac' },
        security,
      });
      await client.connect();
      const [value, { unit }] = await client.object(Register, '1-0:1.8.0*255').get('value', 'scalerUnit');
      assert.equal(value.type, 'double-long-unsigned');
      assert.equal(unit, 'Wh');
      await client.close();
      await store.close();
      await listener.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

module.exports = async (load) => {
  const found = await names(load);
  await readMeter(load);
  process.stdout.write(`${JSON.stringify(found)}\n`);
};
