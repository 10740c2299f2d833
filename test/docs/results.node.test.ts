/** The pages of experiments are what the commands make of the raw results, to the letter; so are their figures. Red after a change: `node tools/results.mjs`. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { pageCommands } = (await import(new URL('../../tools/results.mjs', import.meta.url).href)) as {
  pageCommands(): Map<string, string[]>;
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-results-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('pages of results', () => {
  it.each([...pageCommands()])('experiments/%s is made of its results', (name, command) => {
    const source = join(root, 'experiments', name);
    const copy = join(folder, 'experiments', name);
    for (const file of readdirSync(source)) if (/\.(jsonl|yaml)$/.test(file)) cpSync(join(source, file), join(copy, file));
    execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...command], { cwd: folder, stdio: 'pipe' });
    const made = readdirSync(copy).filter((file) => /\.(md|svg|vl\.json)$/.test(file));
    expect(made).toContain('README.md');
    for (const file of made) {
      expect(existsSync(join(source, file)), `${name}/${file} is not there`).toBe(true);
      expect(readFileSync(join(source, file), 'utf8'), `${name}/${file}`).toBe(readFileSync(join(copy, file), 'utf8'));
    }
  });
});
