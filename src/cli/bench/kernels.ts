/**
 * `bench kernels`: what the update and acting cost alone, and how near they are to what the machine can do with 128-bit vectors.
 */
import { interleave } from './measure.ts';
import { type BenchSuite, writeResult } from './suite.ts';

/** Multiplications and additions of one sample through 4-64-64-2 forwards and backwards: 2 x (4480 + 4224 + 4480). */
const flopsPerUpdate = 26_368;

/** Updates of 128, 1024 and 8192 rows and acting on 4 .. 64 rows, by arithmetic and threads. */
export const benchKernels: BenchSuite = async (options, { createKernelsAsync, nodePlatform }) => {
  const candidates: Record<string, () => number> = {};
  const opened: { close(): void }[] = [];
  const limits: Record<string, number> = {};
  for (const arithmetic of ['plain', 'fused'] as const) {
    for (const threads of [1, 2]) {
      const kernels = await createKernelsAsync({ ...nodePlatform, arithmetic, threads, bytes: 64 * 2 ** 20 });
      opened.push(kernels);
      if (threads === 1) limits[arithmetic] = kernels.measureLimit();
      const name = { name: 'actor', inputSize: 4, hiddenSizes: [64, 64], outputSize: 2, activation: 'tanh' } as const;
      const parameters = kernels.createParameters({ networks: [name] });
      const network = parameters.networks[0]!;
      const rows = 8192;
      const observations = kernels.float32(rows * 4);
      const actions = kernels.int32(rows);
      const logProbs = kernels.float32(rows).fill(-0.7);
      const advantages = kernels.float32(rows);
      // Any numbers will do, so long as none is special.
      for (let i = 0; i < observations.length; i++) observations[i] = ((i * 2654435761) % 1000) / 500 - 1;
      for (let i = 0; i < rows; i++) advantages[i] = observations[i]!;
      for (let i = 0; i < parameters.values.length; i++) parameters.values[i] = (((i * 40503) % 1000) / 500 - 1) * 0.2;
      const minibatch = kernels.createMinibatch({ policy: { network, head: 'categorical', observations, actions, logProbs, advantages } });
      const suffix = `${threads} thread${threads > 1 ? 's' : ''}, ${arithmetic}`;
      let step = 0;
      for (const count of [128, 1024, 8192]) {
        const label = `update of ${count}, ${suffix}`;
        if (!label.includes(options.only)) continue;
        const run = { indices: null, first: 0, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0.01 };
        candidates[label] = () => {
          minibatch.run(run);
          kernels.adamStep({ parameters, learningRate: 1e-6, epsilon: 1e-5, maxGradNorm: 0.5, step: ++step });
          return count;
        };
      }
      if (threads > 1) continue;
      for (const count of [4, 8, 16, 64]) {
        const label = `act on ${count}, ${suffix}`;
        if (!label.includes(options.only)) continue;
        const act = { network, head: 'categorical', observations, count, actions, logProbs, key: [1, 2], iteration: 0, step: 0 } as const;
        candidates[label] = () => {
          for (let i = 0; i < 16; i++) kernels.act({ ...act, firstEnv: 0, stream: 0, greedy: false });
          return 16 * count;
        };
      }
    }
  }
  const measured = interleave(candidates, options.seconds / 10);
  for (const kernels of opened) kernels.close();
  for (const [name, rates] of measured) {
    const limit = limits[name.endsWith('fused') ? 'fused' : 'plain']! * (name.includes('2 threads') ? 2 : 1);
    const ofLimit = name.startsWith('update') ? (rates.best * flopsPerUpdate) / 1e9 / limit : undefined;
    const distance =
      ofLimit === undefined ? '' : `   ${Math.round(ofLimit * 100)} % of the ${limit.toFixed(1)} GFLOP/s of a bare multiply-add loop`;
    writeResult(options, { suite: 'kernels', name, unit: 'samples/s', ...rates }, { gigaflopsLimit: limit, ofLimit }, distance);
  }
};
