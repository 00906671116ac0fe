/** How many requests of one association may go unanswered; about half of the identifiers remain usable. */
const mostGivenUp = 8;

/**
 * The invoke-ids of one association. There are fifteen, so each is used again after fifteen requests. But the answer to
 * an abandoned request may come at any time, and must not be mistaken for the answer to another one, so the identifier
 * of an abandoned request is never used again.
 */
export class InvokeIds {
  #last = 0;
  readonly #givenUp = new Set<number>();
  readonly #awaited = new Set<number>();

  /** The next identifier: 1 to 15, in turn. */
  next(): number {
    do this.#last = (this.#last % 15) + 1;
    while (this.#givenUp.has(this.#last));
    return this.#last;
  }
  /** Abandons a request whose answer may still come. @returns whether enough identifiers are left to go on */
  giveUp(id: number): boolean {
    this.#givenUp.add(id);
    this.#awaited.add(id);
    return this.#givenUp.size <= mostGivenUp;
  }
  /** Records an answer that came after its request was abandoned. */
  arrived(id: number): void {
    this.#awaited.delete(id);
  }
  /** How many abandoned requests may still be answered. */
  get awaited(): number {
    return this.#awaited.size;
  }
  /** Starts afresh for an association over another connection, where no old answers can arrive. */
  reset(): void {
    this.#givenUp.clear();
    this.#awaited.clear();
  }
}
