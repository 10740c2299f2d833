/**
 * What tells the folder of a pretrained model from that of a run, and where models and tokenizers are that a configuration names.
 */
import { isRecord } from '../../core/arguments.ts';
import { mistake, show } from '../../core/errors.ts';

/** The file that says that a folder holds an adapter of peft, and of which model. */
export const adapterConfigFile = 'adapter_config.json';

/** What a place begins with that names a model of the Hugging Face Hub: `hf:owner/name`. */
export const hubPrefix = 'hf:';

/** Whether a place names a model of the hub. */
export function isHubName(place: string): boolean {
  return place.startsWith(hubPrefix);
}

/** Whether a place is the address of a server. */
export function isServerAddress(place: string): boolean {
  return /^https?:\/\//i.test(place);
}

/** Whether a path names a GGUF file. */
export function isGguf(path: string): boolean {
  return path.toLowerCase().endsWith('.gguf');
}

/**
 * Whether a folder is that of a pretrained model or an adapter: its config.json, as far as there is one, says the type of a model and no format of a run, or it
 * has {@link adapterConfigFile}.
 */
export function isModelFolder(config: unknown, hasAdapter: boolean): boolean {
  return hasAdapter || (isRecord(config) && config.format === undefined && typeof config.model_type === 'string');
}

/** The value of `tokenizer` that stands for the task's own. */
export const taskTokenizer = 'task';

type Fields = Readonly<Record<string, unknown>>;

/** Whether the model of an input is on a server. */
export function isServed({ backend }: Fields): boolean {
  return backend === 'tinker';
}

/** Backends that a user may think of, whose servers sample alone. */
const samplers: readonly unknown[] = ['openai', 'vllm', 'sglang'];

/** Throws `CohortError` for a backend that cannot learn. */
export function refuseSampler({ backend }: Fields, subject = 'backend'): void {
  if (!samplers.includes(backend)) return;
  const advice = 'such servers sample and do not learn: use tinker, or measure a model there with `lm eval <address>`';
  throw mistake(subject, 'kernels or tinker', show(backend), advice);
}

/**
 * Where the tokenizer of an input with a server is found; `undefined` for the task's own. Throws `CohortError` where the input does not say which model it is.
 */
export function tokenizerPlace({ model, tokenizer }: Fields, subject = 'tokenizer'): string | undefined {
  if (tokenizer === taskTokenizer) return undefined;
  if (typeof tokenizer === 'string' && tokenizer !== '') return tokenizer;
  if (typeof model === 'string' && model !== '') return `${hubPrefix}${model}`;
  throw mistake(
    `${subject}: model`,
    'the server’s name of a model with backend tinker',
    show(model),
    'name one, for example Qwen/Qwen3-4B',
  );
}
