/**
 * Whether a policy is sound: its description, and that its numbers are the ones described. A policy is checked when it is read from a file or a
 * checkpoint, and before it is written.
 */
import { checkRecord, checkText } from '../core/arguments.ts';
import { failure, mistake, show } from '../core/errors.ts';
import { normalizerEpsilon } from '../core/observationStatistics.ts';
import { completeSpace, inputSizeOf, isStoredAsValues, type Space } from '../core/space.ts';
import { type PolicySpec, parameterShapes, specFromJson } from '../policy/spec.ts';
import { dtypeOf, type TensorData } from '../run/safetensors.ts';
import {
  checkFields,
  describePolicy,
  headOf,
  layersOf,
  type PolicyDescription,
  type PolicyFile,
  policyFormat,
  policyFormatVersion,
} from './policyFile.ts';

/** Most numbers of a policy: 512 MB of them. */
const maxParameters = 2 ** 27;

/** What to do with a policy that is refused. */
export const exportAdvice = 'export it again: `cohort-rl export <run>`, or `save` of tools/policies/cohort_policy.py';

/** Throws the error of a policy that is refused. */
export function refuse(subject: string, expected: string, got: string, advice: string = exportAdvice): never {
  throw failure(subject, expected, got, advice);
}

const productOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** A shape as messages write it: `(64, 8)`. */
export const showShape = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/**
 * A description and its spec: every field by itself, and against the others. Throws `CohortError` (kind `failure`) that names the first wrong
 * field.
 */
export function checkDescription(value: object, subject: string): { description: PolicyDescription; spec: PolicySpec } {
  const where = `${subject}: description`;
  const { format, formatVersion } = value as Record<string, unknown>;
  if (format !== policyFormat) refuse(where, `"format": "${policyFormat}"`, show(format));
  if (formatVersion !== policyFormatVersion) {
    refuse(where, `"formatVersion": ${policyFormatVersion}`, show(formatVersion), 'use the version of cohort-rl that wrote it');
  }
  const description = checkFields(value, { subject: where, path: [], advice: exportAdvice });
  const spec = specFromJson(description, where, exportAdvice);
  const [layers, given] = [layersOf(spec), description.layers].map((shapes) => show(shapes.map(showShape)));
  if (layers !== given) refuse(`${where}, layers`, layers!, given!);
  if (headOf(spec) !== description.head) refuse(`${where}, head`, `${headOf(spec)} for these actions`, description.head);
  const { normalizer } = description;
  if (!normalizer) return { description, spec };
  if (isStoredAsValues(spec.observationSpace)) refuse(`${where}, normalizer`, 'null, for observations are indices', 'one');
  const { epsilon } = normalizer;
  if (epsilon !== normalizerEpsilon)
    refuse(`${where}, normalizer.epsilon`, `${normalizerEpsilon}`, `${epsilon}`, 'put the difference into the variance');
  return { description, spec };
}

/** Throws `CohortError` unless the data are there, of that dtype and size, and finite. */
function checkNumbers(data: TensorData | undefined, dtype: 'F32' | 'F64', shape: readonly number[], where: string): void {
  if (!data) refuse(where, `${dtype} of shape ${showShape(shape)}`, 'no such tensor');
  if (dtypeOf(data) !== dtype) refuse(where, dtype, dtypeOf(data), `convert it to ${dtype === 'F32' ? 'float32' : 'float64'} first`);
  if (data.length !== productOf(shape)) refuse(where, `${productOf(shape)} numbers, shape ${showShape(shape)}`, `${data.length}`);
  const wrong = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) refuse(where, 'finite numbers', `${data[wrong]} at entry ${wrong}`, 'use a checkpoint from before training broke down');
}

/** Throws `CohortError` unless the policy has every number that its spec asks for, and no other. */
export function checkTensors({ spec, parameters, normalizer }: PolicyFile, subject: string): void {
  const shapes = parameterShapes(spec);
  const total = [...shapes.values()].reduce((sum, shape) => sum + productOf(shape), 0);
  if (total > maxParameters) refuse(subject, `at most ${maxParameters} parameters`, `${total}`, 'use narrower layers');
  for (const [key, shape] of shapes) checkNumbers(parameters.get(key), 'F32', shape, `${subject}: tensor ${key}`);
  const stray = [...parameters.keys()].find((key) => !shapes.has(key));
  if (stray !== undefined) refuse(subject, 'the tensors of the description alone', `${show(stray)} as well`);
  if (!normalizer) return;
  for (const key of ['mean', 'variance'] as const) {
    checkNumbers(normalizer[key], 'F64', [inputSizeOf(spec.observationSpace)], `${subject}: tensor normalizer.${key}`);
  }
  const negative = normalizer.variance.findIndex((value) => value < 0);
  if (negative < 0) return;
  refuse(`${subject}: tensor normalizer.variance`, 'numbers of at least 0', `${normalizer.variance[negative]} at entry ${negative}`);
}

/** Throws `CohortError` for what cannot even be looked at as a policy file. */
export function checkPolicyShape(value: unknown, subject: string): asserts value is PolicyFile {
  const advice = 'pass what readPolicy or decodePolicy gave';
  const { env, envOptions, spec, parameters, source, normalizer } = checkRecord(value, subject, 'a policy file', advice);
  checkText(env, `${subject}: env`, 'the id of an environment', advice);
  checkRecord(envOptions, `${subject}: envOptions`, 'a record of options', advice);
  checkRecord(source, `${subject}: source`, 'a record', advice);
  const { observationSpace, actionSpace, hiddenSizes } = checkRecord(spec, `${subject}: spec`, 'the spec of a policy', advice);
  completeSpace(observationSpace, `${subject}: spec.observationSpace`);
  completeSpace(actionSpace, `${subject}: spec.actionSpace`);
  if (!Array.isArray(hiddenSizes)) throw mistake(`${subject}: spec.hiddenSizes`, 'a list of widths', show(hiddenSizes), advice);
  if (!(parameters instanceof Map)) throw mistake(`${subject}: parameters`, 'a Map of names to Float32Array', show(parameters), advice);
  if (normalizer === undefined) return;
  const { mean, variance } = checkRecord(normalizer, `${subject}: normalizer`, 'observation statistics', advice);
  for (const data of [mean, variance]) {
    if (!ArrayBuffer.isView(data)) throw mistake(`${subject}: normalizer`, 'mean and variance as Float64Array', show(data), advice);
  }
}

/**
 * Returns the policy if all of it is sound: what it says of itself, that no tensor is missing or too many, dtypes, sizes, and that every number is
 * finite; its spaces are completed. Throws `CohortError` (kind `failure`) that begins with `subject` if not.
 */
export function checkPolicyFile(file: PolicyFile, subject = 'policy'): PolicyFile {
  checkPolicyShape(file, subject);
  const { observationSpace, actionSpace } = file.spec;
  const complete = (space: Space, name: string) => completeSpace(space, `${subject}: spec.${name}`);
  const spaces = { observationSpace: complete(observationSpace, 'observationSpace'), actionSpace: complete(actionSpace, 'actionSpace') };
  const isWhole = spaces.observationSpace === observationSpace && spaces.actionSpace === actionSpace;
  const whole = isWhole ? file : { ...file, spec: { ...file.spec, ...spaces } };
  checkDescription(describePolicy(whole), subject);
  checkTensors(whole, subject);
  return whole;
}
