/**
 * Tasks of the user's own on the command line: files of questions and answers, and modules that export a task.
 */
import { Option } from 'commander';
import type { LanguageTask, RunData } from '../../node/toolkit.ts';
import type { FlagValue } from '../flags.ts';
import type { Library } from '../library.ts';
import { isCodeFile, type LoadedModule, loadModules, refuseSeveral } from '../modules.ts';
import { NumberOption } from '../options.ts';
import { parseNumber } from '../values.ts';

/** The part of a row that each flag names the column of. */
const columnFlags = { prompt: '--prompt-column', answer: '--answer-column', solution: '--solution-column' } as const;
const heldOutFlag = '--held-out';
const heldOutBounds = { min: 0.001, max: 0.9, isReal: true };
const pictureFlag = '--picture-size';
const pictureBounds = { min: 4, max: 256 };

/** The options that say how a data file is read. */
export function columnOptions(): Option[] {
  return [
    new Option(`${columnFlags.prompt} <name>`, 'data file: the column of the questions (default: prompt, question, problem or input)'),
    new Option(`${columnFlags.answer} <name>`, 'data file: the column of the right answers (default: answer, solution, output or target)'),
    new NumberOption(
      `${pictureFlag} <n>`,
      'data file: pictures are scaled into squares of so many pixels a side, a multiple of 4 (default: as they are if all are of one size up to 64, else 32)',
      pictureBounds,
    ),
  ];
}

/** The same for training, which splits the file and imitates solutions. */
export function dataOptions(): Option[] {
  const solution = 'data file: the column of worked solutions for the warm start (default: solution, else the answers)';
  const heldOut = 'data file: the share of questions, by their hash, that is never trained on (default 0.1)';
  return [
    ...columnOptions(),
    new Option(`${columnFlags.solution} <name>`, solution),
    new NumberOption(`${heldOutFlag} <share>`, heldOut, heldOutBounds),
  ];
}

/** What a target on the command line stands for. */
export interface OpenedTarget {
  /** The id of the task. */
  readonly target: string;
  /** Modules that were loaded for it. */
  readonly modules: readonly LoadedModule[];
  /** The questions and answers that it is made of. */
  readonly data?: RunData | undefined;
}

/** Whether a target is a file, and not the id of a task: ids have neither dots nor slashes. */
function isFile(target: string): boolean {
  return /[./\\]/.test(target);
}

/**
 * Makes the task of a file known, and says its id; `undefined` for a target that is no file. Throws `CohortError` for a file that cannot be read as
 * questions and answers or as a module with a task, for a model that cannot be opened, and for flags of data files without one.
 */
export async function openTarget(
  target: string | undefined,
  flags: ReadonlyMap<string, FlagValue>,
  library: Library,
  named: Readonly<Record<string, unknown>> = {},
): Promise<OpenedTarget | undefined> {
  // Before anything else: whether the model, or the tokenizer of one on a server, can be read.
  if (named.model !== undefined) await library.openNamed(named, library);
  const isData = target !== undefined && library.dataFormatOf(target) !== undefined;
  const stray = [...Object.values(columnFlags), heldOutFlag, pictureFlag].find((flag) => flags.has(flag));
  if (stray && !isData) {
    throw library.mistake(stray, 'a data file to train on', library.show(target), 'leave it out, or name a file, for example sums.jsonl');
  }
  if (target === undefined || !isFile(target)) return undefined;
  if (isData) {
    const said = flags.get(heldOutFlag);
    const heldOut = said === undefined ? undefined : parseNumber(heldOutFlag, String(said), heldOutBounds, library);
    const pictureSize = pictureSizeOf(flags.get(pictureFlag), library);
    const task = await library.readDataTask(target, { columns: columnsOf((flag) => flags.get(flag)), heldOut, pictureSize });
    library.tasks.set(task.id, task);
    return { target: task.id, modules: [], data: task.data };
  }
  if (isCodeFile(target)) return openModule(target, library);
  const formats = library.dataFormats.map((format) => `.${format}`).join(', ');
  throw library.mistake(
    'lm train',
    `a task, a data file (${formats}) or a module (.js, .mjs, .ts)`,
    library.show(target),
    'check the path',
  );
}

async function openModule(target: string, library: Library): Promise<OpenedTarget> {
  const modules = await loadModules([target]);
  const ids = library.modules.tasksOf(modules[0]!.url);
  if (ids.length === 1) return { target: ids[0]!, modules };
  if (ids.length > 1) return refuseSeveral(ids, 'task', target, ['lm', 'train'], library);
  const advice = 'write export default { id, description, alphabet, promptLength, completionLength, prompts(random) { ... } }';
  throw library.mistake(target, 'a module that exports a task', 'one without', advice);
}

function columnsOf(said: (flag: string) => unknown): Partial<Record<keyof typeof columnFlags, string>> {
  const found = Object.entries(columnFlags).map(([part, flag]) => [part, said(flag)] as const);
  return Object.fromEntries(found.filter(([, name]) => typeof name === 'string')) as Partial<Record<keyof typeof columnFlags, string>>;
}

function pictureSizeOf(said: unknown, library: Library): number | undefined {
  if (said === undefined) return undefined;
  const size = parseNumber(pictureFlag, String(said), pictureBounds, library);
  if (size % 4 === 0) return size;
  throw library.mistake(pictureFlag, 'a multiple of 4, the side of a patch', String(size), `use ${Math.max(4, Math.round(size / 4) * 4)}`);
}

/** What a model is asked. */
export interface Asked {
  /** The questions of a file. */
  readonly benchmark?: LanguageTask | undefined;
  /** A task, whose own problems are drawn. */
  readonly task?: LanguageTask | undefined;
}

/** The task of an id, built in or of a module. Throws `CohortError` with the nearest ids. */
export function namedTask(id: string, library: Library): LanguageTask {
  return library.tasks.get(id) ?? library.findTask(id);
}

/** What a file, or the id of a task where `takesTasks`, asks. Throws `CohortError` for anything else. */
export async function readAsked(
  target: string,
  options: Readonly<Record<string, unknown>>,
  library: Library,
  takesTasks: boolean,
): Promise<Asked> {
  if (takesTasks && !isFile(target)) return { task: namedTask(target, library) };
  return { benchmark: await readBenchmark(target, options, library) };
}

/** The questions of a benchmark file, all of them to be asked. Throws `CohortError` as {@link openTarget} does. */
async function readBenchmark(path: string, options: Readonly<Record<string, unknown>>, library: Library): Promise<LanguageTask> {
  if (library.dataFormatOf(path) === undefined) {
    const formats = library.dataFormats.map((format) => `.${format}`).join(', ');
    throw library.mistake('lm eval', `a data file (${formats})`, library.show(path), 'name a file of questions and answers');
  }
  const said = new Map([...columnOptions()].map((option) => [option.long!, options[option.attributeName()]]));
  return library.readDataTask(path, {
    columns: columnsOf((flag) => said.get(flag)),
    heldOut: 1,
    pictureSize: pictureSizeOf(said.get(pictureFlag), library),
  });
}
