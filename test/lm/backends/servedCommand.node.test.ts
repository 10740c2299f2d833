/**
 * The command line against an OpenAI-compatible server on a port: the model is measured, sampled and spoken to by the address of its server.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTask } from '../../../src/lm/tasks/index.ts';
import { LanguageModel } from '../../../src/lm/training/languageModel.ts';
import { writeModelFolder } from '../../../src/node/modelFolder.ts';
import { type CliResult, jsonLines, runCli } from '../../cli/runCli.ts';
import { testCohort } from '../../training/cohort.ts';
import { listen } from './httpServer.ts';
import { SamplingReference } from './samplingReference.ts';
import { beginning } from './servedRun.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-sampling-'));
const task = findTask('add-2digit');
const secret = 'a-key-that-is-written-nowhere';
const closing: (() => Promise<void>)[] = [];

async function serve(options: Partial<ConstructorParameters<typeof SamplingReference>[0]> = {}): Promise<string> {
  const server = new SamplingReference({ state: await beginning({}, task), ...options });
  const { url, close } = await listen(server, 0, { before: '/', keyHeader: 'authorization' });
  closing.push(close);
  return `${url}/v1`;
}

/** A run of `cohort-rl lm ...`, with no key of whoever runs the tests. */
const lm = (words: readonly string[], more: Partial<Parameters<typeof runCli>[1]> = {}): Promise<CliResult> =>
  runCli(['lm', ...words], { cwd: folder, environment: { OPENAI_API_KEY: '' }, ...more });

afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true, force: true });
});

let url = '';
beforeAll(async () => {
  url = await serve();
  // The characters of the task, and therefore its ids.
  const rows = ['12+34=', '56+78=', '90+11='].map((prompt) => JSON.stringify({ prompt, answer: '46' }));
  writeFileSync(join(folder, 'questions.jsonl'), `${rows.join('\n')}\n`);
  const files = await new LanguageModel(await beginning({}, task)).export('huggingface');
  const reading = files.filter(({ name }) => name.endsWith('.json'));
  await writeModelFolder(join(folder, 'reader'), reading);
  writeFileSync(join(folder, 'reader', 'chat_template.jinja'), "{{ messages[-1]['content'] }}");
});

const byCharacters = ['--tokenizer', 'task'];

describe('lm eval', () => {
  it('measures a model by the address of its server as a program does', async () => {
    const asked = await lm(['eval', url, 'add-2digit', ...byCharacters, '--prompts', '6', '--samples', '4', '--json']);
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const [said] = jsonLines(asked.stdout);
    const measured = await testCohort().evaluate(url, { tokenizer: 'task', task, numPrompts: 6, numSamples: 4 });
    expect(said).toMatchObject({ event: 'evaluation', runDirectory: url, ...JSON.parse(JSON.stringify(measured)) });
    expect(said).toMatchObject({ passAtK: [{ k: 2 }, { k: 4 }], majAtK: [{ k: 2 }, { k: 4 }] });
    // The same questions of the same model: the same answers.
    expect((await lm(['eval', url, 'add-2digit', ...byCharacters, '--prompts', '6', '--samples', '4', '--json'])).stdout).toBe(
      asked.stdout,
    );
  });

  it('asks the questions of a file, by characters or by a tokenizer, and shows what it shows of a run', async () => {
    const asked = await lm(['eval', url, 'questions.jsonl', '--model', 'tiny', ...byCharacters, '--samples', '2']);
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    expect(asked.stdout).toContain(`questions, every question, 2 completions of each, ${url}`);
    expect(asked.stdout).toContain('pass@2');
    const read = await lm(['eval', url, 'questions.jsonl', '--tokenizer', 'reader', '--samples', '2', '--max-tokens', '2', '--json']);
    expect([read.code, read.stderr]).toEqual([0, '']);
    expect(jsonLines(read.stdout)[0]).toMatchObject({ target: 'questions', maxTokens: 2 });
  });

  it('reads the key from the environment, and writes it nowhere', async () => {
    const kept = await serve({ apiKey: secret });
    const words = ['eval', kept, 'add-2digit', ...byCharacters, '--prompts', '2', '--samples', '1', '--json'];
    const asked = await lm(words, { environment: { OPENAI_API_KEY: secret } });
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const wrong = await lm(words, { environment: { OPENAI_API_KEY: `${secret}-not` } });
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toContain('set the environment variable OPENAI_API_KEY to it');
    for (const text of [asked.stdout, wrong.stdout, wrong.stderr]) expect(text).not.toContain(secret);
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of names) expect(readFileSync(join(parentPath, name), 'utf8')).not.toContain(secret);
  });
});

describe('lm sample and lm chat', () => {
  it('ask a task with its rewards, or whatever is said', async () => {
    const asked = await lm(['sample', url, 'add-2digit', ...byCharacters, '--samples', '2', '--seed', '4', '--json']);
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const lines = jsonLines(asked.stdout);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ event: 'completion', task: 'add-2digit', runDirectory: url, score: { status: 'ok' } });
    const said = await lm(['sample', url, '--tokenizer', 'reader', '--prompt', '12+34=', '--greedy', '--json']);
    expect(jsonLines(said.stdout)[0]).toMatchObject({ task: 'conversation', prompt: '12+34=', score: null });
    const shown = await lm(['sample', url, 'add-2digit', ...byCharacters, '--prompt', '12+34=', '--samples', '1']);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(/text +log-probability +tokens +ended +reward/);
  });

  it('hold a conversation', async () => {
    const words = ['chat', url, '--tokenizer', 'reader', '--max-tokens', '3', '--json'];
    const chat = await lm(words, { input: '12+34=\n56+78=\n' });
    expect([chat.code, chat.stderr]).toEqual([0, '']);
    expect(jsonLines(chat.stdout)).toHaveLength(2);
  });
});

describe('what is refused', () => {
  it('in one sentence, before anything is asked of the model', async () => {
    const texts = await serve({ speech: 'texts' });
    const several = await serve({ models: ['a', 'b'] });
    const cases: readonly (readonly [words: readonly string[], sentence: string])[] = [
      [['eval', url], 'a file of questions for a pretrained model'],
      [['eval', url, 'add-3digit', ...byCharacters], 'add-2digit'],
      [['eval', url, 'questions.txt', ...byCharacters], 'expected a data file'],
      [['eval', url, 'questions.jsonl'], 'tokenizer: expected where the tokenizer of "tiny" is'],
      [['eval', url, 'questions.jsonl', '--model', 'other'], 'model: expected one of the 1 models'],
      [['eval', several, 'questions.jsonl'], 'got none; choose a, b'],
      [['eval', texts, 'questions.jsonl', ...byCharacters], 'expected a server that says the ids of the tokens it samples'],
      [['eval', url, 'questions.jsonl', ...byCharacters, '--threads', '2'], 'threads: expected a model in this process'],
      [['eval', 'nowhere', '--model', 'tiny'], 'which does not exist'],
      [['sample', url, '--prompt', '12+34=', ...byCharacters], 'tokenizer: expected a task with it'],
      [['sample', url, 'add-2digit', ...byCharacters, '--prompt', 'x'], '--prompt: expected 1 to'],
      [['export', url, '--output', 'out'], 'the address of a server'],
      [['train', 'add-2digit', '--backend', 'openai', '--url', url, '--model', 'tiny'], 'such servers sample and do not learn: use tinker'],
    ];
    for (const [words, sentence] of cases) {
      const refused = await lm(words);
      expect([words, refused.code === 0, refused.stdout]).toEqual([words, false, '']);
      expect(refused.stderr, words.join(' ')).toContain(sentence);
      expect(refused.stderr.trim().split('\n'), words.join(' ')).toHaveLength(1);
    }
  });
});
