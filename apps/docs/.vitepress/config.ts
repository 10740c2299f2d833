import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { base, makeCodeFocusable, readAnchors, readComments } from './html.ts';
import { groups } from './navigation.ts';

const folder = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Anchors as they are on the pages of the repository: letters, digits, hyphens, in lower case. */
const slugify = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

export default defineConfig({
  title: 'Cohort',
  description: 'Reinforcement learning in TypeScript without a critic: Group Policy Gradient in Node and in the browser.',
  lang: 'en',
  base,
  srcDir: folder('build/site-pages'),
  outDir: folder('build/site'),
  cacheDir: folder('build/site-cache'),
  lastUpdated: false,
  metaChunk: true,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    // The pages are read in the repository as well, where nobody writes HTML.
    html: false,
    anchor: { slugify },
    toc: { slugify },
    headers: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      readComments(markdown);
      readAnchors(markdown);
      makeCodeFocusable(markdown);
      // What stands in two braces is text here, never a program.
      const text = markdown.renderer.rules.text!;
      markdown.renderer.rules.text = (...parameters) => text(...parameters).replaceAll('{{', '&#123;&#123;');
    },
  },
  themeConfig: {
    siteTitle: 'Cohort',
    search: { provider: 'local', options: { detailedView: false } },
    outline: [2, 3],
    docFooter: { prev: 'Before', next: 'Next' },
    nav: [
      { text: 'Start', link: '/docs/start' },
      { text: 'GPG', link: '/docs/gpg' },
      { text: 'Methods', link: '/docs/reference/methods' },
      { text: 'Results', link: '/docs/results' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: groups.map(({ text, pages, collapsed }) => ({
      text,
      ...(collapsed === undefined ? {} : { collapsed }),
      items: pages.map(([title, path]) => ({ text: title, link: `/${path.replace(/(^|\/)index$/, '$1')}` })),
    })),
  },
});
