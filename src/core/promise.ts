/** A value that may be there now or later: keys can live in a module that only answers asynchronously. See `andThen` in maybe.ts. */
export type MaybePromise<T> = T | Promise<T>;
