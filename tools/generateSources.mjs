/**
 * Makes the sources that git does not keep: the kernels (of assembly/), and the policies of policies/ for pages, each a module of its own that is loaded
 * when it is asked for. Does nothing where nothing changed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildKernels } from './buildKernels.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const policies = join(root, 'policies');
const embedded = join(root, 'src', 'pretrained');
const heading = '// Written by tools/generateSources.mjs from policies/; not kept in git.\n';

/** Writes a file unless it holds that text already. */
function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function embedPolicies() {
  const list = JSON.parse(readFileSync(join(policies, 'list.json'), 'utf8'));
  for (const { name } of list) {
    const file = readFileSync(join(policies, name, 'policy.safetensors')).toString('base64');
    write(join(embedded, name, 'generated.ts'), `${heading}/** The policy file, base64. */\nexport const file: string =\n  '${file}';\n`);
  }
  const loaders = list.map(({ name }) => `  '${name}': () => import('./${name}/generated.ts'),\n`).join('');
  const text = `import type { PretrainedPolicy } from '../policies/pretrained.ts';

/** What is known of the policies. */
export const list: readonly PretrainedPolicy[] = ${JSON.stringify(list, null, 2)};

/** Their files, by name. */
export const files: Readonly<Record<string, () => Promise<{ readonly file: string }>>> = {
${loaders}};
`;
  write(join(embedded, 'generated.ts'), `${heading}${text}`);
  const known = new Set(['index.ts', 'generated.ts', ...list.map(({ name }) => name)]);
  for (const name of readdirSync(embedded)) if (!known.has(name)) rmSync(join(embedded, name), { recursive: true });
}

/** Makes what is out of date; resolves to whether a kernel was compiled. */
export async function generateSources() {
  embedPolicies();
  return buildKernels();
}
