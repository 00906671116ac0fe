import type { MBusIdentity, MBusLine } from '../../meter/index.js';
import type { Json } from './notation.js';

/** The M-Bus device of a scenario, and what its inputs say of it (`mbus.1.value`). */
export class ScenarioMBus implements MBusLine {
  readonly #device: { [name: string]: Json };
  readonly #channel: number;
  #transferred = false;
  #encrypted = false;
  #access = 0;
  constructor(given: { readonly [name: string]: Json }) {
    this.#device = { ...given };
    this.#channel = Number(given.channel ?? 1);
  }
  /** @returns false for an input that is not of M-Bus */
  input(name: string, value: Json): boolean {
    const [, channel, what] = /^mbus\.(\d+)\.(\w+)$/.exec(name) ?? [];
    if (what === undefined) return false;
    if (Number(channel) === this.#channel) this.#device[what] = value;
    return true;
  }
  #answers(channel: number): boolean {
    return channel === this.#channel && this.#device.present !== false;
  }
  get #identity(): MBusIdentity {
    const identificationNumber = Number(this.#device.identification ?? 0);
    return { identificationNumber, manufacturerId: 11309, version: 1, deviceType: 3 };
  }
  read(channel: number): ReturnType<MBusLine['read']> {
    if (!this.#answers(channel)) return undefined;
    return {
      ...this.#identity,
      values: [Number(this.#device.value)],
      accessNumber: ++this.#access & 0xff,
      status: 0,
      alarm: Number(this.#device.alarm ?? 0),
      encrypted: this.#transferred && this.#encrypted,
    };
  }
  install(channel: number, address: number): ReturnType<MBusLine['install']> {
    return this.#answers(channel) ? { ...this.#identity, address: address === 0 ? 1 : address } : undefined;
  }
  transferKey(channel: number): boolean {
    if (!this.#answers(channel)) return false;
    this.#transferred = true;
    return true;
  }
  setKey(_channel: number, key: Uint8Array): void {
    this.#encrypted = key.length > 0;
  }
  send(channel: number): boolean {
    return this.#answers(channel);
  }
  synchronize(channel: number): number | undefined {
    return this.#answers(channel) ? Number(this.#device.clockError ?? 0) : undefined;
  }
}
