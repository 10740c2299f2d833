/**
 * A limit on addresses (`ulimit -v`, as batch systems set it) looks like too little memory, but is another thing: engines reserve 10 GB of addresses for
 * every WebAssembly memory, whatever its size, so that they need not check each access.
 */
import { failure } from './errors.ts';

/** What to throw for a memory that was refused: where even the smallest one is, addresses are what is short; else `cause` itself. */
export function explainAddresses(cause: unknown): unknown {
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1 });
    return cause;
  } catch {
    const expected = 'room for another WebAssembly memory, which takes 10 GB of addresses whatever its size';
    const advice =
      'lift the limit on addresses (ulimit -v unlimited; CartPole takes 13 GB, MuJoCo 36, LunarLander 46), or set NODE_OPTIONS=--disable-wasm-trap-handler, which takes none (same bits)';
    return failure('address space', expected, 'a refusal even of the smallest', advice, cause);
  }
}
