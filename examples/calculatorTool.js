// Shows a task of several turns with a tool: the model writes `<12+7>`, a calculator answers, and the model says the sum. Half a minute.
//
//   node examples/calculatorTool.js
import { defineTask, trainLanguageModel } from 'cohort-rl';

/** `<12+7>` -> `19`; anything else is no call. */
function calculator(text) {
  const [, a, b] = /^<(\d+)\+(\d+)>$/.exec(text) ?? [];
  return a === undefined ? undefined : String(Number(a) + Number(b));
}

/** How often the model used the calculator, of the episodes so far. */
const used = { calls: 0, episodes: 0 };

const sums = defineTask({
  id: 'sums-with-calculator',
  description: 'sums of two numbers, with a calculator: 12+7= -> <12+7> -> 19',
  alphabet: '0123456789+=<>?',
  promptLength: 6,
  completionLength: 20, // all turns and what the tool says, with their end tokens
  maxTurns: 2,
  turnTokens: 9,
  prompts(random) {
    const [a, b] = [random.integers(0, 100), random.integers(0, 100)];
    const solution = String(a + b);
    // Half of the demonstrations use the tool, the others guess: rewards decide which way the model goes.
    const guess = String(random.integers(0, 199));
    const withTool = [{ text: `<${a}+${b}>` }, { append: `=${solution}=`, text: solution }];
    return {
      prompt: `${a}+${b}=`,
      solutionTurns: random.integers(0, 2) === 0 ? withTool : [{ text: guess }],
      // Of the last turn; `rollout` says nothing else.
      reward: (completion) => ({ right: completion === solution ? 1 : 0 }),
    };
  },
  async rollout({ sample }) {
    const first = await sample();
    const answer = calculator(first.text);
    used.episodes++;
    if (answer === undefined) return;
    used.calls++;
    await sample({ append: `=${answer}=` });
  },
});

const training = trainLanguageModel({ task: sums, warmStartAccuracy: 0.2, iterations: 40, evaluationInterval: 10, seed: 1 });
for await (const { iteration, metrics, evaluation, completions } of training) {
  if (!evaluation) continue;
  console.log(`iteration ${iteration}: right ${evaluation.sampled.mean.toFixed(2)}, calls ${(used.calls / used.episodes).toFixed(2)}`);
  console.log(`  ${completions[0].prompt} ${completions[0].completion}`, metrics['completions/length'].toFixed(1));
  Object.assign(used, { calls: 0, episodes: 0 });
}
const { summary } = await training.finish();
console.log(`right ${summary.startEvaluation.sampled.mean.toFixed(3)} before, ${summary.evaluation.sampled.mean.toFixed(3)} after`);
