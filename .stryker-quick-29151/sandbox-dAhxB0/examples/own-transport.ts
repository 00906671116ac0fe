import { intercept, type Transport } from 'dlms-cosem/transport';

/** What a message broker offers. */
export interface Broker {
  subscribe(topic: string, take: (octets: Uint8Array) => void): void;
  publish(topic: string, octets: Uint8Array): Promise<void>;
}

/** A transport of your own: each message is a piece of the octet stream. */
export function brokerTransport(broker: Broker, meter: string): Transport {
  return {
    readable: new ReadableStream({
      start: (controller) => broker.subscribe(`${meter}/from`, (octets) => controller.enqueue(octets)),
    }),
    writable: new WritableStream({
      write: (octets) => broker.publish(`${meter}/to`, octets),
    }),
  };
}

/** Middleware of your own: what a mobile connection is billed for. */
export function counted(
  transport: Transport,
  count: (direction: 'sent' | 'received', octets: number) => void,
): Transport {
  return intercept(transport, {
    sent(octets, pass) {
      count('sent', octets.length);
      return pass(octets);
    },
    received(octets, pass) {
      count('received', octets.length);
      pass(octets);
    },
  });
}
