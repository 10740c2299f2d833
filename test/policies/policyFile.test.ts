/**
 * Policies that travel: files from Python give torch's numbers here, what is written is read again, and what is wrong is refused in words.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { box, discrete } from '../../src/core/space.ts';
import { checkPolicyFile } from '../../src/policies/check.ts';
import { decodePolicy, encodePolicy } from '../../src/policies/encode.ts';
import { describePolicy, type PolicyFile, withoutCritic } from '../../src/policies/policyFile.ts';
import { float16 } from '../../src/run/halves.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../src/run/safetensors.ts';
import cheetah from '../fixtures/policies/cleanrl-cheetah.json' with { type: 'json' };
import saved from '../fixtures/policies/saved-in-python.json' with { type: 'json' };
import lander from '../fixtures/policies/sb3-lander.json' with { type: 'json' };
import { numbers } from '../fixtures/typedArray.ts';
import { testCohort } from '../training/cohort.ts';

const bytesOf = (fixture: Pick<typeof lander, 'safetensors'>): Uint8Array => Uint8Array.from(numbers(fixture.safetensors));

describe('policies that Python trained', () => {
  it.each([
    ['Stable-Baselines3 on LunarLander-v3', lander, 'categorical', [8, 64, 64, 4]],
    ['CleanRL on HalfCheetah-v4', cheetah, 'gaussian', [17, 64, 64, 6]],
  ] as const)('%s: torch and Cohort agree to 1e-5', async (_name, fixture, head, sizes) => {
    const file = decodePolicy(bytesOf(fixture));
    const description = describePolicy(file);
    expect(description).toEqual(JSON.parse(fixture.description));
    expect(description.head).toBe(head);
    expect(description.layers).toEqual(sizes.slice(1).map((outputs, layer) => [outputs, sizes[layer]]));
    const policy = await testCohort().createPolicy(file);
    const observations = numbers(fixture.observations);
    const expected = numbers(fixture.outputs);
    const count = fixture.observations.shape[0]!;
    const scratch = policy.scratch(count);
    policy.encodeObservations(observations, count, scratch.inputs);
    const outputs = policy.forward(scratch, count);
    expect(outputs).toHaveLength(expected.length);
    const difference = expected.reduce((most, value, k) => Math.max(most, Math.abs(value - outputs[k]!)), 0);
    expect(difference).toBeLessThanOrEqual(1e-5);
    if ('logStd' in fixture) expect(Array.from(policy.parameters.logStd)).toEqual(Array.from(numbers(fixture.logStd)));
    expect(await testCohort().environmentOf(file)).toMatchObject({ id: file.env });
  });

  it('the normalizer is at work: without it the means are others', async () => {
    const file = decodePolicy(bytesOf(cheetah));
    const observation = numbers(cheetah.observations).slice(0, 17);
    const [normalized, raw] = await Promise.all([file, { ...file, normalizer: undefined }].map((one) => testCohort().createPolicy(one)));
    expect(normalized!.act(observation)).not.toEqual(raw!.act(observation));
  });
});

describe('a policy of ours that Python saved again', () => {
  it('carries its digest, so that it is taken though it names cohort-rl', () => {
    const bytes = bytesOf(saved);
    expect(decodeSafetensors(bytes, 'file', { verifyDigest: true }).isVerified).toBe(true);
    const { source, spec, normalizer, parameters } = decodePolicy(bytes);
    expect([source.versions['cohort-rl'], spec.hiddenSizes, normalizer?.clip]).toEqual(['0.1.0', [3], 5]);
    expect([...parameters.get('actor.1.weight')!]).toEqual([0, 1, 2, 3, 4, 5].map((value) => value / 8));
    expect([...normalizer!.mean]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((value) => value / 4));
  });

  it('is refused where a byte was changed', () => {
    const bytes = bytesOf(saved);
    bytes[bytes.length - 2]! ^= 1;
    expect(() => decodePolicy(bytes)).toThrow(/the digest does not match/);
  });
});

describe('weights of other precisions', () => {
  /** The file with every weight in another dtype: as `safetensors` of Python writes it, without a digest. */
  const converted = (bytes: Uint8Array, dtype: 'F16' | 'BF16' | 'F64'): { file: Uint8Array; weights: Map<string, Float32Array> } => {
    const { tensors, metadata } = decodeSafetensors(bytes, 'file');
    const header: Record<string, unknown> = { __metadata__: metadata };
    const weights = new Map<string, Float32Array>();
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const { name, shape, data } of tensors.values()) {
      // Numbers that all of them hold: 7 bits of fraction and small exponents.
      const rounded = Float32Array.from(data as Float32Array, (value) => Math.round(value * 64) / 64);
      const part = name.startsWith('normalizer')
        ? new Uint8Array(data.slice().buffer)
        : new Uint8Array(
            dtype === 'F64' ? Float64Array.from(rounded).buffer : Uint16Array.from(rounded, dtype === 'F16' ? toHalf : toBrain).buffer,
          );
      if (!name.startsWith('normalizer')) weights.set(name, rounded);
      header[name] = { dtype: name.startsWith('normalizer') ? 'F64' : dtype, shape, data_offsets: [at, at + part.length] };
      at += part.length;
      parts.push(part);
    }
    const text = new TextEncoder().encode(JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + at);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    let offset = 8 + text.length;
    for (const part of parts) {
      file.set(part, offset);
      offset += part.length;
    }
    return { file, weights };
  };
  const toBrain = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]! >>> 16;
  const halves = new Map(Array.from({ length: 65_536 }, (_, bits) => [float16(bits), bits]));
  const toHalf = (value: number): number => halves.get(value)!;

  it.each(['F16', 'BF16', 'F64'] as const)('%s are taken, as the float32 that they are', (dtype) => {
    const { file, weights } = converted(bytesOf(cheetah), dtype);
    const { parameters } = decodePolicy(file);
    for (const [name, expected] of weights) {
      const got = parameters.get(name)!;
      // A bfloat16 has 7 bits of fraction: what was rounded to 64ths may lose the last.
      for (const [index, value] of expected.entries())
        expect(Math.abs(got[index]! - value)).toBeLessThanOrEqual(dtype === 'BF16' ? Math.abs(value) / 128 : 0);
    }
  });
});

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });
const size = fc.integer({ min: 1, max: 5 });

/** A policy of any shape. */
const anyPolicy: fc.Arbitrary<PolicyFile> = fc
  .record({
    observation: fc.oneof(
      size.map((n) => discrete(n)),
      size.map((n) => box(Number.NEGATIVE_INFINITY, 3, [n], 'float64')),
    ),
    action: fc.oneof(
      size.map((n) => discrete(n, 2)),
      size.map((n) => box(-1, 1, [n])),
    ),
    hiddenSizes: fc.array(size, { maxLength: 3 }),
    activation: fc.constantFrom('tanh', 'relu', 'gelu'),
    critic: fc.boolean(),
    normalized: fc.boolean(),
    values: fc.array(finite, { minLength: 1, maxLength: 20 }),
    clip: fc.double({ min: 0.1, max: 100, noNaN: true }),
    seed: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ observation, action, hiddenSizes, activation, critic, normalized, values, clip, seed }) => {
    const inputs = observation.kind === 'discrete' ? observation.n : observation.size;
    const outputs = action.kind === 'discrete' ? action.n : action.size;
    const parameters = new Map<string, Float32Array>();
    const fill = (length: number): Float32Array => Float32Array.from({ length }, (_, k) => values[k % values.length]!);
    for (const [network, last] of [['actor', outputs] as const, ...(critic ? [['critic', 1] as const] : [])]) {
      const sizes = [inputs, ...hiddenSizes, last];
      for (let layer = 0; layer + 1 < sizes.length; layer++) {
        parameters.set(`${network}.${layer}.weight`, fill(sizes[layer]! * sizes[layer + 1]!));
        parameters.set(`${network}.${layer}.bias`, fill(sizes[layer + 1]!));
      }
    }
    if (action.kind === 'box') parameters.set('logStd', fill(outputs));
    const statistics = { mean: new Float64Array(inputs).fill(0.1), variance: new Float64Array(inputs).fill(2), clip, statistics: 'shared' };
    return {
      env: 'Mine-v0',
      envOptions: { wind: true, power: 2.5, heights: [0.7, null] as const },
      spec: { observationSpace: observation, actionSpace: action, hiddenSizes, activation, critic },
      parameters,
      ...(normalized && observation.kind === 'box' && { normalizer: statistics }),
      source: { ...(seed !== undefined && { seed }), versions: { mine: '1' } },
    };
  });

describe('a policy file', () => {
  it('gives back the policy that was written, and the same bytes for the same policy', () => {
    fc.assert(
      fc.property(anyPolicy, (file) => {
        const bytes = encodePolicy(file);
        const read = decodePolicy(bytes);
        expect(read).toEqual(file);
        expect(encodePolicy(read)).toEqual(bytes);
        const lean = decodePolicy(encodePolicy(withoutCritic(file)));
        expect([...lean.parameters.keys()].some((name) => name.startsWith('critic'))).toBe(false);
        expect(lean.spec.critic).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('is refused as a whole when any byte of one that Cohort wrote is another', () => {
    const bytes = encodePolicy(decodePolicy(bytesOf(lander)));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const broken = bytes.slice();
        broken[at]! ^= change;
        // A changed letter in the name of the digest makes it a file of another writer; its numbers are the old ones.
        try {
          expect(encodePolicy(decodePolicy(broken))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CohortError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** The cheetah's file with a change to its description or its tensors, as another program might have written it. */
function changed(change: { description?: (it: Record<string, unknown>) => void; tensors?: (it: Map<string, Tensor>) => void }): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytesOf(cheetah), 'cheetah');
  const description = JSON.parse(metadata.policy!) as Record<string, unknown>;
  const all = new Map(tensors);
  change.description?.(description);
  change.tensors?.(all);
  return encodeSafetensors([...all.values()], { policy: JSON.stringify(description) });
}

const replace =
  (name: string, data: Tensor['data'], shape: readonly number[] = [data.length]) =>
  (tensors: Map<string, Tensor>) =>
    void tensors.set(name, { name, shape, data });
const put = (field: string, value: unknown) => (description: Record<string, unknown>) => {
  description[field] = value;
};
const observationBox = (over: object): object => ({ ...JSON.parse(cheetah.description).observationSpace, ...over });

const wrong: [string, Uint8Array, RegExp][] = [
  ['no safetensors', new TextEncoder().encode('import os; os.system("rm")'), /expected a safetensors file/],
  ['nothing', new Uint8Array(0), /expected a safetensors file, got 0 bytes/],
  ['without a description', encodeSafetensors([]), /expected a policy, got a safetensors file without a description/],
  ['a description that is no JSON', encodeSafetensors([], { policy: '{' }), /expected a JSON object/],
  ['another format', changed({ description: put('format', 'mine') }), /expected "format": "cohort-policy", got "mine"/],
  ['a later version', changed({ description: put('formatVersion', 2) }), /expected "formatVersion": 1, got 2; use the version/],
  ['a mistyped field', changed({ description: put('normaliser', null) }), /got "normaliser"; did you mean normalizer\?/],
  ['a field that is missing', changed({ description: put('layers', undefined) }), /description, layers: expected array, got nothing/],
  [
    'an unknown activation',
    changed({ description: put('activation', 'swish') }),
    /activation: expected one of "tanh"\|"relu"\|"gelu", got "swish"/,
  ],
  ['a layer too wide', changed({ description: put('hiddenSizes', [5000, 64]) }), /hiddenSizes.0: expected number to be <=4096, got 5000/],
  ['hidden sizes that are not those of the layers', changed({ description: put('hiddenSizes', [64]) }), /layers: expected/],
  ['a head that is not that of the actions', changed({ description: put('head', 'categorical') }), /head: expected gaussian/],
  [
    'too few bounds',
    changed({ description: put('observationSpace', observationBox({ low: [0] })) }),
    /observationSpace.low: expected 17 bounds, got 1/,
  ],
  [
    'a space too large',
    changed({ description: put('observationSpace', observationBox({ shape: [60000, 60000] })) }),
    /at most 65536 entries/,
  ],
  [
    'another epsilon',
    changed({ description: put('normalizer', { epsilon: 1e-3, clip: 10, statistics: 'x' }) }),
    /epsilon: expected 1e-8, got 0.001/,
  ],
  ['a clip of zero', changed({ description: put('normalizer', { epsilon: 1e-8, clip: 0, statistics: 'x' }) }), /normalizer.clip: expected/],
  ['an option that is code', changed({ description: put('envOptions', { a: { b: 1 } }) }), /envOptions.a/],
  [
    'an option that is a list of lists',
    changed({ description: put('envOptions', { a: [[1]] }) }),
    /envOptions.a: expected text, a number, true or false, or a list/,
  ],
  [
    'a tensor that is missing',
    changed({ tensors: (it) => it.delete('actor.1.bias') }),
    /tensor actor.1.bias: expected F32 of shape \(64\), got no such tensor/,
  ],
  ['a tensor too many', changed({ tensors: replace('extra', new Float32Array(1)) }), /got "extra" as well/],
  ['the statistics without a word of them', changed({ description: put('normalizer', null) }), /got "normalizer\.\w+" as well/],
  [
    'whole numbers for float32',
    changed({ tensors: replace('logStd', new Int32Array(6)) }),
    /logStd: expected F32, got I32; convert it to float32/,
  ],
  [
    'a wrong shape',
    changed({ tensors: replace('actor.2.weight', new Float32Array(384), [64, 6]) }),
    /expected shape \(6, 64\), got \(64, 6\)/,
  ],
  [
    'NaN',
    changed({ tensors: replace('logStd', Float32Array.of(0, 0, Number.NaN, 0, 0, 0)) }),
    /logStd: expected finite numbers, got NaN at entry 2/,
  ],
  ['infinity', changed({ tensors: replace('normalizer.mean', new Float64Array(17).fill(Infinity)) }), /got Infinity at entry 0/],
  [
    'a negative variance',
    changed({ tensors: replace('normalizer.variance', new Float64Array(17).fill(-1)) }),
    /at least 0, got -1 at entry 0/,
  ],
];

describe('a policy file that is refused', () => {
  it.each(wrong)('%s', (_name, bytes, says) => {
    let message = '';
    try {
      decodePolicy(bytes, 'mine.safetensors');
    } catch (error) {
      expect(error).toBeInstanceOf(CohortError);
      message = (error as CohortError).message;
    }
    expect(message).toMatch(says);
    expect(message).toMatch(/^mine\.safetensors/);
  });
});

describe('checkPolicyFile', () => {
  it('passes every policy that can be written, and gives it back', () => {
    fc.assert(
      fc.property(anyPolicy, (file) => {
        expect(checkPolicyFile(file)).toBe(file);
      }),
      { numRuns: 50 },
    );
  });

  const good = decodePolicy(bytesOf(cheetah));
  const withParameter = (name: string, data: Float32Array): PolicyFile => ({
    ...good,
    parameters: new Map(good.parameters).set(name, data),
  });
  const withSpec = (change: Partial<PolicyFile['spec']>): PolicyFile => ({ ...good, spec: { ...good.spec, ...change } });

  it.each([
    [
      'a layer that is missing',
      withSpec({ critic: true }),
      /^policy: tensor critic\.0\.weight: expected F32 of shape \(64, 17\), got no such tensor/,
    ],
    [
      'a tensor too many',
      withSpec({ hiddenSizes: [64] }),
      /^policy: tensor actor\.1\.weight: expected 384 numbers, shape \(6, 64\), got 4096/,
    ],
    ['a stray tensor', withParameter('actor.3.bias', new Float32Array(1)), /^policy: expected the tensors .* got "actor\.3\.bias" as well/],
    ['float64', withParameter('logStd', new Float64Array(6) as unknown as Float32Array), /tensor logStd: expected F32, got F64/],
    ['NaN', withParameter('logStd', new Float32Array(6).fill(Number.NaN)), /tensor logStd: expected finite numbers, got NaN at entry 0/],
    ['a layer too wide', withSpec({ hiddenSizes: [5000] }), /description, hiddenSizes\.0: expected number to be <=4096, got 5000/],
    [
      'bounds that are not those of the shape',
      withSpec({ observationSpace: { ...box(0, 1, [17]), low: new Float64Array(2) } }),
      /low: expected 17 bounds, got 2/,
    ],
    ['statistics of indices', withSpec({ observationSpace: discrete(17) }), /description, normalizer: expected null, .* got one/],
    [
      'a negative variance',
      { ...good, normalizer: { ...good.normalizer!, variance: new Float64Array(17).fill(-1) } },
      /variance: expected .* got -1 at entry 0/,
    ],
    [
      'too few means',
      { ...good, normalizer: { ...good.normalizer!, mean: new Float64Array(3) } },
      /mean: expected 17 numbers, shape \(17\), got 3/,
    ],
    ['an option that no JSON holds', { ...good, envOptions: { gravity: Number.NaN } }, /envOptions\.gravity: expected/],
  ] as [string, PolicyFile, RegExp][])('refuses %s, before anything is written', (_name, file, says) => {
    expect(() => checkPolicyFile(file)).toThrow(CohortError);
    expect(() => checkPolicyFile(file)).toThrow(says);
    expect(() => encodePolicy(file)).toThrow(says);
  });
});
