/**
 * What users and peers found, by kind: an answer in a box, the right one, and what must come out. `unclear` is the outcome `parseError`.
 */
import { describe, expect, it } from 'vitest';
import { verifyAnswer } from '../../../src/lm/verifier/index.ts';

type Row = readonly [answer: string, gold: string | number, outcome: 'right' | 'wrong' | 'unclear'];

const kinds: Readonly<Record<string, readonly Row[]>> = {
  'letters behind a number': [
    ['3t', '3', 'unclear'],
    ['6s', '6t', 'unclear'],
    ['3t^2', '3t^3', 'unclear'],
    [String.raw`\frac{1}{2}m`, String.raw`\frac{1}{2}`, 'unclear'],
    ['2 sin', '2', 'unclear'],
    ['2', '2m', 'unclear'],
    ['5 m', '5', 'unclear'],
    ['5 m', '5m', 'right'],
    [String.raw`5\text{ m}`, '5', 'right'],
    [String.raw`5\,\mathrm{m}`, '5', 'right'],
    ['5 xy', '5', 'unclear'],
    ['5 hasOwnProperty', '5', 'unclear'],
  ],
  'number words': [
    ['3 fifths', '3', 'wrong'],
    ['3 fifths', '0.6', 'right'],
    ['3 millions', '3', 'wrong'],
    ['3 millions', '3000000', 'right'],
    ['5 quadrillion', '5', 'wrong'],
    ['5 factorial', '5', 'unclear'],
    ['5 factorial', '120', 'unclear'],
    ['5 choose two', '5', 'unclear'],
    ['5 below zero', '5', 'unclear'],
    ['10 base five', '10', 'unclear'],
    ['5 bn', '5', 'unclear'],
    ['0.3 repeating', '0.3', 'unclear'],
    ['twenty-one', '21', 'right'],
    ['twenty-one', 'twenty one', 'right'],
    ['one hundred and five', '105', 'right'],
    ['minus three quarters', '-0.75', 'right'],
    ['two and a half', '2.5', 'right'],
    ['three point one four', '3.14', 'right'],
    ['one two', '12', 'unclear'],
    ['second', '2', 'unclear'],
  ],
  'units compared': [
    ['5 cm', String.raw`5\text{ m}`, 'wrong'],
    [String.raw`5\text{ m}`, '5 cm', 'wrong'],
    ['100 cm', String.raw`1\text{ m}`, 'right'],
    ['3 pm', '3 am', 'unclear'],
    ['5 minutes', '5 hours', 'wrong'],
    ['24 hours', '1 day', 'right'],
    ['24', '1 day', 'unclear'],
    [String.raw`5 \text{ m}^2`, String.raw`5 \text{ m}^3`, 'unclear'],
    [String.raw`15\mbox{ cm}^3`, String.raw`15\mbox{ cm}^2`, 'unclear'],
    ['$5', '€5', 'unclear'],
    ['5 apples', '5 oranges', 'unclear'],
    ['5 apples', '5', 'right'],
    ['5 left', '5 right', 'unclear'],
    ['50 cents', String.raw`\$0.50`, 'right'],
    ['5 cents', String.raw`\$5`, 'wrong'],
    ['5K', '5000', 'unclear'],
    ['60 miles per hour', '60 mph', 'right'],
    ['36 km/h', String.raw`10\text{ m/s}`, 'right'],
    ['1 liter', '1000 cubic cm', 'right'],
    [String.raw`25^\circ\text{C}`, String.raw`25^\circ\text{F}`, 'unclear'],
    ['1,000 Ω', '1000', 'right'],
    [String.raw`125\textnormal{ miles}`, '125', 'right'],
    [String.raw`2\sqrt{3}\text{ cm}`, String.raw`2\sqrt{3}`, 'right'],
    [String.raw`2\sqrt{3}\text{ cm}`, String.raw`2\sqrt{3}\text{ m}`, 'unclear'],
  ],
  'separators of thousands in brackets': [
    ['(1{,}000, 2)', '(1000,2)', 'right'],
    ['1{,}000; 2{,}000', '1000, 2000', 'right'],
    [String.raw`(1,\!000, 5)`, '(1000,5)', 'right'],
    ['(1,000, 5)', '(1000,5)', 'right'],
    ['3/1,000', '3/1000', 'right'],
    ['[1{,}500, 2{,}500]', '[1500,2500]', 'right'],
    [String.raw`32,\! 349`, '32349', 'right'],
    [String.raw`11,\! 111,\! 111,\! 100`, '11111111100', 'right'],
    ['14 {, }916', '14916', 'right'],
    ['1,000.99€', '1,000.99', 'right'],
    ['The answer is 1,000', '1000', 'right'],
    ['1,000 (approximately)', '1000', 'unclear'],
    ['58, 500', '58,500', 'unclear'],
  ],
  'blanks around a slash': [
    ['1 / 2', '1/2', 'right'],
    ['1/ 2', '0.5', 'right'],
    ['-3 / 4', '-0.75', 'right'],
    ['1 / 2 cup', '1/2', 'right'],
    ['(3) / (4)', '0.75', 'right'],
  ],
  'lists, tuples, sets, names': [
    ['(0,1)', '0,1', 'right'],
    ['0,1', '(0,1)', 'right'],
    ['(1,0)', '0,1', 'unclear'],
    ['x=1,y=2', '(1,2)', 'right'],
    ['x=2,y=1', '1,2', 'unclear'],
    ['y=2,x=1', 'x=1,y=2', 'right'],
    ['x=1,y=3', 'x=1,y=2', 'wrong'],
    ['(3, 2)', '(p,q)=(3,2)', 'right'],
    ['1,1,2', '1,2,2', 'unclear'],
    ['1, 1, 2', '1, 2', 'unclear'],
    [String.raw`\{1,1,2\}`, String.raw`\{1,2\}`, 'right'],
    ['1,2,3,...', '1,2,3', 'unclear'],
    ['1 and 2', '1,2', 'right'],
    ['19, 46, and 82', '19,46,82', 'right'],
    ['(11,7)or(7,11)', '(7,11), (11,7)', 'right'],
    [String.raw`\{5\}`, '5', 'right'],
    [String.raw`\{\emptyset\}`, String.raw`\emptyset`, 'wrong'],
    ['$69$,$84$', '$69$,$84$', 'right'],
    ['84, 69', '$69$,$84$', 'right'],
    [String.raw`\pm 3`, '3, -3', 'right'],
    ['x = 1, 2', '2, 1', 'right'],
    ['p=5,q=2;p=7,q=2', '(5,2),(7,2)', 'right'],
  ],
  words: [
    ['Option B', 'B', 'right'],
    ['(B) 12', 'B', 'right'],
    ['B) 12', '12', 'right'],
    ['B) 12', 'C', 'wrong'],
    ['ab', 'ba', 'right'],
    ['yx', 'xy', 'right'],
    ['x y', 'xy', 'right'],
    ['p-q', 'p - q', 'right'],
    ['p - q', 'q - p', 'unclear'],
    ['DNE', 'does not exist', 'right'],
    ['an isosceles triangle', 'isosceles triangle', 'right'],
    ['P', 'p', 'unclear'],
    ['yes', 'no', 'wrong'],
    ['ABC', 'CBA', 'unclear'],
  ],
  'trivial spellings': [
    ['x^2', 'x^{2}', 'right'],
    [String.raw`\sqrt2`, String.raw`\sqrt{2}`, 'right'],
    [String.raw`\frac94\pi`, String.raw`\frac{9}{4}\pi`, 'right'],
    [String.raw`\frac{9\pi}{4}`, String.raw`\frac{9}{4}\pi`, 'right'],
    [String.raw`2\cdot x`, '2x', 'right'],
    [String.raw`x \geq 5`, String.raw`x \ge 5`, 'right'],
    [String.raw`5 \leq x`, String.raw`x \ge 5`, 'right'],
    ['x > 5', String.raw`(5,\infty)`, 'right'],
    [String.raw`\{x \mid x > 5\}`, String.raw`(5,\infty)`, 'right'],
    [String.raw`(2,3)\cup(0,1)`, String.raw`(0,1)\cup(2,3)`, 'right'],
    ['2 3x', '23x', 'unclear'],
    ['1 2/3 x', '12/3 x', 'unclear'],
    [String.raw`\begin{pmatrix}1\\2\end{pmatrix}`, String.raw`\begin{pmatrix} 1 \\ 2 \end{pmatrix}`, 'right'],
    [String.raw`\begin{pmatrix}1\\ 3\end{pmatrix}`, String.raw`\begin{bmatrix}1\\3\end{bmatrix}`, 'right'],
    [String.raw`\begin{pmatrix}1\\3\end{pmatrix}`, String.raw`\begin{pmatrix}1\\4\end{pmatrix}`, 'wrong'],
    ['3:00 PM', '3:00 pm', 'right'],
    ['204_{5}', '204_5', 'right'],
    ['204_6', '204_5', 'unclear'],
  ],
  dress: [
    ['{5}', '5', 'right'],
    [String.raw`\textcolor{red}{5}`, '5', 'right'],
    [String.raw`\boldsymbol{5}`, '5', 'right'],
    ['5€', '5', 'right'],
    [String.raw`5\$`, '5', 'right'],
    [String.raw`$\$36$`, String.raw`\$36`, 'right'],
    [String.raw`\\frac{1}{2}`, '0.5', 'right'],
  ],
  decimals: [
    ['0,5', '0.5', 'unclear'],
    ['1000,99', '1000.99', 'right'],
    ['2,74 €', '2.74', 'right'],
    ['0.333...', '1/3', 'unclear'],
    [String.raw`0.\overline{3}`, '1/3', 'right'],
    [String.raw`0.1\overline{6}`, '1/6', 'right'],
    [String.raw`0.\overline{3}`, '0.3', 'wrong'],
  ],
  'golds that are numbers': [
    ['5', 5, 'right'],
    ['0.5', 0.5, 'right'],
    ['6', 5, 'wrong'],
    ['1e21', 1e21, 'right'],
    ['5', Number.NaN, 'unclear'],
  ],
};

const outcomeOf = (completion: string, gold: string | number): string => {
  const { outcome } = verifyAnswer(completion, gold);
  return outcome === 'parseError' ? 'unclear' : outcome;
};

describe.each(Object.entries(kinds))('%s', (_, rows) => {
  it.each(rows)('%j against %j is %s', (answer, gold, outcome) => {
    expect(outcomeOf(`\\boxed{${answer}}`, gold)).toBe(outcome);
  });
});

describe('marks', () => {
  it.each<Row>([
    [String.raw`\boxed{1} and \boxed{2}`, '1,2', 'right'],
    [String.raw`\boxed{1} and \boxed{2}`, '2', 'wrong'],
    [String.raw`\boxed{2}, \boxed{1}`, String.raw`\boxed{1}, \boxed{2}`, 'right'],
    [String.raw`\boxed{(1, 2)} \quad \text{and} \quad \boxed{(3,4)}`, '(3,4),(1,2)', 'right'],
    [String.raw`$x = \boxed{1}$ and $y = \boxed{2}$`, '(1,2)', 'right'],
    [String.raw`\boxed{1} paper and \boxed{2} bins`, '1,2', 'right'],
    [String.raw`\boxed{1}, no, rather \boxed{2}`, '2', 'right'],
    [String.raw`\boxed{1}, no, rather \boxed{2}`, '1', 'unclear'],
    [String.raw`\boxed{5}. So it is \boxed{5}`, '5', 'right'],
    [String.raw`\boxed 5`, '5', 'right'],
    [String.raw`$\boxed 5$.`, '5', 'right'],
    [String.raw`so \\boxed{5}`, '5', 'right'],
    ['\\boxed{5}\n#### Note', '5', 'right'],
    ['\\boxed{5}\n#### Note', '6', 'wrong'],
    ['#### Evelyn', 'Evelyn', 'right'],
    [String.raw`\boxed{255}, then 10,455. Final Answer: The final answer is $10,455$.`, '10455', 'unclear'],
    [String.raw`\boxed{\boxed{6}5}`, '6', 'unclear'],
  ])('%j against %j is %s', (completion, gold, outcome) => {
    expect(outcomeOf(completion, gold)).toBe(outcome);
  });

  it('says why where a caller gives what is no text', () => {
    expect(verifyAnswer(undefined as unknown as string, '5').outcome).toBe('parseError');
    expect(verifyAnswer('\\boxed{5}', null as unknown as string).message).toBe('the right answer cannot be read');
  });
});
