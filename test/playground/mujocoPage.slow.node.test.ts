/** MuJoCo in the playground: loaded when somebody asks, kept for later, and said to be missing in words. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { train } from '../../src/node/index.ts';
import { bothTrain, executablePath, followLink, hashesOf, makeLink, Playground, trainOn } from './playgroundPage.ts';

/** Nothing of these is loaded before somebody asks. */
const mujocoFiles = ['mujoco/mujoco.js', 'mujoco/mujoco.wasm'];

/** What a policy at play shows after a while: steps that were simulated in the page itself. */
async function plays(page: Page): Promise<void> {
  await page
    .getByText(/^step [1-9]/)
    .filter({ visible: true })
    .first()
    .waitFor();
}

describe.skipIf(!executablePath)('MuJoCo in the playground', () => {
  const playground = new Playground();
  afterAll(() => playground.close());

  it('is loaded when one of its tasks is chosen, and trains to the bits of Node', async () => {
    const { page } = await playground.open(await playground.serve());
    await bothTrain(page);
    expect(mujocoFiles.filter((name) => playground.asked.has(name))).toEqual([]);
    await trainOn(page, 'InvertedPendulum-v5', 2);
    await page.locator('[data-state=done]').nth(1).waitFor();
    expect(mujocoFiles.filter((name) => playground.asked.has(name))).toEqual(mujocoFiles);
    const config = { env: 'InvertedPendulum-v5', seed: 1, iterations: 2 } as const;
    const ours = await Promise.all(['gpg', 'ppo'].map((algorithm) => train({ ...config, algorithm }).finish()));
    expect(await hashesOf(page)).toEqual(ours.map(({ summary }) => summary.parametersSha256));
    await plays(page);
    await page.getByRole('tab', { name: 'Group' }).click();
    await page.getByRole('heading', { name: /^Trajectory \d+, step \d+$/ }).waitFor();
    await page.getByRole('tab', { name: 'Policies' }).click();
    await page.getByLabel('pretrained').selectOption('Hopper-v5');
    await page.getByRole('heading', { name: 'Hopper-v5' }).waitFor();
    await plays(page);
    await followLink(page, await makeLink(page, 'PPO'));
    expect(playground.complaints).toEqual([]);
  });

  it('works without a network from a static server, once it was asked for', async () => {
    const other = new Playground();
    try {
      const { page } = await other.open(await other.serveStatically());
      await page.getByText('It works without a network from now on.').waitFor();
      expect(mujocoFiles.filter((name) => other.asked.has(name))).toEqual([]);
      await trainOn(page, 'InvertedPendulum-v5', 1);
      await page.locator('[data-state=done]').nth(1).waitFor();
      const hashes = await hashesOf(page);
      other.stopServing();
      await page.reload();
      await bothTrain(page);
      await trainOn(page, 'InvertedPendulum-v5', 1);
      await page.locator('[data-state=done]').nth(1).waitFor();
      expect(await hashesOf(page)).toEqual(hashes);
      expect(other.complaints).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('is said to be missing where it is not beside the page, and what ran goes on', async () => {
    const other = new Playground();
    for (const name of mujocoFiles) other.missing.add(`/${name}`);
    try {
      const { page } = await other.open(await other.serveStatically());
      await bothTrain(page);
      await trainOn(page, 'HalfCheetah-v5', 1);
      const { peerDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        peerDependencies: Record<string, string>;
      };
      await page
        .getByText(
          `MuJoCo, which is not beside this page. On your own machine: npm install @mujoco/mujoco@${peerDependencies['@mujoco/mujoco']}`,
        )
        .waitFor();
      expect(await page.locator('[data-state=failed]').count()).toBe(0);
      expect(await page.locator('[data-state=training], [data-state=done]').count()).toBe(2);
      // Of the file that is not there.
      expect(other.complaints.filter((text) => !text.includes('404'))).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
