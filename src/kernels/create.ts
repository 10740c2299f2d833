/**
 * Making kernels: on a memory of a given size, or on one with just the room that a layout takes.
 */
import { mistake, show } from '../core/errors.ts';
import { assemble, clockOf, type Kernels, type KernelsOptions } from './kernels.ts';
import { controlMaxThreads } from './layout.ts';
import { Arena } from './memory.ts';
import {
  createMemory,
  hasSharedMemory,
  instantiate,
  type KernelExports,
  loadModuleText,
  type PreparedModule,
  prepareModule,
} from './module.ts';

/** Bytes of kernels whose caller names none. */
export const defaultBytes = 2 ** 28;

/** Throws {@link CohortError} for a number of threads that cannot be. */
export function checkThreads({ threads = 1 }: KernelsOptions): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= controlMaxThreads) return;
  throw mistake('threads', `a whole number from 1 to ${controlMaxThreads}`, show(threads), 'choose at most the number of processor cores');
}

/** Kernels of a compiled module, on a memory of that size. */
export function build(options: KernelsOptions, { shared }: PreparedModule, module: WebAssembly.Module, bytes: number): Kernels {
  const memory = createMemory(bytes, shared);
  const kernels = assemble(options, shared, new Arena(memory), instantiate(module, memory, clockOf(options)));
  if (kernels.threads > 1) kernels.context.pool.start(options.spawnThread!, module, memory);
  return kernels;
}

/** The module that the options ask for, ready to compile. */
async function prepare(
  { arithmetic = 'plain', enableRelaxedSimd }: Omit<KernelsOptions, 'bytes'>,
  withTransformers: boolean,
): Promise<PreparedModule> {
  return prepareModule(await loadModuleText(arithmetic, withTransformers), arithmetic, enableRelaxedSimd);
}

/**
 * Kernels on a memory of a given size, compiled in the background. Rejects with {@link CohortError} if the machine lacks SIMD, relaxed SIMD (`fused`),
 * or the memory. Where SharedArrayBuffer is missing one thread runs, with the same bits.
 */
export async function createKernelsAsync(options: KernelsOptions = {}): Promise<Kernels> {
  checkThreads(options);
  const prepared = await prepare(options, true);
  return build(options, prepared, await WebAssembly.compile(prepared.bytes), options.bytes ?? defaultBytes);
}

/** Takes all memory that something needs, and nothing else: it is called twice, and must take the same both times. */
export type Layout<T> = (kernels: Kernels) => T;

/** Makes kernels with the memory that a layout takes; resolves to what the layout made. */
export type LayOut = <T>(layout: Layout<T>, options?: Omit<KernelsOptions, 'bytes'>) => Promise<T>;

/** Left free behind a layout for arrays that callers make later, such as a page that shows what a network says. Untouched pages cost nothing. */
const spareBytes = 2 ** 20;

/** Functions of a module that is not there yet. */
const noExports = new Proxy({} as KernelExports, {
  get: () => () => {
    throw mistake('layout', 'a function that only takes memory', 'one that computes', 'compute with what layOutKernels resolves to');
  },
});

/**
 * Kernels with just the memory that `layout` takes from them. It is called first with kernels that count bytes (their arrays are empty, and
 * computing throws), then with the true ones; what it makes of these is the result. Throws {@link CohortError} as {@link createKernelsAsync} does,
 * and if `layout` takes more the second time.
 */
export const layOutKernels: LayOut = async (layout, options = {}) => {
  checkThreads(options);
  const counting = assemble(options, hasSharedMemory(), new Arena(), noExports);
  layout(counting);
  const bytes = counting.bytesUsed;
  const prepared = await prepare(options, counting.context.hasTransformer === true);
  const kernels = build(options, prepared, await WebAssembly.compile(prepared.bytes), bytes + spareBytes);
  const made = layout(kernels);
  if (kernels.bytesUsed === bytes) return made;
  kernels.close();
  throw mistake(
    'layout',
    `a function that takes ${bytes} bytes, as when they were counted`,
    `${kernels.bytesUsed} bytes`,
    'let sizes depend on what is configured, not on the arrays it is given: those are empty while bytes are counted',
  );
};
