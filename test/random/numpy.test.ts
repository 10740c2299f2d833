import { describe, expect, it } from 'vitest';
import { createGenerator, type Generator, Pcg64, type SampledSpace, SeedSequence, sampleSpace } from '../../src/random/index.ts';
import fixture from '../fixtures/random/numpy.json' with { type: 'json' };
import { bitsOf, numbers, type PackedArray, seedOf } from '../fixtures/typedArray.ts';

/** The state in the fixture's form. */
function stateOf(generator: Generator): Record<string, string | number> {
  const words = Array.from(generator.getState(), BigInt);
  const join = (offset: number): string =>
    String(words[offset]! | (words[offset + 1]! << 32n) | (words[offset + 2]! << 64n) | (words[offset + 3]! << 96n));
  return { state: join(0), inc: join(4), hasUint32: Number(words[8]), uinteger: Number(words[9]) };
}

describe.each(fixture.seeds)('NumPy, seed $seed', (entry) => {
  const seed = seedOf(entry.seed);
  const fresh = (): Generator => createGenerator(seed);
  const draw = (count: number, method: () => number): Float64Array => Float64Array.from({ length: count }, method);

  it('SeedSequence.generateState', () => {
    expect(Array.from(new SeedSequence(seed).generateState(8))).toEqual(Array.from(numbers(entry.generateState32)));
    const halves = Array.from(new SeedSequence(seed).generateState(8), BigInt);
    expect([0, 2, 4, 6].map((low) => String((halves[low + 1]! << 32n) | halves[low]!))).toEqual(entry.generateState64);
  });

  it('PCG64 state and words', () => {
    expect(stateOf(fresh())).toEqual(entry.initial);
    const bits = new Pcg64(new SeedSequence(seed));
    const words = entry.raw64.map(() => {
      bits.next64();
      return String((BigInt(bits.high) << 32n) | BigInt(bits.low));
    });
    expect(words).toEqual(entry.raw64);
  });

  it('random and uniform', () => {
    const generator = fresh();
    expect(bitsOf(draw(16, () => generator.random()))).toEqual(bitsOf(numbers(entry.random)));
    const { low, high, result } = entry.uniform;
    const out = new Float64Array(8);
    fresh().fillUniform(out, low, high);
    expect(bitsOf(out)).toEqual(bitsOf(numbers(result)));
    const array = entry.uniformArray;
    const other = fresh();
    const rows = draw(12, () => 0).map((_, i) => other.uniform(array.low[i % 4]!, array.high[i % 4]!));
    expect(bitsOf(rows)).toEqual(bitsOf(numbers(array.result)));
  });

  it('integers, with the 32-bit buffer carried across other calls', () => {
    const generator = fresh();
    for (const call of entry.integers.calls) {
      if (call.method === 'random') {
        expect(generator.random()).toBe(call.result);
        continue;
      }
      const [low, high] = [BigInt(call.low!), BigInt(call.high!)];
      const expected = [call.result].flat().map(String);
      const safe = Number.isSafeInteger(Number(low)) && Number.isSafeInteger(Number(high));
      const state = generator.getState();
      if (safe) {
        expect(expected.map(() => String(generator.integers(Number(low), Number(high))))).toEqual(expected);
        generator.setState(state);
      }
      expect(expected.map(() => String(generator.integers(low, high)))).toEqual(expected);
    }
    expect(stateOf(generator)).toEqual(entry.integers.final);
  });

  it('choice', () => {
    const generator = fresh();
    expect(entry.choice.map(({ n }) => generator.choice(n))).toEqual(entry.choice.map(({ result }) => result));
    const { p, result } = entry.choiceProbabilities;
    const other = fresh();
    expect(result.map(() => other.choice(p.length, p))).toEqual(result);
  });

  it.each(['standardNormal', 'standardExponential'] as const)('%s, 100,064 draws', (method) => {
    const generator = fresh();
    const expected = entry[method];
    const first = numbers(expected.result);
    expect(bitsOf(draw(first.length, () => generator[method]()))).toEqual(bitsOf(first));
    const more = draw(expected.further, () => generator[method]());
    expect([Math.min(...more), Math.max(...more)]).toEqual([expected.furtherMinimum, expected.furtherMaximum]);
    expect(bitsOf(more.subarray(-8))).toEqual(bitsOf(numbers(expected.furtherLast)));
    expect(stateOf(generator)).toEqual(expected.final);
    expect(String(bitsOf(more).reduce((sum, word) => sum ^ word, 0n))).toBe(expected.furtherXor);
  });

  it('normal', () => {
    const generator = fresh();
    expect(bitsOf(draw(8, () => generator.normal(1.5, 0.25)))).toEqual(bitsOf(numbers(entry.normal.result)));
  });
});

/** A space as it was recorded: Discrete has n and start, Box the rest. */
interface RecordedSpace {
  readonly type: string;
  readonly n?: number;
  readonly start?: number;
  readonly dtype?: string;
  readonly low?: readonly (number | string)[];
  readonly high?: readonly (number | string)[];
  readonly samples: readonly { readonly seed: string; readonly values: number[] | PackedArray }[];
}

describe('Gymnasium spaces', () => {
  const bounds = (values: readonly (number | string)[] = []): number[] =>
    values.map((value) => (value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number(value)));
  const spaceOf = ({ type, n = 0, start = 0, dtype, low, high }: RecordedSpace): SampledSpace | undefined => {
    if (type === 'Discrete') return { kind: 'discrete', n, start };
    // Boxes of whole numbers are outside the contract of core/space.ts.
    if (dtype !== 'float32' && dtype !== 'float64') return undefined;
    return { kind: 'box', size: low!.length, low: bounds(low), high: bounds(high), dtype };
  };
  const cases = (fixture.spaces as unknown as RecordedSpace[]).flatMap(({ samples, ...recorded }) => {
    const space = spaceOf({ samples, ...recorded });
    return space ? [{ name: JSON.stringify(recorded), samples, space }] : [];
  });
  it('has both kinds', () => expect(cases.length).toBe(13));
  it.each(cases)('$name', ({ space, samples }) => {
    for (const { seed, values } of samples) {
      const generator = createGenerator(BigInt(seed));
      const drawn = Array.from({ length: 5 }, () => sampleSpace<SampledSpace>(space, generator));
      const got = drawn.flatMap((value) => (typeof value === 'number' ? [value] : Array.from<number>(value as Float64Array)));
      expect(bitsOf(got)).toEqual(bitsOf(Array.isArray(values) ? values : numbers(values)));
    }
  });
});
