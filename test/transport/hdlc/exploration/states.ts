const words = 5;
const chunkBits = 18;
const chunkSize = 1 << chunkBits;

/**
 * A set of states of four numbers each, in order of arrival, with the state from which each was reached first. Exact:
 * nothing is told by its hash alone.
 */
export class States {
  #chunks: Uint32Array[] = [];
  #slots: Int32Array = new Int32Array(1 << 16);
  #size = 0;

  get size(): number {
    return this.#size;
  }
  /** @returns false for a state that is known */
  add(a: number, b: number, c: number, d: number, parent: number): boolean {
    const slot = this.#slot(a, b, c, d);
    if ((this.#slots[slot] as number) !== 0) return false;
    if ((this.#size & (chunkSize - 1)) === 0) this.#chunks.push(new Uint32Array(chunkSize * words));
    const chunk = this.#chunks[this.#size >>> chunkBits] as Uint32Array;
    const at = (this.#size & (chunkSize - 1)) * words;
    chunk[at] = a;
    chunk[at + 1] = b;
    chunk[at + 2] = c;
    chunk[at + 3] = d;
    chunk[at + 4] = parent;
    this.#size++;
    this.#slots[slot] = this.#size;
    if (this.#size * 3 > this.#slots.length * 2) this.#grow();
    return true;
  }
  /** The number of a state; -1 for one that was not met. */
  find(a: number, b: number, c: number, d: number): number {
    return (this.#slots[this.#slot(a, b, c, d)] as number) - 1;
  }
  /** Word 0 to 3 of a state; 4: the number of the state before it. */
  word(state: number, word: number): number {
    const chunk = this.#chunks[state >>> chunkBits] as Uint32Array;
    return chunk[(state & (chunkSize - 1)) * words + word] as number;
  }

  /** Where the state stands, or would stand. */
  #slot(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const known = (slots[slot] as number) - 1;
      if (known < 0) return slot;
      const chunk = this.#chunks[known >>> chunkBits] as Uint32Array;
      const at = (known & (chunkSize - 1)) * words;
      if (chunk[at] === a && chunk[at + 1] === b && chunk[at + 2] === c && chunk[at + 3] === d) return slot;
    }
  }
  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let i = 0; i < this.#size; i++) {
      let slot = hash(this.word(i, 0), this.word(i, 1), this.word(i, 2), this.word(i, 3)) & mask;
      while ((this.#slots[slot] as number) !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = i + 1;
    }
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15) ^ d, 0x165667b1);
  return (h ^ (h >>> 16)) >>> 0;
}
