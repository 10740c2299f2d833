/**
 * What settings of language models are called elsewhere; names of TRL among them. They come before those of src/core/foreignNames.ts.
 */
import { answerForeign as answer, type ForeignNames } from '../../core/foreignNames.ts';

const group = 'there is none: an update takes numGroups prompts with groupSize completions each';
const transformer = 'there is none: hiddenSize, numHiddenLayers and numAttentionHeads say how the model is made';
const warmStart =
  'there is none: a language model begins from its warm start, or from a pretrained model (`model`); `resume` with --iterations goes on with a run';
const task = 'it is `task` in a file or a program, and the first word after `lm train`';

/** As in src/core/foreignNames.ts. */
export const foreignOfLanguage: ForeignNames = [
  ['batchsize minibatchsize trainbatchsize rolloutbatchsize perdevicetrainbatchsize', group],
  ['numgenerations ngenerations nsamplesperprompt', 'groupSize'],
  ['numprompts', 'numGroups'],
  ['maxcompletionlength maxnewtokens maxlength', 'maxTokens'],
  ['beta klcoeff kltarget', 'klCoef'],
  ['epsilon', 'clipLow'],
  ['epsilonhigh', 'clipHigh'],
  ['delta clipratioc', 'dualClip'],
  ['klpenalty kllosstype klestimator kltype', 'klForm'],
  ['useklinreward', 'klIn'],
  ['targetkl initkl', 'klTarget'],
  ['refmodelsyncsteps syncrefmodel', 'referenceInterval'],
  ['refmodelmixupalpha', 'referenceMix'],
  ['masktruncatedcompletions overlongfiltering', 'truncation'],
  ['overlongbufferlen softpunishcache overlongbuffer', 'overlongTokens'],
  ['samplestrategy weightedsample', 'curriculum'],
  ['stopstrings stopsequences stoptexts', 'stop'],
  ['numiterations', 'updateEpochs'],
  ['maxsteps totaltimesteps', 'iterations'],
  ['losstype', 'aggregation'],
  ['scalerewards', 'advantageScale'],
  ['lrschedulertype', 'schedule'],
  ['warmupsteps', 'warmupIterations'],
  ['adambeta1', 'beta1'],
  ['adambeta2', 'beta2'],
  ['policy policykwargs netarch', transformer],
  ['modelname modelnameorpath modelpath frompretrained pretrained loadmodel', 'model'],
  ['r lorar', 'loraRank'],
  ['dtype torchdtype modeldtype loadin8bit loadin4bit quantization quantizationconfig', 'baseWeights'],
  ['targetmodules loratargetmodules', 'loraTargets'],
  ['layerstotransform numlayersunfrozen', 'it is frozenLayers here, and counts the blocks from the first on that are not trained'],
  ['envid envname environment env dataset', task],
  ['from', warmStart],
  ['algo alg algorithm', 'estimator'],
  ['evalepisodes nevalepisodes', 'evaluationPrompts'],
];

/** What to do about a name that is none of `known`, on either road: only language models have groups of a size. See `answerForeign` of the core. */
export function answerForeign(name: string, known: readonly string[], write?: (field: string) => string): string | undefined {
  return answer(name, known, write, known.includes('groupSize') ? foreignOfLanguage : []);
}
