/**
 * What settings are called elsewhere (CleanRL, Stable-Baselines3, RL Zoo, RLlib, TRL), and what they are here. They are not taken, only answered: a name that
 * means almost the same is worse than none.
 */
import { suggest } from './errors.ts';

const tensorboard = 'there is none: the run folder holds metrics.jsonl and TensorBoard files, and --json writes every event as a line';
const tracking =
  'it is `--log wandb` at the command line, and wandbSink of cohort-rl/sinks in a program; metrics.jsonl and TensorBoard files are always there';
const wandbProject = 'it is the variable WANDB_PROJECT beside `--log wandb`, in a program the option `project` of wandbSink';
const wandbEntity = 'it is the variable WANDB_ENTITY beside `--log wandb`, in a program the option `entity` of wandbSink';
const mlflow = 'it is `--log mlflow=<address>` at the command line, and mlflowSink of cohort-rl/sinks in a program';
const filming = 'there is none: `record` films a run that is there, and `watch` plays it';
const cpu = 'there is none: it computes on the CPU, with as many `threads` as you say, and the bits do not depend on them';
const exact = 'there is none: the same seed always gives the same bits';
const offPolicy = 'there is none: these algorithms learn from fresh rollouts and keep no replay buffer';
const folder = 'there is none: a run is kept in --run-dir, in a program in the option runDirectory';
const naming = '`train` takes it as --name, in a program train(config, { name }); --run-dir says where a run is kept';
const tagging = '`train` takes it as --tag, which may be repeated, in a program train(config, { tags })';
const beginning = '`train` takes it as --from, in a program train(config, { from }); a matrix cannot begin runs from policies';
const environment = 'it is `env` in a file or a program, and the first word after `train`';
const noise = 'there is none: actions are drawn from a Gaussian or a categorical distribution';

/** By the name in lower case without dashes and underscores: a field, or a sentence where there is none. */
const foreign: Readonly<Record<string, string>> = {
  // Update
  lr: 'learningRate',
  policylr: 'learningRate',
  nepochs: 'updateEpochs',
  numepochs: 'updateEpochs',
  epochs: 'updateEpochs',
  ppoepochs: 'updateEpochs',
  noptepochs: 'updateEpochs',
  numsgditer: 'updateEpochs',
  batchsize: 'there is none: numMinibatches says into how many parts the numEnvs x numSteps samples of a rollout are cut',
  minibatchsize: 'there is none: numMinibatches says into how many parts the numEnvs x numSteps samples of a rollout are cut',
  sgdminibatchsize: 'there is none: numMinibatches says into how many parts the numEnvs x numSteps samples of a rollout are cut',
  trainbatchsize: 'there is none: it is numEnvs x numSteps',
  rolloutbatchsize: 'there is none: it is numEnvs x numSteps',
  nminibatches: 'numMinibatches',
  minibatches: 'numMinibatches',
  cliprange: 'clipCoef',
  clipparam: 'clipCoef',
  clipeps: 'clipCoef',
  clipepsilon: 'clipCoef',
  clipratio: 'clipCoef',
  epsclip: 'clipCoef',
  cliprangevf: 'clipValueLoss',
  clipvloss: 'clipValueLoss',
  vfclipparam: 'clipValueLoss',
  entcoef: 'entropyCoef',
  entcoeff: 'entropyCoef',
  entropycoeff: 'entropyCoef',
  entropycoefficient: 'entropyCoef',
  entropybonus: 'entropyCoef',
  vfcoef: 'valueCoef',
  vflosscoeff: 'valueCoef',
  valuelosscoef: 'valueCoef',
  valuelosscoeff: 'valueCoef',
  normadv: 'normalizeAdvantage',
  normadvantage: 'normalizeAdvantage',
  normalizeadvantages: 'normalizeAdvantage',
  anneallr: 'annealLearningRate',
  gradclip: 'maxGradNorm',
  clipgradnorm: 'maxGradNorm',
  kltarget: 'targetKl',
  klcoeff: 'there is none: targetKl ends the passes over a rollout early instead',
  adameps: 'adamEpsilon',
  // Returns and rollouts
  lambda: 'gaeLambda',
  lam: 'gaeLambda',
  gaelam: 'gaeLambda',
  discount: 'gamma',
  discountfactor: 'gamma',
  nsteps: 'numSteps',
  rolloutlength: 'numSteps',
  rolloutfragmentlength: 'numSteps',
  unrolllength: 'numSteps',
  nenvs: 'numEnvs',
  numenvironments: 'numEnvs',
  numworkers: 'numEnvs',
  numenvrunners: 'numEnvs',
  numrolloutworkers: 'numEnvs',
  numenvsperworker: 'numEnvs',
  totaltimesteps: 'totalSteps',
  totalsteps: 'totalSteps',
  ntimesteps: 'totalSteps',
  timesteps: 'totalSteps',
  numupdates: 'iterations',
  numiterations: 'iterations',
  seeds: 'seed',
  normobs: 'normalizeObservation',
  normalizeobs: 'normalizeObservation',
  normreward: 'normalizeReward',
  normalizerewards: 'normalizeReward',
  clipobs: 'clipObservation',
  // Network
  policy: 'there is none: policies are perceptrons; hiddenSizes and activation say which',
  policykwargs: 'there is none: hiddenSizes and activation say how the network is made',
  netarch: 'hiddenSizes',
  hiddendims: 'hiddenSizes',
  fcnethiddens: 'hiddenSizes',
  activationfn: 'activation',
  fcnetactivation: 'activation',
  usesde: noise,
  sdesamplefreq: noise,
  // Evaluation and keeping
  evalfreq: 'evaluationInterval',
  evaluationfreq: 'evaluationInterval',
  evalinterval: 'evaluationInterval',
  evalepisodes: 'evaluationEpisodes',
  nevalepisodes: 'evaluationEpisodes',
  savefreq: 'checkpointInterval',
  checkpointfreq: 'checkpointInterval',
  rewardthreshold: 'targetReturn',
  nthreads: 'threads',
  numthreads: 'threads',
  // What is named otherwise than as a field
  envid: environment,
  envname: environment,
  gymid: environment,
  environment,
  algo: 'algorithm',
  alg: 'algorithm',
  track: tracking,
  wandb: tracking,
  usewandb: tracking,
  wandbproject: wandbProject,
  wandbprojectname: wandbProject,
  wandbentity: wandbEntity,
  mlflow,
  mlflowtrackinguri: mlflow,
  tensorboardlog: tensorboard,
  expname: naming,
  experimentname: naming,
  experiment: naming,
  runname: naming,
  wandbname: naming,
  wandbrunname: naming,
  name: naming,
  group: tagging,
  wandbgroup: tagging,
  wandbrungroup: tagging,
  wandbtags: tagging,
  tag: tagging,
  tags: tagging,
  from: beginning,
  frompretrained: beginning,
  pretrained: beginning,
  pretrainedmodel: beginning,
  loadmodel: beginning,
  loadfrom: beginning,
  loadpath: beginning,
  initfrom: beginning,
  trainedagent: beginning,
  logdir: folder,
  logfolder: folder,
  savepath: folder,
  outputdir: folder,
  savemodel: 'there is none: the run folder always holds the policy; `export` takes it elsewhere',
  uploadmodel: 'there is none: the run folder always holds the policy; `export` takes it elsewhere',
  capturevideo: filming,
  savevideo: filming,
  render: filming,
  cuda: cpu,
  gpu: cpu,
  device: cpu,
  numgpus: cpu,
  torchdeterministic: exact,
  deterministic: exact,
  verbose: 'there is none: --quiet says the end alone, --json every event',
  progressbar: 'there is none: it is shown where the output is a terminal; --quiet leaves it out',
  buffersize: offPolicy,
  learningstarts: offPolicy,
  trainfreq: offPolicy,
  targetupdateinterval: offPolicy,
};

const group = 'there is none: an update takes numGroups prompts with groupSize completions each';
const transformer = 'there is none: hiddenSize, numHiddenLayers and numAttentionHeads say how the model is made';
const warmStart = 'there is none: a language model begins from its warm start; `resume` with --iterations goes on with a run';
const task = 'it is `task` in a file or a program, and the first word after `lm train`';

/** The same for language models, whose fields are others; names of TRL among them. */
const foreignOfLanguage: Readonly<Record<string, string>> = {
  batchsize: group,
  minibatchsize: group,
  trainbatchsize: group,
  rolloutbatchsize: group,
  perdevicetrainbatchsize: group,
  numgenerations: 'groupSize',
  ngenerations: 'groupSize',
  nsamplesperprompt: 'groupSize',
  numprompts: 'numGroups',
  maxcompletionlength: 'maxTokens',
  maxnewtokens: 'maxTokens',
  maxlength: 'maxTokens',
  beta: 'klCoef',
  klcoeff: 'klCoef',
  kltarget: 'klCoef',
  epsilon: 'clipLow',
  epsilonhigh: 'clipHigh',
  numiterations: 'updateEpochs',
  maxsteps: 'iterations',
  losstype: 'aggregation',
  scalerewards: 'advantageScale',
  lrschedulertype: 'schedule',
  warmupsteps: 'warmupIterations',
  adambeta1: 'beta1',
  adambeta2: 'beta2',
  policy: transformer,
  policykwargs: transformer,
  netarch: transformer,
  model: transformer,
  modelname: 'there is none: models begin from random weights and a warm start on the task',
  envid: task,
  envname: task,
  environment: task,
  env: task,
  dataset: task,
  from: warmStart,
  frompretrained: warmStart,
  pretrained: warmStart,
  loadmodel: warmStart,
  totaltimesteps: 'iterations',
  algo: 'estimator',
  alg: 'estimator',
  algorithm: 'estimator',
  evalepisodes: 'evaluationPrompts',
  nevalepisodes: 'evaluationPrompts',
};

/** What to do where the field is not among those that are known. */
const instead: Readonly<Record<string, string>> = {
  totalSteps: 'there is none: iterations = total steps / (numEnvs x numSteps)',
};

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/**
 * What to do about a name that is none of `known`: what it is called here if other packages have it, or it is written otherwise; `undefined` for any
 * other. `write` gives a field as the user would write it (`--learning-rate`).
 */
export function answerForeign(
  name: string,
  known: readonly string[],
  write: (field: string) => string = (field) => field,
): string | undefined {
  if (name.length > 60) return undefined;
  const plain = plainName(name);
  const same = known.find((candidate) => plainName(candidate) === plain);
  if (same !== undefined) return `did you mean ${write(same)}?`;
  const tables = known.includes('groupSize') ? [foreignOfLanguage, foreign] : [foreign];
  const answer = tables.find((table) => Object.hasOwn(table, plain))?.[plain];
  if (answer === undefined) return undefined;
  if (answer.includes(' ')) return answer;
  return known.includes(answer) ? `it is ${write(answer)} here` : instead[answer];
}

/** The advice for an unknown name of a setting: what it is called here, else as {@link suggest}. */
export function suggestField(name: string, known: readonly string[]): string {
  return answerForeign(name, known) ?? suggest(name, known);
}
