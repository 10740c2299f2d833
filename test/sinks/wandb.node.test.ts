/** `--log wandb` at the command line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolders, runCli, tiny } from '../cli/runCli.ts';

afterAll(removeFolders);

const train = ['train', 'CartPole-v1', ...tiny, '--iterations', '2', '--log', 'wandb'];
/** The texts of the offline runs below a folder. */
const runsBelow = (folder: string): string[] =>
  readdirSync(join(folder, 'wandb')).map((name) =>
    readFileSync(join(folder, 'wandb', name, `run-${name.split('-').at(-1)}.wandb`), 'latin1'),
  );

describe('train --log wandb', () => {
  it('writes a folder for each seed, and says what to type', async () => {
    const cwd = makeFolder();
    const environment = { WANDB_PROJECT: 'mine', WANDB_ENTITY: 'us', WANDB_API_KEY: 'secret' };
    const { code, stdout } = await runCli([...train, '--seed', '1,2', '--run-dir', 'both'], { cwd, environment });
    expect(code).toBe(0);
    const texts = runsBelow(cwd);
    expect(texts).toHaveLength(2);
    for (const text of texts) {
      expect(text.slice(0, 4)).toBe(':W&B');
      for (const part of ['mine', 'us', 'both', 'charts/episodic_return', '"done"']) expect(text).toContain(part);
      expect(text).not.toContain('secret');
    }
    expect(texts.some((text) => text.includes('both/seed1')) && texts.some((text) => text.includes('both/seed2'))).toBe(true);
    // The command to compare with is logged as well.
    expect(stdout.replaceAll(/\s+\\?\s*/g, ' ')).toMatch(/--algorithm ppo [^:]*--log wandb/);
    const said = [...stdout.matchAll(/^ {2}wandb sync (\S+)$/gm)].map((match) => match[1]!);
    expect(said).toHaveLength(2);
    // `wandb sync` writes into files/ and makes no such folder.
    for (const folder of said)
      expect([basename(folder).startsWith('offline-run-'), existsSync(join(cwd, folder, 'files'))]).toEqual([true, true]);
  });

  it('says twice is once, takes WANDB_DIR, and a resumed run is one of its own', async () => {
    const cwd = makeFolder();
    await runCli([...train, '--log', 'wandb', '--run-dir', 'run', '--stop-after', '1'], { cwd });
    expect(runsBelow(cwd)).toHaveLength(1);
    const { code, stderr } = await runCli(['resume', 'run', '--log', 'wandb', '--quiet'], { cwd, environment: { WANDB_DIR: 'elsewhere' } });
    expect([code, stderr]).toEqual([0, '']);
    const [text] = runsBelow(join(cwd, 'elsewhere'));
    expect(text).toContain('resumed\x82\x01\x04true');
  });

  it('trains all the same where the folder cannot be written', async () => {
    const cwd = makeFolder();
    const { code, stderr } = await runCli([...train, '--quiet'], { cwd, environment: { WANDB_DIR: '/dev/null' } });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: the run goes on, and is no longer written for W&B: .*\n$/);
  });
});
