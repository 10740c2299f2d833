/**
 * A language-model run for tests: a task of its own, so small a model that a run takes a second, and a library with files in memory.
 */

import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { LanguageTask } from '../../src/lm/tasks/task.ts';
import type { testCohort } from '../training/cohort.ts';

/** Which of three digits is the largest: `274=` -> `7`. */
export const largestDigit: LanguageTask = {
  id: 'largest-digit',
  description: 'the largest of three digits: 274= -> 7',
  alphabet: '0123456789=',
  promptLength: 4,
  completionLength: 3,
  prompts(random) {
    const digits = Array.from({ length: 3 }, () => random.integers(0, 10));
    const solution = String(Math.max(...digits));
    return {
      prompt: `${digits.join('')}=`,
      solution,
      reward: (completion, ended) => ({ right: completion === solution ? 1 : 0, ended: ended ? 1 : 0 }),
    };
  },
  weights: { ended: 0.1 },
};

/** So small a model and a batch that a run takes a second. */
export const tiny = {
  numGroups: 6,
  groupSize: 4,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  learningRate: 3e-3,
} as const;

/** A short run that touches everything: warm start, groups without signal, evaluation with several samples. */
export const shortRun = {
  task: largestDigit,
  ...tiny,
  iterations: 6,
  warmStartAccuracy: 0.3,
  warmStartBatchSize: 32,
  evaluationInterval: 2,
  evaluationPrompts: 16,
  finalEvaluationPrompts: 12,
  evaluationSamples: 4,
} as const satisfies LanguageTrainConfig;

/** SHA-256 of the final parameters of a short run with these fields. */
export async function hashOf(cohort: ReturnType<typeof testCohort>, fields: object): Promise<string> {
  return (await cohort.trainLanguageModel({ ...shortRun, ...fields }).finish()).summary.parametersSha256;
}

/** The metrics of every iteration of a short run with these fields, and the hash of its parameters. */
export async function metricsOf(
  cohort: ReturnType<typeof testCohort>,
  fields: object,
): Promise<{ metrics: Readonly<Record<string, number>>[]; hash: string }> {
  const training = cohort.trainLanguageModel({ ...shortRun, ...fields });
  const metrics: Readonly<Record<string, number>>[] = [];
  for await (const result of training) metrics.push({ ...result.metrics });
  return { metrics, hash: (await training.finish()).summary.parametersSha256 };
}

/** The text of a file of a run in memory. */
export function fileText({ home }: ReturnType<typeof testCohort>, directory: string, name: string): string {
  return new TextDecoder().decode(home.folders.get(directory)!.files.get(name)!);
}

/** Lines of metrics.jsonl without what a clock decides. */
export function metricsWithoutTimes(text: string): unknown[] {
  const isTime = (key: string): boolean => key === 'seconds' || key.startsWith('time/') || key.endsWith('_per_second');
  const lines = text.trimEnd().split('\n');
  return lines.map((line) =>
    Object.fromEntries(Object.entries(JSON.parse(line) as Record<string, number>).filter(([key]) => !isTime(key))),
  );
}
