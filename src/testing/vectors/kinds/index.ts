import type { Kind } from '../vector.js';
import { acseKinds } from './acse.js';
import { apduKinds } from './apdu.js';
import { axdrKinds } from './axdr.js';
import { gbcsKinds } from './gbcs.js';
import { hdlcKinds } from './hdlc.js';
import { hlsKinds } from './hls.js';
import { securityKinds } from './security.js';
import { wrapperKinds } from './wrapper.js';

/** Every kind of vector that the runner knows. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...axdrKinds,
  ...acseKinds,
  ...apduKinds,
  ...securityKinds,
  ...hlsKinds,
  ...gbcsKinds,
  ...hdlcKinds,
  ...wrapperKinds,
};
