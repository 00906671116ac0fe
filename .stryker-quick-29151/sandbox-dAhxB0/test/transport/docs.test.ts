import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listen } from '../../examples/listen-for-pushes.js';
import { type Broker, brokerTransport, counted } from '../../examples/own-transport.js';
import * as client from '../../src/client/index.js';
import * as pushNode from '../../src/client/push-node.js';
import { isDlmsError, parseHex } from '../../src/core/index.js';
import {
  InvocationCounters,
  importKeys,
  KeyRing,
  nobleProvider,
  protect,
  SecurityContext,
  strictPolicy,
} from '../../src/security/index.js';
import { VolatileStore } from '../../src/store/store.js';
import { testKeys } from '../../src/testing/simulated-meter.js';
import * as hdlc from '../../src/transport/hdlc/index.js';
import * as transport from '../../src/transport/index.js';
import { octetLink, refusedFramings, refuseFraming, serveWrapper, wrapperChannel } from '../../src/transport/index.js';
import * as serial from '../../src/transport/media/serial.js';
import * as tcp from '../../src/transport/media/tcp.js';
import * as tls from '../../src/transport/media/tls.js';
import * as udp from '../../src/transport/media/udp.js';
import captures from '../vectors/captures.json' with { type: 'json' };

const page = readFileSync('docs/transports.md', 'utf8');

describe('the page about transports', () => {
  it.each(['own-transport', 'listen-for-pushes'])('shows examples/%s.ts as it is', (name) =>
    expect(page).toContain(`\`\`\`ts\n${readFileSync(`examples/${name}.ts`, 'utf8')}\`\`\``),
  );
  it('names what is refused, with the reasons of the code', () => {
    for (const [name, reason] of Object.entries(refusedFramings)) {
      expect(page).toContain(`| \`${name}\` | ${reason} |`);
      expect(() => refuseFraming(name)).toThrowError(expect.objectContaining({ code: 'decode/unsupported' }));
    }
  });
  it('names only functions that exist', () => {
    const known = new Set(
      [transport, hdlc, client, pushNode, serial, tcp, tls, udp].flatMap((m: object) => Object.keys(m)),
    );
    const table = page.slice(page.indexOf('| framing |'), page.indexOf('`transportPair()`'));
    const named = [...table.matchAll(/`([A-Za-z]+)(?:\(\)\.(?:signOn|listen))?`/g)]
      .map((m) => m[1] as string)
      .filter((n) => !['client', 'transport', 'serialport'].includes(n));
    expect(named.length).toBeGreaterThan(20);
    for (const name of named) expect(known, name).toContain(name);
  });
});

describe('its examples', () => {
  it('carry APDUs over a broker, and count the octets', async () => {
    const topics = new Map<string, (octets: Uint8Array) => void>();
    const broker: Broker = {
      subscribe: (topic, take) => void topics.set(topic, take),
      publish: async (topic, octets) => topics.get(topic)?.(octets),
    };
    const meter: Broker = {
      subscribe: (topic, take) => broker.subscribe(topic.replace('from', 'to'), take),
      publish: (topic, octets) => broker.publish(topic.replace('to', 'from'), octets),
    };
    serveWrapper(brokerTransport(meter, 'm1'), { handle: (apdu) => [apdu, apdu] });
    const counts = { sent: 0, received: 0 };
    const channel = wrapperChannel(
      counted(brokerTransport(broker, 'm1'), (direction, octets) => {
        counts[direction] += octets;
      }),
      { clientSap: 16, serverSap: 1, timeoutMs: 2000 },
    );
    await channel.send(parseHex('C001C1'));
    expect(await channel.receive()).toEqual(parseHex('C001C1'));
    await channel.receive();
    expect(counts).toEqual({ sent: 11, received: 22 });
    await channel.close();
  });

  it('show a push of a known meter, refuse a damaged one and a stranger', async () => {
    const titles = {
      us: parseHex('434C490000000001'),
      meter: parseHex('4D45540000000001'),
      stranger: parseHex('4D45540000000002'),
    };
    const keys = await importKeys(nobleProvider, 0, {
      globalUnicast: testKeys.globalUnicast,
      authentication: testKeys.authentication,
    });
    const ring = new KeyRing({
      provider: nobleProvider,
      systemTitle: titles.us,
      counters: new InvocationCounters(new VolatileStore()),
    });
    ring.set(titles.meter, { suite: 0, keys, policy: strictPolicy });
    const shown: string[] = [];
    const refused: string[] = [];
    let wake: () => void = () => undefined;
    const listener = await listen(
      0,
      ring as never,
      (push, from) => {
        shown.push(`${push.type} ${from}`);
        wake();
      },
      (e) => {
        refused.push(isDlmsError(e) ? e.code : String(e));
        wake();
      },
    );
    const notification = parseHex('0F000000010000');
    const sender = (systemTitle: Uint8Array): (() => Promise<Uint8Array>) => {
      const counters = new InvocationCounters(new VolatileStore());
      const context = new SecurityContext({
        provider: nobleProvider,
        suite: 0,
        systemTitle,
        peerSystemTitle: titles.us,
        keys,
        counters,
        policy: strictPolicy,
      });
      return async () => protect(notification, context, { form: 'general-glo' });
    };
    const [meter, stranger] = [sender(titles.meter), sender(titles.stranger)];
    const channel = wrapperChannel(await tcp.connectTcp({ host: '127.0.0.1', port: listener.port }), {
      clientSap: 1,
      serverSap: 1,
    });
    const apdus = [await stranger(), await meter(), await meter()];
    const damaged = apdus[2] as Uint8Array;
    damaged[damaged.length - 1] = (damaged.at(-1) as number) ^ 1;
    for (const apdu of apdus) await channel.send(apdu);
    while (shown.length + refused.length < 3)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    expect({ shown, refused }).toEqual({
      shown: ['data-notification 127.0.0.1'],
      refused: ['Error: a push from 127.0.0.1, whose sender is not known', 'security/authentication-failed'],
    });
    await channel.close();
    await listener.close();
  });
  it('show the push of a Landis+Gyr E450, which comes in blocks over several frames', async () => {
    const capture = captures.find((c) => c.id === 'cap-lg-e450-enc-1') as (typeof captures)[number];
    const { encryptionKey, authenticationKey } = capture.params as { encryptionKey: string; authenticationKey: string };
    const { systemTitle } = (capture.expected as { ciphering: { systemTitle: string } }).ciphering;
    const keys = await importKeys(nobleProvider, 0, {
      globalUnicast: parseHex(encryptionKey),
      authentication: parseHex(authenticationKey),
    });
    const ring = new KeyRing({
      provider: nobleProvider,
      systemTitle: parseHex('434C490000000001'),
      counters: new InvocationCounters(new VolatileStore()),
    });
    ring.set(parseHex(systemTitle), { suite: 0, keys, policy: strictPolicy });
    const events: string[] = [];
    let wake: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const tell = (event: string): void => {
      events.push(event);
      wake();
    };
    const listener = await listen(
      0,
      ring as never,
      (push) => tell(push.type),
      (e) => tell(String(e)),
    );
    const meter = await tcp.connectTcp({ host: '127.0.0.1', port: listener.port });
    void octetLink(meter).write(parseHex(capture.input.hex as string));
    await heard;
    expect(events).toEqual(['data-notification']);
    await octetLink(meter).close();
    await listener.close();
  });
});
