import type { Kind } from '../vector.js';
import { apduKinds } from './apdu.js';
import { axdrKinds } from './axdr.js';
import { hdlcKinds } from './hdlc.js';
import { wrapperKinds } from './wrapper.js';

/** Every kind of vector that the runner knows. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...axdrKinds,
  ...apduKinds,
  ...hdlcKinds,
  ...wrapperKinds,
};
