/** The transformer's kernels against the float64 reference, norm-wise: what tests of them share. */
import { expect } from 'vitest';
import {
  type ReferenceOptions,
  referenceEvaluate,
  referenceGradient,
  referenceTransformer,
} from '../../src/kernels/reference/transformer.ts';
import type { GradientOptions, SequencesSpec, TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { adapterShapes, tensorShapes } from '../../src/kernels/transformer/shapes.ts';
import { createGenerator } from '../../src/random/index.ts';
import { bitsOf, relativeError } from './helpers.ts';
import { type Opened, openTransformer, pick, tokenPlaces } from './transformerHelpers.ts';

/** Of a norm. */
export const tolerance = 1e-5;

const normOf = (array: ArrayLike<number>): number => Math.sqrt(Array.from(array).reduce((sum, x) => sum + x * x, 0));

/** |got - expected| / max(|expected|, least). */
function errorOf(got: ArrayLike<number>, expected: ArrayLike<number>, least: number): number {
  return normOf(Array.from(got, (x, i) => x - expected[i]!)) / Math.max(normOf(expected), least, 1e-300);
}

/** Old log-probabilities on both sides of the clip range, and a reference policy nearby. */
function nearPolicy({ model, sequences }: Opened, options: ReferenceOptions<GradientOptions>, seed: number): void {
  if (model.spec.output === 'value') return;
  const generator = createGenerator(seed);
  const { logProbs } = referenceEvaluate(model.spec, referenceTransformer(model), sequences, options);
  for (const place of tokenPlaces(sequences, options)) {
    sequences.oldLogProbs[place] = logProbs[place]! + generator.uniform(-0.6, 0.6);
    sequences.referenceLogProbs[place] = logProbs[place]! + generator.uniform(-0.6, 0.6);
  }
}

/** Everything that `gradient` and `evaluate` write, against the reference. */
export function expectParity(
  spec: TransformerSpec,
  room: SequencesSpec,
  settings: Partial<ReferenceOptions<GradientOptions>>,
  seed: number,
): void {
  const opened = openTransformer(spec, room, seed);
  const { model, sequences } = opened;
  const loss = spec.output === 'value' ? 'value' : 'score';
  const options: ReferenceOptions<GradientOptions> = { numGroups: room.numGroups, groupSize: room.groupSize, loss, ...settings };
  nearPolicy(opened, options, seed + 2);
  const expected = referenceGradient(spec, referenceTransformer(model), sequences, options);
  const places = tokenPlaces(sequences, options);
  const written = spec.output === 'value' ? (['values'] as const) : (['logProbs', 'entropies'] as const);
  model.evaluate(sequences, options);
  const evaluated = written.map((name) => bitsOf(pick(sequences[name], places)));
  for (const name of written) sequences[name].fill(0);
  model.gradient(sequences, options);
  written.forEach((name, k) => {
    const got = pick(sequences[name], places);
    // The entropy of a peaked distribution is a small difference of large numbers: 1 nat is its unit.
    const unit = name === 'entropies' ? Math.sqrt(places.length) : 0;
    expect(errorOf(got, pick(expected[name], places), unit), name).toBeLessThan(tolerance);
    expect(bitsOf(got), `${name} of evaluate and of gradient`).toBe(evaluated[k]);
    // Nothing is written where no token is.
    expect(sequences[name].filter((x) => x !== 0).length).toBeLessThanOrEqual(places.length);
  });
  const gradients = referenceTransformer(model, 'gradients');
  // With an adapter the reference has the gradients of all, the kernels those of what is trained.
  const order = [...(spec.adapter ? adapterShapes(spec, spec.adapter) : tensorShapes(spec)).keys()];
  expect([...gradients.keys()].sort()).toEqual([...order].sort());
  const flat = (map: ReadonlyMap<string, Float64Array>): number[] => order.flatMap((name) => [...map.get(name)!]);
  expect(relativeError(flat(gradients), flat(expected.gradients))).toBeLessThan(tolerance);
  // Tensor by tensor too; that of queries vanishes where there is one key only.
  const total = normOf(flat(expected.gradients));
  for (const name of order) {
    expect(errorOf(gradients.get(name)!, expected.gradients.get(name)!, 0.01 * total), name).toBeLessThan(10 * tolerance);
  }
}
