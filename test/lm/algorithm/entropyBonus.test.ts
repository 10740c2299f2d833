/** The entropy bonus in a run: the weights are those of the batch, an update needs no advantage, and 0 is no bonus. */
import { describe, expect, it } from 'vitest';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { testCohort } from '../../training/cohort.ts';
import { shortRun } from '../languageRun.ts';
import { lastLetter, openedState, policyHash } from '../smallState.ts';

const make = (fields: object, task: LanguageTask = lastLetter): Promise<LanguageState> => openedState({ ...fields }, { task });

/** Every completion is worth the same: no advantage, and nothing but the bonus to learn from. */
const indifferent: LanguageTask = {
  ...lastLetter,
  id: 'indifferent',
  prompts: (random) => ({ ...lastLetter.prompts!(random), reward: () => 0.5 }),
};

describe('the entropy bonus', () => {
  it('alone is an update, which raises the entropy; without it there is none', async () => {
    const [without, rewarded] = [await make({}, indifferent), await make({ entropyCoef: 1, learningRate: 0.02 }, indifferent)];
    const [before, start] = [policyHash(without), policyHash(rewarded)];
    expect(start).toBe(before);
    const entropies: number[] = [];
    for (let i = 0; i < 12; i++) {
      await iterate(without);
      entropies.push((await iterate(rewarded)).metrics['losses/entropy']!);
    }
    expect(policyHash(without)).toBe(before);
    expect(without.optimizerSteps).toBe(0);
    expect(rewarded.optimizerSteps).toBe(12);
    // Of 6 tokens: towards log 6.
    expect(entropies.at(-1)).toBeGreaterThan(entropies[0]!);
    expect(entropies.at(-1)).toBeLessThan(Math.log(6));
    expect(Math.log(6) - entropies.at(-1)!).toBeLessThan(0.5 * (Math.log(6) - entropies[0]!));
  });

  it.each(['gpg-lm', 'grpo', 'gspo', 'cispo', 'sapo', 'ppo'])('%s: 0 is what it was, and more is another run', async (estimator) => {
    const hashes: string[] = [];
    for (const fields of [{}, { entropyCoef: 0 }, { entropyCoef: 0.05 }]) {
      const state = await make({ estimator, ...fields });
      await iterate(state);
      hashes.push(policyHash(state));
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it('is refused below 0, and answered under the names of others', () => {
    const begin = (fields: object) => () => testCohort().trainLanguageModel({ ...shortRun, ...fields });
    expect(begin({ entropyCoef: -0.1 })).toThrow(/entropyCoef: expected a number from 0 to 10/);
    expect(begin({ entropy_coeff: 0.1 })).toThrow('got "entropy_coeff"; it is entropyCoef here');
  });
});
