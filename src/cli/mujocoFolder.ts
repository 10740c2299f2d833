/** Where MuJoCo is on this machine. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installed `@mujoco/mujoco`; `undefined` where it is not installed. */
export function mujocoFolder(): string | undefined {
  try {
    return dirname(fileURLToPath(import.meta.resolve('@mujoco/mujoco')));
  } catch {
    return undefined;
  }
}
