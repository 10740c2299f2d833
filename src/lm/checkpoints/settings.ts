/**
 * What the small JSON files of a checkpoint say about texts: which ids end one, and how a conversation is written.
 * Order of precedence: huggingface/transformers 5.23, generation/utils.py and tokenization_utils_base.py.
 */
import { isRecord } from '../../core/arguments.ts';
import { failure, show } from '../../core/errors.ts';
import { longestTemplate } from './tokenizer/chatTemplate.ts';
import { tokenText } from './tokenizer/frame.ts';
import { own } from './tokenizer/model.ts';

/** Parsed files of a checkpoint; those that are not there are left out. */
export interface SettingsFiles {
  /** generation_config.json. */
  readonly generationConfig?: unknown;
  /** config.json. */
  readonly config?: unknown;
  /** tokenizer_config.json. */
  readonly tokenizerConfig?: unknown;
  /** tokenizer.json. */
  readonly tokenizer?: unknown;
}

/** Most ids that end a completion. */
const mostEndTokens = 1000;

/**
 * The ids that end a completion, each of them once: `eos_token_id` of generation_config.json, else of config.json, else the id that tokenizer.json gives to
 * `eos_token` of tokenizer_config.json. Throws `CohortError` of kind failure where none of them says it, and for what is no id.
 */
export function endTokensOf({ generationConfig, config, tokenizerConfig, tokenizer }: SettingsFiles): number[] {
  for (const [name, file] of [
    ['generation_config.json', generationConfig],
    ['config.json', config],
  ] as const) {
    const value = own(recordOf(file, name), 'eos_token_id');
    if (value !== undefined) return checkIds(value, name);
  }
  const text = tokenText(own(recordOf(tokenizerConfig, 'tokenizer_config.json'), 'eos_token'), 'eos_token');
  const id = text === undefined ? undefined : idOf(text, recordOf(tokenizer, 'tokenizer.json'));
  if (id !== undefined) return checkIds(id, 'tokenizer.json');
  const got = text === undefined ? 'none' : `eos_token ${show(text)} of tokenizer_config.json, which tokenizer.json does not have`;
  throw failure('end token', 'eos_token_id in generation_config.json or config.json', got, 'write it there: the id that ends a completion');
}

function recordOf(file: unknown, name: string): Readonly<Record<string, unknown>> {
  if (file === undefined) return {};
  if (isRecord(file)) return file;
  throw failure(name, 'a JSON object', show(file), 'take the file of the model as it was published');
}

function checkIds(value: unknown, name: string): number[] {
  const ids: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isFine = ids.length > 0 && ids.length <= mostEndTokens && ids.every((id) => Number.isSafeInteger(id) && (id as number) >= 0);
  if (isFine) return [...new Set(ids as number[])];
  const expected = `an id, or a list of 1 to ${mostEndTokens} ids`;
  throw failure(`${name}: eos_token_id`, expected, show(value), 'take the file of the model as it was published');
}

function idOf(text: string, tokenizer: Readonly<Record<string, unknown>>): unknown {
  const added = own(tokenizer, 'added_tokens');
  const found = Array.isArray(added) ? added.find((entry) => isRecord(entry) && own(entry, 'content') === text) : undefined;
  if (isRecord(found)) return own(found, 'id');
  const model = own(tokenizer, 'model');
  const vocabulary = isRecord(model) ? own(model, 'vocab') : undefined;
  return isRecord(vocabulary) ? own(vocabulary, text) : undefined;
}

/**
 * The chat template of a checkpoint: the file chat_template.jinja, else `chat_template` of tokenizer_config.json, which is a text, or a list of
 * `{ name, template }` of which the one called `default` counts; `undefined` where there is none. Throws `CohortError` of kind failure for anything else.
 */
export function chatTemplateOf(tokenizerConfig: unknown, chatTemplateFile?: string): string | undefined {
  const value = chatTemplateFile ?? own(recordOf(tokenizerConfig, 'tokenizer_config.json'), 'chat_template');
  if (value === undefined) return undefined;
  const subject = chatTemplateFile === undefined ? 'tokenizer_config.json: chat_template' : 'chat_template.jinja';
  const template = Array.isArray(value) ? defaultOf(value) : value;
  if (typeof template === 'string' && template.length <= longestTemplate) return template;
  const expected = `a Jinja template of at most ${longestTemplate} characters, or a list with { "name": "default", "template": text }`;
  const got = typeof template === 'string' ? `${template.length} characters` : show(value);
  throw failure(subject, expected, got, 'take the file of the model as it was published');
}

function defaultOf(templates: readonly unknown[]): unknown {
  const found = templates.find((entry) => isRecord(entry) && own(entry, 'name') === 'default');
  return isRecord(found) ? own(found, 'template') : undefined;
}
