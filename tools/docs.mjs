/**
 * Writes the references that are generated from the sources: docs/reference/*.md, and the types that editors show (src/api/generated.ts).
 *
 *   npm run docs
 *
 * A test renders them again and compares, so that they cannot drift.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { renderDoctor } from './reference/doctor.mjs';
import { renderEnvironments, renderMujoco } from './reference/environments.mjs';
import { renderFields, renderFieldTypes } from './reference/fields.mjs';
import { renderMethods } from './reference/methods.mjs';
import { renderMetrics } from './reference/metrics.mjs';
import { renderPolicies } from './reference/policies.mjs';
import { renderRecipes } from './reference/recipes.mjs';
import { renderRunFolder } from './reference/runFolder.mjs';
import { renderTasks } from './reference/tasks.mjs';
import { renderVerifier } from './reference/verifier.mjs';

/** Every generated file by its path from the root; `library` is what tools/reference/library.ts exports. */
export function renderReference(library) {
  return {
    'docs/reference/fields.md': renderFields(library),
    'docs/reference/metrics.md': renderMetrics(library),
    'docs/reference/environments.md': renderEnvironments(library),
    'docs/reference/mujoco.md': renderMujoco(library),
    'docs/reference/recipes.md': renderRecipes(library),
    'docs/reference/methods.md': renderMethods(library),
    'docs/reference/tasks.md': renderTasks(library),
    'docs/reference/policies.md': renderPolicies(library),
    'docs/reference/doctor.md': renderDoctor(library),
    'docs/reference/run-folder.md': renderRunFolder(library),
    'docs/reference/verifier.md': renderVerifier(library),
    'src/api/generated.ts': renderFieldTypes(library),
  };
}

/** The tables of the package, bundled from the sources as they stand: the types that are written here are among those sources. */
export async function loadLibrary(root) {
  const { build } = await import('tsdown');
  const { generateSources } = await import('./generateSources.mjs');
  await generateSources();
  const outDir = join(root, 'build', 'reference');
  await build({ cwd: root, entry: { library: 'tools/reference/library.ts' }, outDir, dts: false, logLevel: 'warn' });
  return import(pathToFileURL(join(outDir, 'library.js')).href);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const [path, text] of Object.entries(renderReference(await loadLibrary(root)))) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
}
