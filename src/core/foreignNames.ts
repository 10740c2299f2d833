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

/** Names in lower case without dashes and underscores, and what they are here: a field, or a sentence where there is none. */
export type ForeignNames = readonly (readonly [names: string, answer: string])[];

const foreign: ForeignNames = [
  // Update
  ['lr policylr', 'learningRate'],
  ['nepochs numepochs epochs ppoepochs noptepochs numsgditer', 'updateEpochs'],
  [
    'batchsize minibatchsize sgdminibatchsize',
    'there is none: numMinibatches says into how many parts the numEnvs x numSteps samples of a rollout are cut',
  ],
  ['trainbatchsize rolloutbatchsize', 'there is none: it is numEnvs x numSteps'],
  ['nminibatches minibatches', 'numMinibatches'],
  ['cliprange clipparam clipeps clipepsilon clipratio epsclip', 'clipCoef'],
  ['cliprangevf clipvloss vfclipparam', 'clipValueLoss'],
  ['entcoef entcoeff entropycoeff entropycoefficient entropybonus', 'entropyCoef'],
  ['vfcoef vflosscoeff valuelosscoef valuelosscoeff', 'valueCoef'],
  ['normadv normadvantage normalizeadvantages', 'normalizeAdvantage'],
  ['anneallr', 'annealLearningRate'],
  ['gradclip clipgradnorm', 'maxGradNorm'],
  ['kltarget', 'targetKl'],
  ['klcoeff', 'there is none: targetKl ends the passes over a rollout early instead'],
  ['adameps', 'adamEpsilon'],
  // Returns and rollouts
  ['lambda lam gaelam', 'gaeLambda'],
  ['discount discountfactor', 'gamma'],
  ['nsteps rolloutlength rolloutfragmentlength unrolllength', 'numSteps'],
  ['nenvs numenvironments numworkers numenvrunners numrolloutworkers numenvsperworker', 'numEnvs'],
  ['totaltimesteps totalsteps ntimesteps timesteps', 'totalSteps'],
  ['numupdates numiterations', 'iterations'],
  ['seeds', 'seed'],
  ['normobs normalizeobs', 'normalizeObservation'],
  ['normreward normalizerewards', 'normalizeReward'],
  ['clipobs', 'clipObservation'],
  // Network
  ['policy', 'there is none: policies are perceptrons; hiddenSizes and activation say which'],
  ['policykwargs', 'there is none: hiddenSizes and activation say how the network is made'],
  ['netarch hiddendims fcnethiddens', 'hiddenSizes'],
  ['activationfn fcnetactivation', 'activation'],
  ['usesde sdesamplefreq', noise],
  // Evaluation and keeping
  ['evalfreq evaluationfreq evalinterval', 'evaluationInterval'],
  ['evalepisodes nevalepisodes', 'evaluationEpisodes'],
  ['savefreq checkpointfreq', 'checkpointInterval'],
  ['rewardthreshold', 'targetReturn'],
  ['nthreads numthreads', 'threads'],
  // What is named otherwise than as a field
  ['envid envname gymid environment', environment],
  ['algo alg', 'algorithm'],
  ['track wandb usewandb', tracking],
  ['wandbproject wandbprojectname', wandbProject],
  ['wandbentity', wandbEntity],
  ['mlflow mlflowtrackinguri', mlflow],
  ['tensorboardlog', tensorboard],
  ['expname experimentname experiment runname wandbname wandbrunname name', naming],
  ['group wandbgroup wandbrungroup wandbtags tag tags', tagging],
  ['from frompretrained pretrained pretrainedmodel loadmodel loadfrom loadpath initfrom trainedagent', beginning],
  ['logdir logfolder savepath outputdir', folder],
  ['savemodel uploadmodel', 'there is none: the run folder always holds the policy; `export` takes it elsewhere'],
  ['capturevideo savevideo render', filming],
  ['cuda gpu device numgpus', cpu],
  ['torchdeterministic deterministic', exact],
  ['verbose', 'there is none: --quiet says the end alone, --json every event'],
  ['progressbar', 'there is none: it is shown where the output is a terminal; --quiet leaves it out'],
  ['buffersize learningstarts trainfreq targetupdateinterval', offPolicy],
];

/** What to do where the field is not among those that are known. */
const instead: Readonly<Record<string, string>> = {
  totalSteps: 'there is none: iterations = total steps / (numEnvs x numSteps)',
};

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/**
 * What to do about a name that is none of `known`: what it is called here if other packages have it, or it is written otherwise; `undefined` for any
 * other. `write` gives a field as the user would write it (`--learning-rate`); names of `own` come first.
 */
export function answerForeign(
  name: string,
  known: readonly string[],
  write: (field: string) => string = (field) => field,
  own: ForeignNames = [],
): string | undefined {
  if (name.length > 60) return undefined;
  const plain = plainName(name);
  const same = known.find((candidate) => plainName(candidate) === plain);
  if (same !== undefined) return `did you mean ${write(same)}?`;
  const answer = [...own, ...foreign].find(([names]) => names.split(' ').includes(plain))?.[1];
  if (answer === undefined) return undefined;
  if (answer.includes(' ')) return answer;
  return known.includes(answer) ? `it is ${write(answer)} here` : instead[answer];
}

/** The advice for an unknown name of a setting: what it is called here, else as {@link suggest}. */
export function suggestField(name: string, known: readonly string[], own?: ForeignNames): string {
  return answerForeign(name, known, undefined, own) ?? suggest(name, known);
}
