/**
 * `bench environments`: steps per second of the environments alone, random actions.
 */

import { loadLibrary } from '../library.ts';
import { writeLine } from '../output.ts';
import { formatRate, interleave } from './measure.ts';
import type { BenchOptions } from './suite.ts';

/** Environments by one and by 128. */
export async function benchEnvironments(options: BenchOptions): Promise<void> {
  const { createGenerator, makeVector } = await loadLibrary();
  const candidates: Record<string, () => number> = {};
  for (const id of ['CartPole-v1', 'CliffWalking-v1']) {
    for (const numEnvs of [1, 128]) {
      const env = await makeVector(id, numEnvs);
      env.reset(Array.from({ length: numEnvs }, (_, i) => i));
      const count = env.actionSpace.kind === 'discrete' ? env.actionSpace.n : 1;
      const generator = createGenerator(1);
      // Drawn beforehand: the generator is not what is measured.
      const actions = Array.from({ length: 64 }, () => Int32Array.from({ length: numEnvs }, () => Number(generator.integers(0, count))));
      let turn = 0;
      const name = `${id} x ${numEnvs}`;
      if (!name.includes(options.only)) continue;
      candidates[name] = () => {
        for (let i = 0; i < 200; i++) env.step(actions[turn++ & 63]!);
        return 200 * numEnvs;
      };
    }
  }
  const measured = interleave(candidates, { rounds: 5, seconds: options.seconds / 5 });
  for (const [name, { best, median }] of Object.entries(measured)) {
    if (options.json) writeLine(JSON.stringify({ suite: 'environments', name, unit: 'steps/s', best, median }));
    else writeLine(`  ${name.padEnd(24)} ${formatRate(best).padStart(12)} steps/s best ${formatRate(median).padStart(12)} median`);
  }
}
