/**
 * The wasm modules: from embedded text to a compiled module that fits the machine.
 */
import { explainAddresses } from '../core/addressSpace.ts';
import { CohortError, failure, outOfMemory } from '../core/errors.ts';
import { bytesOfPrintable } from '../core/text.ts';
import { perceptronModule } from './perceptron/generated.ts';

/** How multiply-adds round: `plain` twice, the same bits on every machine; `fused` once, faster, bits may differ between machines. */
export type Arithmetic = 'plain' | 'fused';

/** What the module offers; addresses and counts are plain numbers. */
export interface KernelExports {
  run(control: number, parallel: number): void;
  finishGradient(job: number, flat: number, sums: number): void;
  finishTransformer(job: number, gradients: number): void;
  adam(record: number): number;
  sgd(record: number): number;
  scale(pointer: number, bytes: number, factor: number): void;
  sumOfSquares(pointer: number, bytes: number): number;
  worker(control: number, thread: number): void;
  close(control: number): void;
  multiplyAdds(turns: number, factors: number): number;
}

/** Bytes of a module, ready to compile, and the memory it is to import. */
export interface PreparedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly shared: boolean;
}

const pageBytes = 65536;
const maxPages = 65536;

/** Reads an unsigned LEB128 number (WebAssembly specification, 5.2.2); returns [value, next position]. */
function readNumber(bytes: Uint8Array, position: number): [number, number] {
  let value = 0;
  let weight = 1;
  for (;;) {
    const byte = bytes[position++]!;
    value += (byte & 0x7f) * weight;
    if (byte < 0x80) return [value, position];
    weight *= 128;
  }
}

/**
 * Clears the shared flag of every memory import, in place: a module that imports shared memory cannot be instantiated where
 * SharedArrayBuffer is missing. Layout: WebAssembly specification 5.5.5 (import section) and the threads proposal (flag 2 = shared).
 */
export function unshareMemory(bytes: Uint8Array): void {
  let position = 8; // magic and version
  while (position < bytes.length) {
    const id = bytes[position]!;
    const [size, start] = readNumber(bytes, position + 1);
    if (id === 2) {
      let [count, at] = readNumber(bytes, start);
      for (; count > 0; count--) {
        for (let name = 0; name < 2; name++) {
          const [length, text] = readNumber(bytes, at);
          at = text + length;
        }
        const kind = bytes[at++]!;
        if (kind === 0) {
          at = readNumber(bytes, at)[1]; // function: type index
        } else if (kind === 3) {
          at += 2; // global: type, mutability
        } else {
          if (kind === 1) at++; // table: element type
          const flags = bytes[at]!;
          if (kind === 2) bytes[at] = flags & 1;
          at = readNumber(bytes, at + 1)[1];
          if (flags & 1) at = readNumber(bytes, at)[1];
        }
      }
      return;
    }
    position = start + size;
  }
}

/** Whether this place has shared memory (a browser page without cross-origin isolation has none). */
export function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === 'function';
}

/**
 * The text of a module. Only one is used at a time: the one for perceptrons is at hand, for most programs need no other; the one with transformers, and
 * that of the other arithmetic, are loaded when they are asked for.
 */
export async function loadModuleText(arithmetic: Arithmetic, withTransformers: boolean): Promise<string> {
  if (arithmetic === 'fused') return (await import('./fused/generated.ts')).fusedModule;
  return withTransformers ? (await import('./plain/generated.ts')).plainModule : perceptronModule;
}

/**
 * Decodes the text of a module and checks that this machine accepts it. `enableRelaxedSimd` is called for `fused` where relaxed SIMD is off at
 * first (Node 20). Throws {@link CohortError} if the machine lacks what the module needs.
 */
export function prepareModule(
  text: string,
  arithmetic: Arithmetic,
  enableRelaxedSimd?: () => void,
  shared: boolean = hasSharedMemory(),
): PreparedModule {
  const bytes = bytesOfPrintable(text);
  if (!shared) unshareMemory(bytes);
  if (!WebAssembly.validate(bytes) && arithmetic === 'fused') enableRelaxedSimd?.();
  if (!WebAssembly.validate(bytes)) {
    const fused = arithmetic === 'fused';
    throw failure(
      fused ? 'arithmetic' : 'kernels',
      fused ? 'a machine with relaxed SIMD for fused multiply-add' : 'a machine with WebAssembly SIMD and atomics',
      'one that refuses the module',
      fused ? "use arithmetic 'plain'" : 'use Node 20.19 or newer, or a browser of 2023 or newer',
    );
  }
  return { bytes, shared };
}

/** The memory that a module imports; its size is fixed, so that views never detach. */
export function createMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  if (!(pages >= 1 && pages <= maxPages)) {
    throw new CohortError({
      subject: 'kernels.bytes',
      expected: `a size from ${pageBytes} to ${pageBytes * maxPages - 1} bytes`,
      got: String(bytes),
      advice: 'ask for less memory, or train a smaller batch',
      code: outOfMemory,
      bytes,
    });
  }
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (refusal) {
    const cause = explainAddresses(refusal);
    if (cause !== refusal) throw cause;
    throw new CohortError({
      subject: 'kernels.bytes',
      expected: `room for ${pages * pageBytes} bytes`,
      got: 'a refusal of the machine',
      advice: 'ask for less memory, or close other programs',
      code: outOfMemory,
      bytes,
      kind: 'failure',
      cause,
    });
  }
}

/** Instantiates a compiled module on a memory; `now` is a clock in milliseconds, for time splits only. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, now: () => number): KernelExports {
  const instance = new WebAssembly.Instance(module, { env: { memory }, host: { now } });
  return instance.exports as unknown as KernelExports;
}
