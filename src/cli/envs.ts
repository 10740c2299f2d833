/**
 * `cohort-rl envs [id]`: what there is to train on.
 */
import type { Command } from 'commander';
import type { EnvSpec, Space, SpaceRow } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { type Paint, table } from './terminal.ts';

/** Adds `envs` to the program. */
export function addEnvs(program: Command, context: Context): void {
  program
    .command('envs')
    .description('list the environments, or describe one')
    .addArgument(new SuggestedArgument('[id]', 'id of an environment', environments.target.suggest))
    .option('--json', 'write one JSON line per environment')
    .addOption(moduleOption())
    .action(answer(context, runEnvs));
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
    parity: spec.parity ?? null,
    observation: spec.observation ?? [],
    action: spec.action ?? [],
    options: spec.options ?? {},
    rewards: spec.rewards ?? null,
    episodeEnd: spec.episodeEnd ?? null,
    versions: spec.versions ?? null,
    source: spec.source ?? null,
    recipes: library.recipesOf(spec).map(({ algorithm, name }) => `${algorithm} ${name}`),
  };
}

async function runEnvs(id: string | undefined, { json }: { json?: boolean }, { library, paint }: Tools): Promise<void> {
  const specs = id === undefined ? library.environments.list() : [library.environments.get(id)];
  const lines = json
    ? specs.map((spec) => JSON.stringify(describe(spec, library)))
    : id === undefined
      ? listLines(specs, library, paint)
      : detailLines(specs[0]!, library, paint);
  for (const line of lines) writeLine(line);
}

function listLines(specs: readonly EnvSpec[], library: Library, paint: Paint): string[] {
  const rows = specs.map((spec) => [
    spec.id,
    library.describeSpace(spec.observationSpace),
    library.describeSpace(spec.actionSpace),
    String(spec.maxEpisodeSteps ?? 'none'),
    String(spec.rewardThreshold ?? 'none'),
    spec.parity ?? 'not in Gymnasium',
  ]);
  const heading = ['environment', 'observations', 'actions', 'step limit', 'solved from', 'status'];
  return [
    ...table(heading, rows, { paint, rightAligned: [3, 4] }),
    '',
    `${specs.length} environments; describe one with ${paint('cyan', commandLine('envs', specs[0]?.id ?? 'CartPole-v1'))}`,
  ];
}

function detailLines(spec: EnvSpec, library: Library, paint: Paint): string[] {
  const { observation = [], action = [] } = spec;
  const facts = describe(spec, library);
  const names: Readonly<Record<string, string>> = {
    observationSpace: 'observations',
    actionSpace: 'actions',
    maxEpisodeSteps: 'step limit',
    evaluationMaxSteps: 'evaluation is cut at',
    rewardThreshold: 'solved from a mean return of',
    rewards: 'rewards',
    episodeEnd: 'end of an episode',
    versions: 'versions',
    parity: 'status',
    source: 'source',
  };
  return [
    `${paint('bold', spec.id)}: ${spec.description}`,
    ...Object.entries(names).map(([key, name]) => `  ${name}: ${facts[key] ?? 'none'}`),
    `  recipes: ${(facts.recipes as string[]).join(', ') || 'none'}`,
    ...rowLines('observation', spec.observationSpace, observation, paint),
    ...rowLines('action', spec.actionSpace, action, paint),
    ...optionLines(spec.options, paint),
    '',
    `Train on it: ${paint('cyan', commandLine('train', spec.id))}`,
  ];
}

/** The table of what `train --env-option` takes; nothing without options. */
function optionLines(options: EnvSpec['options'] = {}, paint: Paint): string[] {
  const values = { boolean: 'true, false', number: 'number', steps: 'whole number, at least 1', range: '[low, high], null for no bound' };
  const rows = Object.entries(options).map(([name, { kind, names = [], default: value, meaning }]) => [
    name,
    kind === 'choice' ? names.join(', ') : values[kind],
    typeof value === 'object' ? JSON.stringify(value) : String(value ?? 'none'),
    meaning,
  ]);
  return rows.length === 0 ? [] : ['', ...table(['option', 'values', 'default', 'meaning'], rows, { paint })];
}

/** The table of an observation or an action; nothing without rows. */
function rowLines(title: string, space: Space, rows: readonly SpaceRow[], paint: Paint): string[] {
  if (rows.length === 0) return [];
  const bound = (value: number | undefined): string => (value === undefined ? 'any' : String(Number(value.toFixed(4))));
  const start = space.kind === 'discrete' ? space.start : 0;
  const cells = rows.map(({ name, meaning, unit = '', min, max }, k) => {
    const range = min === undefined && max === undefined ? (space.kind === 'box' ? 'any' : '') : `${bound(min)} .. ${bound(max)}`;
    return [String(start + k), name, unit, range, meaning];
  });
  return ['', ...table([title, 'name', 'unit', 'range', 'meaning'], cells, { paint, rightAligned: [0] })];
}
