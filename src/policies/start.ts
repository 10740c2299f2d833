/**
 * What a run begins from: a policy that was trained before, with the optimizer's state if it is wanted. A run keeps it as bytes of its own, so that it can
 * begin again when the source is gone.
 *
 *     start-policy.safetensors      a policy file, critic included; see policyFile.ts
 *     start-optimizer.safetensors   adam.first/<parameter>, adam.second/<parameter>; metadata `optimizer`: { algorithm, steps }
 */
import { isRecord } from '../core/arguments.ts';
import { failure, mistake, show } from '../core/errors.ts';
import { visibleText } from '../core/text.ts';
import { parameterShapes } from '../policy/spec.ts';
import { readCounters, readRecord, takeTensor } from '../run/checkpoint.ts';
import { runFiles } from '../run/layout.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, tensor } from '../run/safetensors.ts';
import { maxOrigin, type RunStart } from '../run/start.ts';
import type { Checkpoint } from '../run/storedRun.ts';
import { decodePolicy, encodePolicy } from './encode.ts';
import type { PolicyFile } from './policyFile.ts';

/** What a run begins from. */
export interface StartOptions {
  /**
   * A run folder (its last checkpoint), a policy folder, or a policy that was read: training begins with its weights instead of random ones. Everything
   * else begins anew: seeds, iterations, schedules. `hiddenSizes` and `activation` are the policy's where they are left out. Environments only.
   */
  readonly from?: string | PolicyFile | RunStart | undefined;
  /** The policy that the run kept after this iteration. Default: its last checkpoint. */
  readonly fromIteration?: number | undefined;
  /** Take Adam's moments and its count of steps, too: of a run of the same algorithm. Default false. */
  readonly withOptimizer?: boolean | undefined;
}

/** An optimizer's state. */
export interface StartOptimizer {
  /** The algorithm whose optimizer it is. */
  readonly algorithm: string;
  /** Steps of Adam behind it. */
  readonly steps: number;
  /** By the names of a checkpoint: `adam.first/actor.0.weight`. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** What a run begins from, read. */
export interface OpenStart {
  readonly from: string;
  readonly file: PolicyFile;
  readonly optimizer?: StartOptimizer | undefined;
}

/** Names of both moments of a parameter. */
const momentsOf = (name: string): string[] => [`adam.first/${name}`, `adam.second/${name}`];

/** A policy as what a run begins from; `origin` says where it comes from. Throws as `encodePolicy` does. */
export function startFrom(file: PolicyFile, origin: string, optimizer?: Uint8Array): RunStart {
  return { from: visibleText(origin).slice(0, maxOrigin), policy: encodePolicy(file), ...(optimizer && { optimizer }) };
}

/** The optimizer of a checkpoint as the bytes of its file. Throws `CohortError` where the checkpoint lacks a part of it. */
export function optimizerOfCheckpoint({ spec }: PolicyFile, checkpoint: Checkpoint, algorithm: string): Uint8Array {
  const { optimizerSteps: steps } = readCounters(checkpoint, ['optimizerSteps']);
  const tensors = [...parameterShapes(spec)].flatMap(([name, shape]) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return momentsOf(name).map((moment) => tensor(moment, takeTensor(checkpoint, moment, new Float32Array(0), length), shape));
  });
  return encodeSafetensors(tensors, { optimizer: JSON.stringify({ algorithm, steps }) });
}

const isOptimizer = (value: unknown): value is Pick<StartOptimizer, 'algorithm' | 'steps'> =>
  isRecord(value) && typeof value.algorithm === 'string' && Number.isSafeInteger(value.steps) && Number(value.steps) >= 0;

/** Reads the bytes; all of it is checked. Throws `CohortError` (kind `failure`) for what is damaged. */
export function openStart({ from, policy, optimizer: bytes }: RunStart): OpenStart {
  const file = decodePolicy(policy, runFiles.startPolicy);
  if (!bytes) return { from, file };
  const where = runFiles.startOptimizer;
  const { tensors, metadata } = decodeSafetensors(bytes, where, { verifyDigest: true, advice: restoring });
  const { algorithm, steps } = readRecord(metadata, 'optimizer', 'whose optimizer it is, and its steps', isOptimizer);
  for (const name of [...parameterShapes(file.spec).keys()].flatMap(momentsOf)) {
    const length = file.parameters.get(name.slice(name.indexOf('/') + 1))!.length;
    const data = takeTensor({ tensors }, name, new Float32Array(0), length);
    const wrong = data.findIndex((value) => !Number.isFinite(value) || (value < 0 && name.startsWith('adam.second/')));
    if (wrong >= 0) throw failure(`${where}: tensor ${name}`, 'finite numbers, squares of at least 0', `${data[wrong]}`, restoring);
  }
  return { from, file, optimizer: { algorithm, steps, tensors } };
}

const restoring = 'restore the file from a copy, or begin a new run';

/**
 * Throws `CohortError` unless networks of that shape can begin from the policy; `nameOf` writes a field as the user wrote it. A field that was not said
 * (`undefined`) is the policy's.
 */
export function checkNetwork(
  { spec }: PolicyFile,
  said: Readonly<Record<string, unknown>>,
  nameOf: (field: string) => string = (field) => field,
): void {
  for (const field of networkFieldNames) {
    const [its, own] = [spec[field], said[field]];
    if (own === undefined || JSON.stringify(own) === JSON.stringify(its)) continue;
    const advice = `leave ${nameOf(field)} out, which then is the policy’s`;
    throw mistake(nameOf(field), `${show(its)}, as the policy has it that the run begins from`, show(own), advice);
  }
}

/** Throws `CohortError` where an optimizer is that of another algorithm. */
export function checkOptimizer({ optimizer }: OpenStart, algorithm: string, nameOf: (field: string) => string = (field) => field): void {
  if (!optimizer || optimizer.algorithm === algorithm) return;
  const advice = 'leave it out: the weights alone can be taken';
  throw mistake(nameOf('withOptimizer'), `the optimizer of a run with ${algorithm}`, `that of one with ${optimizer.algorithm}`, advice);
}

/** Fields of a configuration that a policy decides. */
export const networkFieldNames = ['hiddenSizes', 'activation'] as const;

/** The fields that a policy decides, as it has them. */
export function networkOf({ spec }: PolicyFile): Readonly<Record<string, unknown>> {
  return Object.fromEntries(networkFieldNames.map((field) => [field, spec[field]]));
}
