/** No block of a page escapes: each is run, or stands in a table with the reason. */
import { describe, expect, it } from 'vitest';
import { type Block, blocksIn, commandsIn, pages, textOf } from './blocks.ts';
import { before, notRun, programs } from './treatments.ts';

const blocks = pages.flatMap(blocksIn);
const names = new Set(blocks.map(({ name }) => name));

/** What shows something and is no program. */
const shown = ['text', 'json', 'yaml', 'bibtex'];
/** Run by tools/pythonBlocks.py, which needs a Python with torch. */
const python = ['python', 'py'];
const shell = ['sh', 'bash'];
/** What blocks.slow.node.test.ts runs, and for the README and two others readme.node.test.ts. */
const run = ['js', 'ts', 'html', ...shell];

/** The first word of a command that a shell of the tests has. */
const known = /^(npx cohort-rl|node|bash) /;

describe('blocks of the pages', () => {
  it('are in a language that the tests run, or that only shows something', () => {
    const other = blocks.filter(({ language }) => ![...run, ...python, ...shown].includes(language));
    expect(other.map(({ name }) => name)).toEqual([]);
  });

  it('all say their language: a fence without one is not run', () => {
    for (const page of pages) {
      const fences = [...textOf(page).matchAll(/^```(.*)$/gm)].map(([, language]) => language);
      expect(
        fences.filter((_, i) => i % 2 === 0 && fences[i] === ''),
        page,
      ).toEqual([]);
    }
  });

  it('exist that the tables name', () => {
    const named = [...Object.keys(programs), ...Object.values(before).flatMap(({ files = {} }) => Object.values(files))];
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(before).filter((page) => !pages.includes(page))).toEqual([]);
  });

  it('in JavaScript that belong into a page are run there', () => {
    const isOfPage = ({ code }: Block): boolean => /\bdocument\b|\blocalStorage\b|browserHome|scriptUrl/.test(code);
    const wrong = blocks.filter((block) => block.language === 'js' && isOfPage(block) && programs[block.name] === undefined);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

describe('commands of the pages', () => {
  const commands = blocks.filter(({ language }) => shell.includes(language)).flatMap(({ code }) => commandsIn(code));

  it('are ones that the tests run, or stand in the table of those that they do not', () => {
    expect(commands.length).toBeGreaterThan(80);
    expect(commands.filter((command) => !known.test(command) && !notRun.some(([which]) => which.test(command)))).toEqual([]);
  });

  it('that are not run are few, and every row of their table is needed', () => {
    expect(notRun.filter(([which]) => !commands.some((command) => which.test(command))).map(([, reason]) => reason)).toEqual([]);
    const run = commands.filter((command) => !notRun.some(([which]) => which.test(command)));
    expect(run.length / commands.length).toBeGreaterThan(0.6);
  });
});
