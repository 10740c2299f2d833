import { buildAll } from '../tools/build.mjs';

/** Tests of the command run `dist/cli.js`; a stale one would test yesterday's sources. */
export default async function setup(): Promise<void> {
  await buildAll().catch((error: unknown) => console.error('build failed; tests of dist/ see an old build', error));
}
