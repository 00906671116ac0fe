/** Requests of one association that may go unanswered: about half of the identifiers stay in use. */
const mostGivenUp = 8;

/**
 * The invoke-ids of one association. There are fifteen, so each comes again after fifteen requests; but the answer to a request that was given up may come at any
 * time, and must not be taken for that of another one. So the identifier of a request that was given up is never used again.
 */
export class InvokeIds {
  #last = 0;
  readonly #givenUp = new Set<number>();
  readonly #awaited = new Set<number>();

  /** From 1 to 15, in turn. */
  next(): number {
    do this.#last = (this.#last % 15) + 1;
    while (this.#givenUp.has(this.#last));
    return this.#last;
  }
  /** The answer to this request may still come. @returns whether there are enough identifiers left to go on */
  giveUp(id: number): boolean {
    this.#givenUp.add(id);
    this.#awaited.add(id);
    return this.#givenUp.size <= mostGivenUp;
  }
  /** An answer came after its request had been given up. */
  arrived(id: number): void {
    this.#awaited.delete(id);
  }
  /** Requests that were given up and whose answers may still come. */
  get awaited(): number {
    return this.#awaited.size;
  }
  /** For an association over another connection: nothing of the old one can come there. */
  reset(): void {
    this.#givenUp.clear();
    this.#awaited.clear();
  }
}
