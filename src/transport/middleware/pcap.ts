import type { Transport } from '../transport.js';
import { intercept } from './intercept.js';

/** Options of {@link pcap}. */
export interface PcapOptions {
  /** Address and port of the client in the file; made up for a serial line. Default: 192.0.2.1:50000. */
  readonly client?: PcapEndpoint;
  /** Address and port of the server in the file. Default: 192.0.2.2:4059. */
  readonly server?: PcapEndpoint;
  /** Who is at this end of the transport. Default: `client`. */
  readonly side?: 'client' | 'server';
  /** The time in milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** An address and port in a capture file. */
export interface PcapEndpoint {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
}

/**
 * Writes what passes as a capture file (pcap, Ethernet) that Wireshark can open: the octets become the payload of a
 * made-up TCP connection, or of UDP datagrams if the transport has datagrams. `write` gets the parts of the file in
 * order, the header first. The file contains what passed, including any passwords: see `trace`.
 */
export function pcap(transport: Transport, write: (octets: Uint8Array) => void, options: PcapOptions = {}): Transport {
  const file = new PcapWriter(write, { ...options, datagrams: transport.datagrams === true });
  const mine = options.side ?? 'client';
  const other = mine === 'client' ? 'server' : 'client';
  return intercept(transport, {
    sent(octets, pass) {
      file.payload(mine, octets);
      return pass(octets);
    },
    received(octets, pass) {
      file.payload(other, octets);
      pass(octets);
    },
    ended(error, pass) {
      file.end();
      pass(error);
    },
  });
}

/** Writes such a capture file, for octets from elsewhere. */
export class PcapWriter {
  readonly #write: (octets: Uint8Array) => void;
  readonly #now: () => number;
  readonly #datagrams: boolean;
  readonly #sides: Record<
    'client' | 'server',
    { readonly address: readonly number[]; readonly port: number; sequence: number }
  >;
  #id = 0;
  #ended = false;

  constructor(write: (octets: Uint8Array) => void, options: PcapOptions & { readonly datagrams?: boolean } = {}) {
    const { client = { address: '192.0.2.1', port: 50_000 }, server = { address: '192.0.2.2', port: 4059 } } = options;
    this.#write = write;
    this.#now = options.now ?? Date.now;
    this.#datagrams = options.datagrams === true;
    this.#sides = {
      client: { address: client.address.split('.').map(Number), port: client.port, sequence: 0 },
      server: { address: server.address.split('.').map(Number), port: server.port, sequence: 0 },
    };
    // Magic of microsecond times, version 2.4, no time zone, longest packet, link type 1 (Ethernet).
    write(words(0xa1b2c3d4, 0x00020004, 0, 0, 65535, 1));
    if (this.#datagrams) return;
    this.#segment('client', syn);
    this.#segment('server', syn | ack);
    this.#segment('client', ack);
  }

  /** Writes octets that one side sent. */
  payload(from: 'client' | 'server', octets: Uint8Array): void {
    if (this.#datagrams) return this.#datagram(from, octets);
    for (let at = 0; at < octets.length; at += 1460) this.#segment(from, ack | push, octets.subarray(at, at + 1460));
  }

  /** Closes the connection shown in the file. */
  end(): void {
    if (this.#ended || this.#datagrams) return;
    this.#ended = true;
    this.#segment('client', fin | ack);
    this.#segment('server', fin | ack);
    this.#segment('client', ack);
  }

  #segment(from: 'client' | 'server', flags: number, payload: Uint8Array = new Uint8Array(0)): void {
    const to = from === 'client' ? 'server' : 'client';
    const segment = new Uint8Array(20 + payload.length);
    const view = new DataView(segment.buffer);
    view.setUint32(4, this.#sides[from].sequence);
    view.setUint32(8, flags & ack ? this.#sides[to].sequence : 0);
    view.setUint16(12, 0x5000 | flags);
    view.setUint16(14, 65535);
    segment.set(payload, 20);
    this.#sides[from].sequence = (this.#sides[from].sequence + payload.length + (flags & (syn | fin) ? 1 : 0)) >>> 0;
    this.#packet(from, to, 6, segment, 16);
  }

  #datagram(from: 'client' | 'server', payload: Uint8Array): void {
    const datagram = new Uint8Array(8 + payload.length);
    new DataView(datagram.buffer).setUint16(4, datagram.length);
    datagram.set(payload, 8);
    this.#packet(from, from === 'client' ? 'server' : 'client', 17, datagram, 6);
  }

  #packet(
    from: 'client' | 'server',
    to: 'client' | 'server',
    protocol: number,
    transport: Uint8Array,
    checksumAt: number,
  ): void {
    const [source, target] = [this.#sides[from], this.#sides[to]];
    const ports = new DataView(transport.buffer);
    ports.setUint16(0, source.port);
    ports.setUint16(2, target.port);
    const pseudo = new Uint8Array([
      ...source.address,
      ...target.address,
      0,
      protocol,
      transport.length >> 8,
      transport.length & 0xff,
    ]);
    ports.setUint16(checksumAt, internetChecksum(transport, internetSum(pseudo)));

    const packet = new Uint8Array(16 + 14 + 20 + transport.length);
    const view = new DataView(packet.buffer);
    const now = this.#now();
    view.setUint32(0, Math.floor(now / 1000));
    view.setUint32(4, Math.floor((now % 1000) * 1000));
    view.setUint32(8, packet.length - 16);
    view.setUint32(12, packet.length - 16);
    // Ethernet: locally administered addresses, IPv4.
    packet.set([2, 0, 0, 0, 0, to === 'client' ? 1 : 2, 2, 0, 0, 0, 0, from === 'client' ? 1 : 2, 8, 0], 16);
    const ip = packet.subarray(30, 50);
    ip.set([
      0x45,
      0,
      (20 + transport.length) >> 8,
      (20 + transport.length) & 0xff,
      this.#id >> 8,
      this.#id & 0xff,
      0x40,
      0,
      64,
      protocol,
    ]);
    ip.set([...source.address, ...target.address], 12);
    this.#id = (this.#id + 1) & 0xffff;
    const check = internetChecksum(ip, 0);
    ip.set([check >> 8, check & 0xff], 10);
    packet.set(transport, 50);
    this.#write(packet);
  }
}

const fin = 0x01;
const syn = 0x02;
const push = 0x08;
const ack = 0x10;

function words(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(values.length * 4);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value);
  return out;
}
function internetSum(octets: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += ((octets[i] as number) << 8) | (octets[i + 1] ?? 0);
  return sum;
}
function internetChecksum(octets: Uint8Array, start: number): number {
  let sum = start + internetSum(octets);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~sum & 0xffff;
}
