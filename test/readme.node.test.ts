/**
 * The README and the pages of the documentation can be followed: their programs print what they say, and their commands exist. The commands
 * of the README are run, made small.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');
const pages = [
  'README.md',
  'docs/gpg.md',
  'docs/environments.md',
  'docs/spaces.md',
  'docs/experiments.md',
  'docs/many-machines.md',
  'docs/clusters.md',
  'docs/tracking.md',
  'docs/playground.md',
  'docs/watch.md',
  'docs/browser.md',
  ...readdirSync(join(root, 'docs/language-models')).map((name) => `docs/language-models/${name}`),
];
/** Pages whose programs take seconds; those of the others train language models and have their likes in `examples/`. */
const pagesToRun = ['README.md', 'docs/gpg.md', 'docs/experiments.md'];

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The contents of a page's code blocks in a language. */
const blocksOf = (page: string, language: string): string[] =>
  [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((match) => match[1]!);

/** The arguments of every `cohort-rl` command in a page's `sh` blocks, comments left out. */
const commandsOf = (page: string): string[] =>
  blocksOf(page, 'sh').flatMap((block) =>
    block
      .split('\n')
      .flatMap((line) => line.replace(/ #.*/, '').split('&&'))
      .map((command) => /^\s*npx cohort-rl (.*?)\s*$/.exec(command)?.[1])
      .filter((command) => command !== undefined),
  );

/** `a 'b c' d` as three arguments. */
const split = (command: string): string[] => [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2]!);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-readme-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cohort = (command: string[]): string => execFileSync(process.execPath, [cli, ...command], { cwd: folder, encoding: 'utf8' });

describe('programs print what their comments say', () => {
  for (const page of pagesToRun) {
    for (const [i, program] of blocksOf(page, 'js').entries()) {
      it(`${page}, program ${i + 1}`, () => {
        // A comment after console.log begins with what is printed; a colon or the end of the line ends it.
        const said = [...program.matchAll(/console\.log\(.*\); \/\/ (.*?)(?:: .*)?$/gm)].map((match) => match[1]);
        expect(said.length, 'comments to compare with').toBeGreaterThan(0);
        // In the repository, so that 'cohort-rl' is this package.
        mkdirSync(join(root, 'build'), { recursive: true });
        const file = join(root, 'build', `${page.replaceAll('/', '-')}.${i}.mjs`);
        writeFileSync(file, program);
        const printed = execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
        expect(printed.trimEnd().split('\n')).toEqual(said);
      });
    }
  }
});

describe('commands', () => {
  /** What `--help` prints, by command. */
  const helps = new Map<string, string>();

  it.each(pages)('%s: every command has the options that it is given', (page) => {
    for (const command of commandsOf(page)) {
      const words = split(command);
      const name = words.slice(0, ['lm', 'queue'].includes(words[0]!) ? 2 : 1);
      const key = name.join(' ');
      if (!helps.has(key)) helps.set(key, cohort([...name, '--help']));
      expect(helps.get(key), key).toContain(`Usage: cohort-rl ${key}`);
      for (const option of words.filter((word) => word.startsWith('--'))) {
        const bare = option.replace(/=.*/, '').replace(/^--(no-)?/, '');
        expect(helps.get(key), command).toMatch(new RegExp(`^ +(-\\w, )?--(\\[no-\\])?${bare}\\b`, 'm'));
      }
    }
  });

  const small = {
    train: '--iterations 2 --num-steps 32 --evaluation-interval 0 --final-evaluation-episodes 1 --quiet',
    language: '--warm-start-accuracy 0 --min-valid-fraction 0 --iterations 1 --num-groups 2 --final-evaluation-prompts 2 --quiet',
  };

  it('those of the README run, in order, made small', () => {
    const commands = commandsOf('README.md');
    expect(commands[0]).toBe('train CartPole-v1');
    for (const command of commands) {
      // A page that is served until somebody ends it.
      if (command.endsWith('--help') || /^watch\b/.test(command)) continue;
      const words = split(command);
      if (words[0] === 'train')
        cohort([...words, ...split(small.train), ...(command === commands[0] ? ['--stop-after', '1', '--run-dir', 'run'] : [])]);
      else if (command.startsWith('lm train')) cohort([...words, ...split(small.language)]);
      else cohort(words.map((word) => (word === '<run>' ? 'run' : word)));
    }
    expect(readdirSync(join(folder, 'run'))).toEqual(expect.arrayContaining(['summary.json', 'episode.gif']));
  });

  it('the README installs the versions of the optional packages that the package names', () => {
    const { scripts, peerDependencies } = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;
    const installs = textOf('README.md').match(/(?<=npm install )[^`]*/g)!;
    const named = installs.flatMap((line) => line.split(/\s+/)).filter((name) => name !== 'cohort-rl');
    expect(named.sort()).toEqual(
      Object.entries(peerDependencies!)
        .map(([name, version]) => `${name}@${version}`)
        .sort(),
    );
    expect(blocksOf('README.md', 'sh').join('')).toContain('npm ci && npm test');
    expect(scripts).toHaveProperty('test');
  });
});

it('links between the pages lead to files', () => {
  for (const page of [...pages, 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/log.md']) {
    for (const [, target] of textOf(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const path = new URL(target!, new URL(page, new URL('..', import.meta.url)));
      expect(() => readFileSync(path) || true, `${page}: ${target}`).not.toThrow(/ENOENT/);
    }
  }
});

it('lines of the pages are at most 100 characters, tables and links apart', () => {
  for (const page of [...pages, 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/log.md']) {
    const long = textOf(page)
      .split('\n')
      .filter((line) => line.length > 100 && !line.startsWith('|') && !line.includes(']('));
    expect(long, page).toEqual([]);
  }
});

it('the task of docs/language-models/agents.md is the one of its example', () => {
  const [task] = blocksOf('docs/language-models/agents.md', 'js');
  expect(textOf('examples/calculatorTool.js')).toContain(task);
});
