/** Pretrained models at the command line: a small model is trained, written as a folder, and taken as the beginning of others. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli, tinyModel } from './runCli.ts';

afterAll(removeFolders);

const folder = makeFolder();
const lm = (...words: string[]): Promise<CliResult> => runCli(['lm', ...words], { cwd: folder });
const few = ['--iterations', '1', '--num-groups', '2', '--group-size', '2', '--final-evaluation-prompts', '2'];

beforeAll(async () => {
  const trained = await lm('train', 'reverse-dense', ...tinyModel, '--iterations', '1', '--run-dir', 'first');
  expect(trained.code).toBe(0);
  expect((await lm('export', 'first', '--output', 'model')).code).toBe(0);
});

describe('lm export', () => {
  it('names the files that it wrote, keeps what is there unless told, and says so as JSON', async () => {
    expect(readdirSync(join(folder, 'model')).sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const again = await lm('export', 'first', '--output', 'model');
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('which holds files')]);
    const forced = await lm('export', 'first', '--output', 'model', '--force', '--json');
    expect(jsonLines(forced.stdout)[0]).toMatchObject({ event: 'export', format: 'huggingface', folder: 'model' });
    const peft = await lm('export', 'first', '--format', 'peft', '--output', 'adapter');
    expect([peft.code, peft.stderr]).toEqual([2, expect.stringContaining('adapters')]);
  });
});

describe('a pretrained model', () => {
  it('is trained with adapters, which go out for peft and in again', async () => {
    const run = await lm('train', 'reverse-dense', '--model', 'model', '--lora-rank', '2', ...few, '--run-dir', 'second', '--json');
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(jsonLines(run.stdout)[0]).toMatchObject({ config: { model: 'model', loraRank: 2, warmStartAccuracy: 0 } });
    expect((await lm('export', 'second', '--format', 'peft', '--output', 'adapter')).stdout).toContain('adapter_model.safetensors');
    const third = await lm('train', 'reverse-dense', '--model', 'adapter', ...few, '--run-dir', 'third', '--json');
    expect(jsonLines(third.stdout)[0]).toMatchObject({ config: { model: 'adapter', loraRank: 2, loraAlpha: 4 } });
    expect((await lm('eval', 'third', '--prompts', '2', '--samples', '1')).code).toBe(0);
    // An adapter is a model, too.
    const sampled = await lm('sample', 'adapter', '--prompt', '457901=', '--greedy', '--json');
    const [ofRun] = jsonLines((await lm('sample', 'second', '--prompt', '457901=', '--greedy', '--json')).stdout);
    // It has room for a quarter of its context only.
    expect(String(ofRun!.completion).startsWith(String(jsonLines(sampled.stdout)[0]!.completion))).toBe(true);
  });

  it('is trained, exported and sampled beside weights in fewer bytes', async () => {
    const words = ['train', 'reverse-dense', '--model', 'model', '--lora-rank', '2', ...few, '--base-weights', 'int8'];
    const run = await lm(...words, '--run-dir', 'narrow', '--json');
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(jsonLines(run.stdout)[0]).toMatchObject({ config: { baseWeights: 'int8', loraRank: 2 } });
    expect((await lm('export', 'narrow', '--output', 'narrow-merged')).code).toBe(0);
    expect((await lm('export', 'narrow', '--output', 'plain-merged', '--base-weights', 'float32')).code).toBe(0);
    const draw = ['--prompt', '457901=', '--greedy', '--json'];
    const logProb = async (...more: string[]) => jsonLines((await lm('sample', ...more, ...draw)).stdout)[0]!.logProb;
    expect(await logProb('model', '--base-weights', 'bfloat16')).not.toBe(await logProb('model'));
    writeFileSync(join(folder, 'two.jsonl'), '{"prompt":"457901=","answer":"109754"}\n{"prompt":"123456=","answer":"654321"}\n');
    for (const words of [
      ['sample', 'model', ...draw],
      ['eval', 'model', 'two.jsonl', '--samples', '0', '--max-tokens', '4'],
      ['export', 'model', '--output', 'rounded'],
    ]) {
      const unknown = await lm(...words, '--base-weights', 'int4');
      expect([words, unknown.code, unknown.stderr]).toEqual([words, 2, expect.stringContaining('float32, bfloat16, int8')]);
      expect([words, (await lm(...words, '--base-weights', 'int8')).code]).toEqual([words, 0]);
    }
    // Adapters beside rounded weights, merged into those of the file.
    expect(await logProb('plain-merged')).not.toBeCloseTo(Number(await logProb('narrow-merged')), 4);
    expect(await logProb('rounded')).toBeCloseTo(Number(await logProb('model', '--base-weights', 'int8')), 4);
    expect(await logProb('rounded')).not.toBeCloseTo(Number(await logProb('model')), 4);
    const trained = await lm('train', 'reverse-dense', '--model', 'model', '--lora-rank', '0', '--base-weights', 'int8');
    expect([trained.code, trained.stderr]).toEqual([2, expect.stringContaining('--base-weights')]);
  });

  it('side by side in threads of their own', async () => {
    const run = await lm('train', 'reverse-dense', '--model', 'model', ...few, '--seed', '1,2', '--run-dir', 'seeds', '--json');
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(jsonLines(run.stdout).filter(({ event }) => event === 'summary').length).toBeGreaterThanOrEqual(2);
  });

  it('is used as it is: sampled, asked the questions of a file, spoken to', async () => {
    const sampled = await lm('sample', 'model', '--prompt', '457901=', '--samples', '2', '--json');
    expect(jsonLines(sampled.stdout)).toHaveLength(2);
    writeFileSync(join(folder, 'questions.jsonl'), '{"prompt":"457901=","answer":"109754"}\n{"prompt":"123456=","answer":"654321"}\n');
    const asked = await lm('eval', 'model', 'questions.jsonl', '--samples', '1', '--max-tokens', '4', '--json');
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    expect(jsonLines(asked.stdout)[0]).toMatchObject({ event: 'evaluation', target: 'questions' });
    const threaded = await lm('eval', 'model', 'questions.jsonl', '--samples', '1', '--max-tokens', '4', '--json', '--threads', '2');
    expect(jsonLines(threaded.stdout)[0]).toEqual({ ...jsonLines(asked.stdout)[0], threads: 2 });
    const without = await lm('eval', 'model');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('a file of questions')]);
    const chat = await runCli(['lm', 'chat', 'model'], { cwd: folder, input: '457901=\n' });
    expect([chat.code, chat.stderr]).toEqual([2, expect.stringContaining('chat template')]);
  });

  it('is refused where it cannot be read, and where a run is needed', async () => {
    mkdirSync(join(folder, 'empty'));
    for (const [words, message] of [
      [['train', 'reverse-dense', '--model', 'nowhere'], 'nowhere'],
      [['train', 'reverse-dense', '--model', 'empty'], 'config.json'],
      [['train', 'reverse-dense', '--model', 'model', '--hidden-size', '64'], '--hidden-size'],
      [['train', 'reverse-dense', '--lora-rank', '4'], '--lora-rank'],
      [['sample', 'empty', '--prompt', '457901='], 'config.json'],
    ] as const) {
      const refused = await lm(...words);
      expect([words, refused.code, refused.stderr]).toEqual([words, 2, expect.stringContaining(message)]);
    }
    const resumed = await runCli(['resume', 'model'], { cwd: folder });
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('a pretrained model')]);
  });
});
