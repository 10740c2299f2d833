/**
 * How the weights of a pretrained model are kept: the option of every command that loads one.
 */
import { Option } from 'commander';

/** What {@link weightsOption} says. */
export interface WeightsFlag {
  readonly baseWeights?: 'float32' | 'bfloat16' | 'int8';
}

/** `--base-weights`, as `lm train` has it. */
export function weightsOption(): Option {
  const kept = 'of a pretrained model: how its weights are kept; bfloat16 takes half the memory, int8 9/32 of it';
  return new Option('--base-weights <kind>', `${kept} (default: as in training, or float32)`).choices(['float32', 'bfloat16', 'int8']);
}
