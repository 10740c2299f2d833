/**
 * What the page does without: MuJoCo, nine megabytes that the package does not bring; and the package's own program of the worker that trains, since the page
 * has one that is split.
 */
import type { Plugin } from 'vite';

const stub = '\0no-mujoco';
const ownProgram = /new URL\(["']\.\/trainWorkerBrowser\.js["'], import\.meta\.url\)/;

export function leftOut(): Plugin {
  return {
    name: 'left-out',
    enforce: 'pre',
    resolveId: (source) => (source === '@mujoco/mujoco' ? stub : undefined),
    load: (id) => (id === stub ? 'export default () => { throw new Error("this page has no MuJoCo"); };' : undefined),
    transform: (code) => (ownProgram.test(code) ? { code: code.replace(ownProgram, '"none"'), map: null } : undefined),
  };
}
