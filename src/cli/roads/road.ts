/**
 * What a road has of its own at the command line. The two roads of this package train on environments and train language models; commands
 * ask the road of a run and never which road it is.
 */
import type { Option } from 'commander';
import type { Look } from '../../display/pieces.ts';
import type { PolicyFile, Recipe, RoadName, RunEvaluation, RunSummary } from '../../node/toolkit.ts';
import type { NextStep } from '../closing/nextSteps.ts';
import type { ConfigFile } from '../configFile.ts';
import type { FieldFlag, FlagValue } from '../flags.ts';
import type { Library } from '../library.ts';
import type { Asked, OpenedTarget } from '../lm/ownTask.ts';
import type { Suggest } from '../options.ts';
import type { Paint } from '../terminal.ts';
import type { Bounds } from '../values.ts';

/** A configuration with every default filled in. */
export type RunConfig = Readonly<Record<string, unknown>> & {
  readonly iterations: number;
  readonly stopAfter?: number | undefined;
  readonly threads: number;
};

/** What the user said about a run to be trained. */
export interface Said {
  /** The environment or the task on the command line. */
  readonly target?: string | undefined;
  /** The same as it was typed, where it was a file. */
  readonly typed?: string | undefined;
  /** Values of flags by their proper names: `--num-envs` -> `32`. */
  readonly flags: ReadonlyMap<string, FlagValue>;
  readonly file?: ConfigFile | undefined;
  /** The policy that the run begins from. */
  readonly policy?: PolicyFile | undefined;
}

/** Where a configuration begins, before the fields of file and flags are laid over it. */
export interface Beginning {
  /** Whose fields may be set: a name in `FieldFlag.methods`. */
  readonly method: string;
  /** The recipe that is used, if any; `input` holds its fields. */
  readonly recipe?: Pick<Recipe, 'name' | 'config'> | undefined;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What is to be trained. */
export interface TrainRequest {
  /** The environment or the task. */
  readonly target: string;
  readonly recipe?: string | undefined;
  readonly seeds: readonly number[];
  /** What recipe, file and flags say, without the seed: what every seed is trained with. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The same with every default filled in, for the first seed. */
  readonly config: RunConfig;
  /** Where each field that is not at its default was set: `recipe default: gamma`, `--gamma`, `mine.yaml:3: gamma`. */
  readonly sources: ReadonlyMap<string, string>;
}

/** The runs that closing words are about. */
export interface EndedRuns {
  /** Whether they are several seeds of one configuration. */
  readonly several: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A whole number that `eval` takes for runs of one road. */
export interface EvaluationFlag extends Bounds {
  /** The option of the library: `episodes`. */
  readonly name: string;
  /** `--episodes`. */
  readonly flag: string;
  readonly description: string;
  readonly default?: number;
}

/** One evaluation, ready to be written. */
export interface Measured {
  readonly evaluation: RunEvaluation;
  /** Rows of the table, without the name of the seed. */
  readonly rows: readonly (readonly string[])[];
  /** What is to be said below the table. */
  readonly notes: readonly string[];
}

/** What an evaluation needs besides its numbers. */
export interface Measuring {
  readonly library: Library;
  /** All options as they were said. */
  readonly said: Readonly<Record<string, unknown>>;
  /** What is asked instead of the run's own. */
  readonly asked: Asked;
  /** Is called with how far the evaluation is, where the road can say that. */
  onProgress(progress: { readonly done: number; readonly total: number }): void;
}

/** How `eval` measures a run. */
export interface RoadEvaluation {
  readonly flags: readonly EvaluationFlag[];
  /** Options that are no whole numbers. */
  readonly options: () => Option[];
  readonly heading: readonly string[];
  /** `100 episodes of each kind`. */
  describe(options: Readonly<Record<string, number | undefined>>, hasFile: boolean): string;
  measure(directory: string, options: Readonly<Record<string, number | undefined>>, measuring: Measuring): Promise<Measured>;
  /** Files of questions that runs of the road can be measured on. */
  readonly files?: {
    readonly description: string;
    readonly options: () => Option[];
    /** `takesTasks`: the id of a task will do as well. */
    read(path: string, options: Readonly<Record<string, unknown>>, library: Library, takesTasks: boolean): Promise<Asked>;
  };
}

/** What a run is usually compared with. */
export interface Comparison {
  /** The other method. */
  readonly method: string;
  /** Whether a flag that was said means the same with it. */
  keeps(flag: string): boolean;
}

/** How `train` works on a road. */
export interface RoadTraining {
  /** The description of the command. */
  readonly description: string;
  /** Where settings come from, in words; later ones win. */
  readonly precedence: string;
  /** What may follow `train`, for the help text. */
  readonly examples: readonly string[];
  /** Keys of a configuration file that are no fields. */
  readonly fileKeys: readonly string[];
  /** Whether modules of the user can bring something to train on, or with. */
  readonly takesModules: boolean;
  /** Whether a run can begin from a policy. */
  readonly takesPolicies: boolean;
  /** What is laid under the fields of a config.json when its run is repeated. */
  readonly repeating?: Readonly<Record<string, unknown>>;
  /** Options that are no fields. */
  options?(library: Library): Option[];
  fields(library: Library): FieldFlag[];
  /** A few words on a value that a field may be chosen to have, for completion. */
  titleOf?(field: string, value: string, library: Library): string;
  /** What else the help text says. */
  help(library: Library): string;
  /** Opens a target that is a file of the user's; `undefined` for one that is none. Throws `CohortError`. */
  open?(said: Said, library: Library): Promise<OpenedTarget | undefined>;
  /**
   * Chooses the method and what lies below file and flags; `placeOf` says where the user wrote a value. Throws `CohortError`.
   */
  begin(target: string, said: Said, placeOf: (flag: string, key: string) => string, library: Library): Beginning;
  /** Fields that follow from options that are no fields. Throws `CohortError`. */
  derive?(said: Said, resolve: () => RunConfig, library: Library): Readonly<Record<string, unknown>>;
  /** Fills in the defaults and checks everything. Throws `CohortError`. */
  resolve(input: Readonly<Record<string, unknown>>, library: Library, nameOf: (field: string) => string): RunConfig;
  /** Checks what only a trial can check, before there is a folder. Throws `CohortError`. */
  tryOut?(config: RunConfig, library: Library): Promise<void>;
  compare(config: RunConfig, fields: readonly FieldFlag[], library: Library): Comparison | undefined;
  /** Flags that give a run the budget of another one; none where it has it. */
  sameBudget(budget: RunConfig, config: RunConfig): readonly (readonly [flag: string, value: string])[];
  /** What kind of comparison two runs are, in one sentence without a full stop. */
  describeComparison?(own: TrainRequest, other: TrainRequest, fields: readonly FieldFlag[], library: Library): string;
}

/** One of the two roads. */
export interface Road {
  readonly name: RoadName;
  /** The words before commands that only this road has. */
  readonly commandPrefix: readonly string[];
  /** What its runs are called. */
  readonly runNoun: string;
  /** What a run trains on. */
  readonly target: {
    /** Its key in a configuration. */
    readonly key: string;
    readonly noun: string;
    readonly example: string;
    /** The command that lists what there is, without the prefix. */
    readonly list: string;
    readonly suggest: Suggest;
  };
  /** What a run is trained with: its key in a configuration. */
  readonly methodKey: string;
  readonly training: RoadTraining;
  readonly evaluation: RoadEvaluation;
  readonly look: Look;
  /** What came out and what it cost; of at least one run. */
  closing(summaries: readonly [RunSummary, ...RunSummary[]], ended: EndedRuns, paint: Paint, library: Library): string[];
  /** What to type to see what a run has learned. */
  nextSteps(folder: string, config: Readonly<Record<string, unknown>>, library: Library): NextStep[];
  /** What to do with a run that a command of the other road was given. */
  instead(command: string, path: string): string;
}

/** The words of a command that a road has for itself: `train`, or `lm train`. */
export function commandOf({ commandPrefix }: Road, ...words: readonly string[]): string[] {
  return [...commandPrefix, ...words];
}
