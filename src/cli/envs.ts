/**
 * `cohort-rl envs [id]`: what there is to train on.
 */
import type { Command } from 'commander';
import type { EnvSpec } from '../node/index.ts';
import { exitCodes } from './failure.ts';
import { commandLine } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { writeLine } from './output.ts';
import { type Paint, paintFor, table, wantsColor } from './terminal.ts';

/** Adds `envs` to the program. */
export function addEnvs(program: Command, exit: (code: number) => void): void {
  program
    .command('envs')
    .description('list the environments, or describe one')
    .argument('[id]', 'id of an environment')
    .option('--json', 'write one JSON line per environment')
    .action(async (id: string | undefined, options: { json?: boolean }) => exit(await runEnvs(id, options)));
}

function describe(spec: EnvSpec, library: Library): Record<string, unknown> {
  return {
    event: 'environment',
    id: spec.id,
    description: spec.description,
    observationSpace: library.describeSpace(spec.observationSpace),
    actionSpace: library.describeSpace(spec.actionSpace),
    maxEpisodeSteps: spec.maxEpisodeSteps ?? null,
    evaluationMaxSteps: spec.evaluationMaxSteps ?? null,
    rewardThreshold: spec.rewardThreshold ?? null,
    parity: spec.parity,
    recipes: library.recipes.filter(({ env }) => env === spec.id).map(({ algorithm, name }) => `${algorithm} ${name}`),
  };
}

async function runEnvs(id: string | undefined, options: { json?: boolean }): Promise<number> {
  const library = await loadLibrary();
  const registry = library.createStandardRegistry();
  const specs = id === undefined ? registry.list() : [registry.get(id)];
  if (options.json) {
    for (const spec of specs) writeLine(JSON.stringify(describe(spec, library)));
    return exitCodes.done;
  }
  const paint = paintFor(wantsColor(process.stdout));
  const lines = id === undefined ? listLines(specs, library, paint) : detailLines(specs[0]!, library, paint);
  for (const line of lines) writeLine(line);
  return exitCodes.done;
}

function listLines(specs: readonly EnvSpec[], library: Library, paint: Paint): string[] {
  const rows = specs.map((spec) => [
    spec.id,
    library.describeSpace(spec.observationSpace),
    library.describeSpace(spec.actionSpace),
    String(spec.maxEpisodeSteps ?? 'none'),
    String(spec.rewardThreshold ?? 'none'),
    spec.parity,
  ]);
  const heading = ['environment', 'observations', 'actions', 'step limit', 'solved from', 'status'];
  return [
    ...table(heading, rows, { paint, rightAligned: [3, 4] }),
    '',
    `${specs.length} environments; describe one with ${paint('cyan', commandLine('envs', specs[0]?.id ?? 'CartPole-v1'))}`,
  ];
}

function detailLines(spec: EnvSpec, library: Library, paint: Paint): string[] {
  const { event: _event, id: _id, description: _description, recipes, ...facts } = describe(spec, library);
  const names: Record<string, string> = {
    observationSpace: 'observations',
    actionSpace: 'actions',
    maxEpisodeSteps: 'step limit',
    evaluationMaxSteps: 'evaluation is cut at',
    rewardThreshold: 'solved from a mean return of',
    parity: 'status',
  };
  return [
    `${paint('bold', spec.id)}: ${spec.description}`,
    ...Object.entries(facts).map(([key, value]) => `  ${names[key] ?? key}: ${value ?? 'none'}`),
    `  recipes: ${(recipes as string[]).join(', ') || 'none'}`,
    '',
    `Train on it: ${paint('cyan', commandLine('train', spec.id))}`,
  ];
}
