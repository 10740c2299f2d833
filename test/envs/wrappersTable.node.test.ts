/** The table of Gymnasium's wrappers in the documentation. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import recorded from '../fixtures/environments/transforms.json' with { type: 'json' };

it('has a row for every wrapper of Gymnasium, says which have a vector form, and names only what is exported', async () => {
  const page = readFileSync(new URL('../../docs/environments.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf("### Gymnasium's list of wrappers"));
  const rows = [...section.matchAll(/^\| (`[^|]*`) \| *(yes)? *\| (.*) \|$/gm)];
  const listed = rows.flatMap(([, names, vector]) => [...names!.matchAll(/\w+/g)].map(([name]) => [name, vector === 'yes'] as const));
  expect(Object.fromEntries(listed)).toEqual(recorded.names);
  expect(listed).toHaveLength(Object.keys(recorded.names).length);
  const envs: object = await import('../../src/envs/index.ts');
  // A row either says no, or names a class or function of the package, an option, a command, or what to do instead.
  const classes = rows.flatMap(([, , , here]) => here!.match(/(?<=^`)[A-Z]\w+/g) ?? []);
  expect(classes.length).toBeGreaterThan(15);
  for (const name of classes) expect(envs).toHaveProperty(name);
});
