/** The row that is drawn takes seconds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runHere } from './badInputs.ts';
import { makeFolder, removeFolders } from './runCli.ts';

afterAll(removeFolders);

describe('verify', () => {
  it('draws the error against the size of the group, here and into a file', async () => {
    const folder = makeFolder();
    const { code, stdout } = await runHere(['verify', '--only', 'consistency', '--out', 'errors.json'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +0\.43 │.*\n(?: +│.*\n){10} +0\.024 │/m);
    expect(stdout).toMatch(/^ +16 +64 +256 +1024 +4096$/m);
    expect(stdout).toMatch(/^state-time, others +0\.429 +0\.192 +0\.0931 +0\.0459 +0\.0240 +-0\.519 \[-0\.536, -0\.503\]$/m);
    const spec = readFileSync(join(folder, 'errors.json'), 'utf8');
    expect(spec).toContain('"type":"log"');
    expect(spec).toContain('mean of the others');
  });
});
