/** The package as npm would publish it, in projects of users. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAll } from '../../tools/build.mjs';

/** The repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command to its end and gives what it wrote. Throws if it failed. */
export function runIn(directory: string, command: string, parameters: readonly string[]): string {
  return execFileSync(command, parameters, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs the package and installs it into a new, empty project in `folder`; gives the project's directory. */
export async function installPackage(folder: string): Promise<string> {
  await buildAll({ types: true });
  runIn(root, 'npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  runIn(project, 'npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline', join(folder, archive)]);
  return project;
}
