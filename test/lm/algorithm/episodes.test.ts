/**
 * Episodes of several turns: their tokens, masks and rewards by hand, against a scripted model.
 */
import { describe, expect, it } from 'vitest';
import { type EpisodeSettings, playEpisodes, type WaitingEpisode } from '../../../src/lm/algorithm/episodes.ts';
import type { SampledTokens } from '../../../src/lm/model/rollouts.ts';
import { createVocabulary } from '../../../src/lm/model/tokenizer.ts';
import { type EpisodeProgram, summedOverTurns, type Turn } from '../../../src/lm/tasks/episode.ts';
import type { Problem } from '../../../src/lm/tasks/task.ts';

// a, b, c, d are 1 to 4, = is 5, the end 0.
const tokenizer = createVocabulary('abcd=');
const problem: Problem = { prompt: 'ab=', reward: (completion, ended) => ({ right: completion === 'd' && ended ? 1 : 0 }) };
const start = { problem, prompt: { tokens: tokenizer.encode('ab=') } };

/** What a model says: ids, with log-probabilities -1/2, -1, -3/2 and so on. */
const say = (...tokens: number[]): SampledTokens => ({
  tokens: Int32Array.from(tokens),
  logProbs: Float32Array.from(tokens, (_, t) => -(t + 1) / 2),
});

/** Plays one episode per script, and keeps what the sampler was asked. */
async function play(rollout: EpisodeProgram, scripts: readonly (readonly SampledTokens[])[], changes: Partial<EpisodeSettings> = {}) {
  const asked: { turn: number; most: number; soFar: readonly (readonly number[])[] }[] = [];
  const settings: EpisodeSettings = {
    ...{ rollout, tokenizer, maxTurns: 4, turnTokens: 4, maxTokens: 12, stop: [], rewardSeconds: 5, now: () => performance.now() },
    ...changes,
  };
  const sampler = async (turn: number, waiting: readonly WaitingEpisode[], most: number) => {
    asked.push({ turn, most, soFar: waiting.map(({ soFar }) => soFar.tokens) });
    return waiting.map(({ number }) => scripts[number]![turn]!);
  };
  const starts = scripts.map(() => start);
  const played = (await playEpisodes(starts, settings, sampler))!;
  return { played, asked };
}

const errorOf = (answer: unknown): string => String((answer as { error: Error }).error.message);

describe('an episode', () => {
  it('goes on from exactly the tokens so far; what is appended is read and has no place', async () => {
    const turns: Turn[] = [];
    const { played, asked } = await play(
      async ({ sample, prompt }) => {
        turns.push(await sample());
        turns.push(await sample({ append: `${String(prompt)[2]}d` }));
        return { right: 1, calls: [0.5, 0.25] };
      },
      [[say(3, 0), say(4, 4, 0)]],
    );
    expect(asked).toEqual([
      { turn: 0, most: 4, soFar: [[1, 2, 5]] },
      { turn: 1, most: 4, soFar: [[1, 2, 5, 3, 0, 5, 4]] },
    ]);
    expect(turns).toEqual([
      { text: 'c', ended: true, tokens: 2, exhausted: false },
      { text: 'dd', ended: true, tokens: 3, exhausted: false },
    ]);
    expect(played).toEqual([
      {
        completion: {
          tokens: Int32Array.of(3, 0, 5, 4, 4, 4, 0),
          places: Int32Array.of(0, 1, 4, 5, 6),
          logProbs: Float32Array.of(-0.5, -1, 0, 0, -0.5, -1, -1.5),
          entropy: 4.5,
          text: 'c=ddd',
          ended: true,
          lastText: 'dd',
          turns: 2,
        },
        answer: { value: { right: 1, calls: 0.75 } },
      },
    ]);
  });

  it('of one turn is a completion, judged by its problem where the rollout says nothing', async () => {
    const { played } = await play(
      async ({ sample }) => {
        await sample();
      },
      [[say(4, 0)], [say(4, 4, 4, 4)]],
    );
    expect(played.map(({ completion }) => 'places' in completion)).toEqual([false, false]);
    expect(played.map(({ answer }) => answer)).toEqual([{ value: { right: 1 } }, { value: { right: 0 } }]);
    expect(played[1]!.completion).toMatchObject({ ended: false, text: 'dddd' });
  });

  it('waits for the others: those that go on are sampled together, in order', async () => {
    const { played, asked } = await play(
      async ({ sample }) => {
        const { text } = await sample();
        if (text === 'a') await new Promise((resolve) => setTimeout(resolve, 20));
        if (text !== 'b') await sample({ append: text });
        return 1;
      },
      [[say(1, 0), say(0)], [say(2, 0)], [say(3, 0), say(0)]],
    );
    expect(asked[1]!.soFar).toEqual([
      [1, 2, 5, 1, 0, 1],
      [1, 2, 5, 3, 0, 3],
    ]);
    expect(played.map(({ completion: { turns } }) => turns)).toEqual([2, 1, 2]);
  });

  it('is cut where there is no more room, and exhausted where there is none for what is appended', async () => {
    const turns: Turn[] = [];
    const { played, asked } = await play(
      async ({ sample }) => {
        for (const append of ['', 'aa', 'a', 'a']) turns.push(await sample({ append }));
        return 0;
      },
      [[say(3, 3, 3, 3), say(4, 4, 4, 4)]],
      { maxTokens: 8 },
    );
    expect(asked.map(({ most }) => most)).toEqual([4, 2]);
    expect(turns.slice(1)).toEqual([
      { text: 'dd', ended: false, tokens: 2, exhausted: false },
      { text: '', ended: false, tokens: 0, exhausted: true },
    ]);
    expect(Array.from(played[0]!.completion.tokens)).toEqual([3, 3, 3, 3, 1, 1, 4, 4]);
    // The program asked once more.
    expect(errorOf(played[0]!.answer)).toContain('sample: expected a turn that is left, got none');
  });

  it('has so many turns, and ends a turn with a text that stops', async () => {
    const { played } = await play(
      async ({ sample }) => {
        const said: Turn[] = [];
        do said.push(await sample());
        while (!said.at(-1)!.exhausted);
        return { turns: said.length };
      },
      [[say(1, 2, 3, 0), say(1, 2, 3, 0)]],
      { maxTurns: 2, stop: ['b'] },
    );
    expect(played[0]!.answer).toEqual({ value: { turns: 3 } });
    expect(Array.from(played[0]!.completion.tokens)).toEqual([1, 2, 1, 2]);
  });
});

describe('a rollout that fails', () => {
  it.each<[string, EpisodeProgram, string]>([
    [
      'throws',
      async ({ sample }) => {
        await sample();
        throw new Error('the tool is broken');
      },
      'the tool is broken',
    ],
    [
      'appends what no token stands for',
      async ({ sample }) => {
        await sample();
        await sample({ append: 'x' });
      },
      'expected only characters of "abcd=", got "x"',
    ],
    ['ends before the model said anything', async () => 1, 'before the model had said anything'],
    [
      'asks for two turns at once',
      async ({ sample }) => {
        await Promise.all([sample(), sample()]);
      },
      'sample: expected one turn at a time, got two',
    ],
    [
      'gives a list of another length',
      async ({ sample }) => {
        await sample();
        return { right: [1, 2] };
      },
      'right has 2 numbers, one per turn would be 1',
    ],
  ])('%s: an error of its own, and the others go on', async (_, rollout, message) => {
    const program: EpisodeProgram = async (context) => {
      if (context.problem !== problem) return rollout(context) as Promise<number>;
      await context.sample();
      return 1;
    };
    const settings = { rollout: program, tokenizer, maxTurns: 2, turnTokens: 4, maxTokens: 12, stop: [], rewardSeconds: 1000 };
    const starts = [start, { ...start, problem: { ...problem } }];
    const played = (await playEpisodes(starts, { ...settings, now: () => performance.now() }, async (_turn, waiting) =>
      waiting.map(() => say(1, 0)),
    ))!;
    expect(played[0]!.answer).toEqual({ value: 1 });
    expect(errorOf(played[1]!.answer)).toContain(message);
    expect(played[1]!.completion.tokens.length).toBeGreaterThan(0);
  });

  it('hangs: no answer, its signal is aborted, and what it asks later is refused', async () => {
    let late: Promise<unknown> | undefined;
    const { played } = await play(
      async ({ sample, signal }) => {
        const { text } = await sample();
        if (text === 'a') {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          late = sample();
          await late;
        }
        return 1;
      },
      [[say(1, 0)], [say(2, 0)]],
      { rewardSeconds: 0.05 },
    );
    expect(played.map(({ answer }) => answer)).toEqual([undefined, { value: 1 }]);
    await expect(late).rejects.toThrow('sample: expected an episode that goes on, got one that has ended');
  });

  it('is given up where sampling was cut off or failed', async () => {
    const signals: AbortSignal[] = [];
    const rollout: EpisodeProgram = async ({ sample, signal }) => {
      signals.push(signal);
      await sample();
    };
    const settings = { rollout, tokenizer, maxTurns: 2, turnTokens: 4, maxTokens: 12, stop: [], rewardSeconds: 5 };
    const limits = { ...settings, now: () => performance.now() };
    expect(await playEpisodes([start], limits, async () => undefined)).toBeUndefined();
    await expect(playEpisodes([start], limits, () => Promise.reject(new Error('no server')))).rejects.toThrow('no server');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

it('rewards per turn are summed without a discount', () => {
  expect(summedOverTurns({ a: 1, b: [1, 2, 4] }, 3)).toEqual({ a: 1, b: 7 });
  expect(summedOverTurns(2, 3)).toBe(2);
  expect(summedOverTurns({ a: ['1'] }, 1)).toEqual({ a: Number.NaN });
});
