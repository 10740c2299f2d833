/**
 * Which model of a server is meant, and how it reads: the options of every command that takes the address of one.
 */
import { Option } from 'commander';

/** What {@link serverOptions} say. */
export interface ServerFlags {
  readonly model?: string;
  readonly tokenizer?: string;
}

/** `--model` and `--tokenizer`; the library refuses them where no server is named. */
export function serverOptions(): Option[] {
  const reads =
    'of a server: how its model reads texts: a folder in Hugging Face’s format, a GGUF file, or hf:owner/name of its hub; task = by the characters of the task, for a model of ours';
  return [
    new Option('--model <name>', 'of a server: its name of the model (default: the only one that it has)'),
    new Option('--tokenizer <place>', `${reads} (default: hf: and the name of the model)`),
  ];
}
