import { buildAll } from '../tools/build.mjs';

/** Tests of the command run `dist/cli.js`, and all tests the kernels: what is stale is built first. */
export default async function setup(): Promise<void> {
  await buildAll();
}
