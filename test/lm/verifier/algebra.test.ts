/** The second tier: what it proves, what it leaves, and that it never proves what is not so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVerifier, verifyAnswer } from '../../../src/lm/verifier/index.ts';

const verify = await createVerifier({ algebra: true });
const outcomeOf = (answer: string, gold: string): string => verify(`\\boxed{${answer}}`, gold).outcome;

describe('algebra', () => {
  it.each([
    ['(x+1)^2', 'x^2+2x+1'],
    ['-2(x-1)^2+5', '-2x^2+4x+3'],
    [String.raw`\sqrt{8}`, String.raw`2\sqrt{2}`],
    [String.raw`\sqrt{4}`, '2'],
    [String.raw`\frac{1}{\sqrt{2}}`, String.raw`\frac{\sqrt{2}}{2}`],
    [String.raw`\frac{10\sqrt{10.5}}{27}`, String.raw`\frac{5\sqrt{42}}{27}`],
    [String.raw`\sqrt[3]{16}`, String.raw`2\sqrt[3]{2}`],
    [String.raw`\frac{1}{3\sqrt[3]{x}^2}`, String.raw`\frac{1}{3}x^{-2/3}`],
    [String.raw`\frac{1}{1+i}`, String.raw`\frac{1-i}{2}`],
    [String.raw`\frac{x}{x+1}+\frac{1}{x+1}`, '1'],
    [String.raw`\tan^2(y)+1`, String.raw`\sec^2(y)`],
    ['5!', '120'],
    [String.raw`\binom{5}{2}`, '10'],
    ['2+2', '4'],
    ['2^{-3}+1', '9/8'],
    ['y = 3 - 2x', '2x + y = 3'],
    ['x^2/16 + y^2/12 = 1/4', 'x^2/4 + y^2/3 = 1'],
    ['-2x + 2y < 0', 'x - y > 0'],
    [String.raw`(1, \sqrt{8})`, String.raw`(1, 2\sqrt{2})`],
    [String.raw`2\sqrt{2}\text{ cm}`, String.raw`\sqrt{8}\text{ cm}`],
  ])('%j is %j, by algebra', (answer, gold) => {
    expect(verify(`\\boxed{${answer}}`, gold)).toMatchObject({ outcome: 'right', tier: 'algebra' });
    expect(verifyAnswer(`\\boxed{${answer}}`, gold).outcome).toBe('parseError');
  });

  it.each([
    [String.raw`2\sqrt{2}`, '3', 'wrong'],
    ['x+1', 'x+2', 'wrong'],
    // Other variables, no value, two values, or no more than rounding between them.
    ['x+1', 'y+1', 'parseError'],
    ['x^2+C', 'x^2', 'parseError'],
    [String.raw`\sqrt{x^2}`, 'x', 'parseError'],
    ['1.4142135623730951', String.raw`\sqrt{2}`, 'parseError'],
    [String.raw`\frac{1}{x-x}`, '0', 'parseError'],
    ['0^0', '1', 'parseError'],
    [String.raw`\sqrt[3]{-8}`, '-2', 'parseError'],
    ['I(0)', '0', 'parseError'],
    [String.raw`\frac{d}{dx}`, String.raw`\frac{1}{x}`, 'parseError'],
    ['2x + y < 0', '2x + y > 0', 'parseError'],
    ['204_6', '76', 'parseError'],
  ])('%j against %j is %s', (answer, gold, outcome) => {
    expect(outcomeOf(answer, gold)).toBe(outcome);
  });

  const matrix = (...rows: string[]): string => `\\begin{pmatrix}${rows.join('\\\\')}\\end{pmatrix}`;
  const [a, b, swap] = [matrix('1&2', '3&4'), matrix('5&6', '7&8'), matrix('0&1', '1&0')];
  it.each([
    [`${a} + ${b}`, matrix('6&8', '10&12'), 'right'],
    [`2${a} - ${b}`, matrix('-3&-2', '-1&0'), 'right'],
    [`-${a}`, matrix('-1&-2', '-3&-4'), 'right'],
    [`${a}${b}`, matrix('19&22', '43&50'), 'right'],
    [`${a} \\cdot ${swap}`, matrix('2&1', '4&3'), 'right'],
    [`\\sqrt{2}${matrix('\\sqrt{2}', 'x')}`, matrix('2', '\\sqrt{2}x'), 'right'],
    [`${a}${swap}`, `${swap}${a}`, 'wrong'],
    [`${a} + ${b}`, matrix('6&8', '10&13'), 'wrong'],
    [`${a} + ${b}`, matrix('6&8'), 'wrong'],
    [`${matrix('x')} + ${matrix('1')}`, matrix('x+2'), 'wrong'],
    [`${matrix('x')} + ${matrix('1')}`, matrix('y+1'), 'parseError'],
    // Sizes that do not fit, powers, transposes, what stands behind.
    [`${a} + ${matrix('1', '2')}`, matrix('2', '3'), 'parseError'],
    [`${matrix('1&2')}${matrix('1&2')}`, matrix('1&4'), 'parseError'],
    [`${a}^2`, matrix('7&10', '15&22'), 'parseError'],
    [`${a}^T + ${a}`, matrix('2&4', '6&8'), 'parseError'],
    [`${a}${b} = 5`, matrix('19&22', '43&50'), 'parseError'],
    [`${a} / ${b}`, matrix('19&22', '43&50'), 'parseError'],
  ])('the matrix %j against %j is %s', (answer, gold, outcome) => {
    expect(outcomeOf(answer, gold)).toBe(outcome);
    if (outcome === 'right') expect(verifyAnswer(`\\boxed{${answer}}`, gold).outcome).toBe('parseError');
  });

  it('marks no verdict of the first tier', () => {
    expect(verify('\\boxed{5}', '5')).toEqual({ outcome: 'right', extracted: { text: '5', mark: 'boxed' } });
    expect(verify('\\boxed{5 cm^2}', '5 cm^3').message).toBe('whether the answer is right cannot be told');
  });

  it('multiplies polynomials out, and knows them from others', () => {
    const digit = fc.integer({ min: -9, max: 9 });
    const pair = fc.tuple(digit, digit, digit, digit, fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(pair, ([a, b, c, d, by]) => {
        const factored = `(${a}x+${b})(${c}x+${d})`.replaceAll('+-', '-');
        const sum = (constant: number): string => `${a * c}x^2+${a * d + b * c}x+${constant}`.replaceAll('+-', '-');
        expect([factored, outcomeOf(factored, sum(b * d))]).toEqual([factored, 'right']);
        expect(outcomeOf(factored, sum(b * d + by))).not.toBe('right');
      }),
    );
  });

  it('ends at once with what grows', () => {
    const start = performance.now();
    for (const answer of [
      '(a+b+c+d+f)^{24}',
      '((((x+1)^9+y)^9+z)^9+1)^9',
      '9^{9^{9^{9}}}',
      '10^{999999999}',
      `(x+y+z)`.repeat(30),
      `${String.raw`\sqrt{2+`.repeat(20)}1${'}'.repeat(20)}`,
      `${String.raw`\frac{1}{`.repeat(20)}x${'}'.repeat(20)}`,
      Array.from({ length: 60 }, (_, i) => `\\sqrt{${i + 2}}`).join('+'),
    ]) {
      expect(outcomeOf(answer, `${answer}+1`)).not.toBe('right');
    }
    // Written out, a cell of this product has 6^7 terms: half a minute, where each product is not worked out at once.
    const letters = matrix(...Array.from({ length: 6 }, (_, i) => [...'abcdfg'].map((letter) => 'hjkmnp'[i]! + letter).join('&')));
    expect(outcomeOf(letters.repeat(7), letters.repeat(6) + letters.replace('ha', 'q'))).toBe('parseError');
    // A second on an idle machine is ten times what it takes.
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
