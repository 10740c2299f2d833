/**
 * `bench environments`: steps per second of the environments alone, random actions.
 */
import type { Space } from '../../node/toolkit.ts';
import type { Library } from '../library.ts';
import { writeLine } from '../output.ts';
import { interleave } from './measure.ts';
import { type BenchSuite, writeResult } from './suite.ts';

/** Rows of actions that are used in turn. */
const rows = 64;

/** Environments whose steps are cheap. */
const cheap = [
  'CartPole-v1',
  'Acrobot-v1',
  'MountainCar-v0',
  'MountainCarContinuous-v0',
  'Pendulum-v1',
  'CliffWalking-v1',
  'FrozenLake-v1',
  'Taxi-v4',
  'Blackjack-v1',
];

/** Environments whose steps are worth threads, of those with several versions the newest. */
const dear = [
  'LunarLander-v3',
  'BipedalWalker-v3',
  'HalfCheetah-v5',
  'Hopper-v5',
  'InvertedPendulum-v5',
  'InvertedDoublePendulum-v5',
  'Reacher-v5',
  'Swimmer-v5',
  'Walker2d-v5',
  'Ant-v5',
  'Humanoid-v5',
  'HumanoidStandup-v5',
  'Pusher-v5',
];

/** What is measured: cheap steps by one and by 128, others by one and by 32, those on two threads too. */
const settings: readonly { readonly id: string; readonly numEnvs: number; readonly threads: number }[] = [
  ...cheap.flatMap((id) => [1, 128].map((numEnvs) => ({ id, numEnvs, threads: 1 }))),
  ...dear.flatMap((id) => [
    { id, numEnvs: 1, threads: 1 },
    { id, numEnvs: 32, threads: 1 },
    { id, numEnvs: 32, threads: 2 },
  ]),
];

/** Random actions, drawn beforehand: the generator is not what is measured. */
function drawActions({ createGenerator, flatSize }: Library, space: Space, numEnvs: number) {
  const generator = createGenerator(1);
  return Array.from({ length: rows }, () =>
    space.kind === 'discrete'
      ? Int32Array.from({ length: numEnvs }, () => Number(generator.integers(0, space.n)))
      : Float32Array.from({ length: numEnvs * flatSize(space) }, () => generator.uniform(-1, 1)),
  );
}

/** All settings in turn. */
export const benchEnvironments: BenchSuite = async (options, library) => {
  const { CohortError, environmentSeeds, makeVectorEnv, nodePlatform } = library;
  const candidates: Record<string, () => number> = {};
  const opened: { close(): void }[] = [];
  for (const { id, numEnvs, threads } of settings) {
    const name = `${id} x ${numEnvs}${threads > 1 ? `, ${threads} threads` : ''}`;
    if (!name.includes(options.only)) continue;
    try {
      const env = await makeVectorEnv(id, numEnvs, { ...nodePlatform, threads });
      opened.push(env);
      const actions = drawActions(library, env.actionSpace, numEnvs);
      env.reset(environmentSeeds(1, numEnvs, 'cohort', 'training'));
      let turn = 0;
      const calls = numEnvs > 1 ? 10 : 100;
      candidates[name] = () => {
        for (let i = 0; i < calls; i++) env.step(actions[turn++ % rows]!);
        return calls * numEnvs;
      };
    } catch (error) {
      // MuJoCo is optional.
      if (!(error instanceof CohortError) || options.only !== '') throw error;
      if (!options.json) writeLine(`  ${name}: ${error.message}`);
    }
  }
  const measured = interleave(candidates, options.seconds / 5);
  for (const env of opened) env.close();
  for (const [name, rates] of measured) writeResult(options, { suite: 'environments', name, unit: 'steps/s', ...rates });
};
