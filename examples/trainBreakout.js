// Shows training on a game of one's own from a program: Breakout of examples/breakout.js, played before and after. About twenty seconds.
//
//   node examples/trainBreakout.js [iterations] [seed]
import { checkEnv, train } from 'cohort-rl';
import Breakout from './breakout.js';

const [iterations = 100, seed = 1] = process.argv.slice(2).map(Number);
const { problems } = checkEnv(() => new Breakout());
for (const { what, fix } of problems) console.log(`${what}; ${fix}`);

const [{ config }] = Breakout.recipes;
const run = train({ env: () => new Breakout(), ...config, iterations, seed, evaluationInterval: 20 });
for await (const { iteration, evaluation } of run) {
  if (evaluation) console.log(`iteration ${iteration}: ${evaluation.sampled.mean} bricks`);
}
const { summary } = await run.finish();
console.log(`bricks in an episode: ${summary.evaluation.sampled.mean}`);
