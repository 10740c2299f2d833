import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { refuseForeignPackages } from './project.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-project-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a project below packages that it did not install is refused', () => {
  const below = join(folder, 'some', 'where');
  mkdirSync(below, { recursive: true });
  expect(() => refuseForeignPackages(below)).not.toThrow();
  mkdirSync(join(folder, 'node_modules'));
  expect(() => refuseForeignPackages(below)).toThrow(`would find packages in ${join(folder, 'node_modules')}`);
});
