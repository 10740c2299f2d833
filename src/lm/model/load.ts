/**
 * The weights of a pretrained model into kernel memory, one tensor after another.
 */
import type { FrozenParameters } from '../../kernels/parameters.ts';
import type { ModelCheckpoint } from '../checkpoints/checkpoint.ts';

/** Fills all tensors of a store. Others have their turn between two of them. Throws {@link CohortError} where one is missing or damaged. */
export async function loadTensors(store: FrozenParameters, checkpoint: ModelCheckpoint, pause: () => Promise<void>): Promise<void> {
  for (const tensor of store.tensors()) {
    const blocks = tensor.setBlocks && (await checkpoint.integerBlocks?.(tensor.name));
    if (blocks) tensor.setBlocks!(blocks);
    else tensor.set('values', await checkpoint.tensor(tensor.name));
    await pause();
  }
}
