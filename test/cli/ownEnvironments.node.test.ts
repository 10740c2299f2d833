/** An environment in a file of one's own, from training to a picture, as a new user would type it. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkEnv, type Env, train } from '../../src/node/index.ts';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli, snapshot, tiny } from './runCli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd: folder });
const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

/** A walk to the right, `length` steps long. */
const walk = (name: string, length = 4): string => `class ${name} {
  observationSpace = box(0, 100, [1]);
  actionSpace = discrete(2);
  constructor({ length = ${length} } = {}) { this.length = length; }
  reset() { this.at = 0; return { observation: Float32Array.of(0), info: {} }; }
  step(action) {
    this.at++;
    return { observation: Float32Array.of(this.at), reward: action, terminated: this.at === this.length, truncated: false, info: {} };
  }
  getState() { return { at: Int32Array.of(this.at) }; }
  setState({ at }) { this.at = at[0]; }
}`;
const imports = "import { box, discrete } from 'cohort-rl';\n";

beforeAll(() => {
  folder = makeFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'cohort-rl'), 'dir');
  write('package.json', '{ "type": "module" }');
  write('walk.js', `${imports}export default ${walk('Walk')}`);
  write('two.js', `${imports}export ${walk('Near', 2)}\nexport ${walk('Far', 8)}\nexport const helper = 1;`);
  write(
    'maker.mjs',
    `${walk('Walk').replace('class', 'const make = (box, discrete) => class')};
export default ({ box, discrete, length }) => new (make(box, discrete))({ length });`,
  );
  write(
    'row.js',
    `${imports}${walk('Walk')}
export const row = { id: 'Row-v0', description: 'a row', observationSpace: box(0, 100, [1]), actionSpace: discrete(2), make: (o) => new Walk(o) };`,
  );
});
afterAll(removeFolders);

const lengthsOf = ({ stdout }: CliResult): unknown => (jsonLines(stdout)[0] as { greedy: { lengths: number[] } }).greedy.lengths;

describe('train ./mine.js', () => {
  it('trains, resumes, evaluates and records by the file alone; its folder names the file and loads nothing', async () => {
    const whole = await run('train', './walk.js', ...tiny, '--iterations', '4', '--json', '--run-dir', 'whole');
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    const part = await run('train', ...tiny, '--iterations', '4', '--stop-after', '2', '--run-dir', 'part', './walk.js');
    expect([part.code, part.stderr]).toEqual([0, '']);
    expect(part.stdout).toMatch(/^Walk, GPG\+, 2 environments/);
    expect(part.stdout).toMatch(/resume part --module \.\/walk\.js$/m);
    const end = await run('resume', 'part', '--module', './walk.js', '--json');
    expect(jsonLines(end.stdout).at(-1)!.parametersSha256).toBe(jsonLines(whole.stdout).at(-1)!.parametersSha256);
    expect(readJson('whole', 'config.json')).toMatchObject({ modules: [{ name: 'walk.js' }], config: { env: 'Walk' } });
    expect(lengthsOf(await run('eval', 'whole', '--episodes', '2', '--module', 'walk.js', '--json'))).toEqual([4, 4]);
    const picture = await run('record', 'whole', '--png', '--module', 'walk.js', '--json');
    expect(jsonLines(picture.stdout)[0]).toMatchObject({ env: 'Walk', frames: 5, episodes: [{ length: 4 }] });
    const exported = await run('export', 'whole', '--module', 'walk.js', '--output', 'policy');
    const [, python] = /^in Python, with (.*cohort_policy\.py) on the path: cohort_policy\.load\("policy"\)$/m.exec(exported.stdout)!;
    expect(readFileSync(resolve(folder, python!), 'utf8')).toContain('def load(');
    const bare = await run('eval', 'whole');
    expect([bare.code, bare.stdout]).toEqual([2, '']);
    expect(bare.stderr).toMatch(/^error: whole: expected the module walk\.js.*give it again: --module <path of walk\.js>.*\n$/);
  });

  it('takes options, in seeds of threads of their own, too', async () => {
    const words = ['train', 'walk.js', ...tiny, '--iterations', '1', '--seed', '1,2', '--env-option', 'length=7', '--run-dir', 'seven'];
    expect(await run(...words)).toMatchObject({ code: 0, stderr: '' });
    expect(lengthsOf(await run('eval', 'seven', '--episodes', '2', '--module', 'walk.js', '--json'))).toEqual([7, 7]);
  });

  it('asks which of several is meant, and takes one by its name', async () => {
    const several = await run('train', './two.js', ...tiny);
    expect([several.code, several.stdout]).toEqual([2, '']);
    expect(several.stderr).toMatch(
      /^error: train: expected a module that brings one environment, got \.\/two\.js, which brings .*Near.*; say which: `npx cohort-rl train \w+ --module \.\/two\.js` or .*\n$/,
    );
    for (const [words, length] of [
      [['./two.js:Far'], 8],
      [['Near', '--module', './two.js'], 2],
      [['Far', '--module', 'two.js:Far'], 8],
    ] as const) {
      const done = await run(
        'train',
        ...words,
        ...tiny,
        '--iterations',
        '1',
        '--json',
        '--run-dir',
        `one${words.join('').replace(/\W/g, '')}`,
      );
      expect([done.code, done.stderr]).toEqual([0, '']);
      const { evaluation } = jsonLines(done.stdout).at(-1) as { evaluation: { greedy: { lengths: number[] } } };
      expect(evaluation.greedy.lengths).toEqual([length, length]);
    }
    const wrong = await run('train', './two.js:Fra', ...tiny);
    expect(wrong.stderr).toMatch(/^error: module two\.js: expected an export Fra, got .*Far.*; did you mean Far\?\n$/);
  });

  it('takes a function that makes one, under the name of its file, and a row under its id', async () => {
    const made = await run('train', './maker.mjs', ...tiny, '--iterations', '1', '--env-option', 'length=3', '--json', '--run-dir', 'made');
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(jsonLines(made.stdout).at(-1)).toMatchObject({ target: 'maker', evaluation: { greedy: { lengths: [3, 3] } } });
    const row = await run('train', './row.js', ...tiny, '--iterations', '1', '--json', '--run-dir', 'row');
    expect(jsonLines(row.stdout).at(-1)).toMatchObject({ target: 'Row-v0' });
    const help = await run('train', './walk.js', '--help');
    expect(help.stdout).toContain('The values are those of Walk with gpg+.');
  });

  it('takes recipes and options that the file brings, and says what they set', async () => {
    const facts = `static description = 'a walk to the right';
  static options = { length: { kind: 'steps', default: 4, meaning: 'steps to the end' } };
  static recipes = [
    { algorithm: 'gpg', name: 'default', description: 'two environments', config: { numEnvs: 2, numSteps: 8, gamma: 0.5 } },
    { algorithm: 'ppo', name: 'slow', description: 'a low rate', config: { learningRate: 1e-5, envOptions: { length: 3 } } },
  ];
  constructor`;
    write('brings.js', `${imports}export default ${walk('Brings').replace('constructor', facts)}`);
    const few = ['--iterations', '1', '--json', '--module', 'brings.js'];
    const own = await run('train', 'Brings', ...few, '--run-dir', 'own');
    expect([own.code, own.stderr]).toEqual([0, '']);
    expect(readJson('own', 'config.json')).toMatchObject({ config: { numEnvs: 2, numSteps: 8, gamma: 0.5 } });
    await run('train', 'Brings', ...few, '--recipe', 'none', '--num-envs', '3', '--num-steps', '4', '--run-dir', 'plain');
    expect(readJson('plain', 'config.json')).toMatchObject({ config: { numEnvs: 3, gamma: 0.99 } });
    await run('train', 'Brings', ...few, ...tiny, '--algorithm', 'ppo', '--recipe', 'slow', '--run-dir', 'slow');
    expect(readJson('slow', 'config.json')).toMatchObject({ config: { learningRate: 1e-5, envOptions: { length: 3 } } });
    const sets = await run('recipes', 'Brings', '--module', 'brings.js');
    expect(sets.stdout).toContain('ppo slow sets: --learning-rate 0.00001 --env-option length=3\n');
    const list = await run('recipes', 'Brings', '--module', 'brings.js');
    expect(list.stdout).toMatch(/Brings +gpg +default +two environments\n.*Brings +ppo +slow +a low rate/);
    const about = await run('envs', 'Brings', '--module', 'brings.js');
    expect(about.stdout).toMatch(/^Brings: a walk to the right\n.*recipes: gpg default, ppo slow\n.*length +a whole number/s);
    const other = await run('train', './brings.js', '--recipe', 'slwo', ...few.slice(0, 3), '--algorithm', 'ppo');
    expect([other.code, other.stderr]).toEqual([
      2,
      'error: --recipe: expected the name of a recipe for Brings with ppo, got "slwo"; did you mean slow?\n',
    ]);
    const option = await run('train', './brings.js', ...tiny, '--env-option', 'lenght=3');
    expect(option.stderr).toMatch(/^error: Brings: option: expected one of length, got "lenght"; did you mean length\?\n$/);
    const without = await run('train', './brings.js', '--algorithm', 'ppo', ...few.slice(0, 3), ...tiny, '--run-dir', 'other');
    expect([without.code, without.stderr]).toEqual([0, '']);
  });

  it('steps environments with masks on one thread, and says so where more are asked for', async () => {
    const space = 'observationSpace: box(0, 100, [1]), actionSpace: discrete(2)';
    const masked = `{ ${space}, at: 0, info: { actionMask: Uint8Array.of(1, 0) },
      reset() { this.at = 0; return { observation: Float32Array.of(0), info: this.info }; },
      step(reward) { this.at++; return { observation: Float32Array.of(this.at), reward, terminated: this.at === 5, truncated: false, info: this.info }; } }`;
    const row = `{ id: 'Masked-v0', description: 'masks', ${space}, worthThreads: true, make: () => (${masked}) }`;
    write('masked.js', `export default ({ registerEnv, box, discrete }) => registerEnv(${row});`);
    const words = ['train', './masked.js', ...tiny, '--iterations', '1', '--json', '--threads'];
    const one = await run(...words, '1', '--run-dir', 'masked');
    expect([one.code, one.stderr]).toEqual([0, '']);
    expect(jsonLines(one.stdout).at(-1)).toMatchObject({ evaluation: { sampled: { mean: 0 } } });
    const two = await run(...words, '2', '--run-dir', 'maskedTwice');
    expect([two.code, two.stderr]).toEqual([
      2,
      'error: threads: expected an environment without action masks, got one with info.actionMask; ' +
        'use one thread, or leave worthThreads out of its spec\n',
    ]);
  });

  it('refuses recipes that are none', async () => {
    write(
      'badRecipes.js',
      `${imports}export default ${walk('Bad').replace('constructor', "static recipes = [{ name: 'default' }]; constructor")}`,
    );
    const { code, stderr } = await run('train', './badRecipes.js', ...tiny);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^error: module badRecipes\.js: recipes\[0\]: algorithm: expected a text, got nothing; .*\n$/),
    ]);
  });

  it('runs TypeScript where Node does, and says so where it does not', async () => {
    write('typed.ts', `${imports}export default ${walk('Typed').replace('step(action)', 'step(action: number)')}`);
    const { code, stderr } = await run('train', './typed.ts', ...tiny, '--iterations', '1', '--run-dir', 'typed');
    if ('typescript' in process.features && process.features.typescript) expect([code, stderr]).toEqual([0, '']);
    else
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: module: expected a Node that runs TypeScript \(22\.18 or newer\), got .*\n$/),
      ]);
  });

  it.each([
    ['missing.js', undefined, /expected a JavaScript file that can be read, got ".*missing\.js", which does not exist/],
    [
      'empty.js',
      'export const a = 1;',
      /module empty\.js: expected a module whose default export is a function, got nothing; .* or export the class/,
    ],
    [
      'quiet.js',
      'export default () => {};',
      /train: expected a module that brings an environment, got \.\/quiet\.js, which brings none; export the class/,
    ],
    [
      'flawed.js',
      `${imports}export default class { reset() {} step() {} }`,
      /module flawed\.js: flawed: observationSpace: expected a space, got nothing; make it with/,
    ],
    [
      'needy.js',
      `export default class Needy { constructor({ a }) { this.a = a.b; } reset() {} step() {} }`,
      /module needy\.js: Needy: expected an environment that can be made without options, got .*; give every option a default/,
    ],
    [
      'late.js',
      `${imports}${walk('Walk')}\nexport default class Late extends Walk { async step(a) { return super.step(a); } }`,
      /environment 0, step 1 of its episode: step: expected \{ observation, .* \} at once, got a promise; write step without async/,
    ],
    ['alone.js', "import 'cohort-rI';", /Cannot find package 'cohort-rI' .*; fix the module/],
  ])('%s is refused in one sentence', async (name, text, says) => {
    if (text !== undefined) write(name, text);
    const before = Object.keys(snapshot(folder)).filter((path) => !path.startsWith('node_modules'));
    const { code, stderr } = await run('train', `./${name}`, ...tiny, '--quiet');
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    const left = Object.keys(snapshot(folder)).filter((path) => !path.startsWith('node_modules') && /config\.json|checkpoint/.test(path));
    // What only a step shows is known after the run has begun.
    expect(left.filter((path) => !before.includes(path)).length > 0).toBe(name === 'late.js');
  });

  it('outside of a project with the package it is told how to do without the import', async () => {
    const bare = makeFolder();
    writeFileSync(join(bare, 'walk.js'), `${imports}export default ${walk('Walk')}`);
    const { code, stderr } = await runCli(['train', './walk.js'], { cwd: bare });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: ".*walk\.js": expected the package cohort-rl, which it imports, got none .*; install it beside the file, or take box.*\n$/,
    );
  });

  it('TypeScript is run where Node runs it, and asked for a newer one elsewhere', async () => {
    write('typed.ts', `${imports}const steps: number = 4;\nexport default ${walk('Typed').replace('= 4', '= steps')}`);
    const { code, stderr } = await run('train', './typed.ts', ...tiny, '--iterations', '1', '--quiet');
    if ((process.features as { readonly typescript?: unknown }).typescript)
      expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    else {
      expect(code).toBe(2);
      expect(stderr).toMatch(
        /^error: module: expected a Node that runs TypeScript \(22\.18 or newer\), got ".*typed\.ts" and Node \d.*; use a newer Node/,
      );
    }
  });
});

it('a run of an environment that a program made is explained to who types', async () => {
  const { Walk } = (await import(`file://${join(folder, 'walk.js')}`).then(({ default: Class }) => ({ Walk: Class }))) as {
    Walk: new () => never;
  };
  const config = {
    env: () => new Walk(),
    numEnvs: 2,
    numSteps: 16,
    iterations: 1,
    hiddenSizes: [4],
    evaluationInterval: 0,
    finalEvaluationEpisodes: 1,
  };
  await train(config, { runDirectory: join(folder, 'custom') }).finish();
  for (const command of ['eval', 'record', 'watch', 'resume']) {
    const { code, stdout, stderr } = await run(command, 'custom');
    expect([command, code, stdout]).toEqual([command, 2, '']);
    expect(stderr).toMatch(
      /^error: \w+: expected a run of an environment with a name, got "custom", of one that a program made itself; .*in that program.*; an environment in a file of its own has a name \(`npx cohort-rl train \.\/my-env\.js`\)\n$/,
    );
  }
});

it('the walk of docs/environments.md can be walked: its file, its commands, its check', async () => {
  const page = readFileSync(join(root, 'docs/environments.md'), 'utf8');
  const block = (language: string): string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1]!);
  write('my-env.js', block('js')[0]!);
  const commands = block('sh')[0]!.trimEnd().split('\n');
  expect(commands.map((command) => command.split(' ')[2])).toEqual(['train', 'eval', 'watch', 'record', 'resume']);
  for (const command of commands) {
    const words = command.split(' ').slice(2);
    // The page is tried in a browser elsewhere; it would wait for Ctrl-C.
    if (words[0] === 'watch') continue;
    const small = words[0] === 'train' ? ['--num-steps', '32', '--evaluation-interval', '0'] : [];
    const { code, stdout, stderr } = await run(...words, ...small);
    expect([command, code, stderr]).toEqual([command, 0, '']);
    expect(stdout).toContain('Flag');
  }
  const greedy = jsonLines((await run('eval', 'runs/flag', '--module', './my-env.js', '--episodes', '20', '--json')).stdout)[0] as {
    greedy: { mean: number };
  };
  expect(greedy.greedy.mean).toBeGreaterThan(0.5);
  const { default: Flag } = (await import(`file://${join(folder, 'my-env.js')}`)) as { default: new () => Env };
  expect(checkEnv(() => new Flag())).toMatchObject({ ok: true, notes: [], resumable: false });
});
