/**
 * Folders that are named on the command line: the seeds in them, and refusing what holds no run.
 */

import { existsSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withCode } from '../node/early.ts';
import type { RunLabels, RunSummary, SeedPlan } from '../node/toolkit.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { requireModules } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeNote } from './output.ts';
import { environments, languageModels, roadOf } from './roads/index.ts';
import { commandOf, type Road } from './roads/road.ts';
import { readPlan, runsFolder } from './runFolders.ts';
import { readConfig, readJson, readSummary } from './storedRun.ts';

/** The default folder for policies that `import` keeps. */
export const importedFolder: string = join(runsFolder, 'imported');

/** One seed in a folder that was named on the command line. */
export interface FoundSeed {
  readonly directory: string;
  /** The seed, where the folder is one of several. */
  readonly seed?: number;
  /** Whether its training was ever begun. */
  readonly begun: boolean;
  /** Its configuration, or that of its neighbours where it was never begun; empty where it cannot be read. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How it ended, if it did. */
  readonly summary?: RunSummary | undefined;
}

/** A folder that was named on the command line. */
export interface FoundRun {
  /** As the user would write it. */
  readonly path: string;
  readonly road: Road;
  /** What people call it. */
  readonly labels: RunLabels;
  /** Of several seeds: how they are trained. */
  readonly plan?: SeedPlan;
  /** The folder holds a policy by itself, and no training. */
  readonly isPolicy?: boolean;
  /** The policy comes with the package: nothing is written into its folder. */
  readonly isPretrained?: boolean;
  /** It is a pretrained language model, and no run. */
  readonly isModel?: boolean;
  /** The model is on a server: the path is its address. */
  readonly isServer?: boolean;
  readonly seeds: readonly FoundSeed[];
}

/** What is at a path; nothing also where it cannot be asked (a loop of links, a file in the middle). */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Whether a path is that of a pretrained language model or an adapter. */
function isPretrainedModel(path: string, information: Stats, library: Library): boolean {
  if (!information.isDirectory()) return library.isGguf(path);
  return library.isModelFolder(readJson(join(path, library.runFiles.config)), existsSync(join(path, library.adapterConfigFile)));
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** The road of a folder that holds a run, of one seed or several; nothing where neither of its files can be read. */
function roadOfFolder(path: string, library: Library): Road | undefined {
  const said = readPlan(path, library) ?? readConfig(path, library);
  return said && roadOf(said);
}

/** The folders in a folder that hold one of those files; none where it cannot be read. */
function foldersWith(folder: string, ...files: readonly string[]): string[] {
  try {
    const paths = readdirSync(folder).map((name) => join(folder, name));
    return paths.filter((path) => files.some((file) => existsSync(join(path, file))));
  } catch {
    return [];
  }
}

/** Run folders of a road, or of any, below a folder (that of runs), newest first. */
export function knownRuns(library: Library, road?: Road, folder: string = runsFolder): string[] {
  return foldersWith(folder, library.runFiles.config, library.seedPlanFile)
    .filter((path) => road === undefined || roadOfFolder(path, library) === road)
    .sort((a, b) => (basename(a).slice(-15) < basename(b).slice(-15) ? 1 : -1));
}

/** Policy folders below a folder. */
export function knownPolicies(library: Library, folder: string = importedFolder): string[] {
  return foldersWith(folder, library.policyFiles.tensors);
}

/** What a command takes. */
export interface FindOptions {
  /** The only road whose runs it takes. Default: any. */
  readonly road?: Road;
  /** Whether it takes run folders. Default true. */
  readonly runs?: boolean;
  /** Whether it takes policy folders: they are one seed that has begun. Default false. */
  readonly policies?: boolean;
  /** Whether it takes pretrained language models: they are one seed that has begun. Default false. */
  readonly models?: boolean;
  /** Whether it takes addresses of servers, which then are such models. Default false. */
  readonly servers?: boolean;
  /** Whether the modules of a run must be loaded. Default true. */
  readonly modules?: boolean;
}

/** Folders that a command may be given, for completion and advice. */
export function suggestFolders({ road, runs = true, policies = false }: FindOptions, library: Library): [path: string, kind: string][] {
  return [
    ...(runs ? knownRuns(library, road) : []).map((path): [string, string] => [shownPath(path), 'run folder']),
    ...(policies ? knownPolicies(library) : []).map((path): [string, string] => [shownPath(path), 'policy folder']),
    ...(policies ? library.pretrainedPolicies() : []).map(({ name }): [string, string] => [name, 'policy that comes with the package']),
  ];
}

/** The argument of a command that takes such folders: needed, or with a default. */
export function runArgument(options: FindOptions, otherwise?: string): SuggestedArgument {
  const kinds = `run folder, of one seed or several${options.models ? ', or a pretrained model (a GGUF file, a folder in Hugging Face’s format, or hf:owner/name of its hub)' : ''}${options.servers ? ', or the address of a server that gives token ids (vLLM, SGLang)' : ''}${options.policies ? ', or policy folder, or the name of a policy (`policies` lists them)' : ''}`;
  const description = otherwise === undefined ? kinds : `${kinds} (default: ${otherwise})`;
  return new SuggestedArgument(otherwise === undefined ? '<run>' : '[run]', description, (library) => suggestFolders(options, library));
}

/**
 * Looks at a folder that should hold a run, of one seed or several, or a policy. Throws `CohortError` where it holds neither, and where the run was
 * trained with modules that are not loaded.
 */
export function findRun(path: string, subject: string, library: Library, options: FindOptions = {}): FoundRun {
  const { runFiles, policyFiles, seedPlanFile, show } = library;
  const { policies = false, runs: takesRuns = true, road: wanted, modules = true } = options;
  const refuse = (got: string): never => {
    const known = suggestFolders(options, library).map(([folder]) => folder);
    const said = path.replace(/\/+$/, '');
    const others = known.filter((name) => name !== said);
    const near = library.nearestNames(said, others)[0];
    const { target } = wanted ?? environments;
    const make = takesRuns
      ? `make one with \`${commandLine(...commandOf(wanted ?? environments, 'train', target.example))}\``
      : 'make one with `save` of tools/policies/cohort_policy.py';
    throw library.mistake(
      subject,
      takesRuns ? `a run folder${policies ? ' or a policy folder' : ''}` : 'a policy folder',
      got,
      near ? `did you mean ${near}?` : takesRuns && known[0] ? `the newest one here is ${known[0]}` : make,
    );
  };
  const asModel = (isServer = false): FoundRun => {
    if (!options.models) return refuse(`${show(path)}, a pretrained model`);
    return { path, road: languageModels, labels: {}, isModel: true, isServer, seeds: [{ directory: path, begun: true, config: {} }] };
  };
  if (library.isServerAddress(path)) return options.servers ? asModel(true) : refuse(`${show(path)}, the address of a server`);
  if (library.isHubName(path)) return asModel();
  const information = lookAt(path);
  const pretrained = library.pretrainedFolder(path);
  if (pretrained !== undefined && policies) {
    const seed = { directory: pretrained, begun: true, config: {} };
    if (!information) return { path, road: environments, labels: {}, isPolicy: true, isPretrained: true, seeds: [seed] };
    writeNote(`${path} is a folder here: that is taken, and not the policy of that name that comes with the package`);
  }
  if (!information && pretrained !== undefined) {
    const advice = `begin a run from it: \`${commandLine(...commandOf(environments, 'train', path), '--from', path)}\``;
    throw library.mistake(subject, 'a run folder', `${show(path)}, a policy that comes with the package`, advice);
  }
  if (!information) return refuse(`${show(path)}, which does not exist`);
  if (isPretrainedModel(path, information, library)) return asModel();
  if (!information.isDirectory()) return refuse(`${show(path)}, which is a file`);
  // A damaged folder counts as one of the road that is wanted: its own reader says what is wrong with it.
  const road = roadOfFolder(path, library) ?? wanted ?? environments;
  if (wanted && road !== wanted) {
    throw library.mistake(subject, wanted.runNoun, `${show(shownPath(path))}, ${road.runNoun}`, road.instead(subject, shownPath(path)));
  }
  if (existsSync(join(path, seedPlanFile))) {
    const plan = readPlan(path, library);
    if (!plan) return refuse(`${show(join(path, seedPlanFile))}, which is no plan of seeds of this version`);
    if (modules) requireModules(plan.modules, path, library);
    const read = plan.seeds.map((seed) => {
      const directory = library.seedDirectory(path, seed);
      // Whoever made the folder may have put a link to a run of somebody else there.
      if (isLink(directory)) throw library.explainFileError(withCode('ELOOP', directory), directory);
      return { seed, ...readSeed(directory, library) };
    });
    const begun = read.find((one) => one.begun);
    const seeds = read.map((one) => (one.begun ? one : { ...one, config: { ...(begun?.config ?? plan.input), seed: one.seed } }));
    return { path, road, labels: labelsOf(plan, library), plan, seeds };
  }
  if (!existsSync(join(path, runFiles.config))) {
    const isPolicy = existsSync(join(path, policyFiles.tensors));
    if (isPolicy && policies) return { path, road, labels: {}, isPolicy, seeds: [{ directory: path, begun: true, config: {} }] };
    if (isPolicy) return refuse(`${show(path)}, which holds a policy and no training`);
    return refuse(`${show(path)}, which has no ${takesRuns ? runFiles.config : policyFiles.tensors}`);
  }
  const stored = readConfig(path, library);
  if (modules) requireModules(stored?.modules ?? [], path, library);
  return { path, road, labels: labelsOf(stored ?? {}, library), seeds: [readSeed(path, library)] };
}

/**
 * Throws `CohortError` for a run whose environment a program made itself: no command line can make it again. `instead` is what to do in that program.
 */
export function refuseProgramsOwn({ path, seeds }: FoundRun, subject: string, instead: string, { mistake, show }: Library): void {
  if (seeds.every(({ config }) => config.env !== 'custom')) return;
  const expected = 'a run of an environment with a name';
  const named = `an environment in a file of its own has a name (\`${commandLine('train', './my-env.js')}\`)`;
  throw mistake(subject, expected, `${show(shownPath(path))}, of one that a program made itself`, `${instead}; ${named}`);
}

/** The labels in a file, which anybody may have written. */
function labelsOf({ name, tags }: RunLabels, { isLabel }: Library): RunLabels {
  const words = Array.isArray(tags) ? tags.filter(isLabel) : [];
  return { ...(isLabel(name) && { name }), ...(words.length > 0 && { tags: words }) };
}

function readSeed(directory: string, library: Library): FoundSeed {
  const begun = existsSync(join(directory, library.runFiles.config));
  return { directory, begun, config: readConfig(directory, library)?.config ?? {}, summary: readSummary(directory, library) };
}

/** The seeds of a folder that have begun, at least one. Throws `CohortError` as {@link findRun} does, and where none has. */
export function findBegun(
  path: string,
  subject: string,
  library: Library,
  options: FindOptions = {},
): { readonly found: FoundRun; readonly begun: readonly [FoundSeed, ...FoundSeed[]] } {
  const found = findRun(path, subject, library, options);
  const [first, ...rest] = found.seeds.filter((seed) => seed.begun);
  if (first) return { found, begun: [first, ...rest] };
  throw library.mistake(subject, 'a run that has begun', `${library.show(path)}, where no seed has`, 'resume it first');
}
