/** HTML that the pages of the repository have or need: comments, anchors in the tables of the API reference, blocks of formulas. */
import type { MarkdownRenderer } from 'vitepress';

/** Where the site will be served; `config.ts` says the same to VitePress. */
export const base: string = process.env.SITE_BASE ?? '/';

/** What the site puts in the place of a comment that begins with this word. */
const places: Readonly<Record<string, string>> = {
  'group-view': `<iframe class="group-view" title="A group that is its own critic: drag the step" src="${base}playground/index.html?only=group" loading="lazy"></iframe>\n`,
};

/** Comments of the pages are not shown, as in the repository; those that mark a place become what belongs there. */
export function readComments(markdown: MarkdownRenderer): void {
  markdown.block.ruler.before('paragraph', 'comment', (state, line, _end, silent) => {
    const text = state.getLines(line, line + 1, 0, false).trim();
    const match = /^<!-- *([\w-]*).*-->$/.exec(text);
    if (match === null) return false;
    if (silent) return true;
    const token = state.push('html_block', '', 0);
    token.content = places[match[1]!] ?? '';
    token.map = [line, line + 1];
    state.line = line + 1;
    return true;
  });
}

/** `<a id="name"></a>`: an address inside a table, where no heading can be. */
export function readAnchors(markdown: MarkdownRenderer): void {
  markdown.inline.ruler.before('html_inline', 'anchor', (state, silent) => {
    const match = /^<a id="([\w-]+)"><\/a>/.exec(state.src.slice(state.pos, state.pos + 200));
    if (match === null) return false;
    if (!silent) state.push('html_inline', '', 0).content = match[0];
    state.pos += match[0].length;
    return true;
  });
}

/** Formulas in wide blocks scroll by the keyboard, too. */
export function makeCodeFocusable(markdown: MarkdownRenderer): void {
  markdown.renderer.rules.code_block = (tokens, index) =>
    `<pre v-pre tabindex="0"><code>${markdown.utils.escapeHtml(tokens[index]!.content)}</code></pre>\n`;
}
