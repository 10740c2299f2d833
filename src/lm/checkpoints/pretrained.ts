/**
 * A pretrained model that was opened: what training needs to know of it before it begins.
 */
import { mistake, show } from '../../core/errors.ts';
import type { LanguageTask } from '../tasks/task.ts';
import type { ModelCheckpoint, PretrainedTokenizer } from './checkpoint.ts';
import type { PeftAdapter } from './huggingFace/peft.ts';
import type { OutputFile } from './outputFile.ts';

/** A pretrained model with its tokenizer. */
export interface PretrainedModel {
  /** What the user calls it: a path, or a name. */
  readonly place: string;
  /** The same of its weights: where `place` is that of an adapter, the place of the adapter's model. */
  readonly basePlace: string;
  readonly checkpoint: ModelCheckpoint;
  readonly tokenizer: PretrainedTokenizer;
  /** SHA-256 that stands for its files. */
  readonly sha256: string;
  /** The adapter that it begins with, where the place is that of one. */
  readonly adapter?: PeftAdapter | undefined;
  /** The files of its tokenizer for an export, where its own files are not those. */
  readonly tokenizerFiles?: readonly OutputFile[] | undefined;
}

/** What reads a task in place of its characters: a tokenizer, and how much it may read. A pretrained model is one. */
export interface TaskReader extends Pick<PretrainedModel, 'place' | 'tokenizer'> {
  readonly checkpoint: Pick<ModelCheckpoint, 'contextLength'>;
}

/** Most tokens of a completion of a pretrained model, unless the configuration says otherwise. */
const usualCompletionLength = 64;

/**
 * The task as a pretrained model reads it: its tokenizer in place of the alphabet, lengths in its tokens. `completionLength` are the most tokens of a completion;
 * left out, `usual` (64), or what the model's context has room for. Throws {@link CohortError} for a task with a tokenizer of its own, and where prompt and completion do not
 * fit into the context.
 */
export function readBy(
  task: LanguageTask,
  { tokenizer, checkpoint, place }: TaskReader,
  completionLength?: number,
  usual: number = usualCompletionLength,
): LanguageTask {
  const { alphabet, problems, data } = task;
  if (task.tokenizer === tokenizer) return task;
  if (task.images) {
    throw mistake(`task ${task.id}`, 'a task of texts, for a pretrained model', 'one with pictures', 'train it without a model');
  }
  if (alphabet === undefined && data === undefined) {
    const advice = 'give the task an alphabet, or train it without a model';
    throw mistake(`task ${task.id}`, 'a task of texts, for a pretrained model', 'one with a tokenizer of its own', advice);
  }
  const promptLength = problems
    ? problems().reduce((most, { prompt }) => Math.max(most, tokenizer.encodePrompt(prompt).length), 1)
    : longestPrompt(task, tokenizer);
  const { contextLength } = checkpoint;
  const most = completionLength ?? Math.max(1, Math.min(usual, contextLength - promptLength));
  if (promptLength + most > contextLength) {
    const got = `prompts of up to ${promptLength} tokens and completions of up to ${most}`;
    const advice = 'choose fewer maxTokens, or leave out the longest prompts';
    throw mistake(`model ${show(place)}`, `at most ${contextLength} tokens together, its context`, got, advice);
  }
  // The alphabet goes: it is the tokenizer that says what can be read.
  const { alphabet: _, ...rest } = task.forPretrained?.() ?? task;
  return { ...rest, tokenizer, promptLength, completionLength: most };
}

/** Most tokens of an answer where nobody says otherwise; of a model with a small context a quarter of that. */
export const usualAnswer = 256;
/** Most tokens of a conversation where nobody says otherwise. */
const usualConversation = 1024;

/** What a pretrained model is used for where there is no task: to go on with texts and conversations, as far as its context has room. */
export function conversation(
  { tokenizer, checkpoint: { contextLength } }: Pick<TaskReader, 'tokenizer' | 'checkpoint'>,
  promptLength: number = usualConversation,
  completionLength: number = Math.min(usualAnswer, Math.floor(contextLength / 4)),
): LanguageTask {
  const answer = Math.max(1, Math.min(completionLength, contextLength - 1));
  return {
    id: 'conversation',
    description: 'whatever is said',
    tokenizer,
    promptLength: Math.max(1, Math.min(promptLength, contextLength - answer)),
    completionLength: answer,
    prompts() {
      throw mistake('conversation', 'a task with prompts', 'a model that was not trained here', 'name a file of questions');
    },
  };
}

/** Tokens that a border between a prompt and its template may add to those of both. */
const borderTokens = 8;

/** A bound: a token of a pretrained tokenizer is at least a byte, and a prompt has at most as many characters as tokens of an alphabet. */
function longestPrompt({ alphabet = '', promptLength }: LanguageTask, tokenizer: PretrainedTokenizer): number {
  const bytes = Math.max(...Array.from(alphabet, (character) => new TextEncoder().encode(character).length));
  const frame = tokenizer.encodePrompt('').length;
  return frame + promptLength * bytes + (frame > 0 ? borderTokens : 0);
}
