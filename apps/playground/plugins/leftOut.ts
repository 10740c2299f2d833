/**
 * What the bundles do without: MuJoCo, whose nine megabytes lie beside the page and are found by their address; and the package's own program of the worker that trains, since the page
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
    load: (id) => (id === stub ? 'export default () => { throw new Error("MuJoCo is loaded by its address"); };' : undefined),
    transform: (code) => (ownProgram.test(code) ? { code: code.replace(ownProgram, '"none"'), map: null } : undefined),
  };
}
