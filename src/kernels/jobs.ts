/**
 * Job records: what a kernel reads when it runs. A record is a row of 32-bit words; `layout.ts` names them.
 */
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';
import type { KernelExports } from './module.ts';
import type { NetworkHandle, Parameters } from './parameters.ts';
import type { Pool } from './pool.ts';

/** What the kernels give to the jobs they make. */
export interface JobContext {
  readonly arena: Arena;
  readonly exports: KernelExports;
  readonly pool: Pool;
  /** Set by the first transformer; `layOutKernels` then takes the module that has kernels for it. */
  hasTransformer?: boolean;
}

/** Rows times parameters from which a second thread pays for a gradient: about 40 microseconds of work. Measured with bench/kernels.mjs. */
export const parallelGradientWork = 250_000;

/** Shards of a gradient over `count` rows: depends on nothing else, so that the order of summation is fixed. */
export function shardsOf(count: number): number {
  return Math.min(Math.ceil(count / layout.tileRows), layout.maxShards);
}

const shardBlocks: WeakMap<Parameters, number> = new WeakMap();

/** Address of the shard gradients of `parameters`, made at the first call. */
function shardGradients(arena: Arena, parameters: Parameters): number {
  let address = shardBlocks.get(parameters);
  if (address === undefined) {
    address = arena.allocate(parameters.length * 4 * layout.maxShards, 'shard gradients');
    shardBlocks.set(parameters, address);
  }
  return address;
}

/** Writes the words that all records begin with: the kind, and the addresses of the network's (or the transformer's) record and numbers. */
export function writeJob({ words }: Arena, job: number, kind: number, record: number, parameters: number): void {
  const w = job / 4;
  words[w + layout.jobKind] = kind;
  words[w + layout.jobNetwork] = record;
  words[w + layout.jobParameters] = parameters;
}

/** Writes the words that all jobs of a perceptron have in common. */
export function writeNetworkJob(arena: Arena, job: number, kind: number, { record, parameters, offset }: NetworkHandle): void {
  writeJob(arena, job, kind, record, parameters.values.byteOffset + offset * 4);
  arena.words[job / 4 + layout.jobLogStd] = parameters.logStd.byteOffset;
}

/** Makes a gradient job of `network`; returns the address of its record. */
export function gradientJob({ arena }: JobContext, network: NetworkHandle, loss: number): number {
  const { parameters, offset } = network;
  const { words } = arena;
  const job = arena.allocate(layout.jobWords * 4, 'job');
  const w = job / 4;
  writeNetworkJob(arena, job, layout.kindGradient, network);
  words[w + layout.jobGradients] = shardGradients(arena, parameters);
  words[w + layout.jobGradientStride] = parameters.length * 4;
  words[w + layout.jobNetworkOffset] = offset * 4;
  words[w + layout.jobLoss] = loss;
  words[w + layout.jobLogStdOffset] = parameters.logStdOffset * 4;
  words[w + layout.jobStatistics] = arena.allocate(layout.maxShards * layout.statisticsBytes, 'statistics');
  return job;
}

/** Writes which rows a gradient job works on, each of which weighs 1 / of: `indices[first ..]`, or the rows `first ..` themselves. */
export function setRows({ words, floats }: Arena, job: number, indices: Int32Array | null, first: number, count: number, of = count): void {
  const w = job / 4;
  words[w + layout.jobIndices] = indices === null ? 0 : indices.byteOffset + first * 4;
  words[w + layout.jobFirstRow] = first;
  words[w + layout.jobCount] = count;
  words[w + layout.jobShards] = shardsOf(count);
  floats[w + layout.jobInverseCountF] = 1 / of;
}
