/**
 * The command line against a server on a port: a client that is killed is resumed, and the server has learned what it would have.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { layOutKernels } from '../../../src/kernels/index.ts';
import { createLanguageState, type LanguageState } from '../../../src/lm/algorithm/state.ts';
import { resolveLanguageConfig } from '../../../src/lm/config/config.ts';
import { findTask } from '../../../src/lm/tasks/index.ts';
import { openPolicy } from '../../../src/lm/training/warmStart.ts';
import { learnerKey } from '../../../src/random/index.ts';
import { metrics, run, summary } from '../../cli/killing.ts';
import { testPlatform } from '../../training/cohort.ts';
import { listen } from './httpServer.ts';
import { type Kept, ReferenceServer } from './referenceServer.ts';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-served-'));
const sizes = { hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 24, numGroups: 4, groupSize: 4 };
const settings = ['--num-groups', '4', '--group-size', '4', '--learning-rate', '1e-3', '--min-valid-fraction', '0', '--lora-rank', '0'];

/** The state of a server whose model has random weights: what is rewarded is no matter here. */
async function state(): Promise<LanguageState> {
  const task = findTask('digit-completion');
  const config = resolveLanguageConfig({ ...sizes, task: task.id, warmStartAccuracy: 0 });
  const context = { task, platform: testPlatform, layOut: layOutKernels, key: learnerKey(1) };
  const made = await createLanguageState(config, context);
  await openPolicy(made, context);
  return made;
}

describe('lm train --backend tinker', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('killed, and resumed: the same lines, the same weights on the server', async () => {
    const train = async (name: string, kill: boolean): Promise<Kept> => {
      const directory = join(folder, name);
      let [steps, child]: [number, ChildProcess | undefined] = [0, undefined];
      const server = new ReferenceServer({
        state: await state(),
        model: 'tiny',
        apiKey: 'secret',
        // In the middle of an update, the gradient there and no step made.
        fault: (endpoint) => {
          if (kill && endpoint === 'optim_step' && ++steps === 11) child?.kill('SIGKILL');
          return undefined;
        },
      });
      const { url, close } = await listen(server);
      process.env.TINKER_API_KEY = 'secret';
      try {
        const where = ['--backend', 'tinker', '--url', url, '--model', 'tiny', '--tokenizer', 'task'];
        const length = [
          '--iterations',
          '24',
          '--checkpoint-interval',
          '3',
          '--evaluation-interval',
          '0',
          '--final-evaluation-prompts',
          '20',
        ];
        const begin = ['lm', 'train', 'digit-completion', ...where, ...settings, ...length, '--run-dir', directory];
        if (!kill) expect(await run(begin)).toBe(0);
        else {
          child = spawn(process.execPath, [cli, ...begin], { stdio: 'ignore' });
          const begun = child;
          expect(await new Promise((resolve) => begun.on('close', (_, signal) => resolve(signal)))).toBe('SIGKILL');
          const done = metrics(directory).length;
          expect(done).toBeGreaterThanOrEqual(10);
          expect(done).toBeLessThan(24);
          expect(await run(['resume', directory])).toBe(0);
        }
      } finally {
        delete process.env.TINKER_API_KEY;
        await close();
      }
      return server.kept;
    };
    const whole = await train('whole', false);
    const parts = await train('parts', true);
    expect(metrics(join(folder, 'parts'))).toEqual(metrics(join(folder, 'whole')));
    expect(summary(join(folder, 'parts')).evaluation).toEqual(summary(join(folder, 'whole')).evaluation);
    expect([...parts.values()].at(-1)!.values).toEqual([...whole.values()].at(-1)!.values);
    const text = readFileSync(join(folder, 'parts', 'config.json'), 'utf8');
    expect(text).toContain('"backend": "tinker"');
    expect(text).not.toContain('secret');
  });
});
