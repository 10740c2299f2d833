/**
 * `--export` of `sweep` and `reproduce`: writes what Slurm, Kubernetes or Ray need to run the runs that are missing, and says what to type.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { ClusterRequest, PlannedRun } from '../node/toolkit.ts';
import type { Tools } from './context.ts';
import { commandLine, shellWord, shownPath } from './invocation.ts';
import { type MatrixFlags, type MatrixRequest, resultsDirectory } from './matrix.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { folderName, parseChoice, parseDuration } from './values.ts';

/** The flags of an export. */
export interface ExportFlags {
  readonly export?: string;
  readonly exportFolder?: string;
  readonly cpus?: number;
  readonly memory?: string;
  readonly time?: string;
  readonly schedulerOption?: readonly string[];
  readonly image?: string;
  readonly namespace?: string;
  readonly claim?: string;
}

const schedulers = ['slurm', 'k8s', 'ray'] as const;
type Scheduler = (typeof schedulers)[number];

/** Which schedulers each flag is for. */
const flagsOf: Readonly<Partial<Record<keyof ExportFlags, readonly Scheduler[]>>> = {
  exportFolder: schedulers,
  cpus: schedulers,
  memory: schedulers,
  time: ['slurm'],
  schedulerOption: ['slurm'],
  image: ['k8s'],
  namespace: ['k8s'],
  claim: ['k8s'],
};

const flagName = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The options of an export. */
export function exportOptions(): Option[] {
  return [
    new Option('--export <scheduler>', 'run nothing; write what slurm, k8s or ray need to run what is missing'),
    new Option('--export-folder <folder>', 'where to (default: <results>/<scheduler>)'),
    new NumberOption('--cpus <n>', 'export: cores of one run (default: 1)', { min: 1, max: 1024 }),
    new Option('--memory <size>', 'export: memory of one run, for example 2G'),
    new Option('--time <time>', 'export slurm: time limit of one run, for example 2h; it goes on where it was cut off'),
    new Option(
      '--scheduler-option <option>',
      'export slurm: an option of sbatch, for example --scheduler-option=--partition=gpu; may be repeated',
    ).argParser((option: string, before: readonly string[] = []) => [...before, option]),
    new Option('--image <image>', 'export k8s: the image of the tasks (default: cohort-rl:<version>)'),
    new Option('--namespace <name>', 'export k8s: the namespace'),
    new Option('--claim <name>', 'export k8s: the PersistentVolumeClaim of the results (default: cohort-results)'),
  ];
}

/** The scheduler that flags name; nothing where they export nothing. Throws `CohortError` for flags that do not go together. */
export function schedulerOf(flags: ExportFlags & MatrixFlags, { library }: Tools): Scheduler | undefined {
  const scheduler = flags.export === undefined ? undefined : parseChoice('--export', flags.export, schedulers, library);
  for (const [name, of] of Object.entries(flagsOf)) {
    if (flags[name as keyof ExportFlags] === undefined || (scheduler !== undefined && of.includes(scheduler))) continue;
    const got = scheduler === undefined ? 'no --export' : `--export ${scheduler}`;
    throw library.mistake(flagName(name), `--export ${of.join(' or --export ')} beside it`, got, 'leave it out');
  }
  if (scheduler !== undefined && flags.budget !== undefined) {
    throw library.mistake('--budget', 'a sweep that runs here', `--export ${scheduler}`, 'name fewer seeds instead: --seeds 2');
  }
  if (scheduler !== undefined && flags.queue !== undefined) {
    throw library.mistake(
      '--queue',
      'one of --export and --queue',
      'both',
      'leave one out: a scheduler starts the runs, or workers take them',
    );
  }
  return scheduler;
}

/** MiB that a text such as `2G` stands for. */
function parseMemory(text: string, { library }: Tools): number {
  const [, count = '', unit = ''] = /^(\d{1,7})([MG])$/.exec(text) ?? [];
  const mebibytes = Number(count) * (unit === 'G' ? 1024 : 1);
  if (mebibytes > 0) return mebibytes;
  throw library.mistake('--memory', 'a whole number of M or G, 2^20 or 2^30 bytes', library.show(text), 'write for example --memory 2G');
}

/** A file of the export. */
interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

/** What one scheduler gets, and the lines that say what to type. `folder` is as the user writes it. */
interface Exported {
  readonly files: readonly ExportedFile[];
  readonly lines: readonly string[];
  /** Folders in it that must be there. */
  readonly folders?: readonly string[];
}

/** What all exports are made of. */
interface Parts {
  readonly request: ClusterRequest;
  readonly plan: { readonly text: string; readonly id: string };
  readonly folder: string;
  readonly directory: string;
}

/** This command, as another machine with the same files calls it. */
const program = (): string[] => [process.execPath, resolve(process.argv[1] ?? 'cohort-rl')];

/** The command of a task that sees the folders of this machine. */
function sharedCommand({ plan, folder, directory }: Parts, { library, modules }: Tools): string[] {
  const files = modules.map(({ file }) => resolve(file));
  return [...program(), ...library.taskWords(resolve(folder, planFile(plan.id)), resolve(directory), files)];
}

const planFile = (id: string): string => `plan-${id}.json`;

function forSlurm(parts: Parts, flags: ExportFlags, tools: Tools): Exported {
  const { library } = tools;
  const { request, plan, folder } = parts;
  const logs = resolve(folder, 'logs');
  const script = library.slurmScript({
    ...request,
    command: sharedCommand(parts, tools),
    directory: process.cwd(),
    logs,
    seconds: flags.time === undefined ? undefined : parseDuration('--time', flags.time, library),
    options: flags.schedulerOption ?? [],
  });
  const path = join(folder, 'array.sh');
  return {
    files: [
      { name: planFile(plan.id), text: plan.text },
      { name: 'array.sh', text: script },
    ],
    folders: ['logs'],
    lines: [`Submit it: sbatch ${shellWord(shownPath(path))}`, `Its logs:  ${shownPath(logs)} (every node must see these folders)`],
  };
}

async function forKubernetes(
  { request, plan, folder, directory }: Parts,
  flags: ExportFlags,
  { library, modules }: Tools,
): Promise<Exported> {
  const { stringify } = await import('yaml');
  const { version } = library;
  const image = flags.image ?? `cohort-rl:${version}`;
  const claim = flags.claim ?? 'cohort-results';
  const { plan: planFolder, results } = library.podFolders;
  const place = `${results}/${library.plainName(request.name)}`;
  const words = library.taskWords(
    `${planFolder}/plan.json`,
    place,
    modules.map(({ file }) => file),
  );
  const objects = library.kubernetesObjects({ ...request, image, namespace: flags.namespace, claim, plan: plan.text, command: words });
  const head = '# Made by cohort-rl: one Pod per run. Create it with kubectl create.\n';
  const text = head + objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
  const docker = `# Made by cohort-rl: an image for job.yaml.\nFROM node:24-slim\nRUN npm install --global cohort-rl@${version}\n`;
  return {
    files: [{ name: 'job.yaml', text }, ...(flags.image === undefined ? [{ name: 'Dockerfile', text: docker }] : [])],
    lines: [
      ...(flags.image === undefined
        ? [`Image:     docker build --tag ${image} ${shellWord(shownPath(folder))}, where the cluster finds it`]
        : []),
      `Submit it: kubectl create --filename ${shellWord(shownPath(join(folder, 'job.yaml')))}`,
      `Results:   ${place} of the PersistentVolumeClaim ${claim} (ReadWriteMany)`,
      `When it is done: copy that folder to ${shownPath(directory)}`,
      ...(modules.length > 0 ? [`The image must hold ${modules.map(({ file }) => file).join(' and ')}`] : []),
    ],
  };
}

function forRay(parts: Parts, tools: Tools): Exported {
  const { library } = tools;
  const { request, plan, folder } = parts;
  const name = 'requests.json';
  const jobs = library.rayJobs({
    ...request,
    plan: library.readPlan(plan.text, planFile(plan.id)),
    command: sharedCommand(parts, tools),
    directory: process.cwd(),
  });
  const parallel = request.parallel === undefined ? [] : ['--jobs', String(request.parallel)];
  const submit = commandLine('submit', shownPath(join(folder, name)), '--address', 'http://127.0.0.1:8265', ...parallel);
  return {
    files: [
      { name: planFile(plan.id), text: plan.text },
      { name, text: library.writeRayJobs(jobs) },
    ],
    lines: [`Submit it: ${submit} (every node must see these folders)`],
  };
}

/** What the first lines of our files hold. */
const mark = 'cohort-rl';

/** Writes the files, over those of an export before but over nothing else. */
function writeFiles({ files, folders = [] }: Exported, { folder, directory }: Parts, { library }: Tools): void {
  const paths = files.map(({ name }) => join(folder, name));
  for (const path of paths) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw library.explainFileError(error, path);
    }
    if (!text.slice(0, 300).includes(mark)) {
      throw library.mistake(
        path,
        'a file of an export, or none',
        'another file',
        'move it away, or choose another folder with --export-folder',
      );
    }
  }
  try {
    for (const path of [directory, folder, ...folders.map((name) => join(folder, name))]) mkdirSync(path, { recursive: true });
    for (const [index, { text }] of files.entries()) writeFileSync(paths[index]!, text);
  } catch (error) {
    throw library.explainFileError(error, folder);
  }
}

/** Exports what matrices still need; gives whether anything was written. Throws `CohortError` for flags, paths and names that an export cannot hold. */
export async function exportShown(
  requests: readonly MatrixRequest[],
  scheduler: Scheduler,
  flags: ExportFlags & MatrixFlags,
  tools: Tools,
): Promise<boolean> {
  const { library } = tools;
  const [first] = requests;
  const directory = resultsDirectory(first!, flags, tools);
  const missing = new Map<string, PlannedRun>();
  for (const { matrix } of requests) for (const run of await library.missingRuns(matrix, directory)) missing.set(run.identity, run);
  const runs = [...missing.values()];
  if (runs.length === 0) {
    if (flags.json) writeJson({ event: 'export', scheduler, runs: 0, folder: null, files: [] });
    else writeLine('All runs are there: nothing to export.');
    return false;
  }
  const plan = library.writePlan(runs);
  const folder = folderName('--export-folder', flags.exportFolder, library) ?? join(directory, scheduler);
  const memory = flags.memory === undefined ? undefined : parseMemory(flags.memory, tools);
  const request = { name: first!.name, id: plan.id, tasks: runs.length, parallel: flags.jobs, cpus: flags.cpus ?? 1, memory };
  const parts = { request, plan, folder, directory };
  const ways = {
    slurm: () => forSlurm(parts, flags, tools),
    k8s: () => forKubernetes(parts, flags, tools),
    ray: () => forRay(parts, tools),
  };
  const exported = await ways[scheduler]();
  const { files, lines } = exported;
  if (!flags.dryRun) writeFiles(exported, parts, tools);
  if (flags.json) {
    writeJson({ event: 'export', scheduler, runs: runs.length, folder, files: files.map(({ name }) => name) });
    return !flags.dryRun;
  }
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  writeLine(
    flags.dryRun ? `${count} would be exported to ${shownPath(folder)}.` : `${count} exported to ${tools.paint('bold', shownPath(folder))}`,
  );
  if (flags.dryRun || flags.quiet) return !flags.dryRun;
  for (const line of lines) writeLine(line);
  writeLine(`Read them: ${tools.paint('cyan', commandLine('compare', shownPath(directory)))}, also while it runs`);
  writeLine('The same command once more exports what failed; without --export it runs here.');
  return true;
}
