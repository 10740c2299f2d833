/** The package as npm would publish it, in projects of users. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../../tools/build.mjs';

/** The repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command to its end and gives what it wrote. Throws if it failed. */
export function runIn(directory: string, command: string, parameters: readonly string[]): string {
  return execFileSync(command, parameters, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Throws if packages stand above a folder: a project in it would find what it did not install. */
export function refuseForeignPackages(folder: string): void {
  for (let above = folder; above !== dirname(above); above = dirname(above)) {
    const packages = join(dirname(above), 'node_modules');
    if (existsSync(packages))
      throw new Error(`A project of a test in ${folder} would find packages in ${packages}: remove that folder, or set TMPDIR.`);
  }
}

/** Packs the package and installs it into a new, empty project in `folder`; gives the project's directory. */
export async function installPackage(folder: string): Promise<string> {
  refuseForeignPackages(folder);
  await buildAll({ types: true });
  runIn(root, 'npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  runIn(project, 'npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', join(folder, archive)]);
  return project;
}
