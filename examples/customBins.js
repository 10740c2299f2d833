// Shows a custom binning: a function from a step to a key. Steps with the same key share a baseline.
//
//   node examples/customBins.js
import { train } from 'cohort-rl';

/** Time in quarters of a second, and the side to which the pole leans. */
const bins = (step) => [Math.floor(step.time / 12), step.observation[2] > 0 ? 1 : 0];

for (const binning of ['time', bins]) {
  const { summary } = await train({ env: 'CartPole-v1', bins: binning, numEnvs: 32, iterations: 60, seed: 1 }).finish();
  console.log(`${typeof binning === 'string' ? binning : 'time and lean'}: mean return ${summary.evaluation.sampled.mean}`);
}
