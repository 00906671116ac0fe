/** A value that may be there now or later: keys can live in a module that only answers asynchronously. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Continues at once when the value is there (no microtask, no allocation), else when it arrives.
 * Not called `then`: a module that exports a function of that name is a thenable, and `import()` of it calls the function instead of giving the module.
 */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
/** Runs `end` when the work is over, well or not. */
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
