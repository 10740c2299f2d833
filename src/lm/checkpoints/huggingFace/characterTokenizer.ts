/**
 * The tokenizer of an alphabet as files that transformers loads.
 */

import { mistake } from '../../../core/errors.ts';
import { alphabetProblem } from '../../tasks/prompt.ts';
import { bytesFile, jsonFile, type OutputFile } from '../outputFile.ts';
import { bpeModel } from '../tokenizer/bpeModel.ts';

/** The end token's text, which no text of an alphabet is mistaken for: an alphabet has single characters only. */
const endText = '<|end|>';
/** Stands for the vocabulary until it is put in. */
const vocabularyMark = '<vocabulary>';

/**
 * tokenizer.json and tokenizer_config.json with the ids of the library's tokenizer of an alphabet: the end token, 0, then the characters in
 * order. A BPE without merges takes every character for itself. In Python a character that is not in the alphabet is left out without a
 * word, and `<|end|>` is the end token where a text has it. `AutoTokenizer` of transformers 5 puts its own class in place of that of every
 * `qwen2`, which a model with `attentionBias` becomes: there `PreTrainedTokenizerFast.from_pretrained` gives these ids. Throws `CohortError`
 * for what is no alphabet.
 */
export function characterTokenizerFiles(alphabet: string, contextLength: number): OutputFile[] {
  const problem = alphabetProblem(alphabet);
  if (problem) throw mistake('alphabet', problem[0], problem[1], problem[2]);
  const characters = [...alphabet];
  // An object would put digits first; transformers reads ids, not places, but people read files.
  const vocabulary = [endText, ...characters].map((text, id) => `${JSON.stringify(text)}: ${id}`).join(', ');
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [{ id: 0, content: endText, ...flags }],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    // Without a decoder the pieces would be joined with spaces.
    decoder: { type: 'Fuse' },
    model: bpeModel(vocabularyMark, [], false),
  };
  const text = JSON.stringify(tokenizer, undefined, 2).replace(JSON.stringify(vocabularyMark), () => `{ ${vocabulary} }`);
  const bytes = new TextEncoder().encode(`${text}\n`);
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: endText,
    clean_up_tokenization_spaces: false,
    model_max_length: contextLength,
  };
  return [bytesFile('tokenizer.json', bytes), jsonFile('tokenizer_config.json', config)];
}
