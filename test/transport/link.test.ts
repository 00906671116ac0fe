import { describe, expect, it } from 'vitest';
import { DlmsError, equalBytes, parseHex } from '../../src/core/index.js';
import { linkTransport, octetLink, rawChannel, type Transport, transportPair } from '../../src/transport/index.js';
import { VirtualClock } from './virtual-clock.js';

const settle = async () => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};
/** Streams with both other ends in hand. */
function streams() {
  const written: Uint8Array[] = [];
  let arrive!: ReadableStreamDefaultController<Uint8Array>;
  const state = { cancelled: false, closed: false, failWrites: false, block: undefined as Promise<void> | undefined };
  const transport: Transport = {
    readable: new ReadableStream({
      start: (controller) => {
        arrive = controller;
      },
      cancel: () => {
        state.cancelled = true;
      },
    }),
    writable: new WritableStream({
      write: async (chunk) => {
        if (state.failWrites) throw new Error('cable cut');
        await state.block;
        written.push(chunk);
      },
      close: () => {
        state.closed = true;
      },
    }),
  };
  return { transport, written, arrive, state };
}
function listen(transport: Transport) {
  const link = octetLink(transport);
  const seen = { chunks: [] as Uint8Array[], ends: [] as unknown[] };
  link.start({ octets: (chunk) => seen.chunks.push(chunk), ended: (error) => seen.ends.push(error) });
  return { link, seen };
}

describe('octetLink over plain streams', () => {
  it('delivers, pauses, resumes, and closes both streams', async () => {
    const { transport, written, arrive, state } = streams();
    const { link, seen } = listen(transport);
    arrive.enqueue(parseHex('01'));
    await settle();
    link.pause();
    for (const hex of ['02', '03', '04']) arrive.enqueue(parseHex(hex));
    await settle();
    expect(seen.chunks).toEqual([parseHex('01')]);
    link.resume();
    await settle();
    expect(seen.chunks).toEqual(['01', '02', '03', '04'].map(parseHex));
    await link.write(parseHex('AA'));
    expect(written).toEqual([parseHex('AA')]);
    await link.close();
    await link.close();
    expect(state).toMatchObject({ cancelled: true, closed: true });
    expect(seen.ends).toEqual([undefined]);
  });

  it('reports the end of the peer once, and errors of either stream as transport/closed with their cause', async () => {
    const ended = streams();
    const one = listen(ended.transport);
    ended.arrive.close();
    await settle();
    expect(one.seen.ends).toEqual([undefined]);

    const broken = streams();
    const two = listen(broken.transport);
    broken.arrive.error(new Error('line lost'));
    await settle();
    expect(two.seen.ends).toMatchObject([{ message: 'line lost' }]);

    const cut = streams();
    cut.state.failWrites = true;
    const three = listen(cut.transport);
    await three.link.write(parseHex('AA'));
    await settle();
    expect(three.seen.ends).toMatchObject([{ code: 'transport/closed', cause: { message: 'cable cut' } }]);
    await three.link.write(parseHex('BB'));
  });

  it('ends at once when aborted, paused or not', async () => {
    const { transport, state } = streams();
    state.block = new Promise(() => {});
    const { link, seen } = listen(transport);
    void link.write(parseHex('AA'));
    link.pause();
    link.abort();
    await settle();
    expect(seen.ends).toEqual([undefined]);
  });
});

describe('linkTransport', () => {
  it('gives the streams of a link, with backpressure both ways', async () => {
    const [a, b] = transportPair({ capacity: 1000 });
    const writer = a.writable.getWriter();
    let written = 0;
    const octets = new Uint8Array(400_000).map((_, i) => i >> 4);
    const writing = (async () => {
      for (let at = 0; at < octets.length; at += 1000) {
        await writer.write(octets.slice(at, at + 1000));
        written += 1000;
      }
      await writer.close();
    })();
    const reader = b.readable.getReader();
    await settle();
    expect(written).toBeLessThan(100_000);
    const got = new Uint8Array(octets.length);
    let at = 0;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      got.set(read.value, at);
      at += read.value.length;
    }
    await writing;
    expect(equalBytes(got, octets)).toBe(true);
  });

  it('closes the link when the reader cancels or the writer aborts, and fails the reader when the link does', async () => {
    for (const leave of [(t: Transport) => t.readable.cancel(), (t: Transport) => t.writable.abort()]) {
      const [a, b] = transportPair();
      const { seen } = listen(b);
      void a.readable;
      await leave(a);
      await settle();
      expect(seen.ends).toEqual([undefined]);
    }
    let end!: (error?: unknown) => void;
    const failing = linkTransport({
      start: (sink) => {
        end = (error) => sink.ended(error);
      },
      write() {},
      pause() {},
      resume() {},
      close() {},
      abort() {},
    });
    const reading = failing.readable.getReader().read();
    end(new Error('gone'));
    await expect(reading).rejects.toMatchObject({ code: 'transport/closed', cause: { message: 'gone' } });
  });
});

describe('rawChannel', () => {
  it('carries one APDU per chunk, both ways, and ends by name', async () => {
    const clock = new VirtualClock();
    const [a, b] = transportPair({ datagrams: true });
    const [one, two] = [rawChannel(a, { clock, timeoutMs: 100 }), rawChannel(b, { clock, maxApduSize: 10 })];
    await one.open();
    await one.send(parseHex('C001'));
    expect(await two.receive()).toEqual(parseHex('C001'));
    await two.send(parseHex('C401'));
    expect(await one.receive()).toEqual(parseHex('C401'));
    const silent = one.receive();
    clock.advance(100);
    await expect(silent).rejects.toMatchObject({ code: 'transport/timeout' });
    await one.send(new Uint8Array(11));
    await one.send(parseHex('C002'));
    expect(await two.receive()).toEqual(parseHex('C002'));
    expect(two.dropped).toBe(1);
    await two.close();
    await expect(two.receive()).rejects.toThrow(/1 dropped, the last: too large.*11, where at most 10 are accepted/);
    await settle();
    await expect(one.receive()).rejects.toBeInstanceOf(DlmsError);
    await expect(one.send(parseHex('C001'))).rejects.toMatchObject({
      code: 'transport/closed',
      context: { by: 'remote' },
    });
  });
});
