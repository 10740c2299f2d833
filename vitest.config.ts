import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longestFirst.ts';
import { browserArguments, findBrowser, isolationHeaders } from './tools/findBrowser.mjs';

/**
 * Which test runs where is in its file name: `x.test.ts` in Node and in Chromium, `x.node.test.ts` in Node only (it needs `node:` modules),
 * `x.slow.test.ts` and `x.slow.node.test.ts` only in continuous integration, in Node.
 */
const executablePath = findBrowser();
const everywhere = ['test/**/*.test.ts'];
const nodeOnly = 'test/**/*.node.test.ts';
const slow = 'test/**/*.slow{,.node}.test.ts';
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // All cores: the default leaves one free, half of a machine with two.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // One process for all files of a worker, as they share a page in the browser, below.
        test: {
          name: 'node',
          include: everywhere,
          exclude: [nodeOnly, slow],
          globalSetup: 'test/globalSetup.ts',
          ...timeouts,
          isolate: false,
        },
      },
      {
        test: { name: 'node-only', include: [nodeOnly], exclude: [slow], globalSetup: 'test/globalSetup.ts', ...timeouts },
      },
      {
        test: {
          name: 'slow',
          include: [slow],
          globalSetup: 'test/globalSetup.ts',
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
      ...(executablePath
        ? [
            {
              server: { headers: isolationHeaders },
              // MuJoCo finds its WebAssembly beside its script; moved by the optimiser it would not.
              optimizeDeps: {
                include: ['fast-check', 'zod', 'zod/mini', '@huggingface/tokenizers', '@huggingface/jinja'],
                exclude: ['@mujoco/mujoco'],
              },
              test: {
                name: 'browser',
                globalSetup: 'test/globalSetup.ts',
                include: everywhere,
                exclude: [nodeOnly, slow],
                ...timeouts,
                browser: {
                  enabled: true,
                  headless: true,
                  // One page for all files, which load modules once: a test leaves the page's globals and the modules' state as it found them.
                  isolate: false,
                  screenshotFailures: false,
                  provider: playwright({ launchOptions: { executablePath, args: browserArguments } }),
                  instances: [{ browser: 'chromium' as const }],
                },
              },
            },
          ]
        : []),
    ],
  },
});
