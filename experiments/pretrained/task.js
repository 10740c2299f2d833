/** Sums for a pretrained model: 400 questions, a quarter of them held out. */
import { taskFromRows } from 'cohort-rl/lm';

const numbers = Array.from({ length: 20 }, (_, k) => k + 1);

export const smallSums = taskFromRows(
  numbers.flatMap((a) => numbers.map((b) => ({ prompt: `Compute ${a} + ${b}. Answer:`, answer: String(a + b) }))),
  { id: 'small-sums', heldOut: 0.25 },
);
