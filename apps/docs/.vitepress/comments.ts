import type { MarkdownRenderer } from 'vitepress';

/** What the site puts in the place of a comment that begins with this word. The playground's view of a group will stand here. */
const places: Readonly<Record<string, string>> = { 'group-view': '<div id="group-view"></div>\n' };

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
