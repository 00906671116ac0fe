import type { Plan } from './stations.js';

const common = { apdus: 2, retries: 1, lateTurns: 1, early: 0 } as const;

/**
 * What `npm run explore` goes through. With a window of 2 an APDU fills it, with a window of 3 two APDUs share a turn.
 */
export const plans = {
  'window 1': { ...common, window: 1, requestSegments: 1, replySegments: 1, early: 1 },
  'window 2': { ...common, window: 2, requestSegments: 2, replySegments: 2 },
  'window 3': { ...common, window: 3, requestSegments: 2, replySegments: 2 },
  'window 1, not ready': { ...common, window: 1, requestSegments: 1, replySegments: 1, notReady: true },
} as const satisfies Readonly<Record<string, Plan>>;

/** A few seconds: one APDU each way. */
export const shortPlan: Plan = { ...common, apdus: 1, window: 1, requestSegments: 1, replySegments: 1 };

/** More than the link promises: doubles come three round trips later. */
export const latePlan: Plan = { ...common, window: 1, requestSegments: 1, replySegments: 1, lateTurns: 3 };
