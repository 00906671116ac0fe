/**
 * Transports over TLS. Needs Node.
 *
 * Stability: stable.
 *
 * @module
 */
import {
  type ConnectionOptions,
  createServer,
  type TlsOptions as NodeServerOptions,
  type TLSSocket,
  connect as tlsSocket,
} from 'node:tls';
import { DlmsError } from '../../core/errors.js';
import { linkTransport } from '../link.js';
import type { Transport } from '../transport.js';
import { inactivity, type ListenOptions, listening, remoteOf } from './node-listener.js';
import {
  type ConnectOptions,
  connected,
  type Listener,
  type RemoteAddress,
  reasonOf,
  SocketLink,
} from './node-socket.js';

export type { ListenOptions } from './node-listener.js';
export type { ConnectOptions, Listener, RemoteAddress } from './node-socket.js';

/** Keys and certificates of one side: PEM text or DER octets. */
export interface TlsIdentity {
  /** Certificate chain to present. */
  readonly cert?: string | Uint8Array;
  /** Its private key. */
  readonly key?: string | Uint8Array;
  /** Certification authorities to trust instead of the system's. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** Options of {@link connectTls}. */
export interface TlsConnectOptions extends ConnectOptions, TlsIdentity {
  /** Name that the certificate must have. Default: the host. */
  readonly servername?: string;
  /** Pre-shared key (TLS-PSK, RFC 4279/5489, TLS 1.2) instead of certificates. */
  readonly psk?: { readonly identity: string; readonly key: Uint8Array };
  /** Further options of node:tls, which override those derived from the other options. */
  readonly tls?: ConnectionOptions;
}

/**
 * Connects over TLS. The peer's certificate is checked, unless `tls` overrides that; a private authority goes into
 * `ca`.
 * @throws DlmsError `transport/connect` with the reason (including a certificate that is not trusted),
 *   `transport/aborted`.
 */
export async function connectTls(options: TlsConnectOptions): Promise<Transport> {
  const { psk } = options;
  const socket = tlsSocket({
    host: options.host,
    port: options.port,
    // An IP address is not a server name (RFC 6066).
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...identity(options),
    ...(psk === undefined
      ? {}
      : {
          ...pskSuites,
          pskCallback: () => ({ identity: psk.identity, psk: psk.key }),
          checkServerIdentity: () => undefined as unknown as Error,
        }),
    ...options.tls,
  });
  await connected(socket, 'secureConnect', `${options.host}:${options.port}`, options);
  return linkTransport(new SocketLink(socket));
}

/** Options of {@link listenTls}. */
export interface TlsListenOptions extends ListenOptions, TlsIdentity {
  /** Requests a client certificate, and refuses clients without one that `ca` vouches for. Default: false. */
  readonly requestCert?: boolean;
  /** Pre-shared keys: returns the key of an identity, or undefined to refuse it. */
  readonly psk?: (identity: string) => Uint8Array | undefined;
  /** Further options of node:tls, which override those derived from the other options. */
  readonly tls?: NodeServerOptions;
  /** Called for connections that were closed at once, and for failed handshakes. */
  readonly onRefused?: (error: DlmsError, from: RemoteAddress) => void;
}

/** Address of the client, and what its certificate says (undefined without one). */
export interface TlsCaller extends RemoteAddress {
  readonly certificate?: { readonly subject: string; readonly fingerprint256: string; readonly raw: Uint8Array };
}

/**
 * Listens over TLS, and passes on each connection once its handshake is complete.
 * @throws DlmsError `transport/connect` when the address cannot be listened on.
 */
export function listenTls(
  options: TlsListenOptions,
  onTransport: (transport: Transport, from: TlsCaller) => void,
): Promise<Listener> {
  const { psk } = options;
  const settings: NodeServerOptions = {
    ...identity(options),
    ...(options.requestCert === true ? { requestCert: true, rejectUnauthorized: true } : {}),
    ...(psk === undefined
      ? {}
      : { ...pskSuites, pskCallback: (_socket: TLSSocket, name: string) => (psk(name) ?? null) as DataView | null }),
    ...options.tls,
  };
  const server = createServer(settings);
  server.on('secureConnection', (socket) =>
    onTransport(linkTransport(new SocketLink(socket, inactivity(options))), callerOf(socket)),
  );
  server.on('tlsClientError', (error, socket) =>
    options.onRefused?.(
      new DlmsError(
        'transport/connect',
        { target: 'the TLS handshake of a caller', reason: reasonOf(error) },
        { cause: error },
      ),
      remoteOf(socket),
    ),
  );
  return listening(server, options);
}

/** Suites with forward secrecy first. For ECDHE-PSK, OpenSSL only has CBC with SHA-2 besides ChaCha20. */
const pskSuites = {
  ciphers:
    'ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA384:ECDHE-PSK-AES128-CBC-SHA256:PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:PSK-AES128-CCM',
  maxVersion: 'TLSv1.2',
} as const;

function identity({ cert, key, ca }: TlsIdentity): Pick<ConnectionOptions, 'cert' | 'key' | 'ca'> {
  return {
    ...(cert === undefined ? {} : { cert: pem(cert) }),
    ...(key === undefined ? {} : { key: pem(key) }),
    ...(ca === undefined ? {} : { ca: (Array.isArray(ca) ? ca : [ca]).map(pem) }),
  };
}
const pem = (value: string | Uint8Array): string | Buffer => (typeof value === 'string' ? value : Buffer.from(value));

function callerOf(socket: TLSSocket): TlsCaller {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return remoteOf(socket);
  const { subject, fingerprint256, raw } = certificate;
  return { ...remoteOf(socket), certificate: { subject, fingerprint256, raw: new Uint8Array(raw) } };
}
