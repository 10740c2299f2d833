/**
 * Numbers the distinct keys of a rollout 0, 1, 2, ... in order of first sight. A key is a vector of float64; keys are compared entry by
 * entry, so two different keys never share a number, whatever their hashes.
 */

/** An open-addressing hash table with exact comparison and memory that is kept between rollouts. */
export class KeyTable {
  /** How many keys it holds. */
  size = 0;
  #width = 1;
  #slots: Int32Array;
  #keys: Float64Array = new Float64Array(0);
  #hashes: Int32Array;
  readonly #capacity: number;

  /** Room for `capacity` different keys. */
  constructor(capacity: number) {
    let slots = 16;
    // Half full at most, so that probes stay short.
    while (slots < 2 * capacity) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#hashes = new Int32Array(capacity);
    this.#capacity = capacity;
  }

  /** Forgets all keys; from now on keys have `width` entries. */
  clear(width: number): void {
    this.size = 0;
    this.#width = width;
    this.#slots.fill(-1);
  }

  /** The number of the key in the first `width` entries of `key` (finite, without -0), or -1 if it is not there. */
  find(key: Float64Array, words: Uint32Array): number {
    return this.#slots[this.#probe(key, this.#hash(words))]!;
  }

  /** The number of the key; a new one if it was not there. `words` is the same memory as `key`. */
  insert(key: Float64Array, words: Uint32Array): number {
    const hash = this.#hash(words);
    const slot = this.#probe(key, hash);
    const found = this.#slots[slot]!;
    if (found >= 0) return found;
    const id = this.size++;
    const width = this.#width;
    if (this.#keys.length < this.size * width) this.#grow();
    const keys = this.#keys;
    for (let j = 0; j < width; j++) keys[id * width + j] = key[j]!;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    return id;
  }

  /** The slot where the key lies or would lie. */
  #probe(key: Float64Array, hash: number): number {
    const mask = this.#slots.length - 1;
    const width = this.#width;
    const keys = this.#keys;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id < 0) return slot;
      if (this.#hashes[id] !== hash) continue;
      let j = 0;
      while (j < width && keys[id * width + j] === key[j]) j++;
      if (j === width) return slot;
    }
  }

  /** MurmurHash3 (A. Appleby, public domain): its block mix and its finaliser, over the words of the key. */
  #hash(words: Uint32Array): number {
    let hash = 0;
    const length = 2 * this.#width;
    for (let j = 0; j < length; j++) {
      let word = Math.imul(words[j]!, 0xcc9e2d51);
      word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
      hash ^= word;
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  #grow(): void {
    const most = this.#capacity * this.#width;
    const bigger = new Float64Array(Math.min(most, Math.max(2 * this.#keys.length, 1024 * this.#width)));
    bigger.set(this.#keys);
    this.#keys = bigger;
  }
}
