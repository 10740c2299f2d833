/**
 * Checks the maths verifier against GSM8K (openai/grade-school-math, MIT), which is not part of this repository.
 *
 *   npm run build
 *   node tools/checkVerifier.mjs grade_school_math/data/test.jsonl [grade_school_math/data/example_model_solutions.jsonl]
 *
 * The first file: every right answer against itself in several writings (all should be right), and against the next whole number (all should be
 * wrong). The second, if given: sampled solutions of four models against the flags that came with them.
 */
import { readFileSync } from 'node:fs';
import { extractAnswer, verifyAnswer } from '../dist/lmNode.js';

const [testFile, solutionsFile] = process.argv.slice(2);
if (!testFile) {
  console.error('checkVerifier: expected the path of GSM8K’s test.jsonl, got nothing; fetch openai/grade-school-math and give the path');
  process.exit(2);
}

const readLines = (path) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

/** How the whole number `n` can be written as an answer. */
const grouped = (n) => n.toString().replace(/\B(?=(\d{3})+$)/g, ',');
const writings = {
  plain: (n) => `#### ${n}`,
  boxed: (n) => `so it is \\boxed{${n}}.`,
  tagged: (n) => `<think>...</think><answer>${n}</answer>`,
  commas: (n) => `#### ${grouped(n)}`,
  'LaTeX commas': (n) => `\\boxed{${grouped(n).replaceAll(',', '{,}')}}`,
  fraction: (n) => `#### ${n}/1`,
  'LaTeX fraction': (n) => `\\boxed{\\frac{${n * 2n}}{2}}`,
  decimal: (n) => `#### ${n}.00`,
  scientific: (n) => `\\boxed{${n} \\times 10^{0}}`,
  dollars: (n) => `#### $${grouped(n)}`,
  'LaTeX dollars': (n) => `\\boxed{\\$${n}}`,
  unit: (n) => `\\boxed{${n}\\text{ apples}}`,
  named: (n) => `\\boxed{x = ${n}}`,
  'full stop': (n) => `#### ${n}.`,
};

const problems = readLines(testFile);
let extracted = 0;
const golds = [];
for (const { answer } of problems) {
  const found = extractAnswer(answer);
  if (found?.mark !== 'hashes') continue;
  extracted++;
  golds.push({ gold: answer, n: BigInt(found.text.replaceAll(',', '')) });
}
console.log(`${problems.length} right answers, ${extracted} extracted`);
const count = (texts) => {
  const outcomes = { right: 0, wrong: 0, parseError: 0 };
  for (const [text, gold] of texts) outcomes[verifyAnswer(text, gold).outcome]++;
  return `right ${outcomes.right}, wrong ${outcomes.wrong}, parse errors ${outcomes.parseError}`;
};
console.log(`against itself as it stands: ${count(golds.map(({ gold }) => [gold, gold]))}`);
for (const [name, write] of Object.entries(writings)) {
  console.log(
    `${name}: itself ${count(golds.map(({ gold, n }) => [write(n), gold]))}; plus one ${count(golds.map(({ gold, n }) => [write(n + 1n), gold]))}`,
  );
}

if (solutionsFile) {
  for (const model of ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification']) {
    const table = {
      agree: 0,
      'flag right, verifier wrong': 0,
      'flag wrong, verifier right': 0,
      'parse errors, flag right': 0,
      'parse errors, flag wrong': 0,
    };
    const disagreements = [];
    for (const line of readLines(solutionsFile)) {
      const { is_correct: flag, solution } = line[model];
      // These files write `A: 18` on the last line where the training data write `#### 18`.
      const mark = (text) => text.replace(/\nA:/g, '\n####');
      const { outcome, extracted: found } = verifyAnswer(mark(solution), mark(line.ground_truth));
      const agrees = outcome !== 'parseError' && (outcome === 'right') === flag;
      const key = agrees
        ? 'agree'
        : outcome === 'parseError'
          ? `parse errors, flag ${flag ? 'right' : 'wrong'}`
          : `flag ${flag ? 'right' : 'wrong'}, verifier ${outcome}`;
      table[key]++;
      if (!agrees && disagreements.length < 12)
        disagreements.push(
          `${JSON.stringify(found?.text.slice(0, 60) ?? solution.slice(-60))} against ${JSON.stringify(line.ground_truth.split('\n').at(-1))}: ${outcome}`,
        );
    }
    console.log(
      `${model}: ${Object.entries(table)
        .map(([name, n]) => `${name} ${n}`)
        .join('; ')}`,
    );
    for (const line of disagreements) console.log(`  ${line}`);
  }
}
