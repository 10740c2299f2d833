/**
 * Small states for tests of one iteration and of the warm start: a task that a tiny model learns within seconds.
 */
import { onTestFinished } from 'vitest';
import type { CompletionEstimator } from '../../src/advantage/completions/index.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import { createLanguageState, type LanguageState } from '../../src/lm/algorithm/state.ts';
import { resolveLanguageConfig } from '../../src/lm/config/config.ts';
import type { LanguageTask } from '../../src/lm/tasks/task.ts';
import type { OpenContext } from '../../src/lm/training/source.ts';
import { openPolicy } from '../../src/lm/training/warmStart.ts';
import { learnerKey } from '../../src/random/index.ts';
import { parameterTensors } from '../../src/run/checkpoint.ts';
import { hashParameters } from '../../src/run/sha256.ts';
import { testPlatform } from '../training/cohort.ts';

/** Say the last of three letters: `acb=` -> `b`; 64 prompts. */
export const lastLetter: LanguageTask = {
  id: 'last-letter',
  description: 'the last of three letters',
  alphabet: 'abcd=',
  promptLength: 4,
  completionLength: 3,
  prompts(random) {
    const letters = Array.from({ length: 3 }, () => 'abcd'[random.integers(0, 4)]!);
    const solution = letters[2]!;
    return {
      prompt: `${letters.join('')}=`,
      solution,
      reward: (completion, ended) => ({ right: completion[0] === solution ? 1 : 0, tidy: ended && completion.length === 1 ? 0.5 : 0 }),
    };
  },
};

/** Settings of a tiny model and a small batch. */
export const small = {
  numGroups: 8,
  groupSize: 8,
  iterations: 40,
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 24,
  learningRate: 3e-3,
  schedule: 'constant',
  warmupIterations: 0,
  minValidFraction: 0,
  warmStartAccuracy: 0,
} as const;

/** A state and what it was made with; `extra` is for the context. */
export async function smallState(
  fields: Readonly<Record<string, unknown>> = {},
  extra: Partial<OpenContext> & { estimator?: CompletionEstimator } = {},
): Promise<{ state: LanguageState; context: OpenContext }> {
  const task = extra.task ?? lastLetter;
  const own = extra.estimator ? { estimator: extra.estimator } : {};
  const config = resolveLanguageConfig({ ...small, ...fields, ...own, task });
  const context: OpenContext = {
    platform: testPlatform,
    layOut: layOutKernels,
    key: learnerKey(config.seed),
    ...extra,
    task,
  };
  return { state: await createLanguageState(config, context), context };
}

/** The same with its policy, warm start included; closed when the test that calls it has finished. */
export async function openedState(...of: Parameters<typeof smallState>): Promise<LanguageState> {
  const { state, context } = await smallState(...of);
  onTestFinished(() => state.kernels.close());
  await openPolicy(state, context);
  return state;
}

/** The hash of a policy's parameters. */
export function policyHash({ policy }: Pick<LanguageState, 'policy'>): string {
  return hashParameters(parameterTensors(policy.parameters));
}
