import { type DlmsError, isDlmsError } from '../../src/core/errors.js';
import type { MaybePromise } from '../../src/core/promise.js';

/** The error of a call that fails at once or later. */
export async function failure(call: () => MaybePromise<unknown>): Promise<any> {
  try {
    await call();
  } catch (e) {
    return e;
  }
  throw new Error('did not fail');
}

/** The error of the library that a call throws at once; any other error is a fault. */
export function refusal(call: () => unknown): DlmsError {
  const error = refused(call);
  if (error === undefined) throw new Error('was accepted');
  return error;
}
/** The code of a {@link refusal}, or `accepted`. */
export const outcome = (call: () => unknown): string => refused(call)?.code ?? 'accepted';
/** The same of a call that may answer later. */
export async function laterOutcome(call: () => MaybePromise<unknown>): Promise<string> {
  try {
    await call();
  } catch (e) {
    if (isDlmsError(e)) return e.code;
    throw e;
  }
  return 'accepted';
}
function refused(call: () => unknown): DlmsError | undefined {
  try {
    call();
  } catch (e) {
    if (isDlmsError(e)) return e;
    throw e;
  }
  return undefined;
}
