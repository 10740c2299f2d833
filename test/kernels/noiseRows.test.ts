/** Noise rows: whose random numbers a row is drawn with, as they are or mirrored. */
import { describe, expect, it } from 'vitest';
import { packMasks } from '../../src/kernels/index.ts';
import {
  referenceDraw,
  referenceForward,
  referenceNetwork,
  referenceNormalCdf,
  referenceUniform,
} from '../../src/kernels/reference/perceptron.ts';
import { Philox } from '../../src/random/index.ts';
import { bitsOf, openKernels } from './helpers.ts';
import { act, actingJob, expectNoiseRows, headSizes, rows } from './mirror.ts';

describe('the reference', () => {
  it('mirrors a uniform number exactly, whatever the word', () => {
    for (const word of [0, 255, 256, 0x7fffffff, 0x80000000, 0xffffff00, 0xffffffff, 123456789]) {
      const uniform = referenceUniform(word);
      expect(uniform + referenceUniform(word, true)).toBe(1);
      // The complement of the word is that mirror.
      expect(referenceUniform(~word >>> 0)).toBe(1 - uniform);
      expect(uniform > 0 && uniform < 1).toBe(true);
    }
  });
});

describe('noise rows', () => {
  it('own numbers change no bit; mirrored ones mirror to the bit', () => {
    expectNoiseRows(openKernels());
  });

  it.each([false, true])('several heads draw as the reference does with one minus the uniform number (masks: %s)', (masked) => {
    const kernels = openKernels();
    const job = actingJob(kernels, 'categorical', false);
    const { network, firstEnv, stream, iteration, step } = job;
    const size = network.spec.outputSize;
    const masks = kernels.int32(rows * 2);
    // Of every head at least the last value is allowed.
    const lasts = new Set(headSizes.map((_, h) => headSizes.slice(0, h + 1).reduce((sum, n) => sum + n, 0) - 1));
    const allowed = Uint8Array.from({ length: rows * size }, (_, i) => (!masked || i % 3 !== 0 || lasts.has(i % size) ? 1 : 0));
    packMasks(allowed, rows, size, masks);
    // Mirrored where the row is odd, and of environments in the opposite order.
    const sources = kernels.int32(rows).map((_, row) => firstEnv + rows - 1 - row);
    const noiseRows = kernels.int32(rows);
    noiseRows.set(sources.map((env, row) => (row % 2 === 1 ? ~env : env)));
    const { actions } = act(kernels, { ...job, noiseRows, masks: masked ? masks : undefined });
    const logits = referenceForward(referenceNetwork(network), job.observations, rows).outputs;
    const philox = new Philox(job.key);
    let differences = 0;
    for (let row = 0; row < rows; row++) {
      let begin = row * size;
      for (const [head, length] of headSizes.entries()) {
        const word = philox.block(stream, iteration, step, sources[row]!, head >> 2)[head & 3]!;
        const places = Array.from({ length }, (_, k) => k).filter((k) => allowed[begin + k] === 1);
        const of = Float64Array.from(places, (k) => logits[begin + k]!);
        if (places[referenceDraw(of, referenceUniform(word, row % 2 === 1))] !== actions[row * headSizes.length + head]) differences++;
        begin += length;
      }
    }
    // A uniform within a rounding error of a border may fall on either side.
    expect(differences).toBeLessThanOrEqual(1);
  });

  it('a Gaussian is the inverse distribution of one minus the uniform number', () => {
    const kernels = openKernels();
    const job = actingJob(kernels, 'gaussian', true);
    const noiseRows = kernels.int32(rows).fill(~3);
    const { actions } = act(kernels, { ...job, noiseRows });
    const philox = new Philox(job.key);
    for (let a = 0; a < 6; a++) {
      const word = philox.block(job.stream, job.iteration, job.step, 3, a >> 2)[a & 3]!;
      const normal = actions[a]! / Math.exp(job.network.parameters.logStd[a]!);
      expect(Math.abs(referenceNormalCdf(normal) - referenceUniform(word, true))).toBeLessThan(2e-6);
    }
    // One environment's numbers for everybody: with one mean, one action.
    for (let i = 0; i < actions.length; i++) expect(actions[i]).toBe(actions[i % 6]);
  });

  it('in any pieces the same, and greedy does not look at them', () => {
    const kernels = openKernels();
    for (const head of ['categorical', 'gaussian'] as const) {
      const job = actingJob(kernels, head, false);
      const noiseRows = kernels.int32(rows);
      noiseRows.set(noiseRows.map((_, row) => (row % 2 === 0 ? row : ~(row - 1))));
      const whole = act(kernels, { ...job, noiseRows });
      job.actions.fill(0);
      for (const [firstRow, count] of [
        [0, 5],
        [5, 66],
        [71, rows - 71],
      ] as const)
        kernels.act({ ...job, noiseRows, firstRow, count });
      expect(bitsOf(job.actions)).toBe(bitsOf(whole.actions));
      expect(bitsOf(act(kernels, { ...job, noiseRows, greedy: true }).actions)).toBe(
        bitsOf(act(kernels, { ...job, greedy: true }).actions),
      );
    }
  });

  it('are refused where they are too short, or no memory of the kernels', () => {
    const kernels = openKernels();
    const job = actingJob(kernels, 'gaussian', false);
    expect(() => kernels.act({ ...job, noiseRows: kernels.int32(rows - 1) })).toThrow(/noiseRows/);
    expect(() => kernels.act({ ...job, noiseRows: new Int32Array(rows) })).toThrow(/noiseRows/);
  });
});
