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
  './security/pkcs11': 'security/pkcs11',
  './security/sqlite': 'security/sqlite',
  './security/certificates': 'security/certificates/index',
  './transport': 'transport/index',
  './transport/hdlc': 'transport/hdlc/index',
  './transport/tcp': 'transport/tcp',
  './transport/tls': 'transport/tls',
  './transport/udp': 'transport/udp',
  './transport/serial': 'transport/serial',
  './transport/web-serial': 'transport/web-serial',
  './session': 'session/index',
  './client': 'client/index',
  './client/push-node': 'client/push-node',
  './server': 'server/index',
  './translator': 'translator/index',
  './idis': 'idis/index',
  './testing': 'testing/index',
  './testing/arbitrary': 'testing/arbitrary',
  './testing/vectors': 'testing/vectors/index',
};
