/** Bundlers as their users run them: without configuration, unless a test gives one. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import webpack from 'webpack';
import { pageWorkerFiles } from '../../tools/build.mjs';
import { root, runIn } from './project.ts';

/** An application: a page and its script; `worker` names a script that the page starts as a worker. */
export interface Application {
  /** Has `index.html`, and the page's script `main.js`. */
  readonly directory: string;
  readonly worker?: string;
  /** Whether it makes environments of MuJoCo. */
  readonly mujoco?: boolean;
}

/** Builds an application into a folder that can be served. */
export type Bundle = (application: Application, output: string) => Promise<void>;

const vite =
  (name: string): Bundle =>
  async ({ directory }, output) => {
    runIn(directory, process.execPath, [join(root, 'node_modules', name, 'bin', 'vite.js'), 'build', '--outDir', output, '--emptyOutDir']);
  };

const withWebpack: Bundle = async ({ directory, mujoco }, output) => {
  await new Promise<void>((resolve, reject) => {
    const settings = { context: directory, entry: './main.js', output: { path: output, publicPath: '' } };
    // What docs/browser.md says of MuJoCo: its script names a module of Node.
    const withMujoco = mujoco ? { resolve: { fallback: { module: false as const } } } : {};
    const compiler = webpack({ mode: 'production', ...settings, ...withMujoco });
    compiler?.run((error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
      else resolve();
    });
  });
  cpSync(join(directory, 'index.html'), join(output, 'index.html'));
};

const withEsbuild: Bundle = async ({ directory, worker, mujoco }, output) => {
  const entryPoints = ['main.js', ...(worker ? [worker] : [])].map((name) => join(directory, name));
  await esbuild({
    entryPoints,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: output,
    external: mujoco ? ['module'] : [],
  });
  if (mujoco) cpSync(join(directory, '../node_modules/@mujoco/mujoco/mujoco.wasm'), join(output, 'mujoco.wasm'));
  cpSync(join(directory, 'index.html'), join(output, 'index.html'));
  // esbuild follows no `new Worker(new URL(...))`; the files of the threads are put beside the bundle by hand.
  for (const name of pageWorkerFiles) cpSync(join(directory, '../node_modules/cohort-rl/dist', name), join(output, name));
};

/** The bundlers by the names that tests give them. */
export const bundlers: Readonly<Record<string, Bundle>> = {
  'Vite 7': vite('vite-7'),
  'Vite 8': vite('vite'),
  'webpack 5': withWebpack,
  esbuild: withEsbuild,
};
