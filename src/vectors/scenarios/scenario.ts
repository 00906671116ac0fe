import type { Json } from './notation.js';

/** An object of a scenario: attributes by the names of the books. */
export interface GivenObject {
  readonly class: number;
  readonly ln: string;
  readonly version: number;
  readonly attributes: { readonly [name: string]: Json };
  readonly source?: {
    readonly integral?: string;
    readonly input?: string;
    readonly average?: string;
    readonly maximumOf?: Json;
  };
  readonly engine?: { readonly [option: string]: Json };
}
/** What there is at the beginning. */
export interface Given {
  readonly clock: { readonly local: string; readonly daylight_savings_enabled?: boolean };
  readonly objects: readonly GivenObject[];
  readonly include?: readonly string[];
  readonly inputs?: { readonly [name: string]: Json };
  readonly associations?: Json;
  readonly network?: string;
  readonly mbusSlave?: { readonly [name: string]: Json };
  readonly profileStatus?: { readonly profile: string; readonly object: string };
  readonly meters?: number;
  readonly smallPdu?: boolean;
}
/** Something that a client, time or the environment does. */
export interface Step {
  readonly do: string;
  readonly [argument: string]: Json;
}
/** What a client must see at the end. */
export interface Expectation {
  readonly class?: number;
  readonly ln?: string;
  readonly attribute?: number;
  readonly [key: string]: Json | undefined;
}
/** One behaviour of a meter, as requests of clients and what they must see. */
export interface Scenario {
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly given: Given;
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
  readonly knobs?: { readonly [name: string]: Json };
  readonly confidence: string;
}
/** What became of a scenario. */
export interface ScenarioResult {
  readonly id: string;
  readonly family: string;
  readonly status: 'passed' | 'failed' | 'unsupported';
  /** What was not as expected, with the step. */
  readonly reason?: string;
}
/** A step, a matcher or a knob that is not known here. */
export class Unsupported extends Error {}
export class Mismatch extends Error {}
