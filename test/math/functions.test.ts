import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cos, cosFloat32, exp, log, log1p, sin, sinFloat32, squareFloat32, tanh } from '../../src/math/index.ts';
import float32 from '../fixtures/math/float32.json' with { type: 'json' };
import fixture from '../fixtures/math/functions.json' with { type: 'json' };
import { bitsOf, numbers } from '../fixtures/typedArray.ts';

const functions: Record<string, (x: number) => number> = { cos, exp, log, log1p, sin, tanh };

/** Distance to the next double away from 0. */
function unit(x: number): number {
  const view = new Float64Array([Math.abs(x)]);
  new BigUint64Array(view.buffer)[0]! += 1n;
  return view[0]! - Math.abs(x);
}

describe('against mpmath', () => {
  it.each(fixture.cases)('$name, $range: within 0.52 units in the last place, 98 % correctly rounded', (entry) => {
    const compute = functions[entry.name]!;
    const nearest = numbers(entry.nearest);
    const rest = numbers(entry.rest);
    let misrounded = 0;
    numbers(entry.arguments).forEach((x, i) => {
      const value = compute(x);
      if (!Object.is(value, nearest[i])) misrounded++;
      expect(Math.abs((value - nearest[i]! - rest[i]!) / unit(nearest[i]!))).toBeLessThan(0.52);
    });
    expect(misrounded / nearest.length).toBeLessThan(0.02);
  });

  it('sin and cos of a pole that stands are all correctly rounded', () => {
    for (const entry of fixture.cases.filter(({ range }) => range === 'pole')) {
      expect(bitsOf(numbers(entry.arguments).map(functions[entry.name]!))).toEqual(bitsOf(numbers(entry.nearest)));
    }
  });
});

describe('of float32, against NumPy', () => {
  const functionsOfFloat32: Record<string, (x: number) => number> = { cos: cosFloat32, sin: sinFloat32, square: squareFloat32 };

  it.each(float32.cases)('$name, $range: the same bits, also of $hard values that are not the nearest', ({ name, hard, ...entry }) => {
    const [x, y] = [numbers(entry.arguments), numbers(entry.values)];
    const rounded = { cos, sin, square: (value: number) => value * value }[name]!;
    expect(bitsOf(x.map(functionsOfFloat32[name]!))).toEqual(bitsOf(y));
    expect(x.filter((value, k) => Math.fround(rounded(value)) !== y[k]).length).toBe(hard);
  });

  it('the square of a power of two is exact, also where it leaves float32', () => {
    for (let power = 2 ** -80; power < 2 ** 70; power *= 2) expect(squareFloat32(-power)).toBe(Math.fround(power * power));
    expect([squareFloat32(0), squareFloat32(Infinity), squareFloat32(Number.NaN)]).toEqual([0, Infinity, Number.NaN]);
  });
});

describe('at the edges', () => {
  it.each([
    ['exp', 0, 1],
    ['exp', -0, 1],
    ['exp', Infinity, Infinity],
    ['exp', -Infinity, 0],
    ['exp', 710, Infinity],
    ['exp', -746, 0],
    ['exp', 709.782712893384, 1.7976931348622732e308],
    ['exp', -745.1332191019411, 5e-324],
    ['log', 1, 0],
    ['log', 0, -Infinity],
    ['log', Infinity, Infinity],
    ['log', 5e-324, -744.4400719213812],
    ['log', 2, Math.LN2],
    ['log', 10, Math.LN10],
    ['log1p', -1, -Infinity],
    ['log1p', -0, -0],
    ['log1p', 5e-324, 5e-324],
    ['log1p', Infinity, Infinity],
    ['log1p', Number.MAX_VALUE, 709.782712893384],
    ['tanh', -0, -0],
    ['tanh', 5e-324, 5e-324],
    ['tanh', Infinity, 1],
    ['tanh', -1000, -1],
    ['sin', -0, -0],
    ['sin', 5e-324, 5e-324],
    ['sin', Math.PI, 1.2246467991473532e-16],
    ['sin', 2 ** 1023, 0.563127779850884],
    ['cos', 0, 1],
    ['cos', Math.PI / 2, 6.123233995736766e-17],
    ['cos', Math.PI, -1],
  ] as const)('%s(%s) is %s', (name, x, value) => expect(functions[name]!(x)).toBe(value));

  it.each([
    ['exp', Number.NaN],
    ['log', Number.NaN],
    ['log', -1],
    ['log1p', Number.NaN],
    ['log1p', -1.5],
    ['tanh', Number.NaN],
    ['sin', Number.NaN],
    ['sin', Infinity],
    ['cos', -Infinity],
  ] as const)('%s(%s) is NaN', (name, x) => expect(functions[name]!(x)).toBeNaN());
});

describe('for any double', () => {
  const any = fc.double({ noNaN: true, noDefaultInfinity: true });
  it('sin and tanh are odd, cos is even', () => {
    fc.assert(
      fc.property(any, (x) => {
        expect(sin(-x)).toBe(-sin(x));
        expect(tanh(-x)).toBe(-tanh(x));
        expect(cos(-x)).toBe(cos(x));
      }),
    );
  });

  it('sin^2 + cos^2 is 1', () => {
    fc.assert(fc.property(any, (x) => Math.abs(sin(x) * sin(x) + cos(x) * cos(x) - 1) < 4e-16));
  });

  it('the engine agrees within 2 units', () => {
    const engine: Record<string, (x: number) => number> = Math as never;
    for (const name of ['exp', 'log', 'log1p', 'sin', 'cos', 'tanh']) {
      fc.assert(
        fc.property(fc.oneof(any, fc.double({ min: -30, max: 30, noNaN: true })), (x) => {
          const expected = engine[name]!(x);
          const value = functions[name]!(x);
          if (Number.isNaN(expected)) expect(value).toBeNaN();
          else if (!Number.isFinite(expected)) expect(value).toBe(expected);
          else expect(Math.abs(value - expected)).toBeLessThanOrEqual(2 * unit(expected));
        }),
        { numRuns: 1000 },
      );
    }
  });
});
