/**
 * What `import ... from 'cohort-rl'` gives, as one object.
 */
import type { Algorithm } from '../algorithms/algorithm.ts';
import type { Releasable } from '../core/disposal.ts';
import type { VectorEnv } from '../core/env.ts';
import type { EnvOf, EnvOptions, EnvSpec, EnvTypes } from '../envs/spec.ts';
import type { ModelFiles } from '../lm/checkpoints/files.ts';
import type { PretrainedModel } from '../lm/checkpoints/pretrained.ts';
import type { LanguageModel, ModelEvaluateOptions } from '../lm/training/languageModel.ts';
import type { Player } from '../play/player.ts';
import type { CreatePolicyOptions } from '../policies/create.ts';
import type { PolicyFile } from '../policies/policyFile.ts';
import type { StartOptions } from '../policies/start.ts';
import type { Policy } from '../policy/policy.ts';
import type { Evaluation } from '../run/evaluation.ts';
import type { RunLabels } from '../run/labels.ts';
import type { RoadName } from '../run/layout.ts';
import type { ShardExecutor } from '../training/shards/tasks.ts';
import type { LibraryContext } from './context.ts';
import type { EnvironmentGiven, EnvironmentRunOptions, EpisodeOptions, PlayerLoadOptions, TrainConfig, Training } from './environments.ts';
import type { LanguageRunOptions, LanguageTrainConfig, LanguageTraining, ModelLoadOptions } from './languageModels.ts';
import type { OpenModelOptions } from './models.ts';
import type { SeedsConfig, SeedsOptions, SeedsResult } from './seeds.ts';
import type { ServedModelOptions } from './servedModels.ts';

/** What a resumed run may be given again. Those of the other road are ignored. */
export interface ResumeOptions
  extends Omit<LanguageRunOptions, 'runDirectory' | keyof RunLabels | keyof StartOptions>,
    EnvironmentGiven,
    ModelLoadOptions {
  /**
   * A new number of iterations, at least as many as the run has behind it: prolongs a run, also one that is done. What follows a schedule (an annealed
   * learning rate) follows that of the longer run from here on; without one the bits are those of a run that was as long from its beginning.
   */
  readonly iterations?: number | undefined;
  /** A new place to stop; left out, the run goes to its end. */
  readonly stopAfter?: number | undefined;
}

/** What seeds that go on may be given again; `iterations`, `stopAfter` and `threads` hold for each. */
export interface ResumeSeedsOptions extends ResumeOptions, Pick<SeedsOptions, 'simultaneous' | 'patience'> {}

/** How to evaluate a run: episodes for environments, prompts for language models. Those of the other road are ignored. */
export interface EvaluateOptions extends EpisodeOptions, ModelEvaluateOptions, ModelLoadOptions {}

/** An evaluation, and what it is of. */
export interface RunEvaluation extends Evaluation {
  readonly road: RoadName;
  /** Id of the environment or of the task. */
  readonly target: string;
  /**
   * Environments: episodes, sampled and greedy together, that had not ended at `maxSteps`, or after 10,000 steps where nobody states a limit; they count
   * with what they had gathered. Missing where there were none.
   */
  readonly cut?: number;
}

/** The library on one platform. */
export interface Cohort {
  /** Begins a run; the configuration is checked at once, the work begins when the result is iterated or finished. */
  train(config: TrainConfig, options?: EnvironmentRunOptions): Training;
  /** The same for a language model. */
  trainLanguageModel(config: LanguageTrainConfig, options?: LanguageRunOptions): LanguageTraining;
  /** Goes on with a run of either road from its last checkpoint. */
  resume(runDirectory: string, options?: ResumeOptions): Promise<Training | LanguageTraining>;
  /**
   * Trains several seeds of one configuration, on an environment or as language models, side by side where there are threads:
   * `await trainSeeds({ env: 'CartPole-v1' }, [1, 2, 3], { runDirectory: 'runs/three' })`. Each seed gives the bits of a run of its own, which is kept
   * in `seed<n>` of the run directory. A seed that fails does not stop the others. Throws `CohortError` before the first begins for a configuration
   * that cannot be trained, seeds that do not differ, and a folder that holds a run.
   */
  trainSeeds(config: SeedsConfig, seeds: readonly number[], options?: SeedsOptions): Promise<SeedsResult>;
  /**
   * Goes on with the seeds of such a folder that are not done, those that never began included. Throws `CohortError` where the folder holds no plan of
   * seeds, or a module is missing.
   */
  resumeSeeds(runDirectory: string, options?: ResumeSeedsOptions): Promise<SeedsResult>;
  /**
   * Computes shards of a run that another program leads (its `openShards`), one after the other: `config` is the configuration of that run, every field filled
   * in, as `config.json` has it; `env` makes a custom environment. It keeps nothing from task to task. Throws `CohortError` for a run that cannot be cut.
   */
  openShardRunner(config: Readonly<Record<string, unknown>>, given?: Pick<EnvironmentGiven, 'env'>): Promise<ShardExecutor>;
  /** Measures what a run or a policy folder holds, or a pretrained model, or one on a server by its address: whole episodes, or held-out prompts; sampled and greedy. */
  evaluate(directory: string, options?: EvaluateOptions): Promise<RunEvaluation>;
  /** What a run (its last checkpoint) or a policy folder holds, for use: a policy, or a language model. */
  load(directory: string, options?: ModelLoadOptions): Promise<Policy | LanguageModel>;
  /**
   * Opens a pretrained model: a GGUF file or a folder in Hugging Face's format by its path (Node), or files that the program has (`filesOf`). Its weights are read
   * when a run or a program uses it. It is known by its path or place from then on. Throws `CohortError` for files that are damaged or of an unknown kind.
   */
  openModel(from: string | ModelFiles, options?: OpenModelOptions): Promise<PretrainedModel>;
  /**
   * Opens the tokenizer of a model that is on a server (`backend: 'tinker'`): a GGUF file or a folder in Hugging Face's format by its path, `hf:owner/name` (Node), or
   * files. Weights are not read. It is known by its path or place from then on. Throws `CohortError` for files that are damaged or of an unknown kind.
   */
  openTokenizer(from: string | ModelFiles, options?: OpenModelOptions): Promise<void>;
  /**
   * A model on a server that is OpenAI-compatible and gives token ids (vLLM, SGLang), for use: `evaluate`, `sampleAsync`, `chatAsync`. It is not trained there. Throws
   * `CohortError` where the server cannot be reached, has no such model, or gives no ids.
   */
  openServedModel(options: ServedModelOptions): Promise<LanguageModel>;
  /** A run's model, a pretrained one, or one on a server by its address, for use; `close` it, or say `await using`, if it was loaded with several threads. Throws for a run on an environment. */
  loadLanguageModel(runDirectory: string, options?: ModelLoadOptions): Promise<LanguageModel>;
  /** The policy of a run folder or a policy folder, for use. Throws for a run of a language model. */
  loadPolicy(directory: string): Promise<Policy>;
  /**
   * The policy of a run folder or a policy folder as plain data, to look at, or to write with `encodePolicy`. With `iteration` the one that
   * the run kept then.
   */
  readPolicy(directory: string, options?: { readonly iteration?: number }): Promise<PolicyFile>;
  /**
   * Writes a policy folder. Throws if there is one already, unless `overwrite`. For a policy in use `savePolicy(directory,
   * decodePolicy(policy.encode()))`.
   */
  savePolicy(directory: string, file: PolicyFile, options?: { readonly overwrite?: boolean }): Promise<void>;
  /**
   * The environment that a policy was trained on; `undefined` if it is not known here. Throws if it shows or takes something else than the policy,
   * or does not take the policy's options.
   */
  environmentOf(file: PolicyFile): Promise<EnvSpec | undefined>;
  /**
   * A policy from plain data, for use; `seed` names the random numbers of sampled actions (default: the run's own). `arithmetic` as in training
   * (default `plain`).
   */
  createPolicy(file: PolicyFile, options?: CreatePolicyOptions): Promise<Policy>;
  /** The policy of a run folder or a policy folder with its environment, to play episodes that can be seen. */
  loadPlayer(directory: string, options?: PlayerLoadOptions): Promise<Player>;
  /** One environment by its id, registered ones included. Throws for an unknown id or option. */
  makeEnv<Id extends keyof EnvTypes | (string & {})>(id: Id, options?: EnvOptions): Promise<EnvOf<Id>>;
  /** `numEnvs` environments over typed arrays, with autoreset; on several threads where that pays. Close them, or say `await using`. */
  makeVectorEnv(
    id: string,
    numEnvs: number,
    settings?: { readonly options?: EnvOptions; readonly threads?: number },
  ): Promise<VectorEnv & Releasable>;
  /** Makes an environment known by its id, to `train`, `resume`, `evaluate` and the rest. Throws if the id is taken. */
  registerEnv(spec: EnvSpec): void;
  /** Makes an algorithm known by its name. Throws if the name is taken. */
  registerAlgorithm(algorithm: Algorithm): void;
  /**
   * Loads a module by its address (`file:` in Node) and gives the ids of its environments: those that its default export, a function, registers, and those
   * that it exports as a class, a maker or a row; `mine.js#maze` takes one export. Its default export may be a task of language models, too, which then is
   * known by its id. Threads load it too. A run folder names the modules that a run needs and never loads them: call this again before `resume`.
   */
  useModule(url: string): Promise<readonly string[]>;
  /** For the command line and for libraries on top: the insides. */
  readonly context: LibraryContext;
}
