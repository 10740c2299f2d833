/**
 * Builds the documentation site into build/site and checks it.
 *
 *   npm run site                      pages, API reference, search; then links, requests, sizes, and the time that a page takes
 *   node tools/site.mjs --no-api      without the API reference, which takes half of the time
 *   SITE_BASE=/cohort/ npm run site   for a folder of a server that is not its root
 *
 * The pages are those of the repository (README.md, docs/, experiments/*). Nothing is copied into it: what is built lies in build/.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { loadLibrary } from './docs.mjs';
import { writeApi } from './site/api.mjs';
import { checkSite } from './site/check.mjs';
import { collectPages } from './site/collect.mjs';
import { renderMethodPages, slugOf } from './site/methods.mjs';
import { timePages } from './site/timePages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The page of all methods, with a link from each row to the method's own page. */
const withMethodLinks = (text, names) =>
  names.reduce((page, name) => page.replace(`\n| \`${name}\` |`, `\n| [\`${name}\`](../../methods/${slugOf(name)}.md) |`), text);

/** Builds the site. Returns the folder. */
export async function buildSite({ api = true } = {}) {
  const pages = join(root, 'build', 'site-pages');
  const folder = join(root, 'build', 'site');
  rmSync(pages, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  const library = await loadLibrary(root);
  const made = new Map([...renderMethodPages(root, library)].map(([name, text]) => [`methods/${slugOf(name)}.md`, text]));
  const all = 'docs/reference/methods.md';
  made.set(all, withMethodLinks(readFileSync(join(root, all), 'utf8'), library.methodNames));
  const written = collectPages(root, pages, made);
  cpSync(join(root, 'apps/docs/index.md'), join(pages, 'index.md'));
  cpSync(join(root, 'docs/terminal.svg'), join(pages, 'public/terminal.svg'));
  cpSync(join(root, 'dist/playground'), join(pages, 'public/playground'), { recursive: true });
  if (api) await writeApi(root, join(pages, 'api'));
  else {
    mkdirSync(join(pages, 'api'), { recursive: true });
    writeFileSync(join(pages, 'api/index.md'), '# API\n\nLeft out of this build.\n');
  }
  await build(join(root, 'apps', 'docs'), { logLevel: 'warn' });
  return { folder, pages: written.size };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, pages } = await buildSite({ api: !process.argv.includes('--no-api') });
  const { problems, lines } = checkSite(folder, process.env.SITE_BASE ?? '/');
  console.log([`${pages} pages of the repository in build/site`, ...lines, ...(await timePages(folder))].join('\n'));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
