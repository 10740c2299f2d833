import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Any folder of any server will do.
  base: './',
  plugins: [svelte()],
  worker: { format: 'es' },
});
