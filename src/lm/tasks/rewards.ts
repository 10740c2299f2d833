/**
 * Rewards of completions. A reward that throws, is not a finite number, or takes too long has a status of its own, which is counted and shown; it is
 * never a silent 0.
 */
import { type CohortError, failure, mistake, show } from '../../core/errors.ts';
import type { RewardThread } from '../../core/platform.ts';
import { originOf } from './problems.ts';
import type { LanguageTask, Problem, RewardComponents } from './task.ts';

/** `threw`: the reward function threw or its promise was rejected. `notFinite`: it gave NaN, an infinity, or no number at all. */
export type ScoreStatus = 'ok' | 'threw' | 'notFinite' | 'timedOut';

/** The reward of a completion, or why there is none. */
export interface Score {
  readonly status: ScoreStatus;
  /** Weighted sum of the components; NaN unless the status is ok. */
  readonly total: number;
  /** The outcome component: right is at least 1. NaN unless the status is ok. */
  readonly outcome: number;
  /** As the task gave them, without weights; empty unless the status is ok. */
  readonly components: RewardComponents;
  /** What went wrong. */
  readonly message?: string;
}

/** One completion to score. */
export interface ScoreItem {
  readonly problem: Problem;
  /** Up to, and without, the end token. */
  readonly completion: string;
  readonly ended: boolean;
}

/** Limits of scoring. */
export interface ScoreLimits {
  /** Time that promises may take, counted from when the last reward function was called. */
  readonly rewardSeconds: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** A thread that computes the rewards instead, and the seconds that each of them may take. */
  readonly apart?: { readonly thread: RewardThread; readonly seconds: number } | undefined;
}

/** What a reward function returned, before it is weighed; `undefined` if it took too long. */
export type Answer = { readonly value: unknown } | { readonly error: unknown } | undefined;

/**
 * Scores completions, in order. All reward functions are called at once; promises then run concurrently and have `rewardSeconds`. A reward
 * that is not a promise cannot be interrupted.
 *
 * Throws {@link CohortError} if completions disagree on the names or the order of the components, and if `outcome` or `weights` names a
 * component that does not exist: those are mistakes in the task, not in a completion.
 */
export async function scoreCompletions(items: readonly ScoreItem[], task: LanguageTask, limits: ScoreLimits): Promise<Score[]> {
  // Problems that a task lists itself were not drawn: another thread would not find them.
  if (limits.apart && items.every(({ problem }) => originOf(problem))) return scoreApart(items, task, limits.apart);
  const answers: Answer[] = new Array(items.length).fill(undefined);
  const pending: Promise<void>[] = [];
  items.forEach(({ problem, completion, ended }, i) => {
    try {
      const value: unknown = problem.reward(completion, ended);
      if (!isThenable(value)) {
        answers[i] = { value };
        return;
      }
      pending.push(
        Promise.resolve(value).then(
          (result) => {
            answers[i] = { value: result };
          },
          (error: unknown) => {
            answers[i] = { error };
          },
        ),
      );
    } catch (error) {
      answers[i] = { error };
    }
  });
  if (pending.length > 0) await withinLimit(Promise.all(pending), limits);
  // A promise that is settled later than this is too late; its place keeps what is there now.
  return weighAnswers(answers, task, limits);
}

/** Scores what was answered. Throws {@link CohortError} as {@link scoreCompletions} does. */
export function weighAnswers(
  answers: readonly Answer[],
  task: LanguageTask,
  { rewardSeconds }: Pick<ScoreLimits, 'rewardSeconds'>,
): Score[] {
  const scores = answers.map((answer) => weigh(answer, task, rewardSeconds));
  checkNames(scores, task);
  return scores;
}

/** The same in a thread of its own, one after another, each with its limit. A reward that ends the thread counts as one that threw. */
async function scoreApart(
  items: readonly ScoreItem[],
  task: LanguageTask,
  { thread, seconds }: NonNullable<ScoreLimits['apart']>,
): Promise<Score[]> {
  const questions = items.map(({ problem, completion, ended }) => ({ ...originOf(problem)!, completion, ended }));
  const replies = await thread.ask(questions, seconds);
  const scores = replies.map((reply): Score => {
    if (reply === 'timedOut') return weigh(undefined, task, seconds);
    return 'error' in reply ? { ...failed, status: 'threw', message: cut(reply.error) } : weigh(reply, task, seconds);
  });
  checkNames(scores, task);
  return scores;
}

/** The error of a place where every reward failed. */
export function nothingScored(subject: string, scores: readonly Score[]): CohortError {
  const failed = scores.filter(({ status }) => status !== 'ok');
  const first = failed[0]?.message === undefined ? failed[0]?.status : `${failed[0].status} (${failed[0].message})`;
  return failure(
    subject,
    'a finite number for at least one completion',
    `${failed.length} failures of ${scores.length}, the first: ${first}`,
    'fix the task’s reward function',
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** setTimeout's largest delay (HTML, timers: a signed 32-bit number of milliseconds); more would fire at once. */
const longestDelay = 2 ** 31 - 1;

/** Waits for `all`, but not longer than the limit. */
export async function withinLimit(
  all: Promise<unknown>,
  { rewardSeconds, now }: Pick<ScoreLimits, 'rewardSeconds' | 'now'>,
): Promise<void> {
  const deadline = now() + rewardSeconds * 1000;
  let timer: unknown;
  const limit = new Promise<void>((resolve) => {
    const arm = (): void => {
      const left = deadline - now();
      if (!(left > 0)) {
        resolve();
        return;
      }
      // biome-ignore lint/style/noRestrictedGlobals: only a timer ends the wait for a promise; no number depends on it unless a reward is late
      timer = setTimeout(arm, Math.min(Math.ceil(left), longestDelay));
    };
    arm();
  });
  await Promise.race([all, limit]);
  clearTimeout(timer as Parameters<typeof clearTimeout>[0]);
}

const failed = { total: Number.NaN, outcome: Number.NaN, components: {} } as const;

/** Characters kept of an error's message. */
const messageLength = 200;

function weigh(answer: Answer, task: LanguageTask, rewardSeconds: number): Score {
  if (answer === undefined) return { ...failed, status: 'timedOut', message: `no answer within ${rewardSeconds} s` };
  if ('error' in answer) return { ...failed, status: 'threw', message: messageOf(answer.error) };
  try {
    return sum(answer.value, task);
  } catch (error) {
    // A getter or a proxy may throw too.
    return { ...failed, status: 'threw', message: messageOf(error) };
  }
}

function sum(value: unknown, task: LanguageTask): Score {
  if (typeof value !== 'number' && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    return { ...failed, status: 'notFinite', message: `the reward is ${show(value)}` };
  }
  const components: Record<string, unknown> = typeof value === 'number' ? { reward: value } : { ...value };
  const names = Object.keys(components);
  if (names.length === 0) return { ...failed, status: 'notFinite', message: 'the reward has no components' };
  let total = 0;
  for (const name of names) {
    const part = components[name];
    if (typeof part !== 'number' || !Number.isFinite(part)) {
      return { ...failed, status: 'notFinite', message: `${name} is ${show(part)}` };
    }
    total += part * weightOf(task, name);
  }
  if (!Number.isFinite(total)) return { ...failed, status: 'notFinite', message: `the total is ${show(total)}` };
  const numbers = components as RewardComponents;
  const outcome = Object.hasOwn(numbers, task.outcome ?? names[0]!) ? numbers[task.outcome ?? names[0]!]! : Number.NaN;
  return { status: 'ok', total, outcome, components: numbers };
}

function weightOf({ weights }: LanguageTask, name: string): number {
  return weights !== undefined && Object.hasOwn(weights, name) ? weights[name]! : 1;
}

function messageOf(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
  } catch {
    text = 'something that cannot be written';
  }
  return cut(text);
}

function cut(text: string): string {
  return text.length > messageLength ? `${text.slice(0, messageLength - 3)}...` : text;
}

/** Throws if the components' names differ between completions, or from those that the task names. */
function checkNames(scores: readonly Score[], task: LanguageTask): void {
  let names: string[] | undefined;
  for (const { status, components } of scores) {
    if (status !== 'ok') continue;
    const own = Object.keys(components);
    if (names === undefined) {
      names = own;
      for (const name of [...(task.outcome === undefined ? [] : [task.outcome]), ...Object.keys(task.weights ?? {})]) {
        if (!names.includes(name)) {
          throw mistake(
            `task ${task.id}: ${name === task.outcome ? 'outcome' : 'weights'}`,
            `names of reward components (${names.join(', ')})`,
            show(name),
            'write the name as the reward function does',
          );
        }
      }
    } else if (own.length !== names.length || own.some((name, i) => name !== names![i])) {
      throw mistake(
        `task ${task.id}: reward`,
        `the components ${names.join(', ')} for every completion`,
        own.join(', '),
        'return the same names in the same order, with 0 for what was not earned',
      );
    }
  }
}
