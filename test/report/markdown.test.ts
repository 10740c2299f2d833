import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../src/core/text.ts';
import { escapeMarkdown, markdownTable, renderMarkdown } from '../../src/report/markdown.ts';
import { documentOf, hostileTexts, smallChart } from './documents.ts';

/** The cells of a line of a table: split at pipes without a backslash before them (GitHub Flavored Markdown, 4.10). */
const split = (line: string): string[] =>
  line
    .replace(/^\| | \|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

describe('a table as Markdown', () => {
  it('is written as by hand', () => {
    const table = {
      columns: [{ title: 'Cell' }, { title: 'Return', align: 'right' as const }],
      rows: [['gpg, num_envs 4', { text: '455.0 [399.1, 510.2]', sort: 455, strong: true }], ['a|b']],
      note: 'Means.',
    };
    expect(markdownTable(table)).toBe(
      ['| Cell | Return |', '| --- | ---: |', '| gpg, num_envs 4 | **455.0 [399.1, 510.2]** |', '| a\\|b |  |', '', 'Means.'].join('\n'),
    );
  });

  it('has as many cells in every line as columns, whatever stands in them', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileTexts), fc.stringMatching(/^[|\\\n`]{0,12}$/));
    fc.assert(
      fc.property(text, text, text, (title, first, second) => {
        const lines = markdownTable({
          columns: [{ title }, { title: 'b' }],
          rows: [
            [first, 'x'],
            [second, 'y'],
          ],
        }).split('\n');
        expect(lines).toHaveLength(4);
        for (const line of lines) expect(split(line)).toHaveLength(2);
        expect(lines.slice(2).map((line) => split(line)[1])).toEqual(['x', 'y']);
      }),
    );
  });
});

describe('a report as Markdown', () => {
  it.each(hostileTexts)('shows %j and does nothing else with it', (text) => {
    // The command is code, which has no escapes: the test below.
    const { command, ...others } = documentOf(text);
    const markdown = renderMarkdown(others);
    expect(markdown).not.toMatch(/<(?!chart|\/)[a-z!]/i);
    expect(markdown).not.toMatch(/<\/(?!chart)/);
    expect(markdown).not.toMatch(/(?<!\\)\]\s*\(javascript/);
    expect(markdown).not.toMatch(/(?<!\\)\]\(http/);
    expect(markdown).not.toContain('\u202E');
    // The headings are the two that we write.
    expect(markdown.match(/^#+ /gm)).toHaveLength(2);
  });

  it('keeps brackets of intervals and underscores of names readable, and escapes what is markup', () => {
    expect(escapeMarkdown('455.0 [399.1, 510.2] num_envs')).toBe('455.0 [399.1, 510.2] num_envs');
    expect(escapeMarkdown('*a* _b_ `c` [d](e) <f> & \\')).toBe('\\*a\\* \\_b\\_ \\`c\\` [d\\](e) &lt;f&gt; &amp; \\\\');
  });

  it('begins no list, heading or quotation with a text', () => {
    const texts = ['# a', '- b', '1. c', '> d', '+ e', '---'];
    const markdown = renderMarkdown({ title: 't', sections: [{ title: 's', paragraphs: texts }] });
    const escaped = ['\\# a', '\\- b', '1\\. c', '&gt; d', '\\+ e', '\\---'];
    expect(markdown).toBe(`# t\n\n## s\n\n${escaped.join('\n\n')}\n`);
  });

  it('names the file of a chart, or says what it shows', () => {
    const write = (file?: string): string =>
      renderMarkdown({ title: 't', sections: [{ title: 's', charts: [smallChart('c', file ? { file } : {})] }] });
    expect(write('pictures/a (1).svg')).toContain('![curves of c](<pictures/a (1).svg>)\n\nReturns of c.');
    expect(write('a>b\n.svg')).toContain('(<a%3Eb%0A.svg>)');
    expect(write()).toContain('*Chart: curves of c*');
  });
});

describe('the command of a report', () => {
  const written = (command: string, footer?: string): string =>
    renderMarkdown({ title: 't', sections: [], command, ...(footer === undefined ? {} : { footer }) });

  it('is code, with the footer after it', () => {
    expect(written('npx cohort-rl report a_b --overwrite')).toBe('# t\n\n---\n\nMade by `npx cohort-rl report a_b --overwrite`.\n');
    expect(written('npx a', '2 runs_.')).toBe('# t\n\n---\n\nMade by `npx a`. 2 runs\\_.\n');
  });

  it('ends at its own backticks only', () => {
    expect(written("npx a 'b`c``d'")).toContain("Made by ```npx a 'b`c``d'```.");
    expect(written('`a`')).toContain('Made by `` `a` ``.');
    expect(written('a\n\n# b')).toContain('Made by `a⏎⏎# b`.');
  });
});

describe('a visible text', () => {
  it('shows what turns text around, what is invisible, and ends of lines', () => {
    expect(visibleText('a\u202Eb\u200Bc\0d\r\ne\tf')).toBe('a[U+202E]b[U+200B]c[U+0000]d⏎e f');
    // Joiners are parts of words and of pictures.
    expect(visibleText('👩‍🚀 می‌خواهم')).toBe('👩‍🚀 می‌خواهم');
  });
});
