/**
 * Writes the pages of results again: the README of every folder under experiments/ with a matrix, and that of the paper's rerun.
 *
 *     npm run build && node tools/results.mjs [name of a folder]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [only] = process.argv.slice(2);

/** The commands that write the pages, by folder. */
export function pageCommands() {
  const folders = readdirSync(`${root}experiments`).filter((name) => existsSync(`${root}experiments/${name}/matrix.yaml`));
  const reports = folders.map((name) => [
    name,
    ['report', `experiments/${name}`, '--markdown', `experiments/${name}/README.md`, '--overwrite'],
  ]);
  // Its matrix names a model that is not in the repository: rows speak for themselves.
  const title = 'SmolLM2-135M-Instruct learns small sums';
  reports.push([
    'pretrained',
    ['report', 'experiments/pretrained', '--title', title, '--markdown', 'experiments/pretrained/README.md', '--overwrite'],
  ]);
  return new Map([...reports, ['reproduction', ['reproduce', 'all', '--report-only', '--results', 'experiments/reproduction']]]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, command] of pageCommands()) {
    if (only && name !== only) continue;
    console.log(`npx cohort-rl ${command.join(' ')}`);
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...command], { cwd: root, encoding: 'utf8' });
    if (stderr) process.stderr.write(stderr);
    if (status !== 0) process.exitCode = 1;
  }
}
