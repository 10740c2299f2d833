/**
 * `cohort-rl policies`: what comes with the package, to watch, record and evaluate without training.
 */
import type { Command } from 'commander';
import type { PretrainedPolicy } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine } from './invocation.ts';
import { SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { formatNumber, formatSeconds, type Paint, table } from './terminal.ts';

/** Adds `policies` to the program. */
export function addPolicies(program: Command, context: Context): void {
  program
    .command('policies')
    .description('list the trained policies that come with the package, or describe one')
    .addArgument(
      new SuggestedArgument('[name]', 'name of a policy', (library) =>
        library.pretrainedPolicies().map(({ name, algorithm }): [string, string] => [name, algorithm]),
      ),
    )
    .option('--json', 'write one JSON line per policy')
    .action(answer(context, runPolicies));
}

/** `500.0 [500.0, 500.0]`, `0.69 [0.60, 0.78]`: a mean return with its interval. */
function interval({ mean, low, high }: PretrainedPolicy['greedy']): string {
  const [middle, from, to] = [mean, low, high].map((value) => formatNumber(value, Math.abs(mean) < 10 ? 2 : 1));
  return `${middle} [${from}, ${to}]`;
}

async function runPolicies(name: string | undefined, { json }: { json?: boolean }, { library, paint }: Tools): Promise<void> {
  const all = library.pretrainedPolicies();
  const chosen = name === undefined ? all : all.filter((policy) => policy.name === name);
  if (name !== undefined && chosen.length === 0) {
    const names = all.map((policy) => policy.name);
    throw library.mistake('policies', 'the name of a policy that comes with the package', library.show(name), library.suggest(name, names));
  }
  if (json) {
    for (const policy of chosen) writeJson({ event: 'policy', ...policy });
    return;
  }
  const lines = name === undefined ? listLines(chosen, paint) : detailLines(chosen[0]!, paint);
  for (const line of lines) writeLine(line);
}

function listLines(policies: readonly PretrainedPolicy[], paint: Paint): string[] {
  const rows = policies.map((policy) => [
    policy.name,
    policy.algorithm,
    interval(policy.greedy),
    interval(policy.sampled),
    formatNumber(policy.steps, 0),
    formatSeconds(policy.seconds),
    `${formatNumber(policy.bytes / 1000, 0)} kB`,
  ]);
  const heading = ['policy', 'method', 'greedy [95 %]', 'sampled [95 %]', 'steps', 'trained in', 'size'];
  const [first] = policies;
  return [
    ...table(heading, rows, { paint, rightAligned: [2, 3, 4, 5, 6] }),
    '',
    `mean returns of ${first?.episodes ?? 0} episodes; watch one with ${paint('cyan', commandLine('watch', first?.name ?? 'CartPole-v1'))}`,
  ];
}

function detailLines(policy: PretrainedPolicy, paint: Paint): string[] {
  const { name, algorithm, numEnvs, iterations, steps, seed, seedsTried, seconds, date, version, machine, episodes, evaluationSeed } =
    policy;
  const use = (...words: string[]): string => paint('cyan', commandLine(...words));
  return [
    `${paint('bold', name)}: ${algorithm}, ${numEnvs} environments, ${iterations} iterations, ${formatNumber(steps, 0)} steps`,
    `  greedy: ${interval(policy.greedy)}`,
    `  sampled: ${interval(policy.sampled)}`,
    `  evaluation: ${episodes} episodes each, mean return with its 95 % interval, seed ${evaluationSeed}`,
    `  seed: ${seed}, the best of ${seedsTried} in other episodes`,
    `  trained: ${date}, version ${version}, ${formatSeconds(seconds)} on ${machine}`,
    `  SHA-256 of the parameters: ${policy.parametersSha256}`,
    `  SHA-256 of the file: ${policy.sha256} (${policy.bytes} bytes)`,
    ...(policy.note === undefined ? [] : [`  note: ${policy.note}`]),
    '',
    `Trained by: ${paint('cyan', policy.command)}`,
    `Watch it: ${use('watch', name)}`,
    `Measure it: ${use('eval', name)}`,
  ];
}
