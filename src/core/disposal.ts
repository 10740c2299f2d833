/**
 * `await using`: what holds threads lets go of them where its scope ends.
 */

// Programs are checked against libraries of types from before these names (ES2023 has none); where they are there, this says the same.
declare global {
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
  interface AsyncDisposable {
    [Symbol.asyncDispose](): PromiseLike<void>;
  }
}

/** What `await using` closes; without it, `close()` does the same. */
export interface Releasable extends AsyncDisposable {
  [Symbol.asyncDispose](): Promise<void>;
}

/** The same thing, which `await using` closes from now on. */
export function releasable<T extends { close(): void }>(thing: T): T & Releasable {
  return Object.assign(thing, {
    async [Symbol.asyncDispose]() {
      thing.close();
    },
  });
}
