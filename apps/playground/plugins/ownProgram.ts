/** `virtual:own-program`: the program of the worker in which an own environment runs, as one text that imports nothing. */
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { leftOut } from './leftOut.ts';

const name = 'virtual:own-program';

export function ownProgram(): Plugin {
  return {
    name: 'own-program',
    resolveId: (source) => (source === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      const built = await build({
        configFile: false,
        root: join(import.meta.dirname, '..'),
        logLevel: 'error',
        plugins: [leftOut()],
        build: {
          write: false,
          lib: { entry: join(import.meta.dirname, '../src/own/program.ts'), formats: ['iife'], name: 'own' },
          rolldownOptions: { output: { codeSplitting: false } },
        },
      });
      const [{ output }] = (Array.isArray(built) ? built : [built]) as [{ output: readonly { type: string; code?: string }[] }];
      const { code } = output.find(({ type }) => type === 'chunk')!;
      return `export default ${JSON.stringify(code)};`;
    },
  };
}
