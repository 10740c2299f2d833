/** The command that a policy of the package names trains it again, to the same bits; red where a recipe changed and the policy did not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pretrainedPolicies } from '../../src/pretrained/index.ts';
import { makeFolder, removeFolders, runCli } from '../cli/runCli.ts';

afterAll(removeFolders);

describe('a policy that comes with the package', () => {
  // Those that train in seconds.
  const quick = pretrainedPolicies.filter(
    ({ steps, seconds, algorithm }) => seconds < 100 && steps <= 900_000 && (algorithm === 'gpg' || steps < 500_000),
  );

  it.each(quick.map((policy) => [policy.name, policy] as const))(
    '%s is what its command trains',
    async (_, { command, parametersSha256 }) => {
      const words = command.split(' ');
      expect(words.splice(0, 2)).toEqual(['npx', 'cohort-rl']);
      const folder = makeFolder();
      const { code } = await runCli([...words, '--final-evaluation-episodes', '1', '--run-dir', 'run', '--quiet'], { cwd: folder });
      expect(code).toBe(0);
      expect(JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'))).toMatchObject({ parametersSha256 });
    },
  );
});
