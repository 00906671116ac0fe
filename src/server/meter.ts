import { DlmsError } from '../core/errors.js';
import type { ApduHandler, Route } from '../transport/transport.js';
import { checkConfig } from './accept.js';
import type { AssociationConfig } from './association.js';
import type { ObjectStore } from './object.js';
import { ServerAssociation } from './session.js';

/** One logical device: its objects and the associations that it offers. */
export interface LogicalDevice {
  /** Server SAP; 1 is the management logical device. */
  readonly sap: number;
  readonly objects: ObjectStore;
  readonly associations: readonly AssociationConfig[];
  /** Longest APDU that the device takes, in octets. Default 1024. */
  readonly maxReceivePduSize?: number;
  /** Octets of one value that are taken by blocks. Default 1 MiB. */
  readonly maxValueSize?: number;
  /** What went wrong inside: faults of handlers and refused messages. Nothing of it reaches the client. */
  readonly onError?: (error: unknown) => void;
}

/** A meter: logical devices behind any number of connections. Give {@link Meter.connection} to `serveWrapper` or `serveHdlc`. */
export class Meter {
  readonly #devices = new Map<number, LogicalDevice>();
  constructor(...devices: readonly LogicalDevice[]) {
    for (const device of devices) {
      if (this.#devices.has(device.sap))
        throw new DlmsError('encode/invalid-value', { expected: 'logical devices of different SAPs', actual: `two of SAP ${device.sap}` });
      device.associations.forEach(checkConfig);
      this.#devices.set(device.sap, device);
    }
  }
  get devices(): IterableIterator<LogicalDevice> {
    return this.#devices.values();
  }
  /** A handler for one connection: associations live and die with it. */
  connection(): ApduHandler {
    const associations = new Map<number, ServerAssociation>();
    const key = (route: Route): number => route.serverSap * 0x10000 + route.clientSap;
    return {
      handle: (apdu, route) => {
        const device = this.#devices.get(route.serverSap);
        // A logical device that does not exist stays silent, like a meter on a shared bus.
        if (device === undefined) return [];
        let association = associations.get(key(route));
        if (association === undefined) {
          // An unknown client SAP gets no state, so that trying them all costs no memory.
          const config = device.associations.find((a) => a.clientSap === route.clientSap);
          association = new ServerAssociation(device, config, route);
          if (config !== undefined) associations.set(key(route), association);
        }
        return association.handle(apdu);
      },
      released: (route) => {
        if (route === undefined) associations.clear();
        else associations.delete(key(route));
      },
    };
  }
}
