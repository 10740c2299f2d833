/** The playground left open: what the page holds does not grow. */
import { chromium } from 'playwright';
import { describe, expect, it } from 'vitest';
import { measureMemory } from '../../bench/playground.mjs';
import { browserArguments } from '../../tools/findBrowser.mjs';
import { executablePath, Playground } from './playgroundPage.ts';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.skipIf(!executablePath)('two minutes of two agents that learn', () => {
  it('leave the heap of the page, after collections, as large as it was', async () => {
    const playground = new Playground();
    const browser = await chromium.launch({ executablePath, args: browserArguments });
    try {
      const samples = await measureMemory(browser, await playground.serve(), 2);
      const heaps = samples.map(({ heap }: { readonly heap: number }) => heap);
      // The first half minute holds what is loaded late. Megabytes.
      const [early, late] = [mean(heaps.slice(3, 8)), mean(heaps.slice(8))];
      expect(late - early).toBeLessThan(0.1 * early + 0.5);
    } finally {
      await browser.close();
      await playground.close();
    }
  });
});
