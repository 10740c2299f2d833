/** A run of a moment, and the bits that it ends with. */
import { testCohort } from '../training/cohort.ts';

/** Three iterations on CartPole, without a recipe. */
export const shortRun = {
  ...{ env: 'CartPole-v1', recipe: 'none', iterations: 3, numEnvs: 4, numSteps: 16 },
  ...{ evaluationInterval: 0, finalEvaluationEpisodes: 1 },
};

/** The hash of the parameters after such a run with these fields. */
export async function shortRunHash(fields: object): Promise<string> {
  const run = testCohort().train({ ...shortRun, ...fields });
  return (await run.finish()).summary.parametersSha256;
}
