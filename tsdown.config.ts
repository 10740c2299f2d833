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
});
