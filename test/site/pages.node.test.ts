/** A stranger finds things: every page stands in the site's navigation, and what people ask for is two clicks from the README. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groups } from '../../apps/docs/.vitepress/navigation.ts';
import * as library from '../../tools/reference/library.ts';
import { collectPages, listPages } from '../../tools/site/collect.mjs';
import { renderMethodPages, slugOf } from '../../tools/site/methods.mjs';
import { root, textOf } from '../docs/blocks.ts';

/** The pages that a page names, by path from the root. */
const linksOf = (page: string): string[] =>
  [...textOf(page).matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => posix.normalize(posix.join(posix.dirname(page), target)));

describe('two clicks from the README', () => {
  const first = linksOf('README.md');
  const reached = [...new Set([...first, ...first.flatMap(linksOf)])];

  it.each([
    ['how to add an environment', /An environment is an object with `reset`, `step` and two spaces/],
    ['what tail means', /^### What `tail` means$[\s\S]*its \*tail\*/m],
    ['GPG against PPO on LunarLander', /\| LunarLander-v3 \| GPG default \|.*\n\| LunarLander-v3 \| PPO default \|/],
    ['how to load a policy in Python', /^## Load a policy in Python$[\s\S]*cohort_policy\.load\(/m],
    ['what is out of scope', /no DQN, no SAC[\s\S]*No Atari, and no convolutional/],
    ['how long each environment takes', /\| HalfCheetah-v5 \| .*\d+ min \d+ s \|/],
  ])('lies %s', (_, text) => {
    expect(reached.filter((page) => text.test(textOf(page)))).not.toEqual([]);
  });
});

describe('the navigation of the site', () => {
  const paths = groups.flatMap(({ pages }) => pages.map(([, path]) => `${path}.md`));

  it('names every page of docs/, and each page once', () => {
    const pages = listPages(root).filter((page: string) => page.startsWith('docs/'));
    expect(pages.filter((page: string) => !paths.includes(page))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('names pages that are there', () => {
    const pages = listPages(root);
    expect(paths.filter((path) => !pages.includes(path))).toEqual(['api/index.md']);
  });
});

it('the times of docs/start.md are those of experiments/defaults', () => {
  const rows = [...textOf('docs/start.md').matchAll(/^\| (\S+-v\d) \| (.*?) \| (.*?) \| (.*?) \|/gm)];
  const costs = readFileSync(join(root, 'experiments/defaults/README.md'), 'utf8').split('## Cost')[1]!;
  const timeOf = (env: string, method: string): string | undefined =>
    new RegExp(`^\\| ${env} \\| ${method} default \\| [\\d,]+ \\| [\\d,]+ \\| (.*?) \\|`, 'm').exec(costs)?.[1];
  expect(rows).toHaveLength(4);
  for (const [, env, plus, gpg, ppo] of rows) {
    expect([env, gpg, ppo]).toEqual([env, timeOf(env!, 'GPG'), timeOf(env!, 'PPO')]);
    // Runs that stood still for a while say no time.
    if (env !== 'HalfCheetah-v5') expect(plus).toBe(timeOf(env!, 'GPG\\+'));
  }
});

describe('the pages that are made for the site', () => {
  const made: Map<string, string> = renderMethodPages(root, library);

  it('are one per method, in the order of Spinning Up, with names that addresses can hold', () => {
    expect([...made.keys()]).toEqual(library.methodNames);
    for (const [name, text] of made) {
      expect([...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
        'Quick facts',
        'Equations',
        'Pseudocode',
        'A walk through the code',
        'Results',
      ]);
      expect(text, name).not.toMatch(/undefined|\[object/);
      expect(slugOf(name)).toMatch(/^[a-z0-9-]+$/);
    }
    expect(new Set([...made.keys()].map(slugOf)).size).toBe(made.size);
  });

  it('say by hand what GPG and GRPO are', () => {
    expect(made.get('gpg')).toContain(
      '  x = bin of every step: time\n  R_t = rewards from step t to the end of the trajectory, discounted by gamma',
    );
    expect(made.get('grpo')).toContain(
      '  A = r - b, b = mean of r over the group\n  A is divided by the standard deviation of r over the group',
    );
    expect(made.get('grpo')).toMatch(/\| grpo, numEnvs 16 \| 5 \| .*\n\| grpo, numEnvs 32 \| 5 \|/);
  });

  it('come with a page for every source that they name, and keep the text of the others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cohort-site-'));
    try {
      const pages = new Map([...made].map(([name, text]) => [`methods/${slugOf(name)}.md`, text]));
      const written: Map<string, string> = collectPages(root, folder, pages);
      expect(written.get('source/src/algorithms/gpg.ts.md')).toContain(readFileSync(join(root, 'src/algorithms/gpg.ts'), 'utf8').trim());
      expect(written.get('docs/start.md')).toBe(textOf('docs/start.md'));
      expect(written.get('docs/gpg.md')).toContain('[src/algorithms/gpg.ts](../source/src/algorithms/gpg.ts.md)');
      expect(written.get('README.md')).not.toContain('[^gpg]');
      const missing = new Map([['docs/x.md', 'See [this](nothing.ts).']]);
      expect(() => collectPages(root, folder, missing)).toThrow(
        'docs/x.md: expected a file of the repository, got a link to docs/nothing.ts',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
