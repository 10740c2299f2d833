/**
 * `--log`: runs taken elsewhere while they run, to MLflow and to Weights & Biases.
 */
import { Buffer } from 'node:buffer';
import { hostname } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { CloseOptions, Sink } from '../node/toolkit.ts';
import type { Library } from './library.ts';
import { SuggestedOption } from './options.ts';

/** The flag. */
export const logFlag = '--log';

/** What `--log` may say. */
export const logTargets = ['wandb', 'mlflow'] as const;

/** Where `mlflow server` listens by itself. */
const usualServer = 'http://127.0.0.1:5000';
/** Milliseconds for what is left: at a good end, and after an interruption, which ends within two seconds. */
const [atEnd, afterInterruption] = [10_000, 300];

/** The option of commands that train. */
export function logOption(): SuggestedOption {
  const words =
    'also write the run for Weights & Biases (`wandb`: a folder below wandb/ for `wandb sync`), or send it to MLflow (`mlflow`, ' +
    `\`mlflow=${usualServer}\`); may be repeated`;
  const option = new SuggestedOption(`${logFlag} <where>`, words, () => [
    ['wandb', 'a folder for `wandb sync`'],
    ['mlflow', 'the server that MLFLOW_TRACKING_URI names'],
  ]);
  option.argParser((where: string, before: readonly string[] = []) => [...before, where]);
  return option;
}

/** Where a run is to be taken, checked. */
export type LogTarget = { readonly kind: 'wandb' } | { readonly kind: 'mlflow'; readonly trackingUri: string };

/** The credentials that MLflow's own client takes from the environment. */
function credentials({
  MLFLOW_TRACKING_TOKEN: token,
  MLFLOW_TRACKING_USERNAME: name,
  MLFLOW_TRACKING_PASSWORD: word,
}: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  if (name && word) return { Authorization: `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}` };
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** What `--log` says, in order and without repetition. Throws `CohortError` for another word, and for an address that is none. */
export function parseLogs(
  said: readonly string[] | undefined,
  library: Library,
  environment: NodeJS.ProcessEnv = process.env,
): LogTarget[] {
  return [...new Set(said)].map((word) => {
    if (word === 'wandb') return { kind: 'wandb' };
    if (word === 'mlflow' || word.startsWith('mlflow=')) {
      const isSaid = word !== 'mlflow';
      const address = isSaid ? word.slice('mlflow='.length) : environment.MLFLOW_TRACKING_URI || usualServer;
      return { kind: 'mlflow', trackingUri: library.checkTrackingUri(address, isSaid ? '--log mlflow' : 'MLFLOW_TRACKING_URI') };
    }
    throw library.mistake(logFlag, 'wandb, mlflow or mlflow=<address>', library.show(word), library.suggest(word, logTargets));
  });
}

/** The runs that are taken elsewhere. */
export interface LoggedRuns {
  /** The run folder, of all seeds together. */
  readonly runDirectory: string;
  readonly several: boolean;
}

/** The sinks of a command as one. */
export interface Log extends Sink {
  /** What to type now that the command is over. */
  lines(): string[];
}

/** Opens the sinks; `warn` is told in words what goes wrong with them. */
export function openLog(
  targets: readonly LogTarget[],
  { runDirectory, several }: LoggedRuns,
  warn: (message: string) => void,
  library: Library,
  environment: NodeJS.ProcessEnv = process.env,
): Log {
  const full = resolve(runDirectory);
  const group = several ? basename(full) : undefined;
  const folderOf = (directory: string | null): string =>
    relative(dirname(full), resolve(directory ?? runDirectory))
      .split(sep)
      .join('/');
  const nameOf = ({
    name,
    seed,
    runDirectory: own,
  }: {
    name?: string | undefined;
    seed: number | string;
    runDirectory: string | null;
  }): string => (name === undefined ? folderOf(own) : several ? `${name}, seed ${seed}` : name);
  const folders: string[] = [];
  const sinks = targets.map((target): Sink => {
    if (target.kind === 'wandb') {
      const { WANDB_DIR, WANDB_PROJECT: project, WANDB_ENTITY: entity } = environment;
      const directory = join(WANDB_DIR || '', 'wandb');
      const names = { project: project || undefined, entity: entity || undefined };
      const note = (folder: string): void => void folders.push(relative('', folder));
      return library.wandbSink({ home: library.nodeHome, directory, ...names, group, nameOf, warn, onFolder: note });
    }
    const identityOf = (event: { readonly runDirectory: string | null }): string => `${hostname()}:${resolve(event.runDirectory ?? '')}`;
    const experiment = environment.MLFLOW_EXPERIMENT_NAME || undefined;
    const { trackingUri } = target;
    return library.mlflowSink({ trackingUri, experiment, headers: credentials(environment), group, nameOf, identityOf, warn });
  });
  return {
    onEvent: (event) => {
      for (const sink of sinks) sink.onEvent(event);
    },
    close: async (options) => void (await Promise.all(sinks.map((sink) => sink.close(options)))),
    lines: () => (folders.length === 0 ? [] : ['', 'For Weights & Biases:', ...folders.map((folder) => `  wandb sync ${folder}`)]),
  };
}

/** How to close the sinks of a command: `signal` is that of its interruption. */
export function closing(signal: AbortSignal): CloseOptions {
  return signal.aborted ? { milliseconds: afterInterruption, interrupted: true } : { milliseconds: atEnd, signal };
}
