import { readdirSync } from 'node:fs';

/** Public entry points: sub-path of the package → module below src/. `npm run entries` writes them into package.json. */
export const entries: Readonly<Record<string, string>> = {
  '.': 'index',
  './axdr': 'axdr/index',
  './cosem': 'cosem/index',
  './cosem/all-classes': 'cosem/all-classes',
  './cosem/obis-names': 'cosem/obis-names',
  ...Object.fromEntries(
    readdirSync(new URL('../src/cosem/classes/', import.meta.url))
      .filter((f) => f.endsWith('.ts') && f !== 'index.ts')
      .map((f) => f.slice(0, -3))
      .map((f) => [`./cosem/${f}`, `cosem/classes/${f}`]),
  ),
  './xdlms': 'xdlms/index',
  './security': 'security/index',
  './security/node': 'security/node',
  './security/pkcs11': 'security/providers/pkcs11',
  './security/certificates': 'security/certificates/index',
  './store': 'store/index',
  './store/node': 'store/node',
  './store/sqlite': 'store/sqlite-store',
  './transport': 'transport/index',
  './transport/hdlc': 'transport/hdlc/index',
  './transport/tcp': 'transport/media/tcp',
  './transport/tls': 'transport/media/tls',
  './transport/udp': 'transport/media/udp',
  './transport/serial': 'transport/media/serial',
  './transport/web-serial': 'transport/media/web-serial',
  './session': 'session/index',
  './client': 'client/index',
  './client/push-node': 'client/push-node',
  './server': 'server/index',
  './translator': 'translator/index',
  './idis': 'idis/index',
  './testing': 'testing/index',
  './testing/arbitrary': 'testing/arbitrary',
  './vectors': 'vectors/index',
};
