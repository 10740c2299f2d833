/** A run as a link: what it holds, and that a stranger's link is refused in words. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { marksOf } from '../../src/share/marks.ts';
import { type ReadLinkOptions, readRunLink, runLink, type SharedRun, sharedConfigOf } from '../../src/share/runLink.ts';
import { readText, writeText } from '../../src/share/text.ts';
import { resolveConfig } from '../../src/training/config.ts';

const hash = 'f119d6ceacdccff850c622873c34f28659bb554d8a9b75344b4bbb4243776d9e';
const marks = Array.from({ length: 16 }, (_, index) => `${(index + 10).toString(16).padStart(2, '0')}0000ff`);
const run: SharedRun = {
  version: '0.1.0',
  config: { env: 'CartPole-v1', algorithm: 'gpg', seed: 3, numEnvs: 8, hiddenSizes: [16] },
  iterations: 200,
  parametersSha256: hash,
  marks,
};
const link = await runLink(run);

/** What a link that is no good says. */
async function refused(text: string, options: ReadLinkOptions = {}): Promise<string> {
  try {
    await readRunLink(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(CohortError);
    expect((error as CohortError).parts.kind ?? 'usage').toBe('usage');
    return (error as Error).message;
  }
  throw new Error('not refused');
}
/** The message for a link with another content, its checksum right. */
const saysOf = (change: object): Promise<string> => refused(writeText({ ...readText(link), ...change }));
const withConfig = (change: object): Promise<string> => saysOf({ config: { ...run.config, ...change } });

describe('marksOf', () => {
  it('gives 16 evenly spaced iterations, the last one included, or all of fewer', () => {
    expect(marksOf({ iterations: 200 })).toEqual([13, 25, 38, 50, 63, 75, 88, 100, 113, 125, 138, 150, 163, 175, 188, 200]);
    expect(marksOf({ iterations: 3 })).toEqual([1, 2, 3]);
    expect(marksOf({ iterations: 200, stopAfter: 16 })).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });
});

describe('a link', () => {
  it('reads back as the run that was written, behind any address', async () => {
    const read = await readRunLink(`https://example.org/page?x=1${link}\n`);
    expect(read).toMatchObject({ ...run, notes: [] });
    expect(read.resolved).toMatchObject({ numSteps: 128, gamma: 0.99, seed: 3 });
    // 200 iterations of 8 environments and 128 steps.
    expect(read.work.steps).toBe(204_800);
    expect(link).toMatch(/^#run=1\.[\w-]+\.[\da-f]{8}$/);
  });

  it('with any one character changed is refused in one sentence, or is the same run', async () => {
    const changes = fc.tuple(fc.nat(link.length - 1), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }));
    await fc.assert(
      fc.asyncProperty(changes, async ([at, character]) => {
        const changed = link.slice(0, at) + character + link.slice(at + 1);
        if (changed === link) return;
        expect(await refused(changed)).toMatch(/^link: expected .+, got .+; .+$/);
      }),
      { numRuns: 500 },
    );
    for (let at = 0; at < link.length; at++) {
      const other = link[at] === 'A' ? 'B' : 'A';
      await refused(link.slice(0, at) + other + link.slice(at + 1));
      await refused(link.slice(0, at) + link.slice(at + 1));
      await refused(link.slice(0, at));
    }
  });

  it('is refused whatever it holds, and never by an error of the engine', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 3 }), async (json) => {
        const value: unknown = JSON.parse(json);
        await refused(writeText({ ...readText(link), config: value }));
        await refused(writeText({ ...readText(link), hashes: value }));
      }),
      { numRuns: 200 },
    );
  });

  it('says what is wrong with it', async () => {
    expect(await refused('hello')).toContain('got "hello"; ask for the link again');
    expect(await refused(link.replace('#run=1.', '#run=2.'))).toContain('one of format 2; use a newer version');
    expect(await refused(`${link.slice(0, 80)}x${link.slice(81)}`)).toContain('the link was changed, or cut off');
    expect(await refused(`#run=1.${'A'.repeat(5000)}`)).toContain('at most 4096 characters, got 5007');
    expect(await withConfig({ env: 'CartPole-v2' })).toContain('did you mean CartPole-v0 or CartPole-v1?');
    expect(await withConfig({ algorithm: 'gp' })).toContain('did you mean gpg');
    expect(await withConfig({ numEnvs: 1e9 })).toContain('numEnvs: expected a whole number from 1 to 65536, got 1000000000');
    expect(await withConfig({ modules: ['https://example.org/x.js'] })).toContain('known fields, got "modules"');
    expect(await withConfig({ bins: 'custom' })).toContain('a function of the program');
    expect(await withConfig({ arithmetic: 'fused' })).toContain('bits differ between machines');
    expect(await withConfig({ envOptions: { xmlFile: '/etc/passwd' } })).toContain('option');
    expect(await saysOf({ iterations: 201 })).toContain('at most 200');
    expect(await saysOf({ iterations: 100 })).toContain('8 short ones for 100 iterations, got 16');
    expect(await saysOf({ version: '<b>' })).toContain('a version');
    expect(await saysOf({ code: 'alert(1)' })).toContain('known fields');
  });

  it('of more work than is accepted is refused before anything begins, by each of its measures', async () => {
    expect(await withConfig({ numEnvs: 65_536, numSteps: 1_048_576 })).toContain('at most 50,000,000 environment steps');
    expect(await withConfig({ hiddenSizes: [4096, 4096, 4096], updateEpochs: 1000 })).toContain('multiplications');
    expect(await refused(link, { limits: { steps: 1000 } })).toContain(
      'got 205,000; raise the limit if you trust who sent it: { limits: { steps: 204800 } }',
    );
    expect(await refused(link, { limits: { bytes: 1000 } })).toContain('of memory');
    // A lake of 10,000 tiles, each an input of the network, where there are 16 without options.
    const lake = { env: 'FrozenLake-v1', numEnvs: 64, numSteps: 1024, envOptions: { mapName: 'random', mapSize: 100 } };
    expect(await withConfig(lake)).toContain('multiplications of its networks, got');
    expect((await readRunLink(link, { limits: { steps: 204_800 } })).iterations).toBe(200);
  });

  it('of another version says so, and so does one whose configuration is trained otherwise now', async () => {
    expect((await readRunLink(writeText({ ...readText(link), version: '0.0.9' }))).notes).toEqual([
      'It was trained by cohort-rl 0.0.9; this is 0.1.0.',
    ]);
    expect((await readRunLink(writeText({ ...readText(link), identity: '00000000' }))).notes[0]).toContain(
      'trains that configuration otherwise',
    );
  });
});

describe('sharedConfigOf', () => {
  it('keeps what differs from the defaults and decides bits', () => {
    const input = {
      env: 'LunarLander-v3',
      algorithm: 'ppo',
      seed: 1,
      numEnvs: 4,
      threads: 2,
      tensorboard: false,
      envOptions: { gravity: -9 },
    };
    const config = sharedConfigOf(resolveConfig(input));
    expect(config).toEqual({ env: 'LunarLander-v3', algorithm: 'ppo', envOptions: { gravity: -9 }, numEnvs: 4 });
  });
});
