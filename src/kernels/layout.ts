/**
 * Where things lie in the kernels' memory. Read by TypeScript and compiled into the AssemblyScript modules, so that both sides agree.
 * Records are rows of 32-bit words; the constants are word indices unless the name says bytes.
 */

/** Samples per tile; rows of one tile are worked on together. */
export const tileRows = 64;
/** Bytes of one feature-major row: one float per sample of a tile. */
export const tileBytes = 256;
/** Most shards of one gradient job: the unit of work of a thread, and of the fixed order of summation. */
export const maxShards = 8;

// Slots of a tile's sample arrays, each of tileBytes; the last begins as many as the heads need (at least four).
export const slotOldLogProb = 1;
export const slotReturn = 1;
export const slotAdvantage = 2;
export const slotOldValue = 2;
export const slotLogProb = 3;
export const slotEntropy = 4;
export const slotSlope = 5;
export const slotSum = 6;
/** Nobody needs the sums any more when the rows are weighed. */
export const slotWeight = 6;
export const slotLogSum = 7;
export const slotActions = 8;

// Activations.
export const activationTanh = 0;
export const activationRelu = 1;
export const activationGelu = 2;

// Heads.
export const headCategorical = 0;
export const headGaussian = 1;

// Kinds of job.
export const kindGradient = 1;
export const kindForward = 2;
export const kindAct = 3;

// Losses of a gradient job.
export const lossGiven = 0;
export const lossCategorical = 1;
export const lossGaussian = 2;
export const lossValue = 3;

// Network record. Offsets called "tile" are bytes from a thread's workspace; "offset" is bytes from the network's parameters.
export const networkHiddenCount = 0;
export const networkInputSize = 1;
export const networkInputPadded = 2;
export const networkOutputSize = 3;
export const networkActivation = 4;
export const networkInputTile = 5;
export const networkOutputTile = 6;
export const networkOutputGradientTile = 7;
export const networkGradientTileA = 8;
export const networkGradientTileB = 9;
export const networkSampleTile = 10;
export const networkOutputWeightOffset = 11;
export const networkOutputBiasOffset = 12;
export const networkOutputInputTile = 13;
export const networkOutputInputStride = 14;
export const networkOutputInputPadded = 15;
export const networkParameterBytes = 16;
/** Categorical heads, at least 1, and the address of their sizes, one word each. */
export const networkHeadCount = 17;
export const networkHeadSizes = 18;
export const networkLayers = 24;

// Hidden layer record inside a network record.
export const layerWords = 16;
export const layerInputSize = 0;
export const layerInputPadded = 1;
export const layerOutputSize = 2;
export const layerOutputPadded = 3;
export const layerWeightOffset = 4;
export const layerBiasOffset = 5;
export const layerTransposed = 6;
export const layerInputTile = 7;
export const layerInputStride = 8;
export const layerOutputTile = 9;
export const layerOutputStride = 10;
export const layerDerivativeTile = 11;

// Job record. Pointers are bytes; `f` marks words that hold a float32.
export const jobWords = 64;
export const jobKind = 0;
export const jobNetwork = 1;
export const jobParameters = 2;
export const jobShards = 3;
export const jobCount = 4;
export const jobInputs = 5;
export const jobIndices = 6;
export const jobFirstRow = 7;
export const jobGradients = 8;
export const jobGradientStride = 9;
export const jobNetworkOffset = 10;
export const jobLoss = 11;
export const jobActions = 12;
export const jobLogProbs = 13;
export const jobAdvantages = 14;
export const jobReturns = 15;
export const jobValues = 16;
export const jobOutputGradients = 17;
export const jobLogStd = 18;
export const jobLogStdOffset = 19;
export const jobStatistics = 20;
export const jobAdvantageMeanF = 21;
export const jobAdvantageScaleF = 22;
export const jobRatioLowF = 23;
export const jobRatioHighF = 24;
export const jobClipLowF = 25;
export const jobClipHighF = 26;
export const jobEntropyCoefF = 27;
export const jobInverseCountF = 28;
export const jobValueCoefF = 29;
export const jobValueClipF = 30;
export const jobClipValue = 31;
export const jobOutputs = 32;
export const jobEntropies = 33;
export const jobKey0 = 34;
export const jobKey1 = 35;
export const jobIteration = 36;
export const jobStep = 37;
export const jobFirstEnv = 38;
export const jobStream = 39;
export const jobGreedy = 40;
export const jobHead = 41;
export const jobOutputRow = 42;
/** Address of the masks, rows of bits in whole words, or 0. */
export const jobMasks = 43;
/** Address of how much every row counts beside the others, or 0: all alike. */
export const jobRowWeights = 44;
/** 1 where the loss of the actions is -A log p, 0 where it is the clipped surrogate. */
export const jobScore = 45;
/** Address of whose random numbers every acting row is drawn with, or 0: its own environment's. */
export const jobNoiseRows = 46;

// Statistics of one shard: each is four float32 lanes.
export const statisticsBytes = 128;
export const statisticLoss = 0;
export const statisticEntropy = 1;
export const statisticApproxKl = 2;
export const statisticOldApproxKl = 3;
export const statisticClipFraction = 4;
export const statisticRatioMax = 5;
export const statisticCount = 6;

// Control block of the thread pool, in bytes; what different threads write lies in different cache lines.
export const controlGeneration = 0;
export const controlSleepers = 64;
export const controlTicket = 128;
export const controlDone = 192;
export const controlWaiting = 196;
export const controlItems = 256;
export const controlJobs = 260;
export const controlExit = 264;
export const controlWorkspace = 268;
export const controlWorkspaceBytes = 272;
export const controlReady = 320;
export const controlJobList = 384;
export const controlTimes = 448;
/** Per thread: forward and backward milliseconds, two float64, and a word that only keeps the waiting loop from being left out. */
export const controlTimesBytes = 64;
export const controlTimesRest = 32;
export const controlMaxThreads = 64;

// Optimizer record.
export const adamValues = 0;
export const adamGradients = 1;
export const adamFirst = 2;
export const adamSecond = 3;
export const adamLength = 4;
export const adamBeta1F = 5;
export const adamOneMinusBeta1F = 6;
export const adamBeta2F = 7;
export const adamOneMinusBeta2F = 8;
export const adamStepSizeF = 9;
export const adamInverseRootF = 10;
export const adamEpsilonF = 11;
export const adamMaxNormF = 12;
export const adamWords = 16;
