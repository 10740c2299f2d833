/** Threads: the same bits for any number of them, a clean end, and arithmetic `fused` where the machine has it. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../src/kernels/index.ts';
import { referenceForward, referenceNetwork } from '../../src/kernels/reference/perceptron.ts';
import { bitsOf, fillNormal, makeNetwork, randomize, relativeError } from './helpers.ts';
import { expectSameBits, openKernels } from './manyThreads.ts';
import { expectNoiseRows } from './mirror.ts';

const rows = 1000;

/** Acts, evaluates, takes a few gradient steps; everything that came out, as bits. */
function work(kernels: Kernels): string {
  const spec = { name: 'actor', inputSize: 4, hiddenSizes: [32, 16], outputSize: 3, activation: 'tanh' } as const;
  const parameters = kernels.createParameters({ networks: [spec, { ...spec, name: 'critic', outputSize: 1 }] });
  randomize(parameters, 5);
  const [actor, critic] = [parameters.networks[0]!, parameters.networks[1]!];
  const observations = fillNormal(kernels.float32(rows * 4), 1);
  const [actions, logProbs, advantages, returns, values] = [
    kernels.int32(rows),
    kernels.float32(rows),
    fillNormal(kernels.float32(rows), 2),
    fillNormal(kernels.float32(rows), 3),
    kernels.float32(rows),
  ];
  const head = 'categorical' as const;
  kernels.act({
    ...{ network: actor, head, observations, count: rows, actions, logProbs },
    ...{ key: [1, 2], iteration: 0, step: 0, firstEnv: 0, stream: 0, greedy: false },
  });
  kernels.forward(critic, observations, rows, values);
  const out = [bitsOf(actions), bitsOf(logProbs), bitsOf(values)];
  const minibatch = kernels.createMinibatch({
    policy: { network: actor, head, observations, actions, logProbs, advantages },
    value: { network: critic, observations, returns, values },
  });
  const indices = kernels.int32(rows);
  for (let i = 0; i < rows; i++) indices[i] = (i * 777) % rows;
  const settings = { indices, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0.01, valueCoef: 0.5, valueClip: 0.2 };
  let step = 0;
  for (const count of [1, 65, 128, 129, 500, rows]) {
    for (let turn = 0; turn < 20; turn++) {
      const statistics = minibatch.run({ ...settings, first: 0, count });
      const norm = kernels.adamStep({ parameters, learningRate: 1e-3, epsilon: 1e-5, maxGradNorm: 0.5, step: ++step });
      out.push(`${JSON.stringify(statistics)} ${norm}`);
    }
  }
  out.push(bitsOf(parameters.values));
  return out.join('\n');
}

describe('threads', () => {
  it.each(['plain', 'fused'] as const)('1, 2 and 5 threads give the same bits (%s)', async (arithmetic) => {
    await expectSameBits(arithmetic, work);
  });

  it.each([
    ['plain', 3],
    ['fused', 1],
    ['fused', 3],
  ] as const)('noise rows mirror to the bit (%s, %i threads)', async (arithmetic, threads) => {
    const kernels = await openKernels(threads, arithmetic);
    expectNoiseRows(kernels);
    kernels.close();
  });

  it('work goes on after close', async () => {
    const kernels = await openKernels(2);
    const first = work(kernels);
    kernels.close();
    kernels.close();
    expect(work(kernels)).toBe(first);
  });

  it('other threads do take part', async () => {
    const kernels = await openKernels(2);
    const network = makeNetwork(kernels, { hiddenSizes: [128, 128] });
    const inputs = fillNormal(kernels.float32(5 * 20_000), 1);
    const outputs = kernels.float32(3 * 20_000);
    const start = performance.now();
    const before = kernels.times().forward;
    // Thread time exceeds wall time only if two worked at once; give a loaded machine some rounds.
    let both = false;
    for (let round = 0; round < 200 && !both; round++) {
      kernels.forward(network, inputs, 20_000, outputs);
      both = kernels.times().forward - before > 1.02 * (performance.now() - start);
    }
    kernels.close();
    expect(both).toBe(true);
  });

  it.each([0, 200])('do not keep a process alive, %i ms after their last work', (pause) => {
    const entry = (name: string): string => JSON.stringify(new URL(`../../dist/${name}.js`, import.meta.url).href);
    const program = `
      import { createKernelsAsync } from ${entry('kernels')};
      import { nodePlatform } from ${entry('node')};
      const kernels = await createKernelsAsync({ ...nodePlatform, threads: 3, bytes: 2 ** 20 });
      while (kernels.threadsReady < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, ${pause}));
      console.log('end');
    `;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
      stdio: 'pipe',
    });
    expect(text.trim()).toBe('end');
  });
});

describe('fused arithmetic', () => {
  it('agrees with the reference, and its bits are not those of plain', async () => {
    const outputs: Float32Array[] = [];
    for (const arithmetic of ['plain', 'fused'] as const) {
      const kernels = await openKernels(1, arithmetic);
      const network = makeNetwork(kernels, { hiddenSizes: [64, 64] });
      const inputs = fillNormal(kernels.float32(500), 1);
      const out = kernels.float32(300);
      kernels.forward(network, inputs, 100, out);
      expect(relativeError(out, referenceForward(referenceNetwork(network), inputs, 100).outputs)).toBeLessThan(1e-5);
      outputs.push(out.slice());
    }
    expect(bitsOf(outputs[0]!)).not.toBe(bitsOf(outputs[1]!));
  });
});
