import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { firstFile } from './plugins/firstFile.ts';
import { late } from './plugins/late.ts';
import { leftOut } from './plugins/leftOut.ts';
import { mujocoFiles } from './plugins/mujocoFiles.ts';
import { ownProgram } from './plugins/ownProgram.ts';
import { serviceWorker } from './plugins/serviceWorker.ts';

export default defineConfig({
  root: import.meta.dirname,
  // Any folder of any server will do.
  base: './',
  plugins: [svelte(), late(), ownProgram(), leftOut(), serviceWorker(), mujocoFiles()],
  worker: { format: 'es', plugins: () => [leftOut()] },
  build: {
    modulePreload: { polyfill: false },
    // The program of an own environment is one text.
    chunkSizeWarningLimit: 600,
    rolldownOptions: { checks: { pluginTimings: false }, output: { codeSplitting: { groups: [{ name: firstFile }] } } },
  },
});
