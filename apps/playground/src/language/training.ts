/** A language model that trains, as the worker of the page tells it. Nothing here knows of a worker. */
import { trainLanguageModel } from 'cohort-rl';

import { drawProblem, findTask, type KeptCompletion, type LanguageModel, type Problem } from 'cohort-rl/lm';
import type { Answer, LanguageMessage, PlainPicture, ShownGroup } from './protocol.ts';

type LanguageTrainConfig = Parameters<typeof trainLanguageModel>[0];

/** Held-out prompts that are asked before and after. */
const numAsked = 12;
/** Held-out prompts of every measurement of accuracy. */
const numMeasured = 200;
/** Groups that are shown of an iteration. */
const numShown = 3;
/** Keeps the prompts that are shown apart from all that training and its evaluations draw. */
const shownKey = 9017;

/** What to train, and who steers it. */
export interface LanguageOrder {
  readonly task: string;
  readonly iterations: number;
  readonly seed: number;
  /** Further fields of the configuration. */
  readonly fields?: Omit<LanguageTrainConfig, 'task'>;
  /** Waits while training is paused; `false` to end it here. */
  goesOn(): Promise<boolean>;
}

const plainPicture = ({ width, height, pixels }: PlainPicture): PlainPicture => ({ width, height, pixels: pixels.slice() });

/** A prompt without the places of its pictures. */
const textOf = (prompt: string): string => prompt.replaceAll(/\[image \d+x\d+\]/g, '');

/** The text and the pictures of a prompt. */
function partsOf({ prompt }: Problem): Pick<Answer, 'prompt' | 'pictures'> {
  const parts = typeof prompt === 'string' ? [prompt] : prompt;
  return {
    prompt: parts.filter((part) => typeof part === 'string').join(''),
    pictures: parts.flatMap((part) => (typeof part === 'string' ? [] : [plainPicture(part.image)])),
  };
}

async function answersOf(model: LanguageModel, problems: readonly Problem[]): Promise<Answer[]> {
  const { outcome } = model.task;
  return Promise.all(
    problems.map(async (problem) => {
      const { completion, ended } = model.sample({ prompt: problem.prompt, greedy: true })[0]!;
      const reward = await problem.reward(completion, ended);
      const value = typeof reward === 'number' ? reward : (reward[outcome ?? Object.keys(reward)[0]!] ?? 0);
      return { ...partsOf(problem), solution: problem.solution ?? '', text: completion, isRight: value >= 1 };
    }),
  );
}

/** A group as the page shows it. */
export function shownGroup(group: readonly KeptCompletion[]): ShownGroup {
  const [{ prompt, pictures = [] }] = group as readonly [KeptCompletion];
  return {
    prompt: textOf(prompt),
    pictures: pictures.map(plainPicture),
    completions: group.map(({ completion, total, advantage }) => ({ text: completion, reward: total, advantage })),
  };
}

/** Groups worth a look: first those whose completions differ in their rewards, for these teach. */
export function chooseGroups(
  groups: readonly (readonly KeptCompletion[])[],
  count: number = numShown,
): readonly (readonly KeptCompletion[])[] {
  const differs = (group: readonly KeptCompletion[]): boolean => group.some(({ total }) => total !== group[0]!.total);
  return [...groups.filter(differs), ...groups.filter((group) => !differs(group))].slice(0, count);
}

/** Trains, and tells of it: the warm start, answers before, iterations, answers after. Rejects with what training throws. */
export async function trainAndTell(
  { task: id, iterations, seed, goesOn, fields }: LanguageOrder,
  tell: (message: LanguageMessage) => void,
): Promise<void> {
  const task = findTask(id);
  await task.load?.();
  const problems = Array.from({ length: numAsked }, (_, i) => drawProblem(task, [seed, shownKey, i], 'heldOut'));
  const config: LanguageTrainConfig = {
    task,
    seed,
    iterations,
    completions: 'all',
    evaluationInterval: 10,
    evaluationPrompts: numMeasured,
    finalEvaluationPrompts: numMeasured,
    evaluationSamples: 1,
    ...fields,
  };
  const training = trainLanguageModel(config, {
    onEvent(event) {
      if (event.event !== 'warmStart') return;
      const { step, accuracy, target, done } = event;
      tell({ kind: 'warmStart', step, accuracy, target, done });
    },
  });
  const ask = async (kind: 'before' | 'after', model: LanguageModel): Promise<void> => {
    const answers = await answersOf(model, problems);
    const { greedy } = await model.evaluate({ numPrompts: numMeasured, numSamples: 0 });
    tell({ kind, answers, accuracy: greedy.mean ?? 0 });
  };
  const first = await training.snapshot();
  await ask('before', first);
  first.close();
  for await (const { iteration, iterations: all, metrics, groups, evaluation } of training) {
    const point = {
      iteration,
      accuracy: metrics['completions/accuracy'] ?? 0,
      valid: metrics['group/valid_frac'] ?? 0,
      alpha: metrics['group/alpha'] ?? 1,
      ...(evaluation && typeof evaluation.greedy.mean === 'number' && { heldOut: evaluation.greedy.mean }),
    };
    tell({ kind: 'iteration', point, iterations: all, groups: chooseGroups(groups!()).map(shownGroup) });
    if (await goesOn()) continue;
    const last = await training.snapshot();
    await ask('after', last);
    last.close();
    return tell({ kind: 'done', parametersSha256: undefined });
  }
  const { model, summary } = await training.finish();
  await ask('after', model);
  model.close();
  tell({ kind: 'done', parametersSha256: summary.parametersSha256 });
}
