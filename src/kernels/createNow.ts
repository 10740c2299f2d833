/**
 * Making kernels without waiting, which takes the text of both modules.
 */
import { build, checkThreads, defaultBytes } from './create.ts';
import { fusedModule } from './fused/generated.ts';
import type { Kernels, KernelsOptions } from './kernels.ts';
import { prepareModule } from './module.ts';
import { plainModule } from './plain/generated.ts';

/**
 * Compiles the kernels at once. In a browser's main thread prefer {@link createKernelsAsync}. Throws {@link CohortError} if the machine
 * lacks SIMD, relaxed SIMD (`fused`), or the memory. Where SharedArrayBuffer is missing one thread runs, with the same bits.
 */
export function createKernels(options: KernelsOptions = {}): Kernels {
  checkThreads(options);
  const { arithmetic = 'plain', enableRelaxedSimd } = options;
  const prepared = prepareModule(arithmetic === 'plain' ? plainModule : fusedModule, arithmetic, enableRelaxedSimd);
  return build(options, prepared, new WebAssembly.Module(prepared.bytes), options.bytes ?? defaultBytes);
}
