/** What must hold of a built site: every link and anchor leads somewhere, nothing is asked of another server, and a page stays small. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What one visit may cost: the first page, compressed as servers do, with everything it asks for at once. */
export const budget = { kilobytes: 200, requests: 15 };

const attributes = (html, name) =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value]) => value.replaceAll('&amp;', '&'));
/** A page without its code: what is shown there is text, not a link. */
const withoutCode = (html) => html.replace(/<pre[\s\S]*?<\/pre>/g, '').replace(/<script[\s\S]*?<\/script>/g, '');

/** The files that a page asks for when it opens: scripts, styles, what is preloaded, pictures. */
function requestsOf(html) {
  const links = [...html.matchAll(/<link [^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => /rel="(stylesheet|modulepreload|preload)"/.test(tag));
  // What is lazy is asked for when a reader comes near.
  const eager = html.replace(/<iframe [^>]*loading="lazy"[^>]*>/g, '');
  const asked = [...links.flatMap((tag) => attributes(tag, 'href')), ...attributes(eager, 'src')];
  return [...new Set(asked)].filter((target) => !target.startsWith('data:'));
}

/** Problems in words, and lines that say what was measured. `base` is where the site will be served. */
export function checkSite(folder, base = '/') {
  const files = readdirSync(folder, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
  const pages = files.filter((name) => name.endsWith('.html'));
  const texts = new Map(pages.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const ids = new Map([...texts].map(([name, html]) => [name, new Set(attributes(html, 'id'))]));
  const problems = [];
  let links = 0;

  /** The file that an address inside the site names. */
  const fileOf = (page, target) => {
    const path = target.startsWith('/') ? target.slice(base.length) : posix.normalize(posix.join(posix.dirname(page), target));
    if (target.startsWith('/') && !target.startsWith(base)) return undefined;
    const name = decodeURIComponent(path);
    return [name, `${name}index.html`, `${name}/index.html`, `${name}.html`].find(
      (file) => file !== '' && existsSync(join(folder, file)) && statSync(join(folder, file)).isFile(),
    );
  };

  for (const [page, html] of texts) {
    if (page === '404.html') continue;
    const visible = withoutCode(html);
    for (const target of attributes(visible, 'href')) {
      if (/^(https?|mailto|data|javascript):/.test(target)) continue;
      links += 1;
      const [path, anchor] = target.split('#');
      const file = path === '' ? page : fileOf(page, path.replace(/\?.*/, ''));
      if (file === undefined) problems.push(`${page}: the link ${target} leads nowhere`);
      else if (anchor && ids.has(file) && !ids.get(file).has(decodeURIComponent(anchor)))
        problems.push(`${page}: ${target} names no heading of ${file}`);
    }
    for (const target of requestsOf(html)) {
      if (/^(https?:)?\/\//.test(target)) problems.push(`${page}: asks another server for ${target}`);
      else if (fileOf(page, target) === undefined) problems.push(`${page}: asks for ${target}, which is not there`);
    }
  }
  for (const name of files.filter((file) => file.endsWith('.css'))) {
    for (const [, target] of readFileSync(join(folder, name), 'utf8').matchAll(/(?:url\(|@import )["']?((?:https?:)?\/\/[^"')]+)/g))
      problems.push(`${name}: asks another server for ${target}`);
  }

  const sizeOf = (name) => gzipSync(readFileSync(join(folder, name))).length;
  const costs = pages
    .filter((page) => page !== '404.html')
    .map((page) => {
      const asked = requestsOf(texts.get(page))
        .map((target) => fileOf(page, target))
        .filter((file) => file !== undefined);
      const pictures = asked.filter((file) => /\.(gif|png|svg)$/.test(file));
      const needed = asked.filter((file) => !pictures.includes(file));
      return { page, requests: needed.length + 1, kilobytes: [page, ...needed].reduce((sum, file) => sum + sizeOf(file), 0) / 1000 };
    });
  const first = costs.find(({ page }) => page === 'index.html');
  if (first.kilobytes > budget.kilobytes)
    problems.push(`index.html: expected at most ${budget.kilobytes} kB, got ${first.kilobytes.toFixed(0)}`);
  if (first.requests > budget.requests) problems.push(`index.html: expected at most ${budget.requests} requests, got ${first.requests}`);
  const heaviest = costs.toSorted((a, b) => b.kilobytes - a.kilobytes)[0];
  const total = files
    .filter((name) => statSync(join(folder, name)).isFile())
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const lines = [
    `${pages.length} pages, ${links} links: ${problems.length} problems`,
    `first page: ${first.requests} requests, ${first.kilobytes.toFixed(0)} kB of gzip (limits ${budget.requests}, ${budget.kilobytes} kB)`,
    `heaviest page: ${heaviest.page}, ${heaviest.kilobytes.toFixed(0)} kB of gzip; the whole folder: ${(total / 1e6).toFixed(1)} MB`,
  ];
  return { problems, lines };
}
