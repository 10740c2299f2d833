/**
 * `cohort-rl eval <run>`: measures what a run has learned, sampled and greedy.
 */
import { Argument, type Command } from 'commander';
import type { PolicyKind } from '../node/toolkit.ts';
import { meanInterval, sampleStatistics } from '../statistics/index.ts';
import { answer, type Context, type Tools } from './context.ts';
import { findBegun, refuseProgramsOwn, runArgument } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import type { Asked } from './lm/ownTask.ts';
import { moduleOption } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments, languageModels, roads } from './roads/index.ts';
import { commandOf, type EvaluationFlag, type Measuring, type Road } from './roads/road.ts';
import { type StatusLine, statusLine } from './statusLine.ts';
import { formatSeconds, groupDigits, table } from './terminal.ts';
import { seedBounds } from './values.ts';

/** The mean over seeds with its interval, as the road writes values. */
function overSeeds(values: readonly number[], show: Road['look']['show']): string {
  const found = meanInterval(values);
  return found ? `${show(found.estimate)} [${show(found.low)}, ${show(found.high)}]` : show(values[0]);
}

/** Both of them, in the order of tables. */
const policies: readonly PolicyKind[] = ['sampled', 'greedy'];

type EvaluateOptions = Readonly<Record<string, unknown>> & { readonly seed?: number; readonly json?: boolean };

/** Adds `eval` to the program, for runs of every road, or to a group of commands, for runs of that road. */
export function addEvaluate(group: Command, context: Context, only?: Road): void {
  const takes = {
    policies: only === undefined || only === environments,
    models: only === languageModels,
    servers: only === languageModels,
    ...(only && { road: only }),
  };
  const command = group
    .command('eval')
    .description('measure what a run has learned: sampled and greedy')
    .addArgument(runArgument(takes))
    .addOption(new NumberOption('--seed <n>', "seed of the evaluation (default: as in training's own evaluations)", seedBounds))
    .option('--json', 'write one JSON line per seed, with the result of every episode or prompt');
  if (!only || only.training.takesModules) command.addOption(moduleOption());
  for (const road of only ? [only] : roads) {
    const options = [...road.evaluation.flags.map(optionOf), ...road.evaluation.options()];
    for (const option of options) command.addOption(option.helpGroup(`For ${road.runNoun}:`));
  }
  const { files } = only?.evaluation ?? {};
  if (files) {
    command.addArgument(new Argument('[file]', files.description));
    for (const option of files.options()) command.addOption(option);
  }
  const subject = only ? commandOf(only, 'eval').join(' ') : 'eval';
  const runEvaluate = async (run: string, file: string | undefined, options: EvaluateOptions, { library, paint }: Tools): Promise<void> => {
    const { found, begun } = findBegun(run, subject, library, takes);
    const { road } = found;
    refuseProgramsOwn(found, subject, 'call evaluate(folder, { env: () => new YourEnv() }) in that program', library);
    if (found.isModel && file === undefined) {
      const advice = `name one: \`${commandLine(...commandOf(road, 'eval'), run, 'questions.jsonl')}\``;
      throw library.mistake(subject, 'a file of questions for a pretrained model', 'none', advice);
    }
    const asked = (file !== undefined && (await files?.read(file, options, library, found.isServer === true))) || {};
    const numbers = readNumbers(road, options, library, asked);
    const what = road.evaluation.describe(numbers, asked.benchmark !== undefined);
    const status = statusLine();
    status.show(`${what} …`, true);
    const rows: string[][] = [];
    const notes = new Set<string>();
    let target = '';
    const means: Record<PolicyKind, number[]> = { sampled: [], greedy: [] };
    for (const { directory, seed } of begun) {
      const onProgress = progressShown(status, seed);
      const measured = await road.evaluation.measure(directory, numbers, { library, said: options, asked, onProgress });
      status.clear();
      for (const policy of policies) means[policy].push(measured.evaluation[policy].mean ?? Number.NaN);
      if (options.json) {
        writeJson({ event: 'evaluation', ...numbers, runDirectory: directory, seed: seed ?? null, ...measured.evaluation });
        continue;
      }
      target = measured.evaluation.target;
      const name = found.plan ? `seed ${seed} ` : '';
      rows.push(...measured.rows.map(([first, ...rest]) => [`${name}${first}`, ...rest]));
      for (const note of measured.notes) notes.add(note);
    }
    const several = begun.length > 1;
    if (options.json && several) {
      const over = Object.fromEntries(
        policies.map((policy) => [policy, { ...sampleStatistics(means[policy]), interval: meanInterval(means[policy]) }]),
      );
      writeLine(
        JSON.stringify({
          event: 'evaluation',
          ...numbers,
          runDirectory: found.path,
          seeds: begun.map(({ seed }) => seed ?? null),
          ...over,
        }),
      );
    }
    if (!options.json) {
      const { heading } = road.evaluation;
      writeLine(`${paint('bold', target)}, ${what}, ${shownPath(found.path)}`);
      for (const line of table(heading, rows, { paint, rightAligned: heading.map((_, column) => column).slice(1) })) writeLine(line);
      if (several) {
        const of = (policy: PolicyKind): string => `${policy} ${paint('bold', overSeeds(means[policy], road.look.show))}`;
        const known = policies.filter((policy) => means[policy].some((mean) => !Number.isNaN(mean)));
        writeLine(`mean over ${begun.length} seeds [95 %]: ${known.map(of).join(', ')}`);
      }
      for (const note of notes) writeLine(paint('gray', note));
    }
  };
  if (!files) {
    command.action(answer(context, (run: string, options: EvaluateOptions, tools) => runEvaluate(run, undefined, options, tools)));
    return;
  }
  command.action((run: string, file: string | undefined, options: EvaluateOptions, self: Command) =>
    answer(context, (path: string, said: EvaluateOptions, tools) => runEvaluate(path, file, said, tools))(run, options, self),
  );
}

/** Shows how far an evaluation is and how long the rest will take, once there is a first part to tell it from. */
function progressShown(status: StatusLine, seed: number | undefined): Measuring['onProgress'] {
  const begun = performance.now();
  const name = seed === undefined ? '' : `seed ${seed}: `;
  return ({ done, total }) => {
    const left = ((performance.now() - begun) / 1000 / done) * (total - done);
    status.show(`${name}${groupDigits(done)} of ${groupDigits(total)} answers, ${formatSeconds(left)} left`, true);
  };
}

function optionOf({ flag, description, default: value, ...bounds }: EvaluationFlag): NumberOption {
  return new NumberOption(`${flag} <n>`, value === undefined ? description : `${description} (default ${value})`, bounds);
}

/** What was said with an option that is for runs of another road; `undefined` where nothing was. */
function strayOption(road: Road, options: EvaluateOptions): { readonly flag: string; readonly other: Road } | undefined {
  for (const other of roads) {
    const own = other === road ? [] : [...other.evaluation.flags.map(optionOf), ...other.evaluation.options()];
    const stray = own.find((option) => options[option.attributeName()] !== undefined);
    if (stray) return { flag: stray.long!, other };
  }
  return undefined;
}

/** The numbers that a road measures with. Throws `CohortError` for a flag that is for runs of another road. */
function readNumbers(road: Road, options: EvaluateOptions, library: Library, { benchmark }: Asked): Record<string, number | undefined> {
  const saidFor = (flag: EvaluationFlag): number | undefined => options[optionOf(flag).attributeName()] as number | undefined;
  const stray = strayOption(road, options);
  if (stray) {
    const flags = [...road.evaluation.flags.map(({ flag }) => flag), ...road.evaluation.options().map(({ long }) => long)];
    throw library.mistake(stray.flag, `a flag for ${road.runNoun} (${flags.join(', ')})`, `one for ${stray.other.runNoun}`, 'leave it out');
  }
  // Of a file all questions are asked, unless somebody says how many.
  const own = road.evaluation.flags.map((flag) => {
    return [flag.name, saidFor(flag) ?? (benchmark && flag.name === 'numPrompts' ? undefined : flag.default)];
  });
  return { seed: options.seed, ...Object.fromEntries(own) };
}
