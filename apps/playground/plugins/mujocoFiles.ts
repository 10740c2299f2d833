/**
 * Copies MuJoCo's two files beside the built page, where the package is installed, as they are: no bundler reads them, and the page loads them only when
 * somebody asks. The service worker knows their version.
 */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** The folder of the installed package. Throws where it is not installed. */
const packageFolder = (): string => dirname(fileURLToPath(import.meta.resolve('@mujoco/mujoco')));

/** The version of the files that are copied; what is kept of another one is thrown away. */
export function mujocoVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;
}

/** The plugin. */
export function mujocoFiles(): Plugin {
  return {
    name: 'mujoco-files',
    apply: 'build',
    writeBundle({ dir }) {
      const folder = join(dir!, 'mujoco');
      mkdirSync(folder, { recursive: true });
      for (const name of ['mujoco.js', 'mujoco.wasm']) copyFileSync(join(packageFolder(), name), join(folder, name));
    },
  };
}
