import type { Kind } from '../vector.js';
import { acseKinds } from './acse.js';
import { apduKinds } from './apdu.js';
import { axdrKinds } from './axdr.js';
import { captureKinds } from './capture.js';
import { gbcsKinds } from './gbcs.js';
import { hdlcKinds } from './hdlc.js';
import { hlsKinds } from './hls.js';
import { quirkKinds } from './quirk.js';
import { rejectKinds } from './reject.js';
import { securityKinds } from './security.js';
import { sessionKinds } from './session.js';
import { transportKinds } from './transports.js';
import { wrapperKinds } from './wrapper.js';
import { xmlKinds } from './xml.js';

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
  ...transportKinds,
  ...captureKinds,
  ...rejectKinds,
  ...quirkKinds,
  ...sessionKinds,
  ...xmlKinds,
};
