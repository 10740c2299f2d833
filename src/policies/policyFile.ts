/**
 * A policy that travels: one safetensors file that any reader of the format opens, with a description as JSON in its metadata. Nothing in it
 * is ever executed, and everything is checked before it is used. The same bytes are read here, in a browser, and by
 * `tools/policies/cohort_policy.py`.
 *
 *     actor.<layer>.weight (out, in), actor.<layer>.bias (out)    float32, layers from 0, the last one linear
 *     critic.<layer>.weight, critic.<layer>.bias                  float32, only if the critic was kept
 *     logStd (A)                                                  float32, Gaussian head: state-independent log standard deviation
 *     normalizer.mean (D), normalizer.variance (D)                float64, if raw observations are normalized first
 */
import { normalizerEpsilon, type ObservationStatistics } from '../core/observationStatistics.ts';
import type { OptionRange } from '../core/optionRange.ts';
import {
  type Check,
  type Checked,
  either,
  finite,
  listOf,
  nullable,
  objectOf,
  oneOf,
  optional,
  recordOf,
  such,
  text,
  whole,
  yesOrNo,
} from '../core/stored.ts';
import { isVisible } from '../core/text.ts';
import type { PolicyData } from '../policy/instantiate.ts';
import type { Policy } from '../policy/policy.ts';
import { hiddenLimits, type PolicySpec, parameterShapes, specFields, specToJson } from '../policy/spec.ts';

/** `format` of a description. */
export const policyFormat = 'cohort-policy';
/** `formatVersion` of a description; goes up when a reader of today could not read the file. */
export const policyFormatVersion = 1;
/** The names in a policy folder. */
export const policyFiles = { tensors: 'policy.safetensors', description: 'policy.json' } as const;

const name = such(text({ min: 1, max: 200 }), isVisible, 'text without control characters');
const count = optional(whole({ min: 0 }));
const size = whole({ min: 1 });
const layer = listOf(size, { min: 2, max: 2 }) as Check<[outputs: number, inputs: number]>;
/** What an option of a built-in environment may be. */
type OptionValue = string | number | boolean | OptionRange;
const range = listOf(nullable(finite()), { min: 2, max: 2 }) as Check<unknown> as Check<OptionRange>;
const optionValue = either<OptionValue>('text, a number, true, false or two bounds', text({ max: 200 }), finite(), yesOrNo, range);

/** A description, field by field; `checkDescription` holds the fields against each other. */
export const checkFields = objectOf({
  format: oneOf(policyFormat),
  formatVersion: oneOf(policyFormatVersion),
  /** Id of the environment that it was trained on. */
  env: name,
  envOptions: recordOf(name, optionValue),
  ...specFields,
  /**
   * Categorical: one logit per value. Multi-categorical: one logit per value of each entry of the action, entry after entry. Gaussian: outputs are means,
   * with standard deviations in `logStd`.
   */
  head: oneOf('categorical', 'multi-categorical', 'gaussian'),
  /** (out, in) of the actor's weights, first layer first. */
  layers: listOf(layer, { min: 1, max: hiddenLimits.layers + 1 }),
  /** `clip((observation - mean) / sqrt(variance + epsilon), -clip, clip)` in float64; `null` if observations go in as they are. */
  normalizer: nullable(objectOf({ epsilon: finite(), clip: such(finite(), (value) => value > 0, 'number to be >0'), statistics: name })),
  source: objectOf({
    algorithm: optional(name),
    /** Seed of the run. */
    seed: count,
    /** Iterations of training behind it. */
    iteration: count,
    /** Environment steps of training behind it. */
    globalStep: count,
    /** Where evaluation cut episodes of a task without a limit of its own. */
    evaluationMaxSteps: optional(size),
    /** Versions of what trained it, by name. */
    versions: recordOf(name, text({ max: 200 })),
  }),
});

/** The description as it stands in the file's metadata (key `policy`) and in policy.json. */
export type PolicyDescription = Checked<typeof checkFields>;

/** Where a policy comes from; nothing here changes what it does. */
export type PolicySource = Readonly<PolicyDescription['source']>;

/** Observation statistics with the word for whose they are. */
export interface PolicyObservationStatistics extends ObservationStatistics {
  /** `shared`, `merge of perEnv`, or what another program says. */
  readonly statistics: string;
}

/** What a policy file holds. */
export interface PolicyFile extends PolicyData {
  /** Id of the environment that it was trained on. */
  readonly env: string;
  readonly envOptions: Readonly<PolicyDescription['envOptions']>;
  readonly normalizer?: PolicyObservationStatistics;
  readonly source: PolicySource;
}

/** (out, in) of the actor's weights, first layer first. */
export function layersOf(spec: PolicySpec): [outputs: number, inputs: number][] {
  const weights = [...parameterShapes({ ...spec, critic: false })].filter(([key]) => key.endsWith('.weight'));
  return weights.map(([, shape]) => shape as [number, number]);
}

/** What the actor's outputs are. */
export function headOf({ actionSpace }: PolicySpec): PolicyDescription['head'] {
  if (actionSpace.kind === 'box') return 'gaussian';
  return actionSpace.kind === 'discrete' ? 'categorical' : 'multi-categorical';
}

/** The description of a policy, as policy.json holds it. */
export function describePolicy({ env, envOptions, spec, normalizer, source }: PolicyFile): PolicyDescription {
  const { observationSpace, actionSpace, hiddenSizes, activation, critic, masked } = specToJson(spec);
  return {
    format: policyFormat,
    formatVersion: policyFormatVersion,
    env,
    envOptions,
    observationSpace,
    actionSpace,
    hiddenSizes,
    activation,
    head: headOf(spec),
    layers: layersOf(spec),
    critic,
    ...(masked && { masked }),
    normalizer: normalizer ? { epsilon: normalizerEpsilon, clip: normalizer.clip, statistics: normalizer.statistics } : null,
    source,
  };
}

/** The numbers of a policy as they are now, by name. */
export function parametersOf(policy: Policy): Map<string, Float32Array> {
  return new Map(policy.parameters.tensors().map(({ name, get }) => [name, get()]));
}

/** The same policy without its critic, which acting does not need. */
export function withoutCritic(file: PolicyFile): PolicyFile {
  if (!file.spec.critic) return file;
  const parameters = new Map([...file.parameters].filter(([key]) => !key.startsWith('critic.')));
  return { ...file, spec: { ...file.spec, critic: false }, parameters };
}
