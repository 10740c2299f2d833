/** Kernels on several threads, for tests in Node. */
import { expect } from 'vitest';
import { type Arithmetic, createKernels, type Kernels } from '../../src/kernels/index.ts';
import { nodePlatform } from '../../src/node/platform.ts';

/** Kernels whose threads are all there. */
export async function openKernels(threads: number, arithmetic: Arithmetic = 'plain'): Promise<Kernels> {
  const { spawnThread, enableRelaxedSimd } = nodePlatform;
  const kernels = createKernels({ threads, arithmetic, spawnThread, enableRelaxedSimd, bytes: 2 ** 26 });
  while (kernels.threadsReady < threads) await new Promise((resolve) => setTimeout(resolve, 1));
  return kernels;
}

/** Expects that `work`, which tells everything that came out, says the same on 1, 2 and 5 threads. */
export async function expectSameBits(arithmetic: Arithmetic, work: (kernels: Kernels) => string): Promise<void> {
  const results: string[] = [];
  for (const threads of [1, 2, 5]) {
    const kernels = await openKernels(threads, arithmetic);
    results.push(work(kernels));
    kernels.close();
  }
  expect(results[1]).toBe(results[0]);
  expect(results[2]).toBe(results[0]);
}
