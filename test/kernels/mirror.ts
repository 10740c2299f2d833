/** What noise rows promise, on any kernels. */
import { expect } from 'vitest';
import type { ActOptions, Kernels } from '../../src/kernels/index.ts';
import { bitsOf, fillNormal, makeNetwork } from './helpers.ts';

/** More than two tiles, and an odd number. */
export const rows = 157;
/** More heads than a block of Philox has words. */
export const headSizes = [2, 4, 1, 8, 2, 16];
const outputs = headSizes.reduce((sum, size) => sum + size, 0);

/** A job over random observations; `flat`: every output is 0, so that all values of a head are as likely and a mean is 0. */
export function actingJob(kernels: Kernels, head: 'categorical' | 'gaussian', flat: boolean): ActOptions {
  const gaussian = head === 'gaussian';
  const shape = gaussian ? { outputSize: 6 } : { outputSize: outputs, headSizes };
  // Large enough for several threads.
  const network = makeNetwork(kernels, { ...shape, hiddenSizes: [64, 64] }, 4, gaussian ? 6 : 0);
  if (flat) network.parameters.values.fill(0);
  if (flat && gaussian) network.parameters.logStd.set([0, 0.3, -1, 0.7, 1, -0.1]);
  const observations = fillNormal(kernels.float32(rows * 5), 2);
  const actions = gaussian ? kernels.float32(rows * 6) : kernels.int32(rows * headSizes.length);
  return {
    ...{ network, head, observations, count: rows, actions, logProbs: kernels.float32(rows), key: [0xdeadbeef, 0x12345678] },
    ...{ iteration: 3, step: 5, firstEnv: 7, stream: 2, greedy: false },
  };
}

/** The actions and log-probabilities of a job, copies. */
export function act(kernels: Kernels, job: ActOptions) {
  kernels.act(job);
  return { actions: job.actions.slice(), logProbs: job.logProbs.slice() };
}

/** Expects own numbers to change no bit, and mirrored ones to mirror to the bit. */
export function expectNoiseRows(kernels: Kernels): void {
  const own = kernels.int32(rows).map((_, row) => 7 + row);
  const noiseRows = kernels.int32(rows);
  for (const head of ['categorical', 'gaussian'] as const) {
    for (const flat of [false, true]) {
      const job = actingJob(kernels, head, flat);
      const plain = act(kernels, job);
      noiseRows.set(own);
      const same = act(kernels, { ...job, noiseRows, firstEnv: 99 });
      expect([bitsOf(same.actions), bitsOf(same.logProbs)]).toEqual([bitsOf(plain.actions), bitsOf(plain.logProbs)]);
      noiseRows.set(own.map((env) => ~env));
      const mirrored = act(kernels, { ...job, noiseRows });
      if (!flat) {
        expect(bitsOf(mirrored.actions)).not.toBe(bitsOf(plain.actions));
        continue;
      }
      // All values of a head are as likely: the k-th from below becomes the k-th from above. A mean of 0: the action is its opposite.
      const last = (i: number): number => headSizes[i % headSizes.length]! - 1;
      const expected = plain.actions.map((action, i) => (head === 'gaussian' ? -action : last(i) - action));
      expect(Array.from(mirrored.actions)).toEqual(Array.from(expected));
      if (head === 'gaussian') expect(bitsOf(mirrored.logProbs)).toBe(bitsOf(plain.logProbs));
    }
  }
}
