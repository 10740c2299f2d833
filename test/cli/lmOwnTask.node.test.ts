/** Questions and answers of a file, and tasks of a module, from the command line. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writePng } from '../lm/tasks/pictures/writePicture.ts';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli, tinyModel } from './runCli.ts';

afterAll(removeFolders);

const run = (cwd: string, ...words: string[]): Promise<CliResult> => runCli(words, { cwd });
const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...path), 'utf8'));
const hashOf = (result: CliResult): unknown => jsonLines(result.stdout).at(-1)!.parametersSha256;

/** A folder with 200 sums. */
function withSums(): string {
  const folder = makeFolder();
  const lines = Array.from({ length: 200 }, (_, i) => {
    const [a, b] = [Math.floor(i / 10), i % 10];
    return JSON.stringify({ question: `${a}+${b}=`, answer: String(a + b) });
  });
  writeFileSync(join(folder, 'sums.jsonl'), `${lines.join('\n')}\n`);
  return folder;
}

const module = `export default {
  id: 'greatest-digit',
  description: 'the greatest of three digits: 274> -> 7',
  alphabet: '0123456789>',
  promptLength: 4,
  completionLength: 2,
  prompts(random) {
    const digits = Array.from({ length: 3 }, () => random.integers(0, 10));
    const answer = String(Math.max(...digits));
    return { prompt: digits.join('') + '>', solution: answer, reward: (completion) => (completion === answer ? 1 : 0) };
  },
};`;

const short = [...tinyModel, '--iterations', '3', '--warm-start-accuracy', '0.1'];

describe.concurrent('a file of questions and answers', () => {
  it('is trained on, goes on when the file is gone, is evaluated and sampled', async () => {
    const folder = withSums();
    const whole = await run(folder, 'lm', 'train', 'sums.jsonl', ...short, '--json', '--run-dir', 'whole');
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    expect(readJson(folder, 'whole', 'config.json')).toMatchObject({
      config: { task: 'sums' },
      data: { name: 'sums.jsonl', heldOut: 0.1 },
    });
    const part = await run(folder, 'lm', 'train', 'sums.jsonl', ...short, '--stop-after', '1', '--quiet', '--run-dir', 'part');
    expect(part.code).toBe(0);
    rmSync(join(folder, 'sums.jsonl'));
    expect(hashOf(await run(folder, 'resume', 'part', '--json'))).toBe(hashOf(whole));
    const evaluated = await run(folder, 'lm', 'eval', 'part', '--samples', '2');
    expect(evaluated.stdout).toMatch(/^sums, 500 held-out prompts.*\n.*\nsampled +[\d.]+ %/);
    expect(evaluated.stdout).toContain('25 questions: all that there are');
    expect(evaluated.stdout).toMatch(/\d+ of 50 sampled and \d+ of 25 greedy answers are unclear to the verifier; they count as not right/);
    const sampled = await run(folder, 'lm', 'sample', 'part', '--prompt', '3+4=');
    expect(sampled.stdout).toMatch(/accuracy [\d.]+, unclear [\d.]+/);
  });

  it('says what to type next with the file, and takes columns and the share that is held out', async () => {
    const folder = withSums();
    const csv = readFileSync(join(folder, 'sums.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { question: string; answer: string })
      .map(({ question, answer }) => `x,"${question}",${answer}`);
    writeFileSync(join(folder, 'sums.csv'), ['name,frage,antwort', ...csv].join('\r\n'));
    const words = ['--prompt-column', 'frage', '--answer-column', 'antwort', '--held-out', '0.3'];
    const { code, stdout, stderr } = await run(folder, 'lm', 'train', 'sums.csv', ...words, ...short);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/train longer +npx cohort-rl lm train sums\.csv --prompt-column frage --answer-column antwort --held-out 0\.3 /);
    expect(stdout).toMatch(/let it write +npx cohort-rl lm sample runs\/sums__\S+ --prompt \d+\+\d=/);
    const [name] = readdirSync(join(folder, 'runs')).filter((entry) => entry.startsWith('sums__'));
    expect(readJson(folder, 'runs', name!, 'config.json')).toMatchObject({ data: { heldOut: 0.3 } });
  });

  it('may name pictures, which are trained on and evaluated, and are needed no more', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, 'shades'));
    const line = (i: number): string => {
      const grey = 4 * i;
      writeFileSync(join(folder, 'shades', `${i}.png`), writePng(8, 8, Array(192).fill(grey)));
      return JSON.stringify({ prompt: [{ image: `shades/${i}.png` }, 'dark?'], answer: grey < 120 ? 'yes' : 'no' });
    };
    writeFileSync(join(folder, 'shades.jsonl'), Array.from({ length: 60 }, (_, i) => line(i)).join('\n'));
    const words = ['--picture-size', '4', ...short, '--run-dir', 'run'];
    const { code, stderr } = await run(folder, 'lm', 'train', 'shades.jsonl', ...words, '--quiet');
    expect([code, stderr]).toEqual([0, '']);
    const evaluated = await run(folder, 'lm', 'eval', 'run', 'shades.jsonl', '--picture-size', '4', '--samples', '1');
    expect(evaluated.stdout).toContain('60 questions: all that there are');
    rmSync(join(folder, 'shades'), { recursive: true });
    expect((await run(folder, 'lm', 'eval', 'run', '--samples', '1')).code).toBe(0);
    const sampled = await run(folder, 'lm', 'sample', 'run', '--samples', '2');
    expect([sampled.code, sampled.stdout]).toEqual([0, expect.stringMatching(/^▣dark\?\S* +-\d/m)]);
    expect(sampled.stdout).not.toMatch(/[░▒▓█▀]/);
    const json = async (seed: string) => jsonLines((await run(folder, 'lm', 'sample', 'run', '--seed', seed, '--json')).stdout);
    expect((await json('3'))[0]).toMatchObject({ prompt: '[image 4x4]dark?', score: { status: 'ok' } });
    expect(await json('3')).toEqual(await json('3'));
    const typed = await run(folder, 'lm', 'sample', 'run', '--prompt', 'dark?');
    expect([typed.code, typed.stderr]).toEqual([2, expect.stringContaining('leave it out: a held-out one is asked')]);
    const gone = await run(folder, 'lm', 'train', 'shades.jsonl', '--quiet');
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('shades/0.png: expected a picture that can be read')]);
    const odd = await run(folder, 'lm', 'train', 'shades.jsonl', '--picture-size', '9', '--quiet');
    expect([odd.code, odd.stderr]).toEqual([
      2,
      expect.stringContaining('--picture-size: expected a multiple of 4, the side of a patch, got 9; use 8'),
    ]);
  });

  it('is a benchmark for another run: accuracy with its interval, what is unclear and what was not asked apart', async () => {
    const folder = withSums();
    await run(folder, 'lm', 'train', 'sums.jsonl', ...short, '--quiet', '--run-dir', 'run');
    writeFileSync(join(folder, 'bench.csv'), 'question,answer\n3+4=,7\n12+5=,#### 17\nx=,1\n');
    const { code, stdout, stderr } = await run(folder, 'lm', 'eval', 'run', 'bench.csv', '--samples', '2');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^bench, every question, 2 completions of each, run\n/);
    expect(stdout).toMatch(/greedy +[\d.]+ % +[\d.]+–[\d.]+ %/);
    expect(stdout).toContain('not asked: 1 of the questions, too long or of characters that the model does not know');
    const json = jsonLines((await run(folder, 'lm', 'eval', 'run', 'bench.csv', '--json')).stdout)[0]!;
    expect(json).toMatchObject({
      target: 'bench',
      notAsked: 1,
      unclear: { greedy: expect.any(Number) },
      greedy: { returns: [expect.any(Number), expect.any(Number)] },
    });
    const first = await run(folder, 'lm', 'eval', 'run', 'bench.csv', '--prompts', '1', '--samples', '0');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^bench, the first question, greedy, run\n.*\ngreedy .*\n[01] of 1 greedy answers are unclear.*\n$/);
  });

  it.each<[string, string[], string]>([
    [
      'a file that is not there',
      ['none.jsonl'],
      'none.jsonl: expected a data file that can be read, got "none.jsonl", which does not exist',
    ],
    ['a folder', ['folder.jsonl'], 'folder.jsonl: expected a data file that can be read, got a folder'],
    [
      'another kind of file',
      ['sums.txt'],
      'lm train: expected a task, a data file (.jsonl, .ndjson, .csv, .tsv, .parquet) or a module (.js, .mjs, .ts)',
    ],
    ['a broken line', ['broken.jsonl'], 'broken.jsonl:2: expected a JSON object'],
    ['bytes that are no text', ['bytes.csv'], 'bytes.csv: expected text in UTF-8, got other bytes'],
    [
      'a column that is not there',
      ['sums.jsonl', '--answer-column', 'answr'],
      '--answer-column: expected a column of sums.jsonl, got "answr"; did you mean answer?',
    ],
    [
      'a share out of range',
      ['sums.jsonl', '--held-out', '1'],
      '--held-out: expected a number from 0.001 to 0.9, got "1"; write for example --held-out',
    ],
    [
      'a column of a built-in task',
      ['add-2digit', '--prompt-column', 'x'],
      '--prompt-column: expected a data file to train on, got "add-2digit"',
    ],
    ['a task that is none', ['add-2digits'], 'task: expected the id of a known task, got "add-2digits"; did you mean add-2digit'],
  ])('refuses %s', async (_, words, message) => {
    const folder = withSums();
    writeFileSync(join(folder, 'broken.jsonl'), '{"prompt":"a","answer":"b"}\n{"prompt"\n');
    writeFileSync(join(folder, 'bytes.csv'), Uint8Array.of(0x61, 0xff, 0xfe));
    mkdirSync(join(folder, 'folder.jsonl'));
    const { code, stdout, stderr } = await run(folder, 'lm', 'train', ...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(readdirSync(folder)).not.toContain('runs');
  });
});

describe.concurrent('a module with a task', () => {
  it('is trained on; the folder names it and does not load it', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'task.mjs'), module);
    const { code, stdout, stderr } = await run(folder, 'lm', 'train', './task.mjs', ...short, '--seed', '1,2', '--run-dir', 'run');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npx cohort-rl eval run --module ./task.mjs');
    expect(readJson(folder, 'run', 'seed1', 'config.json')).toMatchObject({
      config: { task: 'greatest-digit' },
      modules: [{ name: 'task.mjs', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    const refused = await run(folder, 'lm', 'eval', 'run');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('run: expected the module task.mjs, which registers what this run needs'),
    ]);
    const evaluated = await run(folder, 'lm', 'eval', 'run', '--module', 'task.mjs', '--prompts', '10', '--samples', '2');
    expect(evaluated.stdout).toMatch(/^greatest-digit, 10 held-out prompts/);
    const resumed = await run(folder, 'resume', 'run', '--iterations', '4', '--module', 'task.mjs', '--quiet');
    expect(resumed.code).toBe(0);
    const byId = await run(folder, 'lm', 'train', 'greatest-digit', '--module', 'task.mjs', ...short, '--json');
    const byPath = await run(folder, 'lm', 'train', 'task.mjs', ...short, '--json');
    expect(hashOf(byId)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(byPath)).toBe(hashOf(byId));
  });

  it('with --reward-timeout: the same bits; a reward that hangs or ends its thread is counted, and training goes on', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'task.mjs'), module);
    const plain = await run(folder, 'lm', 'train', 'task.mjs', ...short, '--json');
    const apart = await run(folder, 'lm', 'train', 'task.mjs', ...short, '--reward-timeout', '30', '--json');
    expect([apart.code, hashOf(apart)]).toEqual([0, hashOf(plain)]);
    const bad = `if (digits[2] % 5 === 1) for (;;); if (digits[2] % 5 === 0) process.exit(3); if (digits[2] % 5 === 4) throw new Error('oh');`;
    const text = module
      .replace('reward: (completion) => (', `reward: (completion) => { ${bad} return (`)
      .replace('? 1 : 0) }', '? 1 : 0); } }');
    writeFileSync(join(folder, 'bad.mjs'), text);
    const words = ['--iterations', '2', '--completions', 'all', '--reward-timeout', '0.2', '--evaluation-interval', '0', '--quiet'];
    const few = ['--evaluation-prompts', '5', '--final-evaluation-prompts', '5', '--warm-start-accuracy', '0'];
    const result = await run(folder, 'lm', 'train', 'bad.mjs', ...tinyModel, ...words, ...few, '--run-dir', 'run');
    expect([result.code, result.stderr]).toEqual([0, '']);
    const lines = jsonLines(readFileSync(join(folder, 'run', 'completions.jsonl'), 'utf8'));
    expect(lines).toHaveLength(32);
    for (const { prompt, status } of lines) {
      const kind = Number(String(prompt)[2]) % 5;
      expect([prompt, status]).toEqual([prompt, ['threw', 'timedOut', 'ok', 'ok', 'threw'][kind]]);
    }
    expect(new Set(lines.map(({ status }) => status)).size).toBe(3);
    const metrics = jsonLines(readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8')).filter((row) => 'reward/failed' in row);
    const failed = lines.filter(({ status, iteration }) => status !== 'ok' && iteration === 1).length;
    expect(metrics[0]!['reward/failed']).toBe(failed / 16);
    const refused = await run(folder, 'lm', 'train', 'add-2digit', '--reward-timeout', '1', '--quiet');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('rewardTimeout: expected a task that a module exports, in Node, got task add-2digit'),
    ]);
  });

  it('may bring several, and other things', async () => {
    const folder = makeFolder();
    const least = module.replace('export default', 'export const least =').replace('greatest-digit', 'least-digit').replace('max', 'min');
    const rest = 'export function helper() { return 1; }\n';
    writeFileSync(join(folder, 'two.mjs'), `${module}\n${least}\n${rest}`);
    const several = await run(folder, 'lm', 'train', './two.mjs', ...short);
    expect([several.code, several.stderr]).toEqual([
      2,
      'error: lm train: expected a module that brings one task, got ./two.mjs, which brings greatest-digit, least-digit; say which: ' +
        '`npx cohort-rl lm train greatest-digit --module ./two.mjs` or `npx cohort-rl lm train least-digit --module ./two.mjs`\n',
    ]);
    const byId = await run(folder, 'lm', 'train', 'least-digit', '--module', './two.mjs', ...short, '--json', '--run-dir', 'run');
    expect([byId.code, byId.stderr, hashOf(byId)]).toEqual([0, '', expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const byName = await run(folder, 'lm', 'train', './two.mjs:least', ...short, '--reward-timeout', '30', '--json');
    expect([byName.stderr, hashOf(byName)]).toEqual(['', hashOf(byId)]);
    const evaluated = await run(folder, 'lm', 'eval', 'run', '--module', 'two.mjs', '--prompts', '5', '--samples', '2');
    expect(evaluated.stdout).toMatch(/^least-digit, 5 held-out prompts/);
    const listed = await run(folder, 'lm', 'tasks', '--module', 'two.mjs');
    expect(listed.stdout).toMatch(/^greatest-digit .*\nleast-digit /m);
    const one = await run(folder, 'lm', 'tasks', 'least-digit', '--module', 'two.mjs');
    expect(one.stdout).toMatch(/^least-digit: the greatest of three digits/);
  });

  it('of episodes is trained, evaluated and sampled; its rewards have no thread of their own', async () => {
    const folder = makeFolder();
    const text = module
      .replace('completionLength: 2', 'completionLength: 8, turnTokens: 2')
      .replace('solution: answer, ', "solutionTurns: [{ text: '>' }, { append: '>', text: answer }], ")
      .replace(/};$/, "  async rollout({ sample }) { await sample(); await sample({ append: '>' }); },\n};");
    writeFileSync(join(folder, 'task.mjs'), text);
    const trained = await run(folder, 'lm', 'train', './task.mjs', ...short, '--json', '--run-dir', 'run');
    expect([trained.code, trained.stderr]).toEqual([0, '']);
    const evaluated = await run(folder, 'lm', 'eval', 'run', '--module', 'task.mjs', '--prompts', '5', '--samples', '2');
    expect(evaluated.stdout).toMatch(/^greatest-digit, 5 held-out prompts/);
    const sampled = await run(folder, 'lm', 'sample', 'run', '--module', 'task.mjs', '--prompt', '274>');
    expect([sampled.code, sampled.stdout]).toEqual([0, expect.stringContaining('no reward: the first turn alone has none')]);
    const limited = await run(folder, 'lm', 'train', './task.mjs', ...short, '--reward-timeout', '2');
    expect([limited.code, limited.stderr]).toEqual([2, expect.stringContaining('reward-timeout: expected none for task greatest-digit')]);
  });

  it.each([
    ['exports nothing', 'export const a = 1;', 'task.mjs: expected a module whose default export is a function, got nothing'],
    ['registers no task', 'export default () => {};', './task.mjs: expected a module that exports a task, got one without'],
    ['exports half a task', "export default { id: 'half', prompts() {} };", 'task half: description: expected one line, got nothing'],
    ['fails', "throw new Error('oh');", 'module task.mjs: expected a module that loads and registers without an error, got Error: oh'],
    [
      'has the id of a built-in task',
      module.replace('greatest-digit', 'sort'),
      'task: expected an id that no built-in task has, got "sort"',
    ],
  ])('that %s', async (_, text, message) => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'task.mjs'), text);
    const { code, stderr } = await run(folder, 'lm', 'train', './task.mjs', ...short, '--quiet', '--run-dir', 'run');
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
