/**
 * Cohort's side of check_transfer.py: what policies say of observations, and the returns of their episodes here.
 *
 *   node tools/policies/checkTransfer.mjs request.json
 *
 * The request is a list of { folder, observations, outputs, count, seeds }: a policy folder, a file of raw observations (count, D) float64, the
 * file to write the logits or means (count, A) float32 to, and the seeds of the episodes, if any. Writes the returns to standard output, as JSON.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ClipActionVectorEnv } from '../../dist/envs.js';
import { environmentOf, loadPolicy, makeVectorEnv, readPolicy, version } from '../../dist/node.js';

/** Logits or means of raw observations, a hundred at a time. */
function outputsOf(policy, observations, count) {
  const { inputSize } = policy;
  const { outputSize } = policy.actor.spec;
  const rows = 100;
  const scratch = policy.scratch(rows);
  const outputs = new Float32Array(count * outputSize);
  for (let begin = 0; begin < count; begin += rows) {
    const length = Math.min(rows, count - begin);
    policy.encodeObservations(observations.subarray(begin * inputSize, (begin + length) * inputSize), length, scratch.inputs);
    outputs.set(policy.forward(scratch, length), begin * outputSize);
  }
  return outputs;
}

/** Return of one episode for each seed. */
async function returnsOf(policy, { env: id, envOptions }, seeds, greedy) {
  if (seeds.length === 0) return [];
  const bare = await makeVectorEnv(id, seeds.length, { options: envOptions });
  const env = bare.actionSpace.kind === 'box' ? new ClipActionVectorEnv(bare) : bare;
  env.reset(seeds);
  const { kind, size } = env.actionSpace;
  const actions = kind === 'discrete' ? new Int32Array(seeds.length) : new Float32Array(seeds.length * size);
  const returns = new Array(seeds.length);
  for (let left = seeds.length, step = 0; left > 0; step++) {
    policy.decide(env.observations, seeds.length, actions, { iteration: 0, step, stream: 'evaluation', greedy });
    env.step(actions);
    for (let n = 0; n < seeds.length; n++) {
      if (returns[n] !== undefined || !(env.terminated[n] || env.truncated[n])) continue;
      returns[n] = env.episodeReturns[n];
      left--;
    }
  }
  env.close();
  return returns;
}

const answers = [];
for (const { folder, observations, outputs, count, seeds } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const file = await readPolicy(folder);
  if (!(await environmentOf(file))) throw new Error(`${folder}: expected an environment that is known here, got ${file.env}`);
  const policy = await loadPolicy(folder);
  const raw = new Float64Array(new Uint8Array(readFileSync(observations)).buffer);
  writeFileSync(outputs, new Uint8Array(outputsOf(policy, raw, count).buffer));
  const [greedy, sampled] = [await returnsOf(policy, file, seeds, true), await returnsOf(policy, file, seeds, false)];
  answers.push({ greedy, sampled });
}
console.log(JSON.stringify({ version, node: process.version, answers }));
