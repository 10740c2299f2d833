/**
 * Compares this library's tokenizers of pretrained models with those of transformers, on texts that tools/recordTokenizer.py recorded.
 *
 *   node tools/checkTokenizer.mjs RECORDS.jsonl tokenizer.json tokenizer_config.json
 *   node tools/checkTokenizer.mjs RECORDS.jsonl RECORDS.jsonl.vocabulary.json
 *
 * Exit code 1 where anything differs; the first ten differences are shown.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as jinja from '@huggingface/jinja';
import * as tokenizers from '@huggingface/tokenizers';
import { build } from 'esbuild';

const [records, tokenizerFile, configFile] = process.argv.slice(2);
if (!tokenizerFile) {
  console.error('checkTokenizer: expected the records and tokenizer.json, got less; see the head of this file');
  process.exit(2);
}

async function loadSources() {
  const names = ['tokenizer', 'settings', 'gguf/tokenizer'];
  const lines = names.map((name) => `export * from ${JSON.stringify(`./${name}.ts`)};`).join('\n');
  const resolveDir = fileURLToPath(new URL('../src/lm/checkpoints', import.meta.url));
  const options = { stdin: { contents: lines, resolveDir }, bundle: true, format: 'esm', platform: 'neutral', write: false };
  const { outputFiles } = await build(options);
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { createPretrainedTokenizer, endTokensOf, chatTemplateOf, ggufTokenizerParts } = await loadSources();
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

function partsOfFolder() {
  const tokenizer = readJson(tokenizerFile);
  const config = readJson(configFile);
  const ids = [...Object.values(tokenizer.model.vocab), ...tokenizer.added_tokens.map(({ id }) => id)];
  const vocabSize = ids.reduce((most, id) => Math.max(most, id), 0) + 1;
  const endTokens = endTokensOf({ tokenizerConfig: config, tokenizer });
  return { tokenizer, config, chatTemplate: chatTemplateOf(config), endTokens, vocabSize };
}

const began = performance.now();
const parts = configFile ? partsOfFolder() : ggufTokenizerParts(readJson(tokenizerFile));
const tokenizer = createPretrainedTokenizer(parts, { tokenizers, jinja });
const made = performance.now();

const counts = { texts: 0, decodings: 0, prompts: 0, conversations: 0, ids: 0 };
const differences = [];
/** Counts a comparison, and keeps what differs. */
function compare(kind, record, got, expected) {
  counts[kind]++;
  if (JSON.stringify(got) !== JSON.stringify(expected)) differences.push({ kind, record, got, expected });
}

for (const line of readFileSync(records, 'utf8').trim().split('\n')) {
  const record = JSON.parse(line);
  counts.ids += record.ids.length;
  if (record.messages) {
    compare('conversations', record, tokenizer.encodeChat(record.messages), record.ids);
    continue;
  }
  if (record.text !== undefined) compare('texts', record, tokenizer.encode(record.text), record.ids);
  compare('decodings', record, tokenizer.decode(record.ids), record.decoded);
  const plain = tokenizer.encodeChat ? undefined : record.text;
  if (plain !== undefined) compare('prompts', record, tokenizer.encodePrompt(plain), record.prompt ?? record.ids);
}
const ended = performance.now();

for (const { kind, record, got, expected } of differences.slice(0, 10)) {
  console.log(kind, JSON.stringify(record.text ?? record.messages ?? record.ids).slice(0, 300));
  const at = [...expected].findIndex((value, i) => value !== got[i]);
  const cut = (value) => JSON.stringify(value.slice(Math.max(0, at - 3), at + 12));
  console.log(`  at ${at}: expected ${cut(expected)}, got ${cut(got)}; lengths ${expected.length}, ${got.length}`);
}
const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
console.log(
  `${JSON.stringify(counts)}: ${differences.length} differ; made in ${seconds(began, made)} s, compared in ${seconds(made, ended)} s`,
);
process.exitCode = differences.length === 0 ? 0 : 1;
