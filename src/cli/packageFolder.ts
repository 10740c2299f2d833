/** Where optional packages are on this machine. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of what an installed optional package gives to an import; `undefined` where it is not installed. */
export function packageFolder(name: '@mujoco/mujoco' | 'three'): string | undefined {
  try {
    return dirname(fileURLToPath(import.meta.resolve(name)));
  } catch {
    return undefined;
  }
}
