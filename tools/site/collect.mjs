/**
 * The pages of the site: those of the repository, as they stand, at the same paths. Two things are added so that every link leads somewhere: a page for every
 * source file and folder that a page names, and a place for footnotes, which VitePress does not know.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Files that pages show rather than name. */
const shown = /\.(svg|gif|png)$/;

/** Every page of the repository that the site shows, by its path from the root. */
export function listPages(root) {
  const under = (folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.md'));
  // One page per table or figure of the rerun is made by its command and not kept.
  const kept = (path) => path.split('/').length < 3 || path.startsWith('docs/') || path.endsWith('/README.md');
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...under('docs'), ...under('experiments').filter(kept)].sort();
}

/** A Markdown link or picture: what stands before its target, the target, its anchor. */
const link = /(\]\(<?)([^)\s<>#]*)(#[^)\s>]*)?(?=>?\))/g;

const isOutside = (target) => target === '' || /^[a-z]+:/.test(target);

/** The text with its code blocks and code spans left alone. */
function outsideCode(text, change) {
  return text
    .split(/(^```[\s\S]*?^```$|`[^`\n]+`)/m)
    .map((part, i) => (i % 2 === 0 ? change(part) : part))
    .join('');
}

/** `[^name]` as a link to the note, and the note as a paragraph at the end of the page. */
function withFootnotes(text) {
  const notes = [];
  const body = text.replace(/^\[\^(\w+)\]: (.*(?:\n {4}.*)*)\n?/gm, (_, name, note) => {
    notes.push(`### Note on ${name} {#note-${name}}\n\n${note.replace(/\n {4}/g, '\n')}`);
    return '';
  });
  const linked = outsideCode(body, (part) => part.replace(/\[\^(\w+)\]/g, ' ([note](#note-$1))'));
  return notes.length === 0 ? text : `${linked.trimEnd()}\n\n${notes.join('\n\n')}\n`;
}

/** Where the page of a source file is; a name in `.html` would be taken for the address of a page. */
const sourceOf = (path) => `source/${path.replace(/\.html$/, '-html')}.md`;

const languages = { html: 'html', mjs: 'js', js: 'js', ts: 'ts', py: 'python', yaml: 'yaml', json: 'json' };

/** The page of a source file, or of a folder of them. */
function sourcePage(root, path) {
  const full = join(root, path);
  const front = '---\nsearch: false\nprev: false\nnext: false\n---\n\n';
  if (statSync(full).isDirectory()) {
    const files = readdirSync(full).filter((name) => statSync(join(full, name)).isFile());
    const list = files.map((name) => `- [\`${name}\`](${posix.relative('source', sourceOf(`${posix.basename(path)}/${name}`))})`);
    return { text: `${front}# ${path}/\n\n${list.join('\n')}\n`, more: files.map((name) => `${path}/${name}`) };
  }
  const language = languages[path.split('.').at(-1)] ?? 'text';
  const fence = '````';
  return { text: `${front}# ${path}\n\n${fence}${language}\n${readFileSync(full, 'utf8').trimEnd()}\n${fence}\n`, more: [] };
}

/**
 * Writes the pages of the repository, and those that were `made` for the site alone (texts by path), below `folder`. Returns what was written, by path. Throws
 * where a page names a file that is not there.
 */
export function collectPages(root, folder, made = new Map()) {
  const texts = new Map(listPages(root).map((page) => [page, readFileSync(join(root, page), 'utf8')]));
  for (const [page, text] of made) texts.set(page, text);
  const pages = new Set(texts.keys());
  const named = new Set();
  const written = new Map();
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    written.set(path, text);
  };
  for (const [page, text] of texts) {
    const linked = outsideCode(withFootnotes(text), (part) =>
      part.replace(link, (whole, before, target, anchor = '') => {
        if (isOutside(target)) return whole;
        const path = posix.normalize(posix.join(posix.dirname(page), target)).replace(/\/$/, '');
        if (pages.has(path)) return whole;
        if (!existsSync(join(root, path)))
          throw new Error(`${page}: expected a file of the repository, got a link to ${path}; mend the link`);
        if (shown.test(path)) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          cpSync(join(root, path), join(folder, path));
          return whole;
        }
        named.add(path);
        return `${before}${posix.relative(posix.dirname(page), sourceOf(path))}${anchor}`;
      }),
    );
    write(page, linked);
  }
  for (const path of named) {
    const { text, more } = sourcePage(root, path);
    write(sourceOf(path), text);
    for (const file of more) named.add(file);
  }
  return written;
}
