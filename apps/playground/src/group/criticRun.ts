/** A short run of PPO in a worker, for its critic. */
import type { Policy } from 'cohort-rl/play';
import { type PageWorkerOptions, trainInWorker } from 'cohort-rl/worker';

/** Iterations: an own choice, after which the critic of CartPole has seen long episodes. */
export const criticIterations = 60;
/** Iterations between two looks at it. */
const interval = 4;

/** Trains PPO on the task, and tells its policy, critic included, every few iterations. Ends early with the signal. Rejects with what training throws. */
export async function trainCritic(
  env: string,
  numEnvs: number,
  workers: PageWorkerOptions,
  signal: AbortSignal,
  tell: (policy: Policy, iteration: number) => void,
): Promise<void> {
  const config = {
    env,
    algorithm: 'ppo',
    numEnvs,
    iterations: criticIterations,
    evaluationInterval: 0,
    finalEvaluationEpisodes: 1,
  } as const;
  const training = trainInWorker(config, { ...workers, signal });
  for await (const { iteration } of training) {
    if (iteration % interval !== 0) continue;
    const policy = await training.snapshot();
    if (!signal.aborted) tell(policy, iteration);
  }
}
