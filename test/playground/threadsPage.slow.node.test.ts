/** The cores of the machine in the playground: shared out where the page may share memory, with the same bits everywhere. */
import type { Page } from 'playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { train } from '../../src/node/index.ts';
import { bothTrain, executablePath, hashesOf, Playground, trainOn } from './playgroundPage.ts';

const config = { env: 'LunarLander-v3', seed: 1, iterations: 2 } as const;

/** Trains both lanes on a machine that says it has four cores; the hashes of the parameters. */
async function trainAsOnFourCores(playground: Playground, url: string): Promise<{ page: Page; hashes: readonly (string | null)[] }> {
  const { page } = await playground.open(url, {}, () => Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 4 }));
  await bothTrain(page);
  await trainOn(page, config.env, config.iterations);
  await page.locator('[data-state=done]').nth(1).waitFor();
  return { page, hashes: await hashesOf(page) };
}

describe.skipIf(!executablePath)('the threads of the playground', () => {
  const isolated = new Playground();
  const plain = new Playground();
  afterAll(() => Promise.all([isolated.close(), plain.close()]));

  it('are two for each of two lanes on four cores of an isolated page, one in any other, with the bits of Node', async () => {
    const [two, one] = [
      await trainAsOnFourCores(isolated, await isolated.serve()),
      await trainAsOnFourCores(plain, await plain.serveStatically()),
    ];
    expect(await two.page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await two.page.getByText('2 threads').count()).toBe(2);
    expect([...isolated.asked].filter((name) => name.includes('envWorkerBrowser'))).toHaveLength(1);
    expect(await one.page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(await one.page.getByText('one thread').count()).toBe(2);
    const ours = await Promise.all(['gpg', 'ppo'].map((algorithm) => train({ ...config, algorithm }).finish()));
    const expected = ours.map(({ summary }) => summary.parametersSha256);
    expect(two.hashes).toEqual(expected);
    expect(one.hashes).toEqual(expected);
    expect([...isolated.complaints, ...plain.complaints]).toEqual([]);
  });
});
