import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractAnswer, verifyAnswer } from '../../../src/lm/verifier/index.ts';

const outcomes = ['right', 'wrong', 'parseError'];
const outcomeOf = (answer: string, gold: string): string => verifyAnswer(`so the answer is \\boxed{${answer}}`, gold).outcome;

describe('extractAnswer', () => {
  it.each([
    ['so \\boxed{5}.', '5', 'boxed'],
    ['\\boxed{1} or rather \\boxed{2}', '2', 'boxed'],
    ['\\boxed{\\frac{1}{2}} holds', '\\frac{1}{2}', 'boxed'],
    ['\\boxed{\\{1, 2\\}}', '\\{1, 2\\}', 'boxed'],
    ['\\boxed{\\boxed{7}}', '7', 'boxed'],
    ['\\boxed {5}, \\fbox{6}', '6', 'boxed'],
    ['\\boxed{5} and \\boxed{6', '5', 'boxed'],
    ['{ \\boxed{5}', '5', 'boxed'],
    ['} \\boxed{5} }', '5', 'boxed'],
    ['<think>\\boxed{3}</think><answer> 5 </answer>', '5', 'answer'],
    ['<answer>4</answer> no <answer>5</answer>', '5', 'answer'],
    ['<answer>\\boxed{5}</answer>', '5', 'boxed'],
    ['<answer>#### 5</answer>', '5', 'hashes'],
    ['<answer>5</answer> <answer>6', '5', 'answer'],
    ['she makes 9 * 2\n#### 18', '18', 'hashes'],
    ['#### 17\nno\n#### 18\nbecause', '18', 'hashes'],
    ['#### $\\boxed{18}$', '18', 'boxed'],
    ['\\boxed{4} but\n#### 18', '18', 'hashes'],
    ['\\boxed{}', '', 'boxed'],
  ])('%j gives %j', (text, answer, mark) => {
    expect(extractAnswer(text)).toEqual({ text: answer, mark });
  });

  it.each(['', '5', 'the answer is 5', '\\boxed5', '\\boxed{5', '\\boxedx{5}', '<answer>5', '5</answer>', '### 5', '\\\\boxed 5'])(
    '%j marks nothing',
    (text) => {
      expect(extractAnswer(text)).toBeUndefined();
    },
  );
});

describe('verifyAnswer', () => {
  it.each([
    // Plain numbers.
    ...(['5', '+5', '5.', '5.0', '05', '5.000', '$5$', '\\(5\\)', '**5**', '10/2', '\\frac{10}{2}', '0.5e1', '(5)', '5!'] as const).map(
      (written) => [written, '5', written === '5!' ? 'parseError' : 'right'] as const,
    ),
    ['-5', '5', 'wrong'],
    ['\u22125', '-5', 'right'],
    ['- 5', '-5', 'right'],
    ['--5', '5', 'parseError'],
    ['.5', '1/2', 'right'],
    ['', '5', 'parseError'],
    ['.', '5', 'parseError'],
    ['1.2.3', '1.2', 'parseError'],
    // Thousands.
    ...[
      '1000',
      '1,000',
      '1{,}000',
      '1\\,000',
      '1\\!000',
      '1,\\!000',
      '1 000',
      '1~000',
      '1e3',
      '10^3',
      '10^{3}',
      '1,000.00',
      '1 thousand',
    ].map((written) => [written, '1000', 'right'] as const),
    ['1,000,000', '1 million', 'right'],
    ['1,00', '100', 'wrong'],
    ['12,34', '1234', 'wrong'],
    ['0,123', '123', 'wrong'],
    ['1,450,000', '1450000', 'right'],
    // Fractions and mixed numbers.
    ...[
      '1/2',
      '\\frac{1}{2}',
      '\\dfrac{1}{2}',
      '\\tfrac12',
      '\\frac 1 2',
      '\\frac1{2}',
      '0.5',
      '5/10',
      '-1/-2',
      '(1)/(2)',
      '\\frac{0.5}{1}',
      '50\\%',
      '2^{-1}',
    ].map((written) => [written, '\\frac{1}{2}', written === '-1/-2' ? 'parseError' : 'right'] as const),
    ['-\\frac{1}{2}', '\\frac{-1}{2}', 'right'],
    ['\\frac{1}{-2}', '-0.5', 'right'],
    ['1 1/2', '3/2', 'right'],
    ['1\\frac{1}{2}', '1.5', 'right'],
    ['-1\\frac12', '-1.5', 'right'],
    ['2 100/300', '7/3', 'right'],
    ['1\\frac{3}{2}', '2.5', 'parseError'],
    ['1/0', '0', 'parseError'],
    ['\\frac{1}{0}', '0', 'parseError'],
    ['1/2/3', '1/6', 'parseError'],
    // A rounded decimal is not the fraction, but it may be meant.
    ['1/3', '0.3333333333333333', 'parseError'],
    ['1/3', '0.34', 'wrong'],
    ['1/3', '0.3', 'wrong'],
    ['0.1', '1/10', 'right'],
    // Scientific notation.
    ['1.5e3', '1500', 'right'],
    ['1.5E-3', '0.0015', 'right'],
    ['1.5 \\times 10^{3}', '1500', 'right'],
    ['1.5\\cdot10^3', '1500', 'right'],
    ['6.02 × 10^{23}', '602000000000000000000000', 'right'],
    ['2*3', '6', 'parseError'],
    ['1e400', '1', 'wrong'],
    ['1e401', '1', 'parseError'],
    ['9^999', '1', 'parseError'],
    // Money, percentages, units.
    ['\\$5', '5', 'right'],
    ['-$5', '-5', 'right'],
    ['$-5', '-5', 'right'],
    ['$1,234.50', '1234.5', 'right'],
    ['€5', '5', 'right'],
    ['5%', '5', 'right'],
    ['5\\%', '0.05', 'right'],
    ['5 percent', '5%', 'right'],
    ['50%', '5%', 'wrong'],
    ['5 dollars', '5', 'right'],
    ['5\\text{ cm}', '5', 'right'],
    ['5 \\mathrm{cm}^2', '5', 'right'],
    ['5cm', '5', 'right'],
    ['60 km/h', '60', 'right'],
    ['90^\\circ', '90', 'right'],
    ['90°', '90^{\\circ}', 'right'],
    ['5 square feet', '5', 'right'],
    ['5x', '5', 'parseError'],
    ['5 x', '5', 'parseError'],
    ['5 dozen', '5', 'parseError'],
    ['5 and a half', '5', 'wrong'],
    ['5 and a half', '5.5', 'right'],
    ['5 or 6', '5', 'parseError'],
    ['5 because I think so and not otherwise', '5', 'parseError'],
    // Names.
    ['x=5', '5', 'right'],
    ['5', 'x = 5', 'right'],
    ['\\theta = 5', '5', 'right'],
    ['x=5', 'y=5', 'wrong'],
    ['x=1,000', '1000', 'right'],
    // Tuples, intervals, sets, lists.
    ['(1, 2)', '(1,2)', 'right'],
    ['\\left(\\frac12, 2\\right)', '(0.5, 2.0)', 'right'],
    ['(2, 1)', '(1, 2)', 'wrong'],
    ['(1, 2, 3)', '(1, 2)', 'wrong'],
    ['[1, 2)', '[1, 2)', 'right'],
    ['[1, 2]', '[1, 2)', 'wrong'],
    ['\\{2, 1\\}', '\\{1,2\\}', 'right'],
    ['\\{1, 1, 2\\}', '\\{1, 2\\}', 'right'],
    ['\\{1, 3\\}', '\\{1, 2\\}', 'wrong'],
    ['2, 1', '1, 2', 'right'],
    ['x=1, x=2', '2,1', 'right'],
    ['1; 2', '1, 2', 'right'],
    ['(1, 2)', '1', 'wrong'],
    ['((1, 2), 3)', '((1,2),3)', 'right'],
    ['(1,\\sqrt{2})', '(1, \\sqrt{2})', 'right'],
    ['(1, \\sqrt{8})', '(1, 2\\sqrt{2})', 'parseError'],
    ['(2, \\sqrt{8})', '(1, 2\\sqrt{2})', 'wrong'],
    // Words and expressions.
    ['\\text{Evelyn}', 'Evelyn', 'right'],
    ['evelyn', '\\text{Evelyn}', 'right'],
    // Other words may say the same.
    ['Bob', 'Evelyn', 'parseError'],
    ['(A)', 'A', 'right'],
    ['\\textbf{(B)}', '(A)', 'wrong'],
    ['five', '5', 'right'],
    ['2\\sqrt{2}', '2 \\sqrt{2}', 'right'],
    ['\\sqrt{8}', '2\\sqrt{2}', 'parseError'],
    ['\\sqrt{4}', '2', 'parseError'],
    ['1+1', '2', 'parseError'],
  ] as const)('%j against %j is %s', (answer, gold, outcome) => {
    expect(outcomeOf(answer, gold)).toBe(outcome);
  });

  it('reads a marked right answer, and says why there is none', () => {
    expect(verifyAnswer('\\boxed{18}', 'she makes 9 * 2 = 18\n#### 18').outcome).toBe('right');
    expect(verifyAnswer('18', '18')).toEqual({ outcome: 'parseError', message: 'no \\boxed{}, <answer> or #### in the completion' });
    expect(verifyAnswer('#### 18', '1/0').message).toBe('the right answer cannot be read');
    expect(verifyAnswer('#### 1/0', '18')).toMatchObject({
      message: 'the answer cannot be read',
      extracted: { text: '1/0', mark: 'hashes' },
    });
    expect(verifyAnswer('#### 2+2', '4').message).toBe('only algebra could tell whether the answer is right');
  });

  const grouped = (value: bigint): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',');

  it('calls equal rationals equal, however they are written, and others not', () => {
    const integer = fc.bigInt(-(10n ** 30n), 10n ** 30n);
    const positive = fc.bigInt(1n, 10n ** 12n);
    const writings = (n: bigint, d: bigint): string[] => {
      const sign = n < 0n ? '-' : '';
      const [size, over] = [n < 0n ? -n : n, `{${d}}`];
      const mixed =
        size > d && size % d !== 0n ? [`${sign}${size / d} ${size % d}/${d}`, `${sign}${grouped(size / d)}\\frac{${size % d}}${over}`] : [];
      const plain = d === 1n ? [`${n}`, `${sign}${grouped(size)}`, `${sign}$${grouped(size)}.00`, `${n}e0`, `${n}0*10^{-1}`] : [];
      return [
        `${n}/${d}`,
        `\\frac{${n}}${over}`,
        `${sign}\\dfrac{${size}}${over}`,
        `x = ${7n * n}/${7n * d}`,
        `\\frac{${-n}}{${-d}}`,
        ...mixed,
        ...plain,
      ];
    };
    const anyWriting = (n: bigint, d: bigint): fc.Arbitrary<string> => fc.constantFrom(...writings(n, d));
    const rational = fc.tuple(integer, fc.oneof(fc.constant(1n), positive));
    const pair = rational.chain(([n, d]) =>
      fc.tuple(
        anyWriting(n, d),
        anyWriting(n, d),
        fc.bigInt(1n, 1000n).chain((by) => anyWriting(n + by, d)),
        fc.constant(`${n}/${d}`),
      ),
    );
    fc.assert(
      fc.property(pair, ([a, b, other, exact]) => {
        expect([a, outcomeOf(a, b)]).toEqual([a, 'right']);
        expect([a, outcomeOf(a, exact)]).toEqual([a, 'right']);
        expect([other, outcomeOf(other, b)]).toEqual([other, 'wrong']);
      }),
      { numRuns: 500 },
    );
  });

  it('calls terminating decimals what they are', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), fc.nat(12), (digits, places) => {
        const text = digits.toString().padStart(places + 1, '0');
        const written = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
        expect(outcomeOf(written, `${digits}/1${'0'.repeat(places)}`)).toBe('right');
        expect(outcomeOf(`${written}${places === 0 ? '.' : ''}1`, `${digits}/1${'0'.repeat(places)}`)).toBe('wrong');
      }),
    );
  });

  it('never throws, whatever the texts', () => {
    const pieces = fc.constantFrom(
      ...[
        '\\boxed{',
        '}',
        '{',
        '\\{',
        '\\}',
        '<answer>',
        '</answer>',
        '####',
        '\\frac',
        '\\text{',
        '$',
        '%',
        ',',
        '.',
        '-',
        '/',
        '(',
        ')',
        '[',
        '^',
        '*10^',
        'e',
        ' ',
        '\n',
      ],
      ...['=', 'x', '1', '0', '999', '\\', '\\left', '\\,', 'million', 'cm', '°', '\ud800', '🎲', '\0'],
    );
    const hostile = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        expect(outcomes).toContain(verifyAnswer(`\\boxed{${a}}`, b).outcome);
        expect(outcomes).toContain(verifyAnswer(a, b).outcome);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes an answer for itself wherever it can be read', () => {
    const alphabet = fc.constantFrom(...'0123456789.,-/ ()x=%$');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        const { outcome, message } = verifyAnswer(`<answer>${text}</answer>`, text);
        expect(outcome === 'right' || message?.includes('cannot be read')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is done at once with long and hostile texts', () => {
    const n = 200_000;
    const texts = [
      '\\boxed{'.repeat(n),
      `${'\\boxed{'.repeat(n)}5${'}'.repeat(n)}`,
      '<answer>'.repeat(n),
      '</answer>'.repeat(n),
      '#'.repeat(n),
      `\\boxed{${'9'.repeat(n)}}`,
      `\\boxed{${'('.repeat(900)}5${')'.repeat(90)}}`,
      `\\boxed{${'\\frac{'.repeat(150)}}`,
      `\\boxed{${'1,'.repeat(490)}1}`,
      `\\boxed{${' '.repeat(998)}5}`,
      `\\boxed{${'\\text{'.repeat(160)}}`,
      `\\boxed{${'$'.repeat(999)}}`,
      `\\boxed{${'\\ '.repeat(499)}}`,
      `\\boxed{${'9'.repeat(399)}^400}`,
      '\\boxed{9^{-400}}',
      '\\boxed{1e999999999}',
    ];
    const start = performance.now();
    for (const text of texts) for (const gold of ['5', text.slice(0, 1000)]) expect(outcomes).toContain(verifyAnswer(text, gold).outcome);
    // A second on an idle machine is a hundred times what it takes; quadratic work would take minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
