/** docs/reference/fields.md, and the same fields as types for editors: src/api/generated.ts. */
import { code, number, page, prose, show, table } from './markdown.mjs';

/** The fields of a road, once each: what describes them, and their default with every method that has them. */
function collect(described) {
  const fields = new Map();
  for (const [method, descriptions] of described) {
    for (const description of descriptions) {
      const known = fields.get(description.name) ?? { ...description, names: new Set(), defaults: new Map(), meanings: new Map() };
      for (const name of description.names ?? []) known.names.add(name);
      known.defaults.set(method, description.default);
      known.meanings.set(method, description.description);
      fields.set(description.name, known);
    }
  }
  return [...fields.values()].map((field) => ({ ...field, names: [...field.names], description: perMethod(field.meanings) }));
}

/** One text for all methods, or each text with its methods. */
function perMethod(texts) {
  const methods = new Map();
  for (const [method, text] of texts) methods.set(text, [...(methods.get(text) ?? []), method]);
  return methods.size === 1 ? texts.values().next().value : [...methods].map(([text, names]) => `${text} (${names.join(', ')})`).join('; ');
}

/** The fields of both roads. */
export function roadsOf({ algorithms, describeFields, groupMethods, hybridGrpo, languageSchema, runSchema, vine, vineppo }) {
  // The methods of the group family have one set of fields; the first row differs least from GPG.
  const family = { ...groupMethods[0], name: groupMethods[0].family, fields: groupMethods[0].fields };
  const described = [...Object.values(algorithms), family, vineppo, vine, hybridGrpo].map((algorithm) => [
    algorithm.name,
    describeFields(runSchema(algorithm)),
  ]);
  return [
    {
      title: 'Runs on environments',
      type: 'TrainConfigFields',
      what: 'Fields of a run on an environment, of all algorithms.',
      methods: described.map(([name]) => name),
      fields: collect(described),
      about:
        'For `train({ env, algorithm, recipe, envOptions, ...fields })` and `cohort-rl train <env>`. The defaults below are those of the algorithm; a recipe of ' +
        'the environment, if any, stands above them (see [recipes](recipes.md), and `recipe: "none"` to go without).',
    },
    {
      title: 'Runs of language models',
      type: 'LanguageTrainConfigFields',
      what: 'Fields of a run of a language model, of all estimators.',
      methods: [''],
      fields: collect([['', describeFields(languageSchema())]]),
      about:
        'For `trainLanguageModel({ task, ...fields })` and `cohort-rl lm train <task>`. A task may bring defaults of its own, and so does ' +
        '[the estimator](methods.md).',
    },
  ];
}

/** The values that a field takes, in words. `custom` stands for a function or an object, which only a program can give. */
function valuesOf({ type, names, min, max }) {
  if (type === 'choice')
    return names
      .filter((name) => name !== 'custom')
      .map(code)
      .join(', ');
  if (type === 'boolean') return 'true or false';
  const noun = { integer: 'whole number', number: 'number', integers: 'list of whole numbers', text: 'text' }[type];
  return min === undefined ? noun : `${noun}, ${number(min)} to ${number(max)}`;
}

/** The default of a field, with every method its own where they differ; `undefined` where its description tells it. */
function defaultOf({ defaults, description }) {
  if (description.includes('default')) return undefined;
  return perMethod(new Map([...defaults].map(([method, value]) => [method, value === undefined ? 'none' : show(value)])));
}

/** The methods that a field belongs to, where others do not have it. */
function ownersOf({ defaults }, methods) {
  return defaults.size < methods.length ? [...defaults.keys()].join(', ') : '';
}

export function renderFields(library) {
  const { orderedGroups, flagAliases, flagOf } = library;
  const aliases = new Map([...flagAliases].map(([alias, flag]) => [flag, alias]));
  const flags = ({ name, type }) => {
    const flag = flagOf(name);
    const all = [flag, type === 'boolean' ? flag.replace('--', '--no-') : undefined, aliases.get(flag)];
    return all.filter(Boolean).map(code).join(' ');
  };
  const blocks = [
    prose(
      'Every field of a configuration, as a program, a YAML file (by its name) and the command line (by its flag) write it. A field of the ' +
        'command line comes before one of a file, a file before a recipe, a recipe before the default. `none` takes the value of an optional ' +
        'field away (in a program leave it out, in a file `null` does so too). An unknown name, a value out of range, and ' +
        'fields that contradict each other are errors before any work starts. `2^53 - 1` is the largest whole number that is exact.',
    ),
  ];
  for (const { title, about, methods, fields } of roadsOf(library)) {
    blocks.push(`## ${title}`, prose(about));
    for (const group of orderedGroups(fields.map((field) => field.group))) {
      const rows = fields.filter((field) => field.group === group);
      if (rows.length === 0) continue;
      blocks.push(`### ${group}`);
      blocks.push(
        table(
          ['field', 'flag', 'values', 'default', 'only', 'meaning'],
          rows.map((field) => [
            code(field.name),
            flags(field),
            valuesOf(field),
            defaultOf(field) ?? 'see right',
            ownersOf(field, methods),
            field.description,
          ]),
        ),
      );
    }
  }
  return page('Configuration fields', blocks);
}

/** The TypeScript type of what a field takes. */
function typeOf({ type, names }) {
  if (type === 'choice') return names.map((name) => `'${name}'`).join(' | ');
  return { integer: 'number', number: 'number', boolean: 'boolean', integers: 'number[]', text: 'string' }[type];
}

function comment(field, methods) {
  const { description, type } = field;
  const notes = [
    type === 'choice' || type === 'boolean' ? '' : valuesOf(field),
    defaultOf(field) === undefined ? '' : `default ${defaultOf(field)}`,
    ownersOf(field, methods) === '' ? '' : `${ownersOf(field, methods)} only`,
  ].filter((note) => note !== '');
  const sentence = (text) => (text === '' ? '' : `${text[0].toUpperCase()}${text.slice(1)}.`);
  return `${sentence(description)} ${sentence(notes.join('; '))}`.trim();
}

/** The text of src/api/generated.ts. */
export function renderFieldTypes(library) {
  const interfaces = roadsOf(library).map(({ type, what, methods, fields }) => {
    const members = fields.map((field) => `  /** ${comment(field, methods)} */\n  ${field.name}?: ${typeOf(field)};`);
    return `/** ${what} */\nexport interface ${type} {\n${members.join('\n')}\n}\n`;
  });
  return `/** The fields of configurations with their descriptions, for editors. Generated by \`npm run docs\`; do not edit. */\n\n${interfaces.join('\n')}`;
}
