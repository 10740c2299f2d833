import { describe, expect, it } from 'vitest';
import { createCohort, type Platform, type RunEvent } from '../../src/api/index.ts';
import type { Frames, Screen } from '../../src/core/platform.ts';
import { showRuns } from '../../src/display/runDisplay.ts';
import { memoryHome } from '../training/cohort.ts';

const config = { env: 'CartPole-v1', numEnvs: 2, numSteps: 16, iterations: 3, evaluationInterval: 0, finalEvaluationEpisodes: 2 } as const;
let clock = 0;
const platform: Platform = { name: 'test', now: () => (clock += 10), wallTime: () => 0, pause: async () => {} };

function linesScreen(): { screen: Screen; lines: string[] } {
  const lines: string[] = [];
  return { lines, screen: { writeLine: (line) => lines.push(line) } };
}

/** A terminal that keeps its frames. */
function framesScreen(): { screen: Screen; frames: string[]; isOpen: () => boolean } {
  const frames: string[] = [];
  let open = false;
  const place: Frames = {
    columns: 100,
    rows: 30,
    hasColor: false,
    show: (lines) => void frames.push(lines.join('\n')),
    close: () => {
      open = false;
    },
  };
  const openFrames = async (): Promise<Frames> => {
    open = true;
    return place;
  };
  return { frames, isOpen: () => open, screen: { writeLine: () => {}, openFrames } };
}

async function eventsOf(seed: number, more: Readonly<Record<string, unknown>> = {}): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await createCohort(platform)
    .train({ ...config, seed, ...more }, { onEvent: (event) => events.push(event) })
    .finish();
  return events;
}

describe('a display of events', () => {
  it('names what is trained, and ends with its last state', async () => {
    const { screen, lines } = linesScreen();
    const display = showRuns(screen, platform.now);
    for (const event of await eventsOf(7)) display.onEvent(event);
    await display.close();
    expect(lines[0]).toBe('CartPole-v1, GPG+, 2 environments x 16 steps, space bins, seed 7; not kept');
    expect(lines[1]).toContain('iteration 1/3');
    expect(lines.at(-1)).toMatch(/^done: iteration 3\/3.*sampled/);
  });

  it('says what memory a run takes, where that is much', async () => {
    const large = (await eventsOf(7)).map((event) => (event.event === 'config' ? { ...event, memoryBytes: 1_130_000_000 } : event));
    const plain = linesScreen();
    const lines = showRuns(plain.screen, platform.now);
    const moving = framesScreen();
    const frames = showRuns(moving.screen, platform.now);
    for (const event of large) {
      lines.onEvent(event);
      frames.onEvent(event);
    }
    await lines.close();
    await frames.close();
    expect(plain.lines[0]).toBe('CartPole-v1, GPG+, 2 environments x 16 steps, space bins, seed 7, 1.1 GB of memory; not kept');
    expect(moving.frames.at(-1)).toContain('1.1 GB of memory');
  });

  it('shows several seeds, each from its first event, in frames', async () => {
    const { screen, frames, isOpen } = framesScreen();
    const display = showRuns(screen, platform.now);
    const [first, second] = [await eventsOf(1), await eventsOf(2)];
    for (const event of first) display.onEvent(event);
    for (const event of second) display.onEvent(event);
    await display.close();
    expect(isOpen()).toBe(false);
    expect(frames.at(-1)).toContain('2 seeds');
    expect(
      frames
        .at(-1)!
        .split('\n')
        .filter((line) => line.includes('✓')),
    ).toHaveLength(3);
  });

  it('shows nothing after its end, and of what never began', async () => {
    const { screen, lines } = linesScreen();
    const display = showRuns(screen, platform.now);
    const [begin, next] = await eventsOf(1);
    display.onEvent(next!);
    await display.close();
    display.onEvent(begin!);
    display.onEvent(next!);
    await display.close();
    expect(lines).toEqual([]);
  });
});

describe('display: true', () => {
  it('shows a run on the screen of the platform, beside its listener', async () => {
    const { screen, lines } = linesScreen();
    const events: string[] = [];
    const cohort = createCohort({ ...platform, screen });
    const { summary } = await cohort.train(config, { display: true, onEvent: ({ event }) => events.push(event) }).finish();
    expect(lines[0]).toContain('CartPole-v1, GPG+');
    expect(events).toContain('summary');
    expect(summary.parametersSha256).toBe((await createCohort(platform).train(config).finish()).summary.parametersSha256);
  });

  it('lets go of the screen where a run is left early, and where it fails', async () => {
    const { screen, isOpen, frames } = framesScreen();
    const cohort = createCohort({ ...platform, screen });
    for await (const { iteration } of cohort.train(config, { display: true })) {
      expect(isOpen()).toBe(true);
      if (iteration === 2) break;
    }
    expect(isOpen()).toBe(false);
    expect(frames.at(-1)).toContain('2/3');
    const bins = (): number => {
      throw new Error('mine');
    };
    await expect(cohort.train({ ...config, bins }, { display: true }).finish()).rejects.toThrow('mine');
    expect(isOpen()).toBe(false);
  });

  it('shows several seeds, and language models', async () => {
    const { screen, frames } = framesScreen();
    const cohort = createCohort({ ...platform, screen });
    await cohort.trainSeeds(config, [3, 4], { display: true });
    expect(frames.at(-1)).toContain('2 seeds');
    const { screen: second, lines } = linesScreen();
    const model = {
      task: 'sort',
      iterations: 1,
      numGroups: 2,
      groupSize: 2,
      hiddenSize: 16,
      numAttentionHeads: 2,
      numHiddenLayers: 1,
      evaluationPrompts: 2,
    };
    await createCohort({ ...platform, screen: second })
      .trainLanguageModel({ ...model, warmStartAccuracy: 0, minValidFraction: 0 }, { display: true })
      .finish();
    expect(lines[0]).toMatch(/^sort, GPG-LM, 2 prompts x 2 completions, 1 layer of 16, seed 1/);
  });

  it('begins the curve of a run that goes on with what it had done', async () => {
    const { screen, frames } = framesScreen();
    const home = memoryHome();
    const cohort = createCohort({ ...platform, screen }, home);
    await cohort.train({ ...config, iterations: 8, stopAfter: 7 }, { runDirectory: 'run' }).finish();
    await (await cohort.resume('run', { display: true })).finish();
    const curve = frames
      .at(-1)!
      .split('\n')
      .find((line) => line.includes('return'))!;
    expect(curve.match(/[▁▂▃▄▅▆▇█]/g)).toHaveLength(8);
  });

  it('is refused where it is no yes or no, and where there is no screen', async () => {
    const cohort = createCohort(platform);
    expect(() => cohort.train(config, { display: 'yes' as unknown as boolean })).toThrow(/display: expected true or false, got "yes"/);
    await expect(cohort.train(config, { display: true }).finish()).rejects.toThrow(
      /display: expected a platform that shows lines, got test/,
    );
  });
});
