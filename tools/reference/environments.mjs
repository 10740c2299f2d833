/** docs/reference/environments.md, and docs/reference/mujoco.md with those that need MuJoCo. */
import { environmentFiles } from './environmentFiles.mjs';
import { code, list, number, page, prose, show, table } from './markdown.mjs';
import { recipesOf } from './recipes.mjs';

/** A bound as it was written before float32 rounded it. */
const bound = (value) => (value === undefined ? '' : number(Number(value.toPrecision(7))));

/** The numbers of a box or the parts of a tuple, or the values of a discrete space. */
function spaceTable(space, rows, foldRows) {
  const isList = space.kind !== 'discrete';
  return table(
    [isList ? 'index' : 'value', 'name', 'meaning', 'unit', 'min', 'max'],
    foldRows(rows).map(({ index, name, meaning, unit, min, max }, i) => {
      const value = isList ? index : rows.length === space.n ? space.start + i : `${space.start} to ${space.start + space.n - 1}`;
      return [value, name, meaning, unit, isList ? bound(min) : '', isList ? bound(max) : ''];
    }),
  );
}

const anchorOf = ({ id }) => id.toLowerCase();
const linkTo = (spec) => `[${spec.id}](#${anchorOf(spec)})`;
const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function optionsTable(options, describeOption) {
  return table(
    ['option', 'values', 'default', 'meaning'],
    Object.entries(options).map(([name, option]) => [
      code(name),
      describeOption(option),
      option.default === undefined ? 'none' : Array.isArray(option.default) ? code(JSON.stringify(option.default)) : show(option.default),
      option.meaning,
    ]),
  );
}

/** The options, or what sets them apart from those of an earlier version of the task: what is another, what is missing. */
function optionBlocks({ id, options = {} }, earlier, describeOption) {
  const heading = `### Options of ${id}`;
  if (Object.keys(options).length === 0) return [];
  const nearest = earlier.findLast((other) => taskOf(other) === taskOf({ id }) && other.options);
  if (!nearest) return [heading, optionsTable(options, describeOption)];
  const others = Object.fromEntries(Object.entries(options).filter(([name, option]) => !isSame(option, nearest.options[name])));
  const missing = Object.keys(nearest.options).filter((name) => !(name in options));
  const without = missing.length === 0 ? '' : `, without ${missing.map(code).join(', ')}`;
  const rest = Object.keys(others).length === 0 ? '.' : ', and:';
  return [heading, prose(`Those of ${linkTo(nearest)}${without}${rest}`), rest === '.' ? '' : optionsTable(others, describeOption)];
}

/** What an id is a version of: `Ant` of `Ant-v5`. */
const taskOf = ({ id }) => id.replace(/-v\d+$/, '');

/** The blocks of one environment; `earlier` are those above it. Versions of a task share most of what they are: that is said once. */
function sectionOf(spec, earlier, { describeSpace, describeOption, foldRows, recipes }) {
  const { id, observationSpace, actionSpace, maxEpisodeSteps, evaluationMaxSteps, rewardThreshold, parity, worthThreads, source } = spec;
  const related = (part, other) => part === 'observation' || part === 'action' || taskOf(other) === taskOf(spec);
  const sameAs = (part) =>
    spec[part] === undefined ? undefined : earlier.find((other) => related(part, other) && isSame(other[part], spec[part]));
  const spaces = { observation: observationSpace, action: actionSpace };
  const shared = {
    observation: 0,
    action: 0,
    rewards: 0,
    episodeEnd: 'end of an episode',
    versions: 0,
    parity: 'equality with Gymnasium',
    source: 0,
  };
  const said = Object.entries(shared).flatMap(([part, words]) => {
    const other = sameAs(part);
    return other ? [[words || part, other]] : [];
  });
  const sources = [...new Set(said.map(([, other]) => other))];
  const own = recipesOf(spec, recipes);
  const inWords = (part, title) => (spec[part] && !sameAs(part) ? prose(`**${title}.** ${spec[part]}`) : '');
  return [
    `## ${id}`,
    list(
      [
        `${spec.description}.`,
        `Observation: ${describeSpace(observationSpace)}. Action: ${describeSpace(actionSpace)}.`,
        `Step limit: ${maxEpisodeSteps ?? 'none'}${evaluationMaxSteps ? `; evaluation cuts episodes at ${evaluationMaxSteps}` : ''}. ${rewardThreshold === undefined ? 'No threshold is registered' : `Solved from a mean return of ${rewardThreshold}`}.`,
        parity && !sameAs('parity') && `Equality with Gymnasium: ${parity.replace(`; needs ${spec.needs}`, '')}.`,
        worthThreads && !needsEngine(spec) && 'A step takes long enough to be worth several threads (`--threads`).',
        source && !sameAs('source') && `Source of the facts: <${source}>.`,
        own.length === 0
          ? ''
          : `[Recipes](recipes.md#${anchorOf(spec)}): ${own.map(({ algorithm, name }) => code(`${algorithm} ${name}`)).join(', ')}.`,
        ...sources.map(
          (other) =>
            `As in ${linkTo(other)}: ${said
              .filter(([, from]) => from === other)
              .map(([part]) => part)
              .join(', ')}.`,
        ),
      ].filter(Boolean),
    ),
    inWords('rewards', 'Rewards'),
    inWords('episodeEnd', 'End of an episode'),
    inWords('versions', 'Versions'),
    ...Object.entries(spaces).flatMap(([part, space]) =>
      spec[part] && !sameAs(part)
        ? [`### ${part === 'action' ? 'Action' : 'Observation'} of ${id}`, spaceTable(space, spec[part], foldRows)]
        : [],
    ),
    ...optionBlocks(spec, earlier, describeOption),
  ];
}

const needsEngine = ({ needs }) => needs !== undefined;

/** All environments in a table, and a section on each that needs nothing. */
export function renderEnvironments(library) {
  const { standardRegistry, describeSpace } = library;
  const specs = standardRegistry().list();
  const here = specs.filter((spec) => !needsEngine(spec));
  return page('Environments', [
    prose(
      'The built-in environments; those that need MuJoCo are described on [a page of their own](mujoco.md). `makeEnv(id, options)` makes one, ' +
        '`makeVectorEnv(id, numEnvs, { options })` many at once, and `train({ env: id, envOptions })` or `cohort-rl train <id> --env-option name=value` trains on it. Ids, limits and thresholds are those of Gymnasium, but for the ' +
        'threshold of CliffWalking, for which Gymnasium registers none: -17 is the return of the safest path. In a table of an observation or an action, an empty bound means that there is none.',
    ),
    table(
      ['id', 'task', 'observation', 'action', 'step limit', 'solved from'],
      specs.map((spec) => [
        `[\`${spec.id}\`](${needsEngine(spec) ? 'mujoco.md' : ''}#${anchorOf(spec)})`,
        spec.description,
        describeSpace(spec.observationSpace),
        describeSpace(spec.actionSpace),
        spec.maxEpisodeSteps ?? 'none',
        spec.rewardThreshold ?? 'none',
      ]),
    ),
    ...here.flatMap((spec, i) => sectionOf(spec, here.slice(0, i), library)),
    ...environmentFiles(),
  ]);
}

/** A section on each environment that needs MuJoCo. */
export function renderMujoco(library) {
  const specs = library.standardRegistry().list().filter(needsEngine);
  return page('Environments that need MuJoCo', [
    prose(
      'Those of the [environments](environments.md) that are simulated with MuJoCo (`npm install @mujoco/mujoco@3.9.0`). Their steps take long enough to be worth several threads (`--threads`). In a table of a long observation ' +
        'what is repeated stands once: `+0` is its first number for each thing in the list above. `cohort-rl envs <id> --all` shows every number on a line of its own.',
    ),
    ...specs.flatMap((spec, i) => sectionOf(spec, specs.slice(0, i), library)),
  ]);
}
