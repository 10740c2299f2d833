/** Spaces beyond single numbers and vectors: making, completing, drawing, flattening as Gymnasium 1.3.0 does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import {
  box,
  completeSpace,
  contains,
  describeSpace,
  dict,
  discrete,
  flatten,
  inputSizeOf,
  misfitOf,
  multiBinary,
  multiDiscrete,
  type Space,
  sameShape,
  sameSpace,
  spaceFault,
  tuple,
  unflatten,
  writePath,
} from '../../src/core/space.ts';
import { createGenerator } from '../../src/random/index.ts';
import recorded from '../fixtures/spaces.json' with { type: 'json' };
import { numbers, type PackedArray } from '../fixtures/typedArray.ts';

const nested = dict({ position: box(-9, 9, [2]), goal: discrete(4), flags: tuple([multiBinary(2), multiDiscrete([2, 3], [1, -1])]) });
const all: readonly Space[] = [discrete(3, -1), box(-1, 1, [2, 2], 'float64'), multiDiscrete([3, 2], [1, 0]), multiBinary(5), nested];

describe('methods', () => {
  it.each(all.map((space) => [describeSpace(space), space] as const))(
    '%s contains what it draws, and nothing of the others',
    (_, space) => {
      const generator = createGenerator(3);
      for (let i = 0; i < 50; i++) {
        const element = space.sample(generator);
        expect(space.contains(element)).toBe(true);
        for (const other of all) if (other !== space && other.kind !== 'box') expect(other.contains(element)).toBe(other === space);
      }
      for (const value of [undefined, null, Number.NaN, 'left', {}, [], [Number.NaN]]) expect(space.contains(value)).toBe(false);
    },
  );

  it('draws every element with the same probability, and only what a mask allows', () => {
    const space = multiDiscrete([2, 3], [5, 0]);
    const generator = createGenerator(1);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const drawn = String(space.sample(generator));
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Five standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
    for (let i = 0; i < 200; i++) {
      const [first, second] = space.sample(generator, [0, 1, true, false, 1]) as unknown as [number, number];
      expect(first).toBe(6);
      expect([0, 2]).toContain(second);
    }
    expect(discrete(4, 1).sample(generator, Uint8Array.of(0, 0, 1, 0))).toBe(3);
    expect(Array.from(multiBinary(2).sample(generator, [0, 1, 1, 0]))).toEqual([1, 0]);
  });

  it.each([
    [discrete(3), [1, 1], /mask: expected 3 entries of 0 or 1, one per value, got 2 entries/],
    [discrete(3), [0, 0, 0], /allows at least one value, got one that allows nothing/],
    [multiDiscrete([2, 2]), [1, 1, 0, 0], /at least one value for entry 1 of the action/],
    [discrete(2), [0.5, 1], /got 0.5 at entry 0/],
    [box(0, 1, [2]), [1, 1], /no mask/],
  ])('refuses a mask that does not fit', (space, mask, says) => {
    expect(() => space.sample(createGenerator(1), mask)).toThrow(says);
  });

  it('are not data: a space can be posted, and is completed where it arrives', () => {
    const posted = structuredClone(nested);
    expect(Object.keys(posted)).toEqual(['kind', 'spaces', 'names']);
    const there = completeSpace(posted, 'space');
    expect(there).toEqual(nested);
    expect(there.contains(nested.sample(createGenerator(1)))).toBe(true);
  });
});

describe('bounds per entry, as Gymnasium’s Box takes them', () => {
  it('may be lists or typed arrays, and then give the shape', () => {
    expect(box([-1, 0], [1, 5])).toEqual(box(Float32Array.of(-1, 0), Float64Array.of(1, 5), [2]));
    expect(box([-1, 0], 7).shape).toEqual([2]);
    expect(box(0, Float64Array.of(1, 2, 3)).high).toEqual(Float64Array.of(1, 2, 3));
    expect(box([1, 2, 3, 4], Infinity, [2, 2]).low).toEqual(Float64Array.of(1, 2, 3, 4));
  });

  it.each([
    [() => box(10, -10, [2]), /lower bound that is not above the upper one, got low 10 and high -10 at entry 0/],
    [() => box([0, 3], [1, 2]), /got low 3 and high 2 at entry 1/],
    [() => box([0, 0, 0], [1, 2]), /box: high: expected 3 bounds, got 2/],
    [() => box([0, Number.NaN], 1), /none of them NaN/],
    [() => box(Float32Array.of(0, Number.NaN), 1), /NaN among them/],
    [() => box(Infinity, Infinity, [1]), /lower bound/],
    [() => box(-1e39, 1e39, [1]), /float32 can hold, got -1e\+39/],
    [() => box('0' as never, 1, [1]), /box: low/],
    [() => box(0, 1, [1], 'int8' as never), /float32 or float64/],
    [() => discrete(3, Number.NaN), /first value, got NaN/],
    [() => discrete(3, 0.5), /first value/],
    [() => multiDiscrete([]), /multiDiscrete\(nvec\)/],
    [() => multiDiscrete([3, 0]), /whole numbers of at least 1/],
    [() => multiDiscrete([3, 2], [1]), /2 whole numbers/],
    [() => multiDiscrete(3 as never), /got 3/],
    [() => multiBinary(0), /multiBinary\(n\)/],
    [() => dict({}), /at least one space/],
    [() => dict([discrete(2)] as never), /a record/],
    [() => dict({ a: discrete(2), b: {} as never }), /dict\.b: expected a space/],
    [() => tuple([]), /at least one space/],
    [() => tuple([discrete(2), 7 as never]), /tuple\[1\]: expected a space, got 7/],
    [() => box(0, 1), /a shape of whole numbers of at least 1, got nothing/],
  ])('%s is refused in one sentence', (make, says) => {
    expect(make).toThrow(CohortError);
    expect(make).toThrow(says);
  });
});

describe('a space written by hand', () => {
  it.each([
    [{ kind: 'discrete', n: 2 }, discrete(2)],
    [{ kind: 'box', low: -1, high: [1, 2] }, box(-1, [1, 2])],
    [{ kind: 'box', shape: [2], size: 2, low: new Float64Array(2), high: Float64Array.of(1, 1), dtype: 'float32' }, box(0, 1, [2])],
    [{ kind: 'multiDiscrete', nvec: Int32Array.of(2, 3) }, multiDiscrete([2, 3])],
    [{ kind: 'multiBinary', n: 3 }, multiBinary(3)],
    [{ kind: 'tuple', spaces: [{ kind: 'dict', spaces: { a: { kind: 'discrete', n: 2 } } }] }, tuple([dict({ a: discrete(2) })])],
  ])('%j is taken and completed', (written, made) => {
    expect(spaceFault(written)).toBeUndefined();
    const space = completeSpace(written, 'actionSpace');
    expect(space).toEqual(made);
    expect(space.contains(made.sample(createGenerator(1)))).toBe(true);
  });

  it.each([
    [{ kind: 'multidiscrete', nvec: [2] }, /actionSpace: expected a space, got the kind "multidiscrete"; kind: did you mean multiDiscrete/],
    [{ kind: 'toString' }, /the kind "toString"/],
    [{ type: 'Discrete', n: 2 }, /got an object with type, n; make it with/],
    [undefined, /got nothing/],
    [{ kind: 'discrete' }, /actionSpace: discrete\(n\): expected a whole number of at least 1, got nothing/],
    [{ kind: 'discrete', n: 2, start: '0' }, /first value, got "0"/],
    [{ kind: 'box', low: 3, high: 1, shape: [1] }, /got low 3 and high 1/],
    [{ kind: 'box', low: 0, high: 1, shape: [2], size: 3 }, /box: size: expected 2/],
    [{ kind: 'dict' }, /dict\(spaces\)/],
    [{ kind: 'dict', spaces: { 'my goal': { kind: 'discrete', n: 0 } } }, /dict\["my goal"\]: discrete\(n\)/],
  ])('%j is refused in one sentence', (written, says) => {
    expect(() => completeSpace(written, 'actionSpace')).toThrow(CohortError);
    expect(() => completeSpace(written, 'actionSpace')).toThrow(says);
    expect(spaceFault(written, 'actionSpace')).toMatchObject({ expected: expect.any(String), advice: expect.any(String) });
  });

  it('that holds itself, or cannot be read, is refused', () => {
    const spaces: unknown[] = [];
    const endless = { kind: 'tuple', spaces };
    spaces.push(endless);
    expect(spaceFault(endless)?.expected).toMatch(/at most 16 spaces/);
    const spoiled = {
      get kind(): string {
        throw new Error('no');
      },
    };
    expect(spaceFault(spoiled)?.got).toBe('one that cannot be read');
  });
});

describe('flatten', () => {
  it.each(recorded.cases.map(({ space, ...rest }) => ({ ...rest, space, name: JSON.stringify(space) })))(
    'is Gymnasium’s: $name',
    (entry) => {
      const space = completeSpace(entry.space, 'recorded');
      const rows = numbers(entry.rows as PackedArray);
      const size = inputSizeOf(space);
      expect(rows.length).toBe(size * entry.elements.length);
      if ('names' in entry && space.kind === 'dict') expect(space.names).toEqual(entry.names);
      entry.elements.forEach((element, i) => {
        const row = flatten(space, element);
        expect(Array.from(row)).toEqual(Array.from(rows.subarray(i * size, (i + 1) * size)));
        const again = unflatten(space, row);
        expect(Array.from(flatten(space, again))).toEqual(Array.from(row));
      });
    },
  );

  it('and unflatten are inverse for every element', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: all.length - 1 }), (seed, which) => {
        const space = all[which]!;
        const element = space.sample(createGenerator(seed));
        const again = unflatten(space, flatten(space, element));
        expect(space.contains(again)).toBe(true);
        if (which !== 1) expect(again).toEqual(element);
      }),
    );
  });

  it.each([
    [{ position: [1, 2], goal: 3 }, /flatten: value: expected a record of "flags", "goal", "position", got one without "flags"/],
    [
      {
        position: [1, 2],
        goal: 3,
        flags: [
          [0, 1],
          [1, 0],
        ],
        more: 1,
      },
      /one with "more" as well/,
    ],
    [
      {
        position: [1, Number.NaN],
        goal: 3,
        flags: [
          [0, 1],
          [1, 0],
        ],
      },
      /value\.position\[1\]: expected a finite number, got NaN/,
    ],
    [
      {
        position: [1],
        goal: 3,
        flags: [
          [0, 1],
          [1, 0],
        ],
      },
      /value\.position: expected 2 numbers/,
    ],
    [
      {
        position: [1, 2],
        goal: 4,
        flags: [
          [0, 1],
          [1, 0],
        ],
      },
      /value\.goal: expected an element of Discrete\(4\), got 4/,
    ],
    [
      {
        position: [1, 2],
        goal: 3,
        flags: [
          [0, 2],
          [1, 0],
        ],
      },
      /value\.flags\[0\]\[1\]: expected a whole number from 0 to 1, got 2/,
    ],
    [
      {
        position: [1, 2],
        goal: 3,
        flags: [
          [0, 1],
          [1, 2],
        ],
      },
      /value\.flags\[1\]\[1\]: expected a whole number from -1 to 1, got 2/,
    ],
    [{ position: [1, 2], goal: 3, flags: [[0, 1]] }, /value\.flags: expected a list of 2 parts/],
    [null, /got null/],
  ])('names the part that does not fit: %j', (value, says) => {
    expect(() => flatten(nested, value)).toThrow(says);
    expect(contains(nested, value)).toBe(false);
  });

  it('unflatten refuses rows that flatten did not make', () => {
    expect(() => unflatten(nested, [1, 2])).toThrow(/unflatten: row: expected 13 numbers, got/);
    expect(() => unflatten(discrete(3), [0, 0, 0])).toThrow(/a one among the entries 0 to 2, got zeros/);
  });

  it('a place is written as an author writes it', () => {
    expect(writePath('observation', ['position', 2])).toBe('observation.position[2]');
    expect(writePath('observation', ['my goal', 'x'])).toBe('observation["my goal"].x');
    expect(
      misfitOf(nested, {
        position: [1, 20],
        goal: 3,
        flags: [
          [0, 1],
          [1, 0],
        ],
      }),
    ).toMatchObject({ path: ['position', 1] });
  });
});

describe('words and sameness', () => {
  it('describes', () => {
    expect(describeSpace(multiDiscrete([3, 2]))).toBe('MultiDiscrete([3, 2])');
    expect(describeSpace(multiDiscrete([3, 2], [1, 0]))).toBe('MultiDiscrete([3, 2], start [1, 0])');
    expect(describeSpace(multiBinary(4))).toBe('MultiBinary(4)');
    expect(describeSpace(dict({ b: discrete(2), 'a c': box(0, 1, [3]) }))).toBe('Dict("a c": Box(3, float32), b: Discrete(2))');
    expect(describeSpace(tuple([discrete(2), box(0, 1, [1])]))).toBe('Tuple(Discrete(2), Box(1, float32))');
    expect(describeSpace(multiDiscrete(Array.from({ length: 100 }, () => 2)))).toBe('MultiDiscrete([100 numbers])');
  });

  it('compares', () => {
    expect(sameShape(multiDiscrete([3, 2]), multiDiscrete([3, 2], [1, 1]))).toBe(false);
    expect(sameShape(dict({ a: box(0, 1, [1]) }), dict({ a: box(0, 2, [1]) }))).toBe(true);
    expect(sameSpace(dict({ a: box(0, 1, [1]) }), dict({ a: box(0, 2, [1]) }))).toBe(false);
    expect(sameSpace(dict({ a: discrete(2), b: discrete(3) }), dict({ b: discrete(3), a: discrete(2) }))).toBe(true);
    expect(sameShape(tuple([discrete(2)]), dict({ a: discrete(2) }))).toBe(false);
    expect(sameShape(multiBinary(2), multiDiscrete([2, 2]))).toBe(false);
  });
});
