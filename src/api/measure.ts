/**
 * How long a run will take on this machine, from a second of it.
 */
import type { EvaluationEvent, RunEvent } from '../run/events.ts';
import type { RunInProgress } from '../run/runInProgress.ts';
import { median } from '../statistics/index.ts';
import type { Cohort } from './cohort.ts';
import type { TrainConfig } from './environments.ts';
import { resolveRun } from './experiments.ts';
import type { LanguageTrainConfig } from './languageModels.ts';

// Long enough for the compiled code to be the fast one.
const millisecondsPerKind = 800;
const leastIterations = 4;
// Of a larger rollout a part is measured: time per sample no longer depends on the size.
const largestBatch = 16_384;
/** Over a run, episodes of an evaluation are on average this share of the longest that they may be (seen on the four tasks of the paper). */
const usualShareOfHorizon = 0.75;

/** A rollout small enough to be measured, and how many times larger the real one is. */
function smaller({ numEnvs, numSteps, numMinibatches }: Readonly<Record<string, unknown>>): {
  readonly fields: Readonly<Record<string, number>>;
  readonly factor: number;
} {
  const [envs, steps, minibatches] = [Number(numEnvs), Number(numSteps), Number(numMinibatches)];
  const shorter = Math.min(steps, Math.max(16, Math.floor((steps * largestBatch) / (envs * steps))));
  const factor = steps / shorter;
  return { fields: { numSteps: shorter, numMinibatches: Math.max(1, Math.round(minibatches / factor)) }, factor };
}

/** Steps of the longest episode of either policy: all of them are played side by side. */
function stepsOf({ sampled, greedy }: EvaluationEvent): number {
  return Math.max(...sampled.lengths) + Math.max(...greedy.lengths);
}

/**
 * Seconds that a run will take: its iterations and evaluations are timed for about a second. The warm start of a language model is not counted. Throws as
 * `train` does for a configuration that is wrong.
 */
export async function measureRun(cohort: Cohort, input: Readonly<Record<string, unknown>>): Promise<number> {
  const { platform, registry } = cohort.context;
  await registry.loadAll();
  const { road, config } = resolveRun(cohort.context, input, 'measure');
  const onEnvironment = road === 'environments';
  const { fields, factor } = onEnvironment ? smaller(config) : { fields: {}, factor: 1 };
  const controller = new AbortController();
  const began = platform.now();
  const iterations: number[] = [];
  const evaluations: { readonly milliseconds: number; readonly steps: number }[] = [];
  let last = began;
  const onEvent = (event: RunEvent): void => {
    const now = platform.now();
    if (event.event === 'iteration') iterations.push(now - last);
    if (event.event === 'evaluation' && event.iteration > 0) {
      evaluations.push({ milliseconds: now - last, steps: onEnvironment ? stepsOf(event) : 1 });
      if (now - began > millisecondsPerKind && iterations.length >= leastIterations) controller.abort();
    }
    last = now;
  };
  const options = { signal: controller.signal, onEvent };
  const measured = { ...input, ...fields, evaluationInterval: 1, finalEvaluationEpisodes: 1, finalEvaluationPrompts: 1 };
  const { finalEvaluationPrompts: _, ...ofEnvironment } = measured;
  // Without a warm start no group is informative: none is drawn again.
  const { finalEvaluationEpisodes: __, ...ofLanguage } = { ...measured, warmStartAccuracy: 0, minValidFraction: 0 };
  const running: RunInProgress<unknown, unknown, unknown, unknown> = onEnvironment
    ? cohort.train(ofEnvironment as unknown as TrainConfig, options)
    : cohort.trainLanguageModel(ofLanguage as unknown as LanguageTrainConfig, options);
  await running.finish();
  // The first iterations run in code that is not compiled yet.
  const perIteration = median(iterations.length > 1 ? iterations.slice(1) : iterations) * factor;
  const warm = evaluations.slice(1);
  const perStep =
    warm.reduce((sum, { milliseconds }) => sum + milliseconds, 0) /
    Math.max(
      1,
      warm.reduce((sum, { steps }) => sum + steps, 0),
    );
  const perEvaluation = perStep * (onEnvironment ? 2 * usualShareOfHorizon * horizonOf() : 1);
  const total = Number(config.iterations);
  const interval = Number(config.evaluationInterval);
  // One before the first iteration, and a longer one at the end.
  const count = 3 + (interval > 0 ? Math.floor(total / interval) : 0);
  return (total * perIteration + count * perEvaluation) / 1000;

  function horizonOf(): number {
    const spec = registry.get(String(config.env));
    return Number(config.evaluationMaxSteps ?? spec.evaluationMaxSteps ?? spec.maxEpisodeSteps ?? 1000);
  }
}
