import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from './badInputs.ts';
import { makeFolder, removeFolders } from './runCli.ts';

afterAll(removeFolders);

describe('completion', () => {
  const path = process.env.PATH;
  afterAll(() => {
    process.env.PATH = path;
  });

  it('says in its script and beside it what it needs', async () => {
    const folder = makeFolder();
    const bin = join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'cohort-rl'), '');
    process.env.PATH = [bin, folder].join(delimiter);
    const { code, stdout, stderr } = await runHere(['completion', 'bash'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('# It needs cohort-rl on the path: npm install --global cohort-rl');
    expect(stderr).toContain('which is not on the path');
    writeFileSync(join(folder, 'cohort-rl'), '');
    expect((await runHere(['completion', 'bash'], folder)).stderr).toBe('');
  });
});
