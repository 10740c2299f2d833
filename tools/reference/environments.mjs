/** docs/reference/environments.md. */
import { code, list, number, page, prose, show, table } from './markdown.mjs';

/** A bound as it was written before float32 rounded it. */
const bound = (value) => (value === undefined ? '' : number(Number(value.toPrecision(7))));

/** The numbers of a box, or the values of a discrete space. */
function spaceTable(space, rows) {
  const isBox = space.kind === 'box';
  const first = isBox ? 'index' : 'value';
  return table(
    [first, 'name', 'meaning', 'unit', 'min', 'max'],
    rows.map(({ name, meaning, unit, min, max }, i) => {
      const value = isBox ? i : rows.length === space.n ? space.start + i : `${space.start} to ${space.start + space.n - 1}`;
      return [value, name, meaning, unit, isBox ? bound(min) : '', isBox ? bound(max) : ''];
    }),
  );
}

/** A part of a section, or where it was said before: versions of a task share most of what they are. */
function sharedPart(part, spec, earlier, render) {
  const value = spec[part];
  if (value === undefined || Object.keys(value).length === 0) return '';
  const same = earlier.find((other) => JSON.stringify(other[part]) === JSON.stringify(value));
  return same ? prose(`${part === 'options' ? 'Those' : 'That'} of [${same.id}](#${anchorOf(same)}).`) : render(value);
}

const anchorOf = ({ id }) => id.toLowerCase();

function recipesTable({ id }, recipes) {
  const rows = recipes.filter(({ env }) => env === id);
  if (rows.length === 0) return prose('No recipes: a run starts from the defaults of the [fields](fields.md).');
  return table(
    ['recipe', 'algorithm', 'what it is', 'fields'],
    rows.map(({ name, algorithm, description, config }) => [
      code(name),
      algorithm,
      description,
      Object.entries(config)
        .map(([field, value]) => code(`${field} ${show(value)}`))
        .join(' '),
    ]),
  );
}

function optionsTable(options) {
  return table(
    ['option', 'type', 'default', 'meaning'],
    Object.entries(options).map(([name, { kind, names, default: value, meaning }]) => [
      code(name),
      {
        boolean: 'true or false',
        number: 'number',
        steps: 'whole number, at least 1',
        choice: names?.join(', '),
        range: '[low, high], null for no bound',
      }[kind],
      value === undefined ? 'none' : Array.isArray(value) ? JSON.stringify(value) : show(value),
      meaning,
    ]),
  );
}

/** The blocks of one environment; `earlier` are those above it. */
function sectionOf(spec, earlier, { describeSpace, recipes }) {
  const { observationSpace, actionSpace, maxEpisodeSteps, evaluationMaxSteps, rewardThreshold, parity, worthThreads, source } = spec;
  return [
    `## ${spec.id}`,
    prose(`${spec.description}.`),
    list(
      [
        `Step limit: ${maxEpisodeSteps ?? 'none'}${evaluationMaxSteps ? `; evaluation cuts episodes at ${evaluationMaxSteps}` : ''}.`,
        `Solved from a mean return of: ${rewardThreshold ?? 'no threshold is registered'}.`,
        parity && `Equality with Gymnasium: ${parity}.`,
        worthThreads && 'A step takes long enough to be worth several threads (`--threads`).',
        source && `Source of the facts: <${source}>.`,
      ].filter(Boolean),
    ),
    `### Observation of ${spec.id}: ${describeSpace(observationSpace)}`,
    sharedPart('observation', spec, earlier, (rows) => spaceTable(observationSpace, rows)),
    `### Action of ${spec.id}: ${describeSpace(actionSpace)}`,
    sharedPart('action', spec, earlier, (rows) => spaceTable(actionSpace, rows)),
    `### Rewards, episode end and versions of ${spec.id}`,
    ...Object.entries({ rewards: 'Rewards', episodeEnd: 'End of an episode', versions: 'Versions' }).map(([part, title]) =>
      spec[part] ? prose(`**${title}.** ${spec[part]}`) : '',
    ),
    spec.options ? `### Options of ${spec.id}` : '',
    sharedPart('options', spec, earlier, optionsTable),
    `### Recipes of ${spec.id}`,
    recipesTable(spec, recipes),
  ];
}

export function renderEnvironments(library) {
  const { standardRegistry, describeSpace } = library;
  const specs = standardRegistry().list();
  return page('Environments', [
    prose(
      'The built-in environments. `makeEnv(id, options)` makes one, `makeVectorEnv(id, numEnvs, { options })` many at once, and ' +
        '`train({ env: id, envOptions })` or `cohort-rl train <id> --env-option name=value` trains on it. Ids, limits and thresholds are those of Gymnasium, but for the ' +
        'threshold of CliffWalking, for which Gymnasium registers none: -17 is the return of the safest path. In a table of an observation or an action, an empty bound means that there is none.',
    ),
    table(
      ['id', 'task', 'observation', 'action', 'step limit', 'solved from'],
      specs.map((spec) => [
        `[\`${spec.id}\`](#${anchorOf(spec)})`,
        spec.description,
        describeSpace(spec.observationSpace),
        describeSpace(spec.actionSpace),
        spec.maxEpisodeSteps ?? 'none',
        spec.rewardThreshold ?? 'none',
      ]),
    ),
    ...specs.flatMap((spec, i) => sectionOf(spec, specs.slice(0, i), library)),
  ]);
}
