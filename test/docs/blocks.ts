/** The programs and commands of the pages: every fenced block of README.md and docs/ in a language that runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** A block of a page. `name` tells it from others: page, language and its number among those of the language. */
export interface Block {
  readonly name: string;
  readonly page: string;
  readonly language: string;
  readonly code: string;
}

/** README.md and every page of docs/, by path from the root. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(`${root}docs`, { recursive: true })
    .map((name) => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
    .sort(),
];

/** The text of a page. */
export const textOf = (page: string): string => readFileSync(root + page, 'utf8');

/** The blocks of a page, in order. */
export function blocksIn(page: string): Block[] {
  const counts = new Map<string, number>();
  return [...textOf(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => {
    const count = (counts.get(language!) ?? 0) + 1;
    counts.set(language!, count);
    return { name: `${page} ${language} ${count}`, page, language: language!, code: code! };
  });
}

/** The contents of a page's blocks in a language. */
export const blocksOf = (page: string, language: string): string[] =>
  blocksIn(page).flatMap((block) => (block.language === language ? [block.code] : []));

/** The commands of a shell block: comments left out, continued lines joined, `a && b` as two. A quoted part may go over several lines. */
export function commandsIn(code: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of code.replaceAll('\\\n', ' ').split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    if ([`'`, '"'].some((quote) => (open.split(quote).length - 1) % 2 === 1)) continue;
    const isScript = open.includes('\n');
    const parts = isScript ? [open] : open.replace(/(^| )#.*/, '').split(' && ');
    commands.push(...parts.map((part) => part.trim()).filter((part) => part !== ''));
    open = '';
  }
  return commands;
}

/** `a 'b c' d` as three arguments. */
export const split = (command: string): string[] => [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);

/** What the comments after `console.log` say is printed: up to a colon or the end of the line. */
export const saidBy = (program: string): string[] =>
  [...program.matchAll(/console\.log\(.*\); \/\/ (.*?)(?:: .*)?$/gm)].map((match) => match[1]!);
