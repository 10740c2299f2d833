/**
 * Runs checks one after the other and closes with the seconds of each and one line: `N passed, N failed`, then `, N skipped` if any were.
 * Every test counts as one, and so does every other check.
 *
 *   node tools/check.mjs [stage ...] [--require-browser] [path of a test ...]
 *
 * Stages: kernels, build, types, lint, house, node, browser, slow, package. With paths, only the tests under them run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.mjs';
import { findBrowser } from './findBrowser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (path) => join(root, 'node_modules', path);
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, by name: said once more at the end, where a long log is read first. */
const failures = [];

/** Runs a Node program in the root with the terminal as its output; whether it ended with 0. */
function runNode(...parameters) {
  return spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' }).status === 0;
}

function heading(text) {
  console.log(`\n── ${text}`);
}

function count(ok, name) {
  counts[ok ? 'passed' : 'failed'] += 1;
  if (!ok) failures.push(name);
}

/** Adds the tests of one vitest report; a file that could not even be loaded counts as one failed test. */
function countReport(file, ok) {
  const before = counts.failed;
  if (!existsSync(file)) {
    counts.failed += 1;
  } else {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed += report.numPassedTests;
    counts.failed += report.numFailedTests;
    counts.skipped += report.numPendingTests + report.numTodoTests;
    const unloaded = report.testResults.filter((result) => result.status === 'failed' && result.assertionResults.length === 0);
    counts.failed += unloaded.length;
    for (const { name } of unloaded) failures.push(relative(root, name));
    for (const { name, assertionResults } of report.testResults) {
      for (const { status, fullName } of assertionResults) if (status === 'failed') failures.push(`${relative(root, name)}: ${fullName}`);
    }
  }
  // An error outside every test (a rejected promise, a crashed worker) fails the run without failing a test.
  if (!ok && counts.failed === before) {
    counts.failed += 1;
    failures.push(`${relative(root, file)}: an error outside every test`);
  }
}

function vitest(project, paths) {
  const report = join(root, 'build', `vitest-${project.replace('*', '')}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  countReport(report, runNode(tool('vitest/vitest.mjs'), 'run', `--project=${project}`, '--passWithNoTests', ...reporters, ...paths));
}

/** Packs the package as npm would and returns the archive's path. */
function pack() {
  const folder = join(root, 'build', 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // npm_execpath is set by `npm run`; without it npm is what the shell finds.
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const parameters = [...npm.slice(1), 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const shell = process.platform === 'win32' && npm.length === 1;
  if (spawnSync(npm[0], parameters, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell }).status !== 0) {
    throw new Error('npm pack failed');
  }
  return join(folder, readdirSync(folder)[0]);
}

const stages = {
  async kernels() {
    heading('kernels');
    const { generateSources } = await import('./generateSources.mjs');
    await generateSources();
  },
  async build() {
    heading('build');
    console.log(await buildAll());
  },
  types() {
    heading('types (TypeScript 7)');
    count(runNode(tool('typescript-7/bin/tsc'), '--project', root), 'types');
    heading('types of the playground (svelte-check)');
    const playground = join(root, 'apps', 'playground');
    count(
      runNode(tool('svelte-check/bin/svelte-check'), '--workspace', playground, '--tsconfig', './tsconfig.json', '--fail-on-warnings'),
      'playground',
    );
  },
  lint() {
    heading('lint and format (Biome)');
    count(runNode(tool('@biomejs/biome/bin/biome'), 'ci', '.'), 'lint');
  },
  house() {
    heading('import rules and exactness');
    count(runNode(join(root, 'tools', 'checkHouse.mjs')), 'house');
  },
  node(paths) {
    heading('tests in Node');
    // Those that need `node:` modules, too.
    vitest('node*', paths);
  },
  browser(paths, { requireBrowser }) {
    heading('tests in Chromium');
    const browser = findBrowser();
    if (browser) {
      console.log(browser);
      vitest('browser', paths);
    } else if (requireBrowser) {
      console.error('browser: expected a Chromium, got none; install one or set CHROME_PATH to its executable');
      count(false, 'a Chromium');
    } else {
      console.log('skipped: no Chromium found; install one or set CHROME_PATH to its executable');
      counts.skipped += 1;
    }
  },
  slow(paths) {
    heading('slow tests');
    vitest('slow', paths);
  },
  async package() {
    heading('package');
    await buildAll({ types: true });
    const archive = pack();
    console.log(basename(archive));
    count(runNode(tool('publint/src/cli.js'), archive, '--strict'), 'publint');
    count(runNode(tool('@arethetypeswrong/cli/dist/index.js'), archive, '--profile', 'esm-only'), 'attw');
    count(runNode(tool('knip/bin/knip.js')), 'knip');
  },
};

const parameters = process.argv.slice(2);
const requireBrowser = parameters.includes('--require-browser');
const asked = parameters.filter((parameter) => Object.hasOwn(stages, parameter));
const paths = parameters.filter((parameter) => !Object.hasOwn(stages, parameter) && parameter !== '--require-browser');
const unknown = paths.find((path) => path.startsWith('-'));
if (unknown || asked.length === 0) {
  console.error(`check: expected ${Object.keys(stages).join(', ')} or --require-browser, got ${unknown ?? 'nothing'}`);
  process.exit(2);
}
const seconds = [];
const withTests = ['node', 'browser', 'slow'];
for (const stage of asked) {
  if (paths.length > 0 && !withTests.includes(stage)) continue;
  const began = performance.now();
  try {
    await stages[stage](paths, { requireBrowser });
  } catch (error) {
    console.error(error);
    count(false, stage);
    if (stage === 'kernels' || stage === 'build') break;
  } finally {
    seconds.push(`${stage} ${Math.round((performance.now() - began) / 1000)} s`);
  }
}
if (failures.length > 0) console.log(`\nfailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${seconds.join(', ')}`);
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = counts.failed > 0 ? 1 : 0;
