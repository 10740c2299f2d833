// Shows a custom language task: prompts from a generator, and a reward for every completion. About ten seconds.
//
//   node examples/customTask.js
import { defineTask, trainLanguageModel } from 'cohort-rl';

/** How many vowels are in a word of six letters? `banjoe=` -> `3`. */
const countVowels = defineTask({
  id: 'count-vowels',
  description: 'how many vowels six letters hold: banjoe= -> 3',
  alphabet: 'abcdefghijklmnopqrstuvwxyz=0123456',
  promptLength: 7,
  completionLength: 2,
  prompts(random) {
    const letters = Array.from({ length: 6 }, () => 'aaeeiioouubcdfghjklmnpqrst'[random.integers(0, 26)]);
    const solution = String(letters.filter((letter) => 'aeiou'.includes(letter)).length);
    return {
      prompt: `${letters.join('')}=`,
      solution,
      // Named parts of a reward; the first one decides between right and wrong. By default they are added up; `weights` weighs them.
      reward: (completion) => ({
        right: completion === solution ? 1 : 0,
        near: completion !== '' && Math.abs(Number(completion) - Number(solution)) <= 1 ? 0.2 : 0,
      }),
    };
  },
});

const training = trainLanguageModel({ task: countVowels, warmStartAccuracy: 0.4, iterations: 60, evaluationInterval: 20, seed: 1 });
for await (const { iteration, metrics, evaluation } of training) {
  if (evaluation) console.log(`iteration ${iteration}: accuracy ${evaluation.sampled.mean}, alpha ${metrics['group/alpha'].toFixed(2)}`);
}
const { summary, model } = await training.finish();
console.log(`accuracy ${summary.startEvaluation.sampled.mean} before, ${summary.evaluation.sampled.mean.toFixed(3)} after`);
const [{ completion }] = model.sample({ prompt: 'banjoe=', greedy: true });
console.log(`banjoe= ${completion}`);
