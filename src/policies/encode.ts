/**
 * The bytes of a policy file, and the policy of such bytes.
 */
import { mistake, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { inputSizeOf } from '../core/space.ts';
import { parameterShapes } from '../policy/spec.ts';
import { decodeSafetensors, encodeSafetensors, tensor } from '../run/safetensors.ts';
import { checkDescription, checkPolicyFile, checkTensors, exportAdvice, refuse, showShape } from './check.ts';
import { describePolicy, type PolicyFile } from './policyFile.ts';

/** Longest description, in characters: bounds of the largest spaces, and then some. */
const maxDescription = 8_000_000;

/** A policy as the bytes of one file; equal policies give equal bytes. Throws as {@link checkPolicyFile} does. */
export function encodePolicy(given: PolicyFile): Uint8Array {
  // A policy in use has the same members but for the numbers, which lie in its kernels.
  if (typeof (given as { readonly encode?: unknown } | undefined)?.encode === 'function')
    throw mistake('encodePolicy', 'a PolicyFile', 'something else', 'of a policy in use take policy.encode()');
  const file = checkPolicyFile(given);
  const { spec, parameters, normalizer } = file;
  const tensors = [...parameterShapes(spec)].map(([key, shape]) => tensor(key, parameters.get(key)!, shape));
  if (normalizer) tensors.push(tensor('normalizer.mean', normalizer.mean), tensor('normalizer.variance', normalizer.variance));
  return encodeSafetensors(tensors, { policy: JSON.stringify(describePolicy(file)) });
}

/** A description from its JSON. Throws `CohortError` if it is none. */
function parseDescription(text: string, subject: string): object {
  const value = text.length <= maxDescription ? parseJsonObject(text) : undefined;
  return value ?? refuse(`${subject}: description`, 'a JSON object', show(text));
}

/**
 * Reads a policy file. Everything is checked before anything is used: format, digest (a file of another writer may have none), description, names,
 * dtypes, shapes, that every number is finite, and that nothing is too much. Throws `CohortError` (kind `failure`) that begins with `subject`, the file's name.
 */
export function decodePolicy(bytes: Uint8Array, subject = 'policy file'): PolicyFile {
  if (!(bytes instanceof Uint8Array)) throw mistake(subject, 'the bytes of a policy file', show(bytes), 'pass a Uint8Array');
  const { tensors, metadata, isVerified } = decodeSafetensors(bytes, subject, { verifyDigest: 'ifPresent', advice: exportAdvice });
  if (metadata.policy === undefined) refuse(subject, 'a policy', 'a safetensors file without a description of one (metadata `policy`)');
  const { description, spec } = checkDescription(parseDescription(metadata.policy, subject), subject);
  const { env, envOptions, normalizer: described, source } = description;
  // Ours have one: where it is missing, the file was changed.
  if (!isVerified && 'cohort-rl' in source.versions) refuse(subject, 'the digest of a policy that cohort-rl wrote', 'none');
  const names = ['normalizer.mean', 'normalizer.variance'] as const;
  const shapes = parameterShapes(spec);
  if (described) for (const key of names) shapes.set(key, [inputSizeOf(spec.observationSpace)]);
  for (const [key, { shape }] of tensors) {
    const expected = showShape(shapes.get(key) ?? shape);
    if (showShape(shape) !== expected) refuse(`${subject}: tensor ${key}`, `shape ${expected}`, showShape(shape));
  }
  // Types are claims until `checkTensors` has seen the data.
  const [mean, variance] = names.map((key) => tensors.get(key)?.data as Float64Array) as [Float64Array, Float64Array];
  const normalizer = described && { mean, variance, clip: described.clip, statistics: described.statistics };
  const rest = [...tensors].filter(([key]) => !normalizer || !names.some((name) => name === key));
  // Weights in float64 are rounded: the kernels count in float32. Those in 16 bits are float32 already.
  const weights = rest.map(
    ([key, { data }]) => [key, data instanceof Float64Array ? Float32Array.from(data) : (data as Float32Array)] as const,
  );
  const parameters = new Map(weights);
  const file = { env, envOptions, spec, parameters, ...(normalizer && { normalizer }), source };
  checkTensors(file, subject);
  return file;
}
