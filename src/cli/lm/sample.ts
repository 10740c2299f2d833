/**
 * `cohort-rl lm sample <run|model|server> --prompt <text>`: what a language model writes, and what it is worth.
 */
import type { Command } from 'commander';
import { markPictures } from '../../display/halfBlocks.ts';
import type { LanguageSample, LanguageTask, Problem, Score } from '../../node/toolkit.ts';
import { answer, type Context, type Tools } from '../context.ts';
import { findBegun, runArgument } from '../findRun.ts';
import { shellWord, shownPath } from '../invocation.ts';
import type { Library } from '../library.ts';
import { moduleOption } from '../modules.ts';
import { NumberOption, SuggestedArgument } from '../options.ts';
import { writeJson, writeLine } from '../output.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { formatNumber, oneLine, outputColumns, type Paint, table, wrapTo } from '../terminal.ts';
import { seedBounds } from '../values.ts';
import { exampleProblem } from './exampleProblem.ts';
import { namedTask } from './ownTask.ts';
import { pictureLines } from './pictureLines.ts';
import { type ServerFlags, serverOptions } from './serverOptions.ts';
import { type WeightsFlag, weightsOption } from './weights.ts';

const takes = { road: languageModels, models: true, servers: true };

/** What the flags of draws say. */
export interface DrawFlags extends WeightsFlag {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly greedy?: boolean;
  readonly seed?: number;
  readonly json?: boolean;
}

const topK = 'draw from this many of the most probable tokens, of ties those with the lowest ids; 0 means all (default 0)';
const topP = 'draw from the fewest most probable tokens that together have this share of what --top-k keeps (default 1)';

// Flags that choose among draws: they mean nothing with --greedy.
interface SampleOptions extends DrawFlags, ServerFlags {
  readonly prompt?: string;
  readonly samples?: number;
  /** Loaded before. */
  readonly module?: unknown;
}

/** Flags of every draw. */
export const drawOptions: readonly NumberOption[] = [
  new NumberOption('--samples <n>', 'completions (default: 4, or 1 with --greedy)', { min: 1, max: 4096 }),
  new NumberOption('--temperature <x>', 'above 1 more random, below 1 less (default 1)', { min: 1e-3, max: 1000, isReal: true }),
  new NumberOption('--top-k <n>', topK, { min: 0, max: 2 ** 20 }),
  new NumberOption('--top-p <x>', topP, { min: 1e-6, max: 1, isReal: true }),
  new NumberOption('--seed <n>', "seed of the draws (default: the run's)", seedBounds),
];

/** Adds `sample` to `lm`. */
export function addSample(group: Command, context: Context): void {
  const command = group
    .command('sample')
    .description('let a model continue a prompt: what it writes, how probable that was, and its reward')
    .addArgument(runArgument(takes))
    .addArgument(
      new SuggestedArgument(
        '[task]',
        'of a pretrained model, or one on a server: ask a task, for its rewards',
        languageModels.target.suggest,
      ),
    )
    .option(
      '--prompt <text>',
      'what to begin with, in characters of the task; for a pretrained model any text; left out where prompts have pictures, or with a task of a model that was not trained here: a held-out one is asked, by --seed',
    )
    .option('--greedy', 'the most probable character each time');
  for (const option of drawOptions) command.addOption(option);
  for (const option of [weightsOption(), ...serverOptions(), moduleOption()]) command.addOption(option);
  command
    .option('--json', 'write one JSON line per completion')
    .action((run: string, task: string | undefined, flags: SampleOptions, self: Command) =>
      answer(context, (path: string, options: SampleOptions, tools) => runSample(path, task, options, tools))(run, flags, self),
    );
}

async function runSample(path: string, id: string | undefined, options: SampleOptions, { library, paint }: Tools): Promise<void> {
  const {
    prompt: said,
    greedy = false,
    samples = greedy ? 1 : 4,
    json,
    baseWeights,
    model: name,
    tokenizer,
    module: _,
    ...draws
  } = options;
  const draw = drawOptions.find((option) => options[option.attributeName() as keyof SampleOptions] !== undefined)?.long;
  if (greedy && draw) {
    throw library.mistake(draw, `one of --greedy and ${draw}`, 'both', 'leave one out: the likeliest completion is always the same');
  }
  const subject = commandOf(languageModels, 'sample').join(' ');
  const { found, begun } = findBegun(path, subject, library, takes);
  if (id !== undefined && !found.isModel) {
    throw library.mistake(subject, 'a run alone: it has its task', `${library.show(path)} and ${library.show(id)}`, 'leave the task out');
  }
  const asked = id === undefined ? undefined : namedTask(id, library);
  // Whatever is said, to a model that has no task.
  const isFree = found.isModel === true && asked === undefined;
  for (const one of begun) {
    const given = found.isServer ? { task: asked } : { benchmark: asked };
    const model = await library.loadLanguageModel(one.directory, { ...given, baseWeights, model: name, tokenizer });
    const { task } = model;
    const isDrawn = said === undefined && (task.images !== undefined || asked !== undefined);
    const drawnProblem = isDrawn ? await heldOutProblem(task, draws.seed, library) : undefined;
    const question = drawnProblem?.prompt ?? said;
    if (question === undefined) throw library.mistake('--prompt', 'a value', 'nothing', 'write --prompt <text>');
    const prompt = library.promptText(question);
    if (!isFree && !drawnProblem) checkPrompt(prompt, task, library);
    // Of an episode this is the first turn, which alone has no reward.
    const problem = isFree || task.rollout ? undefined : (drawnProblem ?? findProblem(prompt, task, library));
    const drawn = await model.sampleAsync({ ...draws, prompt: question, greedy, numSamples: samples });
    model.close();
    const scored = problem ? drawn.map((completion) => ({ ...completion, problem })) : [];
    const scores = await library.scoreCompletions(scored, task, limits);
    if (json) {
      const where = { runDirectory: one.directory, seed: one.seed ?? null, task: task.id, prompt };
      for (const [i, completion] of drawn.entries()) {
        writeJson({ event: 'completion', ...where, ...completion, score: scores[i] ?? null });
      }
      continue;
    }
    const ofSeed = found.plan ? `, seed ${one.seed}` : '';
    writeLine(`${paint('bold', task.id)}${ofSeed}, ${greedy ? 'greedy' : 'sampled'}, ${shownPath(one.directory)}`);
    const pictures = library.picturesOf(question);
    if (process.stdout.isTTY) for (const line of pictureLines(pictures)) writeLine(line);
    const rows = drawn.map((completion, i) => ({ ...completion, score: showScore(scores[i]) }));
    // What a tokenizer of words reads is long.
    const isLong = found.isModel === true && task.alphabet === undefined;
    if (isLong && !isFree) writeLine(prompt);
    for (const line of isLong ? paragraphs(rows, paint) : tableOf(markPictures(prompt, pictures), rows, paint)) writeLine(line);
    const why = task.rollout ? 'the first turn alone has none' : `${task.id} does not ask this, as far as its draws show`;
    if (!problem && !isFree) writeLine(paint('gray', `no reward: ${why}`));
  }
}

type Said = LanguageSample & { readonly score: string };

function tableOf(prompt: string, said: readonly Said[], paint: Paint): string[] {
  const rows = said.map(({ completion, logProb, tokens, ended, score }) => [
    oneLine(`${prompt}${completion}`),
    formatNumber(logProb, 3),
    String(tokens),
    ended ? 'yes' : 'no',
    score,
  ]);
  return table(['text', 'log-probability', 'tokens', 'ended', 'reward'], rows, { paint, rightAligned: [1, 2] });
}

/** Texts that would be too long for a table, with their lines as they are. */
function paragraphs(said: readonly Said[], paint: Paint): string[] {
  return said.flatMap(({ completion, logProb, tokens, ended, score }, i) => {
    const end = ended ? '' : ', cut off';
    const reward = score === noScore ? '' : `, reward ${score}`;
    const heading = paint('gray', `${i + 1}  ${tokens} tokens${end}, log-probability ${formatNumber(logProb, 3)}${reward}`);
    return ['', heading, ...completion.split('\n').flatMap((line) => wrapTo(line, outputColumns()))];
  });
}

/** A problem that was never trained on, the same for the same seed. */
async function heldOutProblem(task: LanguageTask, seed = 1, library: Library): Promise<Problem> {
  await task.load?.();
  return library.drawProblem(task, [seed], 'heldOut');
}

/** Throws `CohortError` for a prompt that the model cannot be given. */
function checkPrompt(prompt: string, task: LanguageTask, library: Library): void {
  const { id, alphabet, promptLength, images } = task;
  if (images) {
    const advice = 'leave it out: a held-out one is asked, another one with another --seed';
    throw library.mistake('--prompt', 'a text, for a task of texts', `the pictures of ${id} are no text`, advice);
  }
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

/** In place of a reward where there is none. */
const noScore = '–';

/** `1.00`, or with its parts where there are several; why there is none. */
function showScore(score: Score | undefined): string {
  if (!score) return noScore;
  if (score.status !== 'ok') return `${score.status}: ${score.message ?? ''}`;
  const parts = Object.entries(score.components).map(([name, value]) => `${name} ${formatNumber(value, 2)}`);
  return parts.length > 1 ? `${formatNumber(score.total, 2)} (${parts.join(', ')})` : formatNumber(score.total, 2);
}
