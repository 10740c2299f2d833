/**
 * Models that servers serve, in a program: vLLM and SGLang are sampled from, and nothing is trained there.
 */
import { mistake, show } from '../core/errors.ts';
import { hubPrefix, taskTokenizer } from '../lm/checkpoints/place.ts';
import { conversation, readBy, type TaskReader, usualAnswer } from '../lm/checkpoints/pretrained.ts';
import { defineTask } from '../lm/tasks/index.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import type { LanguageModel } from '../lm/training/languageModel.ts';
import { findServedModel, openFoundModel } from '../lm/training/samplingOnly.ts';
import type { ServerAccess } from '../lm/training/serverAccess.ts';
import type { LibraryContext } from './context.ts';

/** Which model on which server, and what it is asked. */
export interface ServedModelOptions {
  /** The address of an OpenAI-compatible server that gives token ids: `http://127.0.0.1:8000/v1`. */
  readonly url: string;
  /** The server's name of the model; may be left out where it has only one. */
  readonly model?: string | undefined;
  /**
   * How the model reads texts: a folder in Hugging Face's format, a GGUF file, or `hf:owner/name` of its hub (Node), or the place of one that `openTokenizer` opened; `task`
   * = by the characters of the task, for a model of ours. Default `hf:` and the name of the model; no weights are read.
   */
  readonly tokenizer?: string | undefined;
  /** What `evaluate` asks where no benchmark is named, episodes of several turns too. Default: whatever is said. */
  readonly task?: LanguageTask | undefined;
  /** Most tokens of an answer. Default 256, or as many as the task's own characters need. */
  readonly maxTokens?: number | undefined;
  /** Most tokens of a prompt or a conversation. Default: what the server's context has room for beside an answer; a task has its own. */
  readonly promptLength?: number | undefined;
  /** How to reach the server: its key (in Node by default that of the environment variable OPENAI_API_KEY), time-outs, retries, a signal. */
  readonly server?: ServerAccess | undefined;
}

/** Room for a prompt where neither server nor tokenizer says how much there is. */
const unknownContext = 32_768;

/** Opens models on servers, with the tokenizers of one library. */
export function createServedModels({ platform, tokenizers }: LibraryContext, openTokenizer: (place: string) => Promise<void>) {
  return {
    async open({ url, model: name, tokenizer, task, maxTokens, promptLength, server = {} }: ServedModelOptions): Promise<LanguageModel> {
      const found = await findServedModel(url, name, server, platform);
      const asked = task && defineTask(task);
      if (asked?.images) {
        throw mistake(`task ${asked.id}`, 'a task of texts, for a model on a server', 'one with pictures', 'ask a model in this process');
      }
      if (tokenizer === taskTokenizer) {
        if (asked) return openFoundModel(found, asked, platform);
        throw mistake('tokenizer', 'a task with it', show(tokenizer), 'give a task, or name the tokenizer of the model');
      }
      const place = tokenizer ?? hubNameOf(found.model.id);
      await openTokenizer(place);
      const reader = within(tokenizers.get(place)!, found.model.max_model_len ?? undefined);
      const { contextLength } = reader.checkpoint;
      const answer = maxTokens ?? Math.min(usualAnswer, Math.floor(contextLength / 4));
      const whole = asked
        ? readBy(asked, reader, maxTokens, usualAnswer)
        : conversation(reader, promptLength ?? contextLength - answer, answer);
      return openFoundModel(found, whole, platform);
    },
  };
}

/** Where the hub has a model of that name. Throws `CohortError` for a name that is none of the hub. */
function hubNameOf(name: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(name)) return `${hubPrefix}${name}`;
  const advice = 'name it: a folder in Hugging Face’s format, a GGUF file, or hf:owner/name of its hub';
  throw mistake('tokenizer', `where the tokenizer of ${show(name)} is, which is no name of the hub`, 'nothing', advice);
}

/** The same with the context of the server, where that is less. */
function within({ checkpoint, ...reader }: TaskReader, most = Number.POSITIVE_INFINITY): TaskReader {
  const least = Math.min(checkpoint.contextLength, most);
  return { ...reader, checkpoint: { contextLength: Number.isFinite(least) ? least : unknownContext } };
}
