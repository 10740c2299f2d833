/**
 * What a run begins from, in a program: the policy of a run folder or a policy folder, or a policy as plain data.
 */
import type { Env } from '../core/env.ts';
import { failure, mistake, show } from '../core/errors.ts';
import { checkSpaces } from '../policies/environment.ts';
import { isPolicyFolder } from '../policies/folder.ts';
import { policyOfCheckpoint } from '../policies/fromCheckpoint.ts';
import { type PolicyFile, policyFiles } from '../policies/policyFile.ts';
import {
  checkNetwork,
  checkOptimizer,
  networkFieldNames,
  networkOf,
  openStart,
  optimizerOfCheckpoint,
  type StartOptions,
  startFrom,
} from '../policies/start.ts';
import { runFiles } from '../run/layout.ts';
import { seedPlanFile } from '../run/seedPlan.ts';
import type { RunStart } from '../run/start.ts';
import { checkRoad, readRun } from '../run/storedRun.ts';
import { resolveConfig } from '../training/config.ts';
import { startOf } from '../training/start.ts';
import type { Start } from '../training/trainee.ts';
import type { LibraryContext } from './context.ts';
import type { Policies } from './policies.ts';

/** What a run begins from, checked, as training takes it. Throws `CohortError` for a damaged file. */
export function startToTake(start: RunStart): Start {
  return startOf(openStart(start));
}

/** Whether what a run begins from was read already. */
function isRead(from: PolicyFile | RunStart): from is RunStart {
  return 'policy' in from;
}

function originOf(source: string, { source: { iteration } }: PolicyFile): string {
  return iteration === undefined ? source : `${source}, iteration ${iteration}`;
}

type NameOf = (field: string) => string;

/** A run that is to begin from a policy. */
interface Tried {
  readonly env: string | (() => Env);
  readonly algorithm: string;
  readonly envOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What runs begin from, on one platform. */
export function createStarts({ openToRead, algorithms, registry }: LibraryContext, policies: Policies) {
  /** The last checkpoint of a run, with its optimizer. */
  const openCheckpoint = async (directory: string, iteration: number | undefined, nameOf: NameOf): Promise<RunStart> => {
    const storage = openToRead(directory);
    if (await isPolicyFolder(storage)) {
      const advice = 'leave it out, or begin from the run itself';
      throw mistake(nameOf('withOptimizer'), 'a run folder, which holds an optimizer', `${show(directory)}, a policy folder`, advice);
    }
    const { description, checkpoint } = await readRun(storage);
    checkRoad(description, directory, 'environments');
    if (!checkpoint) throw failure(directory, 'a run with a checkpoint', 'none yet', 'let it train for a moment, or resume it');
    const config = resolveConfig(description.config, `${directory}: config.json`, undefined, algorithms);
    const file = policyOfCheckpoint(config, checkpoint, description.versions, directory);
    const last = file.source.iteration;
    if (iteration !== undefined && iteration !== last) {
      const advice = `leave ${nameOf('fromIteration')} out, or take the weights alone`;
      throw mistake(
        'withOptimizer',
        `the last checkpoint (iteration ${last}), which alone holds an optimizer`,
        `iteration ${iteration}`,
        advice,
      );
    }
    return startFrom(file, originOf(directory, file), optimizerOfCheckpoint(file, checkpoint, config.algorithm));
  };

  /** Reads what a run is to begin from, all of it. Throws `CohortError` where there is no policy, or a damaged one. */
  const open = async (
    { from, fromIteration: iteration, withOptimizer = false }: StartOptions,
    nameOf: NameOf = (field) => field,
  ): Promise<RunStart | undefined> => {
    if (from === undefined) {
      const alone = iteration !== undefined ? 'fromIteration' : withOptimizer ? 'withOptimizer' : undefined;
      if (alone !== undefined)
        throw mistake(nameOf(alone), `${nameOf('from')} as well`, 'nothing', 'say what the run begins from, or leave it out');
      return undefined;
    }
    if (typeof from !== 'string') {
      if (isRead(from)) return from;
      const said = iteration !== undefined ? 'fromIteration' : withOptimizer ? 'withOptimizer' : undefined;
      if (said !== undefined)
        throw mistake(said, 'a run folder to begin from', 'a policy that was read', `leave ${said} out, or name the folder`);
      return startFrom(from, originOf(`a policy for ${from.env}`, from));
    }
    const storage = openToRead(from);
    const holds = async (name: string): Promise<boolean> => (await storage.size(name)) !== undefined;
    if (await holds(seedPlanFile)) {
      const got = `${show(from)}, of several seeds`;
      throw mistake(
        nameOf('from'),
        'the folder of one run, or a policy folder',
        got,
        'name the folder of one of its seeds, for example seed1 in it',
      );
    }
    if (!(await holds(runFiles.config)) && !(await holds(policyFiles.tensors))) {
      const got = `${show(from)}, which holds neither`;
      throw mistake(nameOf('from'), 'a run folder or a policy folder', got, 'check the path');
    }
    if (withOptimizer) return openCheckpoint(from, iteration, nameOf);
    const { file } = await policies.read(from, iteration);
    return startFrom(file, originOf(from, file));
  };

  return {
    open,

    /** Fields under a recipe's that the policy decides, of those that the algorithm has; checks those that were `said`. Throws `CohortError`. */
    network(
      start: RunStart,
      said: Readonly<Record<string, unknown>>,
      algorithm: string,
      nameOf?: (field: string) => string,
    ): Record<string, unknown> {
      const { file } = openStart(start);
      checkNetwork(file, said, nameOf);
      const { fields } = algorithms.get(algorithm);
      const network = networkOf(file);
      return Object.fromEntries(networkFieldNames.filter((field) => field in fields).map((field) => [field, network[field]]));
    },

    /** Throws `CohortError` unless a run with that algorithm on that environment (an id, or a function that makes one) can begin so. */
    async tryOut(start: RunStart, { env, algorithm, envOptions = {} }: Tried, nameOf?: NameOf): Promise<void> {
      const opened = openStart(start);
      checkOptimizer(opened, algorithm, nameOf);
      const made = typeof env === 'function' ? env() : await (await registry.load(env)).make(envOptions);
      try {
        checkSpaces(opened.file.spec, made, typeof env === 'function' ? 'the environment' : env);
      } finally {
        made.close?.();
      }
    },
  };
}
