import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPackage, root, runIn } from './project.ts';

const { version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; exports: object };
/** The entries besides the root: `advantage` for `cohort-rl/advantage`. */
const subpaths = Object.keys(exports).flatMap((path) => path.match(/^\.\/([a-z]+)$/)?.[1] ?? []);
const folder = mkdtempSync(join(tmpdir(), 'cohort-package-'));
const project = join(folder, 'project');

const run = (command: string, parameters: readonly string[]): string => runIn(project, command, parameters);

/** Type-checks the program of the project as a user with these settings would. */
function typeCheck(module: string, moduleResolution: string, ...more: string[]): string {
  const compiler = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');
  const settings = ['--noEmit', '--strict', '--target', 'es2022', '--module', module, '--moduleResolution', moduleResolution];
  try {
    return run(process.execPath, [compiler, ...settings, ...more, 'program.ts']);
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const program = `
import { CohortError, makeEnv, train } from 'cohort-rl';
import { createGenerator } from 'cohort-rl/random';

const env = await makeEnv('CartPole-v1');
const first = env.reset({ seed: 1 });
const { observation, reward, terminated } = env.step(createGenerator(1).random() < 0.5 ? 0 : 1);
const training = train({ env: 'CartPole-v1', numEnvs: 4, iterations: 1, seed: 1 });
for await (const iteration of training) console.log(iteration, first.info, observation, reward * 2, terminated === false);
export const { summary } = await training.finish();
export const hash: string = summary.parametersSha256;
export const isOurs = (error: unknown): string => (error instanceof CohortError ? error.parts.advice : '');
`;

describe('the package, packed and installed into an empty project', () => {
  beforeAll(async () => {
    await installPackage(folder);
    writeFileSync(join(project, 'program.ts'), program);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what it should and nothing else', () => {
    const installed = join(project, 'node_modules', 'cohort-rl');
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'NOTICE',
      'README.md',
      'dist',
      'package.json',
      'policies',
      'tools',
    ]);
    const strange = readdirSync(join(installed, 'dist')).filter((name) => !/\.js$|\.d\.ts$/.test(name));
    expect(strange).toEqual(['playground', 'watch']);
    expect(readdirSync(join(installed, 'dist', 'watch')).sort()).toEqual(['index.html', 'page.css', 'page.js']);
    expect(readdirSync(join(installed, 'dist', 'playground')).sort()).toEqual(['assets', 'index.html', 'serviceWorker.js']);
  });

  it.each(['cohort-rl', 'cohort'])('brings the command %s', (command) => {
    expect(run('npx', ['--no-install', command, '--version']).trim()).toBe(version);
  });

  it('can be imported', () => {
    const script = `
      import { train, makeEnv, loadPolicy, checkEnv } from 'cohort-rl';
      const names = ${JSON.stringify(subpaths)};
      const rooms = (await Promise.all(names.map((name) => import(\`cohort-rl/\${name}\`)))).map((room) => Object.keys(room).length > 0);
      const env = await makeEnv('CartPole-v1');
      env.reset({ seed: 1 });
      console.log(JSON.stringify([[train, loadPolicy, checkEnv].map((f) => typeof f), rooms, env.step(0).reward]));
    `;
    writeFileSync(join(project, 'names.js'), script);
    const expected = [['function', 'function', 'function'], subpaths.map(() => true), 1];
    expect(JSON.parse(run(process.execPath, ['names.js']))).toEqual(expected);
  });

  it('asks nothing of Node in its browser entries', () => {
    const dist = join(project, 'node_modules', 'cohort-rl', 'dist');
    const seen = new Set<string>();
    const visit = (name: string): void => {
      if (seen.has(name)) return;
      seen.add(name);
      const text = readFileSync(join(dist, name), 'utf8');
      expect(text).not.toMatch(/from\s*["']node:|import\(["']node:/);
      for (const match of text.matchAll(/(?:from|import\()\s*["']\.\/([^"']+)["']/g)) visit(match[1] as string);
    };
    visit('browser.js');
    visit('workerBrowser.js');
    expect(seen.size).toBeGreaterThan(1);
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('types a program with module %s and moduleResolution %s', (module, moduleResolution) => {
    expect(typeCheck(module, moduleResolution)).toBe('');
  });

  it('types the same program for a browser', () => {
    expect(typeCheck('esnext', 'bundler', '--customConditions', 'browser', '--lib', 'es2022,dom')).toBe('');
  });

  it('types refuse a wrong program', () => {
    writeFileSync(join(project, 'program.ts'), "import { makeEnv } from 'cohort-rl';\nexport const env: number = await makeEnv(1);\n");
    expect(typeCheck('nodenext', 'nodenext')).toMatch(/error TS/);
    writeFileSync(join(project, 'program.ts'), program);
  });
});
