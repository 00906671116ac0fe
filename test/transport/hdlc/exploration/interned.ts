/** Numbers for values: the same number for values with the same key. */
export class Interned<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];
  readonly #key: (value: T) => string;
  constructor(key: (value: T) => string) {
    this.#key = key;
  }
  get size(): number {
    return this.#values.length;
  }
  number(value: T): number {
    const key = this.#key(value);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#values.length;
      this.#numbers.set(key, number);
      this.#values.push(value);
    }
    return number;
  }
  values(): readonly T[] {
    return this.#values;
  }
  value(number: number): T {
    return this.#values[number] as T;
  }
}

/** A function of a number from 0, computed once for each. */
export function memoized<T>(make: (n: number) => T): (n: number) => T {
  const known: (T | undefined)[] = [];
  return (n) => {
    let value = known[n];
    if (value === undefined) {
      value = make(n);
      known[n] = value;
    }
    return value;
  };
}
