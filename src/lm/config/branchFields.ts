/**
 * Fields of a method that branches (VinePPO), and what it cannot be combined with.
 */
import type * as z from 'zod/mini';
import type { CompletionEstimator } from '../../advantage/completions/index.ts';
import { optionalInteger, optionalText } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { readStopTexts } from '../tasks/stopTexts.ts';
import type { LanguageTask } from '../tasks/task.ts';

/** Where completions branch, and how often. */
export const branchFields = {
  branches: optionalInteger({
    description: 'vineppo: completions that go on from every branch point (K), whose mean reward says what it is worth (default: 9)',
    min: 1,
    max: 4096,
  }),
  branchInterval: optionalInteger({
    description:
      'vineppo: tokens from one branch point to the next, the prompt being the first (default: an eighth of maxTokens; with branchAfter as many as there are)',
    min: 1,
    max: 65_536,
  }),
  branchAfter: optionalText({
    description: 'vineppo: texts after which there is a branch point too, written as those of stop: \\n for every line',
  }),
} satisfies z.core.$ZodShape;

type BranchFields = z.output<z.ZodMiniObject<typeof branchFields>>;

/** The authors' K (McGill-NLP/VinePPO, episode_generators/9rolls.jsonnet). */
const usualBranches = 9;
/** So many stretches of a completion bound what an iteration costs, whatever the task: own choice. */
const usualStretches = 8;

/** The fields of a method that branches with their defaults; nothing for another one. */
export function branchDefaults(
  { branches = usualBranches, branchInterval, branchAfter }: BranchFields,
  { needsBranches }: CompletionEstimator,
  maxTokens: number,
): BranchFields {
  if (!needsBranches) return {};
  const interval = branchInterval ?? (branchAfter === undefined ? Math.ceil(maxTokens / usualStretches) : undefined);
  return { branches, ...(interval !== undefined && { branchInterval: interval }) };
}

/** What fields of a run decide here. */
interface Read extends BranchFields {
  readonly estimator: string;
  readonly advantageScale?: string | undefined;
  readonly gradientRescaling: string;
  readonly klIn: string;
}

/** What a method that branches cannot be combined with, and what only one takes: field, what was expected, what was got, what to do. */
export function* branchContradictions(
  config: Read,
  { needsBranches }: CompletionEstimator,
  task: Pick<LanguageTask, 'id' | 'rollout'>,
): Generator<readonly [field: string, expected: string, got: string, advice: string]> {
  const { estimator, branchAfter, advantageScale, gradientRescaling, klIn } = config;
  if (!needsBranches) {
    const given = Object.keys(branchFields).find((name) => config[name as keyof BranchFields] !== undefined);
    if (given) yield [given, 'estimator vineppo with it', `estimator ${estimator}`, 'choose vineppo, or leave it out'];
    return;
  }
  if (task.rollout) {
    const advice = 'a program cannot be taken back to an earlier turn: choose gpg-lm or another group method';
    yield ['estimator', `one that does not branch, for task ${task.id}, which has a rollout`, estimator, advice];
  }
  if (readStopTexts(branchAfter).includes('')) {
    yield ['branchAfter', 'texts that are not empty', show(branchAfter), 'write for example \\n for every line, with | between several'];
  }
  if (advantageScale === 'std') {
    yield ['advantageScale', `1 with estimator ${estimator}, which compares no groups`, advantageScale, 'choose 1, or leave it out'];
  }
  if (gradientRescaling !== 'off') {
    yield ['gradientRescaling', `off with estimator ${estimator}, which compares no groups`, gradientRescaling, 'leave it out'];
  }
  if (klIn === 'reward') {
    yield ['klIn', `loss with estimator ${estimator}`, klIn, 'the rewards of branches know no divergence: leave it out'];
  }
}
