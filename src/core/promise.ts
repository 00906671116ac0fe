/** A value that is available now or later: keys may be in a module that only answers asynchronously. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Continues at once when the value is there (no microtask, no allocation), otherwise when it arrives. Not called
 * `then`: a module that exports a function of that name is a thenable, and its `import()` would call the function
 * instead of returning the module.
 */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
/** Runs `end` when the work is over, whether it succeeded or not. */
export function lastly<T>(work: () => MaybePromise<T>, end: () => void): MaybePromise<T> {
  let result: MaybePromise<T>;
  try {
    result = work();
  } catch (e) {
    end();
    throw e;
  }
  if (result instanceof Promise) return result.finally(end);
  end();
  return result;
}
