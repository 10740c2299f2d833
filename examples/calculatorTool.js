// Shows a task of several turns with a tool: the model writes `<12+7>`, a calculator answers, and the model says the sum. About ten seconds.
//
//   node examples/calculatorTool.js
import { defineTask, trainLanguageModel } from 'cohort-rl';

/** `<12+7>` -> `19`; anything else is no call. */
function calculator(text) {
  const [, a, b] = /^<(\d+)\+(\d+)>$/.exec(text) ?? [];
  return a === undefined ? undefined : String(Number(a) + Number(b));
}

const sums = defineTask({
  id: 'sums-with-calculator',
  description: 'sums of two numbers, with a calculator: 12+7= -> <12+7> -> 19',
  alphabet: '0123456789+=<>',
  promptLength: 6,
  completionLength: 20, // all turns and what the tool says, with their end tokens
  maxTurns: 2,
  turnTokens: 9,
  weights: { calls: 0 }, // only to be seen, as reward/calls
  prompts(random) {
    const [a, b] = [random.integers(0, 100), random.integers(0, 100)];
    const answer = String(a + b);
    // Half of the demonstrations call the tool, the others guess: rewards decide which way to go.
    const call = [{ text: `<${a}+${b}>` }, { append: `=${answer}=`, text: answer }];
    const guess = [{ text: String(random.integers(0, 199)) }];
    return { prompt: `${a}+${b}=`, solutionTurns: random.integers(0, 2) === 0 ? call : guess };
  },
  async rollout({ prompt, sample }) {
    const right = calculator(`<${prompt.slice(0, -1)}>`);
    const first = await sample();
    const result = calculator(first.text);
    if (result === undefined) return { right: first.text === right ? 1 : 0, calls: 0 };
    const second = await sample({ append: `=${result}=` });
    return { right: second.text === right ? 1 : 0, calls: 1 };
  },
});

const training = trainLanguageModel({ task: sums, iterations: 40, seed: 1 });
for await (const { iteration, metrics, completions } of training) {
  if (iteration % 10 !== 0) continue;
  console.log(`iteration ${iteration}: right ${metrics['reward/right'].toFixed(2)}, calls ${metrics['reward/calls'].toFixed(2)}`);
  console.log(`  ${completions[0].prompt} ${completions[0].completion}`);
}
const { summary } = await training.finish();
console.log(`right ${summary.startEvaluation.sampled.mean.toFixed(3)} before, ${summary.evaluation.sampled.mean.toFixed(3)} after`);
