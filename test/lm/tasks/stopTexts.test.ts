/** Texts that end a completion: how they are written, where a completion is cut, and that sampling is else the same. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStopTexts, stoppedAfter } from '../../../src/lm/tasks/stopTexts.ts';
import { testCohort } from '../../training/cohort.ts';
import { shortRun } from '../languageRun.ts';

it.each([
  [undefined, []],
  ['</answer>', ['</answer>']],
  ['a|b', ['a', 'b']],
  [String.raw`\n\n|x\|y`, ['\n\n', 'x|y']],
  [String.raw`a\\n|\t`, [String.raw`a\n`, String.raw`\t`]],
])('the setting %o', (setting, texts) => expect(readStopTexts(setting)).toEqual(texts));

it.each(['|', 'a|', '|a', 'a||b'])('an empty text in %o is refused', (setting) =>
  expect(() => testCohort().trainLanguageModel({ ...shortRun, stop: setting })).toThrow('stop: expected texts that are not empty'),
);

it('the example', () => {
  const tokens = ['ab', 'c<', '/a>', 'x'];
  const decode = (count: number): string => tokens.slice(0, count).join('');
  expect(stoppedAfter(4, decode, ['</a>'])).toBe(3);
  expect(stoppedAfter(4, decode, ['</a>', 'b'])).toBe(1);
  expect(stoppedAfter(4, decode, ['y'])).toBeUndefined();
  expect(stoppedAfter(4, decode, [])).toBeUndefined();
});

it('keeps the fewest tokens that hold a text', () => {
  const letters = fc.constantFrom('a', 'b', 'ab', 'ba', '');
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 30 }), fc.array(fc.constantFrom('aa', 'bb', 'abab'), { minLength: 1 }), (tokens, stop) => {
      const decode = (count: number): string => tokens.slice(0, count).join('');
      const counts = Array.from({ length: tokens.length + 1 }, (_, count) => count);
      expect(stoppedAfter(tokens.length, decode, stop)).toBe(counts.find((count) => stop.some((one) => decode(count).includes(one))));
    }),
  );
});

describe('in a run', () => {
  const completionsOf = async (fields: object) => {
    const training = testCohort().trainLanguageModel(
      { ...shortRun, warmStartAccuracy: 0, iterations: 1, completions: 'all', ...fields },
      { runDirectory: 'run' },
    );
    for await (const { completions } of training) return completions;
    throw new Error('no iteration');
  };

  it('a completion that stops is the other up to there, and has ended', async () => {
    const [all, stopped] = [await completionsOf({}), await completionsOf({ stop: '7|4' })];
    let cut = 0;
    all.forEach(({ completion, ended }, i) => {
      const at = completion.search(/[74]/);
      expect(stopped[i]).toMatchObject(at < 0 ? { completion, ended } : { completion: completion.slice(0, at + 1), ended: true });
      if (at >= 0) cut++;
    });
    expect(cut).toBeGreaterThan(0);
  });
});
