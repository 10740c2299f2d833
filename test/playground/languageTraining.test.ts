/** A language model on the page: what its worker tells, in the order of the run, and what the page makes of it. */
import { describe, expect, it } from 'vitest';
import type { LanguageMessage } from '../../apps/playground/src/language/protocol.ts';
import { hear, idle, percent } from '../../apps/playground/src/language/state.ts';
import { trainAndTell } from '../../apps/playground/src/language/training.ts';

/** A model that has learned nothing and hardly will: a run of a second. */
const fields = {
  warmStartAccuracy: 0,
  numGroups: 8,
  groupSize: 4,
  hiddenSize: 16,
  numAttentionHeads: 2,
  numHiddenLayers: 1,
  minValidFraction: 0,
};

async function run(task: string, iterations: number, goesOn: () => Promise<boolean> = async () => true): Promise<LanguageMessage[]> {
  const told: LanguageMessage[] = [];
  await trainAndTell({ task, iterations, seed: 1, fields: { ...fields, evaluationPrompts: 8 }, goesOn }, (message) => told.push(message));
  return told;
}

type Told<Kind extends LanguageMessage['kind']> = LanguageMessage & { readonly kind: Kind };
const only = <Kind extends LanguageMessage['kind']>(told: LanguageMessage[], kind: Kind): Told<Kind>[] =>
  told.filter((message): message is Told<Kind> => message.kind === kind);

describe('a language model on the page', () => {
  it('is asked the same held-out prompts before and after, and shows groups with reward minus mean', async () => {
    const told = await run('count-shapes', 3);
    expect(told.map(({ kind }) => kind)).toEqual(['before', 'iteration', 'iteration', 'iteration', 'after', 'done']);
    const [before, after] = [only(told, 'before')[0]!, only(told, 'after')[0]!];
    expect(before.answers).toHaveLength(12);
    expect(after.answers.map(({ prompt, solution }) => [prompt, solution])).toEqual(
      before.answers.map(({ prompt, solution }) => [prompt, solution]),
    );
    for (const { pictures, isRight, text, solution } of after.answers) {
      expect(pictures).toMatchObject([{ width: 24, height: 24 }]);
      if (isRight) expect(text).toBe(solution);
    }
    for (const { groups } of only(told, 'iteration')) {
      expect(groups).toHaveLength(3);
      for (const { prompt, pictures, completions } of groups) {
        expect(prompt).toMatch(/^(circle|square|triangle)\?$/);
        expect(pictures[0]!.pixels).toHaveLength(3 * 24 * 24);
        expect(completions).toHaveLength(4);
        const mean = completions.reduce((sum, { reward }) => sum + reward, 0) / 4;
        for (const { reward, advantage } of completions) expect(advantage).toBeCloseTo(reward - mean, 12);
      }
    }
    // Plain data: a worker can send it.
    expect(structuredClone(told)).toEqual(told);
    const shown = told.reduce(hear, idle);
    expect(shown).toMatchObject({ stage: 'done', iterations: 3, parametersSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(shown.points.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  });

  it('ends where it is stopped, with what it has learned', async () => {
    let looks = 0;
    const told = await run('add-2digit', 50, async () => ++looks < 2);
    expect(told.map(({ kind }) => kind)).toEqual(['before', 'iteration', 'iteration', 'after', 'done']);
    expect(told.reduce(hear, idle).parametersSha256).toBeUndefined();
  });

  it('says what went wrong, and shares as people write them', () => {
    expect(hear(idle, { kind: 'failed', message: 'no' })).toMatchObject({ stage: 'failed', problem: 'no' });
    expect([0, 0.025, 0.2, 1].map(percent)).toEqual(['0 %', '2.5 %', '20 %', '100 %']);
  });
});
