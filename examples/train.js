// Shows training from a program: CartPole with Group Policy Gradient, then the policy at work. About ten seconds.
//
//   node examples/train.js
import { makeEnv, train } from 'cohort-rl';

const training = train({ env: 'CartPole-v1', numEnvs: 32, iterations: 200, seed: 1 });
for await (const { iteration, metrics, evaluation } of training) {
  if (evaluation) console.log(`iteration ${iteration}: entropy ${metrics['losses/entropy'].toFixed(3)}, return ${evaluation.sampled.mean}`);
}
const { summary, policy } = await training.finish();
console.log(`return ${summary.evaluation.sampled.mean} after ${summary.progress.count} steps, parameters ${summary.parametersSha256}`);

const env = await makeEnv('CartPole-v1');
let { observation } = env.reset({ seed: 1 });
let steps = 0;
for (let done = false; !done; steps++) {
  const result = env.step(policy.act(observation));
  observation = result.observation;
  done = result.terminated || result.truncated;
}
console.log(`balanced for ${steps} steps`);
