import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstEnv } from '../../apps/playground/src/stage/firstEnv.ts';
import { commandOf, programOf } from '../../apps/playground/src/text/command.ts';
import { standardRegistry } from '../../src/envs/index.ts';
import { trainInWorker } from '../../src/node/worker.ts';
import { cli } from '../cli/runCli.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-playground-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tiny = { env: 'CartPole-v1', algorithm: 'gpg-leave-one-out', iterations: 2, numEnvs: 4, bins: 'space', binWidth: 0.5 } as const;

describe('the command and the program beside a run of the playground', () => {
  it('train to the bits of the run itself', async () => {
    const { summary } = await trainInWorker({ ...tiny, seed: 7, threads: 1 }).finish();
    const command = commandOf(tiny, [7]);
    const words = `${command} --run-dir ${join(folder, 'run')}`.split(' ').slice(2);
    expect(spawnSync(process.execPath, [cli, ...words], { encoding: 'utf8' }).stderr).toBe('');
    expect(JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8')).parametersSha256).toBe(summary.parametersSha256);
    const program = programOf(tiny, [7]);
    expect(program.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(5);
    const said = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '../..'),
    });
    expect(said.stderr).toBe('');
    expect(said.stdout).toContain(summary.parametersSha256);
  });

  it('hold strange words together, and several seeds', () => {
    expect(commandOf({ env: "it's", recipe: 'a b' } as { env: string }, [1, 2])).toBe(
      `npx cohort-rl train 'it'\\''s' --recipe 'a b' --seed 1,2`,
    );
    expect(programOf({ env: "it's" }, [1, 2])).toContain("trainSeeds({ env: 'it\\'s' }, [1, 2])");
  });

  it('know what the page knows of its first environment', () => {
    expect(standardRegistry().get(firstEnv.id)).toMatchObject(firstEnv);
  });
});
