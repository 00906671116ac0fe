import type { Kind } from '../vector.js';
import { algorithmKinds } from './algorithms.js';
import { apduKinds } from './apdu.js';
import { axdrKinds } from './axdr.js';
import { captureKinds } from './capture.js';
import { frameKinds } from './frames.js';
import { gbcsKinds } from './gbcs.js';
import { hlsKinds } from './hls.js';
import { modeEKinds } from './mode-e.js';
import { quirkKinds } from './quirk.js';
import { rejectKinds } from './reject.js';
import { securityKinds } from './security.js';
import { sessionKinds } from './session.js';
import { xmlKinds } from './xml.js';

/** All kinds of vectors that the runner knows. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...axdrKinds,
  ...apduKinds,
  ...securityKinds,
  ...algorithmKinds,
  ...hlsKinds,
  ...gbcsKinds,
  ...frameKinds,
  ...modeEKinds,
  ...captureKinds,
  ...rejectKinds,
  ...quirkKinds,
  ...sessionKinds,
  ...xmlKinds,
};
