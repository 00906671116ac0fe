import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHex, isDlmsError, parseHex } from '../../../src/core/index.js';
import { llc61334Channel, serveLlc61334 } from '../../../src/transport/channels/llc-61334.js';
import { decodeLlc61334, encodeLlc61334, type LlcAddressOrder } from '../../../src/transport/framing/llc-61334.js';
import { transportPair } from '../../../src/transport/media/pair.js';

const orders: readonly LlcAddressOrder[] = ['destination-source', 'server-client'];
const apdu = parseHex('C001C100010000010000FF0200');

describe('the LLC of IEC 61334-4-32', () => {
  // Octets of Gurux frames, client 20 (hexadecimal) and server 05, behind the MAC header.
  it('writes requests as one implementation does, whatever the order', () => {
    for (const order of orders)
      expect(formatHex(encodeLlc61334({ clientSap: 0x20, serverSap: 5, apdu }, 'to-server', order))).toBe(
        `900520${formatHex(apdu)}`,
      );
  });
  it('differs in what the meter sends', () => {
    const response = { clientSap: 0x20, serverSap: 5, apdu: parseHex('C401C100') };
    expect(formatHex(encodeLlc61334(response, 'to-client', 'server-client'))).toBe('900520C401C100');
    expect(formatHex(encodeLlc61334(response, 'to-client', 'destination-source'))).toBe('902005C401C100');
  });
  it('reads back what it wrote', () => {
    const route = { clientSap: fc.nat(255), serverSap: fc.nat(255) };
    fc.assert(
      fc.property(
        fc.record({ ...route, apdu: fc.uint8Array({ maxLength: 40 }) }),
        fc.constantFrom(...orders),
        fc.constantFrom('to-server', 'to-client'),
        (pdu, order, direction) => {
          expect(decodeLlc61334(encodeLlc61334(pdu, direction, order), direction, order)).toEqual(pdu);
        },
      ),
    );
  });
  it('refuses SAPs that do not fit, short PDUs, and other control octets by name', () => {
    expect(() => encodeLlc61334({ clientSap: 256, serverSap: 1, apdu }, 'to-server', 'server-client')).toThrow(
      '0 to 255',
    );
    for (const hex of ['', '90', '9001'])
      expect(() => decodeLlc61334(parseHex(hex), 'to-client', 'server-client')).toThrow('two L-SAPs');
    expect(() => decodeLlc61334(parseHex('910120'), 'to-client', 'server-client')).toThrow(
      expect.objectContaining({ code: 'decode/unsupported' }),
    );
  });
  it('ends in a PDU or a DlmsError for any octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(...orders), (octets, order) => {
        try {
          decodeLlc61334(octets, 'to-client', order);
        } catch (e) {
          if (!isDlmsError(e)) throw e;
        }
      }),
    );
  });
  it.each(orders)('carries both roles, %s', async (order) => {
    const [near, far] = transportPair({ datagrams: true });
    const errors: string[] = [];
    const routes: unknown[] = [];
    const served = serveLlc61334(
      far,
      {
        handle: (a, route) => {
          routes.push(route);
          return [a.slice().reverse()];
        },
      },
      { order, timeoutMs: 50, onError: (e) => errors.push(e.code) },
    );
    const channel = llc61334Channel(near, { clientSap: 16, serverSap: 1, order, timeoutMs: 1000 });
    await channel.open();
    for (let i = 0; i < 3; i++) {
      await channel.send(Uint8Array.of(1, 2, i));
      expect(await channel.receive()).toEqual(Uint8Array.of(i, 2, 1));
    }
    expect(routes).toEqual(Array(3).fill({ clientSap: 16, serverSap: 1 }));
    await channel.close();
    await served.closed;
    expect(errors).toEqual([]);
  });
  it('passes over what is for others and what is no PDU, and says so', async () => {
    const [near, far] = transportPair({ datagrams: true });
    const dropped: unknown[] = [];
    const channel = llc61334Channel(near, {
      clientSap: 16,
      serverSap: 1,
      order: 'server-client',
      onDropped: (error, apdu) => dropped.push([error.code, apdu]),
    });
    far.direct?.start({ octets: () => undefined, ended: () => undefined });
    far.direct?.write(parseHex('900111AA'));
    far.direct?.write(parseHex('FF'));
    far.direct?.write(parseHex('900110BB'));
    expect(await channel.receive()).toEqual(parseHex('BB'));
    expect(dropped).toEqual([
      ['protocol/link', { clientSap: 17, serverSap: 1, apdu: parseHex('AA') }],
      ['decode/unsupported', undefined],
    ]);
    expect(channel.dropped).toBe(2);
    await channel.close();
  });
});
