import { defineConfig } from 'tsdown';

/** What every bundle has in common; `tools/build.mjs` adds the entries. One build for all of them: shared chunks keep one copy of each class. */
export default defineConfig({
  format: 'esm',
  platform: 'neutral',
  inputOptions: { checks: { pluginTimings: false } },
  target: 'es2023',
  sourcemap: false,
  clean: true,
  report: false,
  fixedExtension: false,
  deps: { neverBundle: [/^node:/] },
  outputOptions: {
    codeSplitting: {
      groups: [
        // Declarations are chunks of their own (`.d.ts`). Small files that pages load at once and late ones share: apart, each would be a file of its own in the pages of bundlers.
        {
          name: 'small',
          test: /src[\\/](math|random|core[\\/](stateRows|stored)|run[\\/](safetensors|halves)|training[\\/]shards[\\/]check|lm[\\/](tasks[\\/]prompt|checkpoints[\\/]place)|kernels[\\/]transformer[\\/](spec|shapes)).*(?<!\.d)\.ts$/,
        },
      ],
    },
  },
});
