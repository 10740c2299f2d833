/**
 * Problems by number: the same seed gives the same problem, and a prompt is either trained on or held out, never both.
 */
import { CohortError, failure, mistake, show } from '../../core/errors.ts';
import { createGenerator, type Entropy } from '../../random/index.ts';
import { picturesProblem } from './images.ts';
import { isPrompt, type Prompt, promptKey } from './prompt.ts';
import type { LanguageTask, Problem, Split } from './task.ts';

export type { Split } from './task.ts';

/** What problems are drawn for; the second word of their seed, after the run's. `curriculum` decides which of those for training are asked. */
export const problemStreams = { training: 0, warmStart: 1, validation: 2, evaluation: 3, curriculum: 4 } as const;

/** One prompt in so many is held out, unless the task says otherwise. */
const heldOutOneIn = 10;
/** Draws before a split is called empty: with a tenth of the prompts held out, all miss it with probability 0.9^1000 = 2e-46. */
const maxDraws = 1000;

/** Whether a prompt is held out by most tasks: its hash is a multiple of ten. */
export function isHeldOut(prompt: Prompt): boolean {
  return promptHash(prompt) % heldOutOneIn === 0;
}

/** Whether a prompt is held out where that share of all prompts is; left out, or 0.1, as {@link isHeldOut} says, else if its hash is below that share of all. */
export function isHeldOutOf(share: number | undefined, prompt: Prompt): boolean {
  return share === undefined || share === 1 / heldOutOneIn ? isHeldOut(prompt) : promptHash(prompt) < share * 2 ** 32;
}

/**
 * The hash of a prompt's key, a whole number below 2^32: FNV-1a (Fowler, Noll and Vo, 32 bits) over UTF-16 code units, then the finalizer of MurmurHash3 (A. Appleby, public domain),
 * because the low bits of FNV follow those of the text.
 */
export function promptHash(prompt: Prompt): number {
  const key = promptKey(prompt);
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** What problems were drawn from, so that another thread can draw them again. */
const origins = new WeakMap<Problem, { readonly seed: readonly number[]; readonly split: Split }>();

/** What a problem was last drawn from by a list of numbers; `undefined` for one that was not. */
export function originOf(problem: Problem): { readonly seed: readonly number[]; readonly split: Split } | undefined {
  return origins.get(problem);
}

/**
 * Draws one problem of a split; `seed`, for example `[seed, stream, index]`, is all that it depends on. Throws {@link CohortError} if
 * the task throws or returns something other than a problem, and if its prompts are so few that none is in the split.
 */
export function drawProblem(task: LanguageTask, seed: Entropy, split: Split): Problem {
  const random = createGenerator(seed);
  const seen = new Set<string>();
  for (let i = 0; i < maxDraws; i++) {
    const problem = drawOne(task, random, split);
    if (isHeldOutOf(task.heldOutShare, problem.prompt) === (split === 'heldOut')) {
      if (Array.isArray(seed)) origins.set(problem, { seed: seed as number[], split });
      return problem;
    }
    seen.add(promptKey(problem.prompt));
  }
  throw failure(
    `task ${task.id}`,
    split === 'heldOut' ? 'prompts of which about one in ten is held out' : 'prompts of which about nine in ten are trained on',
    `none in ${maxDraws} draws, which gave ${seen.size} different prompt${seen.size === 1 ? '' : 's'}`,
    'let the task draw from more prompts, a hundred or better a thousand',
  );
}

function drawOne(task: LanguageTask, random: ReturnType<typeof createGenerator>, split: Split): Problem {
  const advice = 'return { prompt, solution, reward(completion, ended) } from prompts()';
  let problem: Problem;
  try {
    problem = task.prompts(random, split);
  } catch (error) {
    if (error instanceof CohortError) throw error;
    const got = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
    throw failure(`task ${task.id}`, 'a problem from prompts()', got, advice, error);
  }
  const isProblem = typeof problem === 'object' && problem !== null;
  const hasReward = isProblem && (typeof problem.reward === 'function' || (task.rollout !== undefined && problem.reward === undefined));
  if (hasReward && isPrompt(problem.prompt)) {
    const wrong = picturesProblem(problem.prompt, task.images);
    if (!wrong) return problem;
    throw mistake(`task ${task.id}: prompt`, ...wrong);
  }
  const got = isProblem ? `prompt ${show(problem.prompt)} and reward ${show(problem.reward)}` : show(problem);
  throw mistake(`task ${task.id}`, 'a problem from prompts()', got, advice);
}
