/** A configuration as the command and as the program that train it to the same bits. */

/** A configuration as `trainInWorker` takes it. */
type Config = { readonly env: string; readonly algorithm?: unknown };

const flagOf = (field: string): string => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** A word as shells read it. */
const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** The command that trains these seeds: `npx cohort-rl train CartPole-v1 --algorithm ppo --seed 1`. */
export function commandOf({ env, ...fields }: Config, seeds: readonly number[]): string {
  const flags = Object.entries(fields).flatMap(([field, value]) => [flagOf(field), quote(String(value))]);
  return ['npx cohort-rl train', quote(env), ...flags, '--seed', seeds.join(',')].join(' ');
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : JSON.stringify(value);

/** The program of a few lines that trains these seeds. */
export function programOf(config: Config, seeds: readonly number[]): string {
  const record = Object.entries(config).map(([field, value]) => `${field}: ${literal(value)}`);
  const several = seeds.length > 1;
  const fields = [...record, ...(several ? [] : [`seed: ${seeds[0]}`])].join(', ');
  const isGroup = config.algorithm !== 'gpg' && config.algorithm !== 'ppo' && config.algorithm !== undefined;
  return [
    `import { ${isGroup ? 'registerAlgorithm, ' : ''}${several ? 'trainSeeds' : 'train'} } from 'cohort-rl';`,
    ...(isGroup
      ? [
          "import { allAlgorithms } from 'cohort-rl/algorithms';",
          '',
          `registerAlgorithm(allAlgorithms().get(${literal(config.algorithm)}));`,
        ]
      : ['']),
    several
      ? `const { summary } = await trainSeeds({ ${fields} }, [${seeds.join(', ')}]);`
      : `const { summary } = await train({ ${fields} }).finish();`,
    several ? 'console.log(summary);' : 'console.log(summary.parametersSha256, summary.evaluation?.greedy.mean);',
  ].join('\n');
}
