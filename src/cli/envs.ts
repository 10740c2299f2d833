/**
 * `cohort-rl envs [id]`: what there is to train on.
 */
import type { Command } from 'commander';
import type { EnvSpec, Space, SpaceRow, TableLine } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { outputColumns, type Paint, table, visibleWidth, wrapTo } from './terminal.ts';

/** Adds `envs` to the program. */
export function addEnvs(program: Command, context: Context): void {
  program
    .command('envs')
    .description('list the environments, or describe one')
    .addArgument(new SuggestedArgument('[id]', 'id of an environment', environments.target.suggest))
    .option('--all', 'show every number of a long observation on a line of its own')
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

/** How much of an environment is shown. */
interface EnvsFlags {
  readonly json?: boolean;
  readonly all?: boolean;
}

async function runEnvs(id: string | undefined, { json, all = false }: EnvsFlags, { library, paint }: Tools): Promise<void> {
  const specs = id === undefined ? library.environments.list() : [library.environments.get(id)];
  const lines = json
    ? specs.map((spec) => JSON.stringify(describe(spec, library)))
    : id === undefined
      ? listLines(specs, library, paint)
      : detailLines(specs[0]!, all, library, paint);
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

function detailLines(spec: EnvSpec, all: boolean, library: Library, paint: Paint): string[] {
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
    ...rowLines('observation', spec.observationSpace, linesOf(observation, all, library), paint),
    ...foldedLines(spec, observation, all, library, paint),
    ...rowLines('action', spec.actionSpace, linesOf(action, all, library), paint),
    ...optionLines(spec.options, library, paint),
    '',
    `Train on it: ${paint('cyan', commandLine('train', spec.id))}`,
  ];
}

/** The table of what `train --env-option` takes; nothing without options. */
function optionLines(options: EnvSpec['options'] = {}, { describeOption }: Library, paint: Paint): string[] {
  const rows = Object.entries(options).map(([name, option]) => {
    const { default: value = 'none', meaning } = option;
    return [name, describeOption(option), typeof value === 'object' ? JSON.stringify(value) : String(value), meaning];
  });
  return rows.length === 0 ? [] : ['', ...table(['option', 'values', 'default', 'meaning'], rows, { paint })];
}

/** The rows of a table, folded unless all are wanted. */
const linesOf = (rows: readonly SpaceRow[], all: boolean, { foldRows }: Library): TableLine[] =>
  foldRows(rows, all ? Number.POSITIVE_INFINITY : undefined);

/** What to know where rows were folded. */
function foldedLines({ id }: EnvSpec, rows: readonly SpaceRow[], all: boolean, library: Library, paint: Paint): string[] {
  const lines = linesOf(rows, all, library);
  if (lines.length === rows.length) return [];
  const repeats = lines.some(({ heads }) => heads) ? '+0 is the first number for each thing in the list above; ' : '';
  return [`  ${paint('gray', `${repeats}one line a number:`)} ${paint('cyan', commandLine('envs', id, '--all'))}`];
}

/** The table of an observation or an action; nothing without rows. */
function rowLines(title: string, space: Space, lines: readonly TableLine[], paint: Paint): string[] {
  if (lines.length === 0) return [];
  const bound = (value: number | undefined): string => (value === undefined ? 'any' : String(Number(value.toFixed(4))));
  const start = space.kind === 'discrete' ? space.start : 0;
  const heading = [title, 'name', 'unit', 'range', 'meaning'];
  const cells = lines.map(({ index, name, meaning, unit = '', min, max, heads }, k) => {
    const range = min === undefined && max === undefined ? (space.kind === 'box' && !heads ? 'any' : '') : `${bound(min)} .. ${bound(max)}`;
    return [space.kind === 'discrete' ? String(start + k) : index, name, unit, range, meaning];
  });
  // The meanings take what the terminal has left.
  const before = [0, 1, 2, 3].reduce((sum, c) => sum + 2 + Math.max(...[heading, ...cells].map((row) => visibleWidth(row[c]!))), 0);
  const width = Math.max(outputColumns() - before, 24);
  const wrapped = cells.flatMap((row) =>
    wrapTo(row[4]!, width).map((part, k) => (k === 0 ? [...row.slice(0, 4), part] : ['', '', '', '', part])),
  );
  return ['', ...table(heading, wrapped, { paint, rightAligned: [0] })];
}
