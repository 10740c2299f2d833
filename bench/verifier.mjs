/**
 * The CPU time of one call of the verifier on long and hostile texts: both tiers, the median of five calls. Writes bench/results/verifier.json.
 *
 *     npm run build && node bench/verifier.mjs
 */
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { createVerifier, verifyAnswer } from '../dist/lmNode.js';

/** Characters of a completion. */
const length = 200_000;
const fill = (text) => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const nested = (inner, times, levels) => {
  let text = inner;
  for (let i = 0; i < levels; i++) text = `\\{${Array.from({ length: times }, () => text).join(',')}\\}`;
  return text;
};
const box = (answer) => `\\boxed{${answer}}`;

/** Completions of 200,000 characters by what they are made of. */
const completions = {
  'prose with one box': `${fill('so we see that 2 + 2 = 4 and go on. ')}${box('5')}`,
  'open boxes': fill('\\boxed{'),
  'nested boxes': `${'\\boxed{'.repeat(25_000)}5${'}'.repeat(25_000)}`,
  'boxes in a row': fill('\\boxed{5}, '),
  'boxes with words between': fill('\\boxed{5} and then \\boxed{6} '),
  'boxes without braces': fill('$\\boxed 5$ '),
  'open braces': fill('{'),
  'closed braces': fill('}'),
  backslashes: fill('\\'),
  'opening tags': fill('<answer>'),
  'closing tags': fill('</answer>'),
  hashes: fill('#'),
  'hashes and lines': fill('#### 5\n'),
  blanks: `\\boxed{${fill(' ')}}`,
  digits: `\\boxed{${fill('9')}}`,
  'final answers': `${box('5')}${fill('the final answer is ')}`,
};

/** Answers of up to 1,000 characters, verified against themselves with one letter more. */
const answers = {
  'sets in sets of percentages': nested('5%', 6, 3),
  'sets of percentages': nested('5%', 14, 2),
  'sets of formulas': nested('x+1', 7, 2),
  'a long list': `${'1,'.repeat(60)}1`,
  'a long list of roots': `${'\\sqrt2,'.repeat(60)}1`,
  'open brackets': '('.repeat(900),
  brackets: `${'('.repeat(450)}5${')'.repeat(450)}`,
  fractions: '\\frac{'.repeat(150),
  'text commands': '\\text{'.repeat(150),
  dollars: '$'.repeat(999),
  blanks: ' '.repeat(999),
  'a long sum': `${'x+'.repeat(190)}1`,
  'a long product': 'xy'.repeat(3),
  'number words': 'twenty '.repeat(140),
  ors: '1 or '.repeat(60),
  'a power': `${'9'.repeat(30)}^9`,
  'a tower': '9^{9^{9^{9^{9}}}}',
  'a product of sums': '(x+y+z)'.repeat(20),
  'a power of a sum': '(a+b+c+d)^{24}',
  'powers of powers': '((((x+1)^9+y)^9+z)^9+1)^9',
  roots: `${'\\sqrt{'.repeat(20)}2${'}'.repeat(20)}`,
  'roots of large numbers': `${'\\sqrt{99999999999999999989}+'.repeat(20)}1`,
  sines: `${'\\sin('.repeat(15)}x${')'.repeat(15)}`,
  factorials: '60!'.repeat(20),
};

const second = await createVerifier({ algebra: true });
const timeOf = (call) => {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const before = process.cpuUsage();
    call();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return Number(times.sort((a, b) => a - b)[2].toFixed(1));
};
const rows = [];
const add = (name, completion, gold) => {
  const first = timeOf(() => verifyAnswer(completion, gold));
  rows.push({ name, characters: completion.length, first, second: timeOf(() => second(completion, gold)) });
};
verifyAnswer(box('5'), '5');
for (const [name, text] of Object.entries(completions)) {
  add(name, text, '5');
  add(`${name}, also the gold`, text, `${text.slice(0, -1)}1`);
}
for (const [name, answer] of Object.entries(answers)) add(`answer: ${name}`, box(answer), `${answer}+0`);
const letters = '\\begin{pmatrix}a&b&c\\\\d&f&g\\\\h&j&k\\end{pmatrix}';
add('answer: a product of matrices', box(letters.repeat(8)), letters.repeat(7) + letters.replace('k', 'q'));
const result = { machine: `${cpus()[0].model}, Node ${process.versions.node}`, unit: 'milliseconds of CPU', rows };
await writeFile(new URL('results/verifier.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
for (const { name, characters, first, second: algebra } of rows)
  console.log(`${name.padEnd(50)} ${String(characters).padStart(7)} ${first} ${algebra}`);
console.log(`largest: ${Math.max(...rows.map(({ first }) => first))} and ${Math.max(...rows.map(({ second: algebra }) => algebra))} ms`);
