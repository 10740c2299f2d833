/**
 * The compute kernels behind typed functions. One memory of fixed size, one module, one or more threads.
 */
import type { Releasable } from '../core/disposal.ts';
import { mistake } from '../core/errors.ts';
import { maskWords } from '../core/space.ts';
import { gradientJob, type JobContext, parallelGradientWork, setRows, writeNetworkJob } from './jobs.ts';
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';
import { actionWidth, checkHead, checkRange, createMinibatch, type Head, type Minibatch, type MinibatchSpec } from './minibatch.ts';
import type { Arithmetic, KernelExports } from './module.ts';
import { type AdamStep, createOptimizer, type SgdStep } from './optimizer.ts';
import { type NetworkHandle, type ParameterStore, type Parameters, type ParametersSpec, placeParameters } from './parameters.ts';
import { Pool, type SpawnThread } from './pool.ts';

/** Settings of {@link createKernels}. */
export interface KernelsOptions {
  /** Default `plain`: the same bits on every machine. */
  readonly arithmetic?: Arithmetic;
  /** Threads in all, the calling one included; default 1. More than one needs `spawnThread` and shared memory. */
  readonly threads?: number;
  /** Size of the memory, fixed; untouched pages cost nothing. Default 256 MiB. */
  readonly bytes?: number;
  /** Starts a thread; see src/node/threads.ts and src/browser/threads.ts. */
  readonly spawnThread?: SpawnThread | undefined;
  /** Switches relaxed SIMD on where that takes a flag (Node 20); called only for `fused`. */
  readonly enableRelaxedSimd?: (() => void) | undefined;
  /** A clock in milliseconds for {@link Kernels.times}; never for results. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** What to act on, and with which random numbers. */
export interface ActOptions {
  readonly network: NetworkHandle;
  readonly head: Head;
  /** (rows, inputSize) in kernel memory. */
  readonly observations: Float32Array;
  readonly count: number;
  /** Categorical: int32 (rows, heads). Gaussian: float32 (rows, A). */
  readonly actions: Int32Array | Float32Array;
  /** Categorical: which outputs are allowed, int32 (rows, `maskWords`), see `packMasks`; all of them if left out. */
  readonly masks?: Int32Array | undefined;
  /** (rows). */
  readonly logProbs: Float32Array;
  /** (rows), written only if given. */
  readonly entropies?: Float32Array | undefined;
  /** First row of all these arrays; default 0. */
  readonly firstRow?: number;
  /** Philox key, two words. */
  readonly key: ArrayLike<number>;
  readonly iteration: number;
  readonly step: number;
  /** Environment number of the first row. */
  readonly firstEnv: number;
  /**
   * (rows) in kernel memory: e where a row is drawn with the random numbers of environment e, ~e where with those of e mirrored, a uniform u as 1 - u and a
   * normal n as -n; left out: each with its own.
   */
  readonly noiseRows?: Int32Array | undefined;
  readonly stream: number;
  /** The likeliest action (lowest index on ties) or the mean, instead of a draw. */
  readonly greedy: boolean;
}

/** A backward pass from gradients that a loss in TypeScript computed. */
export interface BackwardOptions {
  readonly network: NetworkHandle;
  /** (rows, inputSize) in kernel memory. */
  readonly inputs: Float32Array;
  /** (count, outputSize): row i belongs to the i-th row of the minibatch. */
  readonly outputGradients: Float32Array;
  /** Row numbers, or null for rows `first ..` themselves. */
  readonly indices: Int32Array | null;
  readonly first: number;
  readonly count: number;
}

/** Milliseconds since creation: forward and backward summed over threads, the optimizer on the calling thread. */
export interface KernelTimes {
  readonly forward: number;
  readonly backward: number;
  readonly optimizer: number;
}

/** Everything that computes. Arrays passed in must have been made by the same kernels. */
export interface Kernels extends Releasable {
  readonly arithmetic: Arithmetic;
  /** Threads in all; 1 where shared memory is missing. */
  readonly threads: number;
  /** What the kernels give to the jobs they make; for rooms of the kernels themselves. */
  readonly context: JobContext;
  /** Bytes handed out so far, with the workspaces that the next job needs. */
  readonly bytesUsed: number;
  /** Zeroed arrays in kernel memory, aligned to 64 bytes. Throw {@link CohortError} when the memory is full. */
  float32(length: number): Float32Array;
  int32(length: number): Int32Array;
  createParameters(spec: ParametersSpec): Parameters;
  /** Outputs (count, outputSize) of the input rows `firstRow ..`, written to the output rows `firstRow ..`; `firstRow` defaults to 0. */
  forward(network: NetworkHandle, inputs: Float32Array, count: number, outputs: Float32Array, firstRow?: number): void;
  /** Draws (or picks) actions and writes their log-probabilities. */
  act(options: ActOptions): void;
  createMinibatch(spec: MinibatchSpec): Minibatch;
  /** Writes the gradient of a network, given that of its outputs, into `parameters.gradients`. */
  backward(options: BackwardOptions): void;
  /** Euclidean norm of `parameters.gradients`. */
  gradientNorm(parameters: ParameterStore): number;
  /** One Adam step with the gradients clipped to a global norm; returns the norm before clipping. */
  adamStep(options: AdamStep): number;
  /** One step of gradient descent, with momentum if asked for; returns the norm before clipping. */
  sgdStep(options: SgdStep): number;
  times(): KernelTimes;
  /** Floating-point operations per second (in 10^9) of a loop of nothing but four-lane multiply-adds: the bound on this machine. */
  measureLimit(): number;
  /** Threads that have started so far. */
  readonly threadsReady: number;
  /** Ends the threads; the memory and all functions stay usable on one thread. */
  close(): void;
}

/** Rows times parameters from which a second thread pays for acting and evaluating: about 30 microseconds. Measured with bench/kernels.mjs. */
const parallelForwardWork = 500_000;
/** Rows per shard when acting or evaluating on several threads. */
const forwardShardRows = 32;
/** The clock that the options bring, or the engine's. */
export const clockOf = ({ now = () => globalThis.performance.now() }: KernelsOptions): (() => number) => now;

/** The kernels around an arena and a module's functions. */
export function assemble(options: KernelsOptions, shared: boolean, arena: Arena, exports: KernelExports): Kernels {
  const { arithmetic = 'plain', spawnThread } = options;
  const now = clockOf(options);
  const threads = shared && spawnThread ? (options.threads ?? 1) : 1;
  const pool = new Pool(arena, exports, threads);
  const context: JobContext = { arena, exports, pool };
  const optimizer = createOptimizer(arena, exports, now);
  const { words } = arena;
  const job = arena.allocate(layout.jobWords * 4, 'job');
  const w = job / 4;
  const factors = arena.array(Float32Array, 32, 'factors').fill(1e-3);
  const givenJobs = new Map<NetworkHandle, number>();

  /** Writes what acting and evaluating have in common; returns whether several threads pay. */
  const startForward = (kind: number, network: NetworkHandle, inputs: Float32Array, count: number, firstRow: number): boolean => {
    const { inputSize } = network.spec;
    if (!(Number.isInteger(count) && count >= 1 && Number.isInteger(firstRow) && firstRow >= 0)) {
      throw mistake(
        `network ${network.spec.name}`,
        'a whole count of at least 1 and a first row of at least 0',
        `count ${count}, first row ${firstRow}`,
        'pass the number of rows',
      );
    }
    writeNetworkJob(arena, job, kind, network);
    const parallel = threads > 1 && count * network.length >= parallelForwardWork;
    words[w + layout.jobShards] = parallel ? Math.ceil(count / forwardShardRows) : 1;
    words[w + layout.jobCount] = count;
    words[w + layout.jobInputs] = arena.addressOf(inputs, (firstRow + count) * inputSize, 'inputs');
    words[w + layout.jobIndices] = 0;
    words[w + layout.jobFirstRow] = firstRow;
    words[w + layout.jobOutputRow] = firstRow;
    return parallel;
  };

  return {
    arithmetic,
    threads,
    context,
    get bytesUsed() {
      return arena.used + pool.pendingBytes;
    },
    get threadsReady() {
      return pool.ready;
    },
    float32: (length) => arena.array(Float32Array, length, 'float32'),
    int32: (length) => arena.array(Int32Array, length, 'int32'),
    createParameters(spec) {
      const { parameters, workspaceBytes } = placeParameters(arena, spec);
      pool.reserve(workspaceBytes);
      return parameters;
    },
    forward(network, inputs, count, outputs, firstRow = 0) {
      const parallel = startForward(layout.kindForward, network, inputs, count, firstRow);
      words[w + layout.jobOutputs] = arena.addressOf(outputs, (firstRow + count) * network.spec.outputSize, 'outputs');
      pool.run(parallel, job, 0);
    },
    act(options) {
      const { network, count, actions, key, entropies, firstRow = 0 } = options;
      const gaussian = options.head === 'gaussian';
      checkHead(network, options.head, actions);
      const parallel = startForward(layout.kindAct, network, options.observations, count, firstRow);
      const end = firstRow + count;
      const { masks, noiseRows } = options;
      words[w + layout.jobActions] = arena.addressOf(actions, end * actionWidth(network, options.head), 'actions');
      words[w + layout.jobMasks] = masks ? arena.addressOf(masks, end * maskWords(network.spec.outputSize), 'masks') : 0;
      words[w + layout.jobLogProbs] = arena.addressOf(options.logProbs, end, 'logProbs');
      words[w + layout.jobEntropies] = entropies ? arena.addressOf(entropies, end, 'entropies') : 0;
      words[w + layout.jobKey0] = key[0]!;
      words[w + layout.jobKey1] = key[1]!;
      words[w + layout.jobIteration] = options.iteration;
      words[w + layout.jobStep] = options.step;
      words[w + layout.jobFirstEnv] = options.firstEnv;
      words[w + layout.jobNoiseRows] = noiseRows ? arena.addressOf(noiseRows, end, 'noiseRows') : 0;
      words[w + layout.jobStream] = options.stream;
      words[w + layout.jobGreedy] = options.greedy ? 1 : 0;
      words[w + layout.jobHead] = gaussian ? layout.headGaussian : layout.headCategorical;
      pool.run(parallel, job, 0);
    },
    createMinibatch: (spec) => createMinibatch(context, spec),
    backward({ network, inputs, outputGradients, indices, first, count }) {
      const { inputSize, outputSize } = network.spec;
      checkRange(arena, indices, first, count, Math.floor(inputs.length / inputSize));
      let given = givenJobs.get(network);
      if (given === undefined) {
        given = gradientJob(context, network, layout.lossGiven);
        givenJobs.set(network, given);
      }
      setRows(arena, given, indices, first, count);
      words[given / 4 + layout.jobInputs] = arena.addressOf(inputs, 0, 'inputs');
      words[given / 4 + layout.jobOutputGradients] = arena.addressOf(outputGradients, count * outputSize, 'outputGradients');
      pool.run(count * network.length >= parallelGradientWork, given, 0);
      exports.finishGradient(given, network.parameters.gradients.byteOffset, optimizer.scratch);
    },
    gradientNorm: ({ gradients }) => Math.sqrt(exports.sumOfSquares(gradients.byteOffset, gradients.byteLength)),
    adamStep: (options) => optimizer.step(options),
    sgdStep: (options) => optimizer.sgdStep(options),
    times: () => ({ forward: pool.milliseconds(0), backward: pool.milliseconds(1), optimizer: optimizer.milliseconds() }),
    measureLimit() {
      const turns = 2000;
      let best = Infinity;
      // Half a second: the first tenth runs code that is not yet optimized, and windows of some 10 microseconds find a quiet one.
      const begin = now();
      for (let start = begin; start - begin < 500; ) {
        exports.multiplyAdds(turns, factors.byteOffset);
        const end = now();
        best = Math.min(best, end - start);
        start = end;
      }
      return (turns * 64) / best / 1e6;
    },
    close: () => pool.close(),
    [Symbol.asyncDispose]: async () => pool.close(),
  };
}
