/**
 * Where things lie for the transformer's kernels. Read by TypeScript and compiled into the AssemblyScript modules. Records are rows of 32-bit
 * words; names ending in F are float32. "Offset" is bytes from the parameters, "at" is bytes from a thread's workspace.
 */

// Kinds of job, in addition to those of ../layout.ts.
export const kindTransformerGradient = 4;
export const kindTransformerForward = 5;
export const kindTransformerSample = 6;

// Model record.
export const modelHidden = 0;
export const modelLayers = 1;
export const modelHeads = 2;
export const modelKeyValueHeads = 3;
export const modelHeadSize = 4;
/** Padded to a multiple of 8. */
export const modelFeedForward = 5;
export const modelVocabulary = 6;
/** Padded to a multiple of 8. */
export const modelVocabularyPadded = 7;
/** Width of queries, keys and values together. */
export const modelQkv = 8;
export const modelInterleaved = 9;
export const modelEpsilonF = 10;
/** 1 / sqrt(head size). */
export const modelScaleF = 11;
/** Tables (maxPositionEmbeddings, headDim / 2). */
export const modelCosines = 12;
export const modelSines = 13;
export const modelEmbeddingOffset = 14;
export const modelNormOffset = 15;
export const modelHeadOffset = 16;
/** Address of the head's transposed weights. */
export const modelHeadTransposed = 17;
/** 1 for a value head. */
export const modelIsValue = 18;
export const modelAttentionBias = 19;
/** Bytes of what is trained: the parameters, or with adapters these. */
export const modelTrainedBytes = 20;
/** 1 where the parameters themselves take no gradients. */
export const modelIsFrozen = 21;
/** Inner width of the adapters, padded to a multiple of 8; 0 = none. */
export const modelAdapterRank = 22;
/** alpha / rank. */
export const modelAdapterScaleF = 23;
/** Address of the adapters' values. */
export const modelAdapterValues = 24;
export const modelQueryKeyNorm = 25;
/** Numbers of a patch, padded to a multiple of 8; 0 = the model reads no pictures. Offsets of its matrix and of the positions, (patches, hidden). */
export const modelPatchInputs = 26;
export const modelPatchOffset = 27;
export const modelPatchPositions = 28;
export const modelPatches = 29;
/** Bytes of the parameters before the first that is trained. */
export const modelUntrainedBytes = 30;
/** How the matrices of frozen parameters are kept: `weightsFloat32`, ... */
export const modelBaseWeights = 31;
/** Address of the record of the adapters' dropout while it is on; 0 = off. */
export const modelDropout = 38;
/** Blocks from the first on that the gradient leaves out, and with them the embedding. */
export const modelFrozenLayers = 39;
export const modelLayerRecords = 40;

// Layer record inside a model record.
export const blockWords = 16;
export const blockNorm1 = 0;
export const blockQkv = 1;
export const blockQkvBias = 2;
export const blockOutput = 3;
export const blockNorm2 = 4;
export const blockGateUp = 5;
export const blockDown = 6;
// Addresses of transposed weights; 0 where the parameters are frozen: then tiles are transposed as they are needed.
export const blockQkvTransposed = 7;
export const blockOutputTransposed = 8;
export const blockGateUpTransposed = 9;
export const blockDownTransposed = 10;
/** One norm for all heads of the queries, one for those of the keys. */
export const blockQueryNorm = 11;
export const blockKeyNorm = 12;
/** Address of the adapters' records, one per target in the order of `adapterTargets`; 0 = none. */
export const blockAdapters = 13;

// Record of an adapter. The matrices A (rank, inputs) and B (outputs, rank) lie in panels at offsets from the adapters' values.
export const adapterWords = 8;
/** 1 where this matrix has one. */
export const adapterIsThere = 0;
export const adapterA = 1;
export const adapterB = 2;
/** Addresses. */
export const adapterATransposed = 3;
export const adapterBTransposed = 4;
export const adapterInputs = 5;
export const adapterOutputs = 6;
/** First column of the outputs in the rows that the matrix shares with others, in bytes. */
export const adapterColumn = 7;
// The order of the records.
export const adapterQuery = 0;
export const adapterKey = 1;
export const adapterValue = 2;
export const adapterOutput = 3;
export const adapterGate = 4;
export const adapterUp = 5;
export const adapterDown = 6;
export const adaptersPerBlock = 7;

// How the matrices of frozen parameters are kept. Panels of bfloat16 are [inputs][8]. Those of integers are blocks of `integersPerScale` inputs, the last
// one maybe shorter: eight float32 scales, one per output, then signed bytes [inputs][8].
export const weightsFloat32 = 0;
export const weightsBfloat16 = 1;
export const weightsInt8 = 2;
/** As in ggml's Q8_0. */
export const integersPerScale = 32;
// Record of a dropout: an input of A stays, `dropoutScaleF` times as large, where its random word is not below the threshold. The counter of the words is
// [step, number of the row, layer * 8 + target], the column is their place in the stream.
export const dropoutWords = 8;
export const dropoutThreshold = 0;
export const dropoutScaleF = 1;
export const dropoutKey0 = 2;
export const dropoutKey1 = 3;
export const dropoutStep = 4;
export const dropoutStream = 5;

/** Columns of the vocabulary that are worked on at once: logits of more are never kept in training. A multiple of 8. */
export const vocabularyTile = 256;

// Plan record: where a batch's rows lie in the workspace. Inputs of layers are planInputBytes apart, their other buffers (planInverse1 to
// planHidden, and planRaw) planLayerBytes. In sampling both are 0; in training planLayerBytes is 0 where layers are computed again.
export const planRows = 0;
export const planLayerBytes = 1;
export const planInput = 2;
export const planInverse1 = 3;
export const planNormed1 = 4;
export const planQkv = 5;
export const planAttention = 6;
export const planSoftmax = 7;
export const planMiddle = 8;
export const planInverse2 = 9;
export const planNormed2 = 10;
export const planGateUp = 11;
export const planHidden = 12;
/** After the last layer: residual stream, inverse norm, normed rows. */
export const planFinalInverse = 13;
export const planFinalNormed = 14;
/** Output of a dense layer before it is added to the residual stream. */
export const planBranch = 15;
export const planDescriptors = 16;
/** Scores of one query: twice, for the backward pass. */
export const planScores = 17;
export const planScores2 = 18;
// Head.
export const planHeadRows = 19;
export const planHeadInputs = 20;
export const planHeadGradients = 21;
export const planLogits = 22;
export const planHeadState = 23;
export const planPredictions = 24;
// Backward.
export const planStreamGradient = 25;
export const planNormGradient = 26;
export const planQkvGradient = 27;
export const planAttentionGradient = 28;
export const planGateUpGradient = 29;
export const planHiddenGradient = 30;
// Sampling: the cache of keys and values, per layer planCacheLayerBytes apart; exponentials of one row; a heap of tokens; live completions.
export const planCache = 31;
export const planCacheLayerBytes = 32;
export const planExponentials = 33;
export const planHeap = 34;
export const planLive = 35;
export const planHeadTile = 36;
export const planInputBytes = 37;
/** 1 where the backward pass computes every layer's buffers again. */
export const planRecomputes = 38;
/** Queries and keys before their norm, per layer; inverse norms of their heads, per layer; a row of their gradients. */
export const planRaw = 39;
export const planHeadInverses = 40;
export const planRawGradient = 41;
// Frozen parameters and adapters: gradients that nobody reads, a tile of transposed weights, inner rows and their gradients, products.
export const planUnread = 42;
export const planTransposed = 43;
export const planLow = 44;
export const planLowGradient = 45;
export const planProducts = 46;
// Patches of a chunk, and their rows of the residual stream.
export const planPatches = 47;
export const planPatchRows = 48;
/** A panel of narrow weights as float32. */
export const planWidened = 51;
/** What every input of an adapter is multiplied by, where adapters have a dropout. */
export const planMask = 49;
export const planWords = 52;

// Descriptor of a row.
export const rowWords = 12;
export const rowToken = 0;
export const rowPosition = 1;
/** Row of the prompt's first key, and how many keys of the prompt are seen. */
export const rowPrompt = 2;
export const rowPromptCount = 3;
/** The same for the completion itself. */
export const rowOwn = 4;
export const rowOwnCount = 5;
/** Row where this row's key and value are kept. */
export const rowKept = 6;
/** Address of the numbers of a patch, whose token is the vocabulary's size + its place in the prompt; 0 for a token of the vocabulary. */
export const rowPatch = 7;
/** Which row of the batch it is, the same in every chunk: what it draws depends on it. */
export const rowNumber = 8;

// State of a head row: running maximum, sums of exponentials e = exp(x) and of e x with x the logit without the maximum, log of the sum, gradient
// coefficient, entropy, weight of the entropy in the loss.
export const headWords = 8;
export const headMaximumF = 0;
export const headSumF = 1;
export const headWeightedF = 2;
export const headLogSumF = 3;
export const headCoefficientF = 4;
export const headEntropyF = 5;
export const headEntropyWeightF = 6;

// A prediction: which head row, which token, where in the (N, C) arrays, the token's logit, and the loss's slope in its log-probability.
export const predictionWords = 8;
export const predictionRow = 0;
export const predictionToken = 1;
export const predictionIndex = 2;
export const predictionLogitF = 3;
export const predictionSlopeF = 4;

// Job record. Words 0 to 3 are those of ../layout.ts: kind, network (the model record), parameters, shards.
export const taskPlan = 4;
export const taskGroups = 5;
export const taskGroupSize = 6;
export const taskPromptStride = 7;
export const taskCompletionStride = 8;
/** Completions that a group has room for. */
export const taskGroupRoom = 9;
/** Addresses of the arrays of a batch, in the order of `sequenceArrays` in sequences.ts. */
export const taskPrompts = 10;
export const taskPromptLengths = 11;
export const taskCompletions = 12;
export const taskCompletionLengths = 13;
export const taskLogProbs = 14;
export const taskEntropies = 15;
export const taskValues = 16;
export const taskAdvantageWeights = 17;
export const taskOldLogProbs = 18;
export const taskReferenceLogProbs = 19;
export const taskTokenWeights = 20;
export const taskTargets = 21;
export const taskGradients = 22;
export const taskLoss = 23;
/** Least and greatest ratio; of `gated` the temperatures for weights below and above 0. */
export const taskClipLowF = 24;
export const taskClipHighF = 25;
export const taskReferenceCoefficientF = 26;
export const taskInverseTemperatureF = 27;
export const taskMaxTokens = 28;
/** Address of the end tokens, and how many there are. */
export const taskEndTokens = 29;
export const taskTopK = 30;
export const taskTopPF = 31;
export const taskGreedy = 32;
export const taskKey0 = 33;
export const taskKey1 = 34;
export const taskIteration = 35;
export const taskFirstRollout = 36;
export const taskStream = 37;
/** Where whole rows of logits go instead of a loss; 0 = nowhere. */
export const taskLogits = 38;
export const taskEndCount = 39;
/** Address of the patches of all prompts, (groups, patches, inputs). */
export const taskPatches = 40;
/** `clipped`: where the weight is negative the ratio counts at most so much; 0 = without end. */
export const taskDualClipF = 41;
/** Which of the reference terms. */
export const taskReferenceForm = 42;
export const taskEntropyCoefficientF = 43;
export const taskWords = 44;

// Losses.
export const lossScore = 0;
export const lossClipped = 1;
export const lossValueTarget = 2;
export const lossWeighted = 3;
export const lossGated = 4;

// Terms that keep a model near its reference.
export const referenceK1 = 1;
export const referenceK2 = 2;
export const referenceK3 = 3;
