/**
 * `cohort-rl lm sample <run> --prompt <text>`: what a language model writes, and what it is worth.
 */
import type { Command } from 'commander';
import type { LanguageTask, Problem, Score } from '../../node/toolkit.ts';
import type { Context } from '../context.ts';
import { oneLine } from '../display/languageLines.ts';
import { exitCodes } from '../failure.ts';
import { findBegun, suggestFolders } from '../findRun.ts';
import { shellWord, shownPath } from '../invocation.ts';
import { type Library, loadLibrary } from '../library.ts';
import { writeLine } from '../output.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { SuggestedArgument } from '../suggestions.ts';
import { formatNumber, paintFor, table, wantsColor } from '../terminal.ts';
import { realNumber, seedBounds, wholeNumber } from '../values.ts';
import { exampleProblem } from './exampleProblem.ts';

interface SampleOptions {
  readonly prompt?: string;
  readonly samples?: string;
  readonly temperature?: string;
  readonly topK?: string;
  readonly topP?: string;
  readonly greedy?: boolean;
  readonly seed?: string;
  readonly json?: boolean;
}

/** Adds `sample` to `lm`. */
export function addSample(group: Command, context: Context): void {
  group
    .command('sample')
    .description('let a model continue a prompt: what it writes, how probable that was, and its reward')
    .addArgument(new SuggestedArgument('<run>', 'run folder, of one seed or several', suggestFolders({ road: languageModels })))
    .requiredOption('--prompt <text>', 'what to begin with, in characters of the task')
    .option('--samples <n>', 'completions (default: 4, or 1 with --greedy)')
    .option('--temperature <x>', 'above 1 more random, below 1 less (default 1)')
    .option('--top-k <n>', 'draw from this many of the most probable characters; 0 means all (default 0)')
    .option('--top-p <x>', 'draw from the most probable characters that together have this probability (default 1)')
    .option('--greedy', 'the most probable character each time')
    .option('--seed <n>', "seed of the draws (default: the run's)")
    .option('--json', 'write one JSON line per completion')
    .action(async (run: string, options: SampleOptions) => context.exit(await runSample(run, options)));
}

/** Flags that choose among draws mean nothing where nothing is drawn. */
function refuseWithGreedy(options: SampleOptions, library: Library): void {
  const draws = { samples: '--samples', temperature: '--temperature', topK: '--top-k', topP: '--top-p', seed: '--seed' } as const;
  const said = Object.entries(draws).find(([name]) => options[name as keyof typeof draws] !== undefined);
  if (!options.greedy || !said) return;
  throw library.mistake(said[1], `one of --greedy and ${said[1]}`, 'both', 'leave one out: the likeliest completion is always the same');
}

async function runSample(path: string, options: SampleOptions): Promise<number> {
  const library = await loadLibrary();
  refuseWithGreedy(options, library);
  const { prompt = '', greedy = false } = options;
  const settings = {
    prompt,
    greedy,
    numSamples: wholeNumber('--samples', options.samples, { min: 1, max: 4096 }, library) ?? (greedy ? 1 : 4),
    temperature: realNumber('--temperature', options.temperature, { min: 1e-3, max: 1000 }, library),
    topK: wholeNumber('--top-k', options.topK, { min: 0, max: 2 ** 20 }, library),
    topP: realNumber('--top-p', options.topP, { min: 1e-6, max: 1 }, library),
    seed: wholeNumber('--seed', options.seed, seedBounds, library),
  };
  const { found, begun } = findBegun(path, commandOf(languageModels, 'sample').join(' '), library, { road: languageModels });
  const paint = paintFor(wantsColor(process.stdout));
  for (const one of begun) {
    const model = await library.loadLanguageModel(one.directory);
    const { task } = model;
    checkPrompt(prompt, task, library);
    const problem = findProblem(prompt, task, library);
    const drawn = model.sample(settings);
    model.close();
    const scores = problem
      ? await library.scoreCompletions(
          drawn.map((completion) => ({ ...completion, problem })),
          task,
          limits,
        )
      : [];
    if (options.json) {
      const where = { runDirectory: one.directory, seed: one.seed ?? null, task: task.id, prompt };
      for (const [i, completion] of drawn.entries()) {
        writeLine(JSON.stringify({ event: 'completion', ...where, ...completion, score: scores[i] ?? null }));
      }
      continue;
    }
    const name = found.plan ? `, seed ${one.seed}` : '';
    writeLine(`${paint('bold', task.id)}${name}, ${greedy ? 'greedy' : 'sampled'}, ${shownPath(one.directory)}`);
    const rows = drawn.map(({ completion, logProb, tokens, ended }, i) => [
      oneLine(`${prompt}${completion}`),
      formatNumber(logProb, 3),
      String(tokens),
      ended ? 'yes' : 'no',
      showScore(scores[i]),
    ]);
    const heading = ['text', 'log-probability', 'tokens', 'ended', 'reward'];
    for (const line of table(heading, rows, { paint, rightAligned: [1, 2] })) writeLine(line);
    if (!problem) writeLine(paint('gray', `no reward: ${task.id} does not ask this, as far as its draws show`));
  }
  return exitCodes.done;
}

/** Throws `CohortError` for a prompt that the model cannot be given. */
function checkPrompt(prompt: string, task: LanguageTask, library: Library): void {
  const { id, alphabet, promptLength } = task;
  const unit = alphabet === undefined ? 'tokens' : 'characters';
  let got: string;
  try {
    const { length } = library.tokenizerOf(task).encode(prompt);
    if (length >= 1 && length <= promptLength) return;
    got = `${length} ${unit}`;
  } catch (error) {
    if (!(error instanceof library.CohortError)) throw error;
    got = error.parts.got;
  }
  throw library.mistake(
    '--prompt',
    `1 to ${promptLength} ${unit} of ${alphabet === undefined ? 'its tokenizer' : library.show(alphabet)}, as ${id} has them`,
    got,
    `write for example --prompt ${shellWord(exampleProblem(task, library).prompt)}`,
  );
}

// Far more than the built-in tasks have prompts, done in less than a second.
const maxDraws = 100_000;
const limits = { rewardSeconds: 10, now: (): number => performance.now() };

/** The task's problem with that prompt, by drawing until it comes; `undefined` where it does not. */
function findProblem(prompt: string, task: LanguageTask, library: Library): Problem | undefined {
  const random = library.createGenerator(1);
  for (let i = 0; i < maxDraws; i++) {
    const problem = task.prompts(random);
    if (library.promptText(problem.prompt) === prompt) return problem;
  }
  return undefined;
}

/** `1.00`, or with its parts where there are several; why there is none. */
function showScore(score: Score | undefined): string {
  if (!score) return '–';
  if (score.status !== 'ok') return `${score.status}: ${score.message ?? ''}`;
  const parts = Object.entries(score.components).map(([name, value]) => `${name} ${formatNumber(value, 2)}`);
  return parts.length > 1 ? `${formatNumber(score.total, 2)} (${parts.join(', ')})` : formatNumber(score.total, 2);
}
