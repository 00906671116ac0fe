import { type Clock, systemClock } from '../core/clock.js';
import { DlmsError } from '../core/errors.js';
import type { ApduHandler, Route } from '../transport/transport.js';
import type { AssociationConfig } from './association.js';
import { checkDevice } from './check-config.js';
import type { ObjectStore } from './object.js';
import { ServerAssociation, type Surroundings } from './session.js';
import { GuessThrottle } from './throttle.js';

/** One logical device: its objects and the associations that it offers. */
export interface LogicalDevice {
  /** Server SAP; 1 is the management logical device. */
  readonly sap: number;
  readonly objects: ObjectStore;
  readonly associations: readonly AssociationConfig[];
  /** Longest APDU that the device accepts, in octets. Default: 1024. */
  readonly maxReceivePduSize?: number;
  /**
   * Longest APDU that the device sends, in octets, even if the client accepts more; 0: as much as the client accepts.
   * Default: 1024, because some clients say 65 535 and have less room.
   */
  readonly maxSendPduSize?: number;
  /** Octets of a value received in blocks, for all associations of a connection together. Default: 1 MiB. */
  readonly maxValueSize?: number;
  /**
   * The same for a client that has proven nothing (no HLS, no verified message) when only the contents of the blocks
   * say what they are for: short names and general block transfer. Default: 8 KiB.
   */
  readonly maxUnprovenSize?: number;
  /** Octets of all values in the response to a list; items beyond that are refused. Default: 8 MiB. */
  readonly maxResponseSize?: number;
  /**
   * Milliseconds that one request with a list may take; items that have not begun by then are refused. Default: 5000.
   */
  readonly maxRequestMs?: number;
  /**
   * How many passwords and HLS replies are checked per second for one association, over all connections, once more than
   * a few were wrong; further ones wait for their turn. At least 0.000001. Default: 10.
   */
  readonly guessesPerSecond?: number;
  /** The clock for everything that waits. Default: the clock of this machine. */
  readonly clock?: Clock;
  /** Called for internal errors: failed handlers and refused messages. None of this reaches the client. */
  readonly onError?: (error: unknown) => void;
}

/**
 * A meter: logical devices behind any number of connections. Give {@link Meter.connection} to `serveWrapper` or
 * `serveHdlc`.
 */
export class Meter {
  readonly #devices = new Map<number, LogicalDevice>();
  readonly #throttles = new Map<AssociationConfig | undefined, GuessThrottle>();
  /** @throws DlmsError `configuration/invalid`, `configuration/open-to-everybody` */
  constructor(...devices: readonly LogicalDevice[]) {
    for (const device of devices) {
      if (this.#devices.has(device.sap))
        throw new DlmsError('configuration/invalid', { what: `two logical devices with SAP ${device.sap}` });
      checkDevice(device);
      this.#devices.set(device.sap, device);
      for (const config of device.associations)
        this.#throttles.set(config, new GuessThrottle(device.clock ?? systemClock, device.guessesPerSecond ?? 10));
    }
  }
  get devices(): IterableIterator<LogicalDevice> {
    return this.#devices.values();
  }
  /** A handler for one connection; its associations live and die with it. */
  connection(): ApduHandler {
    const associations = new Map<number, ServerAssociation>();
    const key = (route: Route): number => route.serverSap * 0x10000 + route.clientSap;
    const around = (device: LogicalDevice, config: AssociationConfig | undefined): Surroundings => {
      const clock = device.clock ?? systemClock;
      return {
        device,
        throttle: this.#throttles.get(config) ?? new GuessThrottle(clock, 1),
        limits: { octets: device.maxResponseSize ?? 0x800000, ms: device.maxRequestMs ?? 5000, clock },
        heldByOthers(self) {
          let held = 0;
          for (const association of associations.values()) if (association !== self) held += association.held;
          return held;
        },
      };
    };
    return {
      handle: (apdu, route) => {
        const device = this.#devices.get(route.serverSap);
        // A logical device that does not exist stays silent, like a meter on a shared bus.
        if (device === undefined) return [];
        let association = associations.get(key(route));
        if (association === undefined) {
          // An unknown client SAP gets no state, so that trying them all costs no memory.
          const config = device.associations.find((a) => a.clientSap === route.clientSap);
          association = new ServerAssociation(around(device, config), config, route);
          if (config !== undefined) associations.set(key(route), association);
        }
        return association.handle(apdu);
      },
      released: (route) => {
        for (const [at, association] of associations) {
          if (route !== undefined && at !== key(route)) continue;
          associations.delete(at);
          association.end();
        }
      },
    };
  }
}
