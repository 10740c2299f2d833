/**
 * Low-rank adapters in kernel memory: one flat block of A and B for every adapted matrix, in panels as all matrices.
 */
import { mistake, show } from '../../core/errors.ts';
import type { Arena } from '../memory.ts';
import { makeStore, type ParameterStore, type PlacedTensor, roundUp } from '../parameters.ts';
import * as layout from './layout.ts';
import { blockMatrices } from './shapes.ts';
import { type AdapterSpec, type AdapterTarget, adapterTargets, type TransformerSpec } from './spec.ts';

/** The first column of every matrix in the rows of its output, which some share. */
function columnsOf(spec: TransformerSpec): Readonly<Record<AdapterTarget, number>> {
  const queries = spec.numAttentionHeads * spec.headDim;
  const keys = spec.numKeyValueHeads * spec.headDim;
  const up = roundUp(spec.intermediateSize, 8);
  return { q_proj: 0, k_proj: queries, v_proj: queries + keys, o_proj: 0, gate_proj: 0, up_proj: up, down_proj: 0 };
}

/** Throws {@link CohortError} unless the adapter of a spec, if it has one, can be. */
export function checkAdapter({ name, adapter, output, numHiddenLayers }: TransformerSpec): void {
  if (!adapter) return;
  const refuse = (expected: string, got: unknown, advice: string): never => {
    throw mistake(`transformer ${name}: adapter`, expected, show(got), advice);
  };
  const { rank, alpha, targets, dropout = 0, frozenLayers = 0 } = adapter;
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= 1024)) refuse('a rank from 1 to 1024', rank, 'choose for example 16');
  if (!(alpha > 0 && Number.isFinite(alpha))) refuse('a positive alpha', alpha, 'choose for example twice the rank');
  if (!(dropout >= 0 && dropout < 1)) refuse('a dropout from 0, below 1', dropout, 'choose for example 0.05');
  const isLayer = Number.isInteger(frozenLayers) && frozenLayers >= 0 && frozenLayers < numHiddenLayers;
  if (!isLayer) refuse(`frozenLayers from 0, below the ${numHiddenLayers} blocks`, frozenLayers, 'leave a block to be trained');
  const isKnown = new Set(targets).size === targets.length && targets.every((one) => adapterTargets.includes(one));
  if (!isKnown) refuse(`some of ${adapterTargets.join(', ')}, each once`, targets, 'name each once, or none: then nothing is trained');
  if (output !== 'logits') refuse('a model with logits', 'a value head', 'give the critic no adapter');
}

/** Adapters as they lie in memory. */
export interface PlacedAdapters {
  readonly store: ParameterStore;
  /** Addresses of the records of every block. */
  readonly records: readonly number[];
  /** Padded to a multiple of 8. */
  readonly rank: number;
  /** Parts of the flat block, in floats. */
  readonly matrices: readonly { readonly start: number; readonly length: number; readonly layer: number }[];
}

/**
 * Places the adapters of a model, all zero. Tensors have the names that the Python package peft gives them, without what it puts before all names:
 * `model.layers.0.self_attn.q_proj.lora_A.weight` (rank, in) and `lora_B.weight` (out, rank).
 */
export function placeAdapters(arena: Arena, spec: TransformerSpec, { rank, targets, frozenLayers = 0 }: AdapterSpec): PlacedAdapters {
  const padded = roundUp(rank, 8);
  const tensors: PlacedTensor[] = [];
  const matrices: { readonly start: number; readonly length: number; readonly layer: number }[] = [];
  let used = 0;
  const take = (layer: number, name: string, rows: number, columns: number, outputs: number, inputs: number): number => {
    const start = used;
    used += outputs * inputs;
    matrices.push({ start, length: outputs * inputs, layer });
    tensors.push({ name, shape: [rows, columns], place: (row, column) => start + ((row >> 3) * inputs + column) * 8 + (row & 7) });
    return start * 4;
  };
  const { words } = arena;
  const [matrixOf, columns] = [blockMatrices(spec), columnsOf(spec)];
  const records = Array.from({ length: spec.numHiddenLayers }, (_, layer) => {
    const address = arena.allocate(layout.adaptersPerBlock * layout.adapterWords * 4, 'adapters');
    adapterTargets.forEach((target, index) => {
      const at = address / 4 + index * layout.adapterWords;
      const isThere = layer >= frozenLayers && targets.includes(target);
      words[at + layout.adapterIsThere] = isThere ? 1 : 0;
      if (!isThere) return;
      const { name, inputs, outputs } = matrixOf[target];
      const [inputsPadded, outputsPadded] = [roundUp(inputs, 8), roundUp(outputs, 8)];
      const prefix = `model.layers.${layer}.${name}`;
      words[at + layout.adapterA] = take(layer, `${prefix}.lora_A.weight`, rank, inputs, padded, inputsPadded);
      words[at + layout.adapterB] = take(layer, `${prefix}.lora_B.weight`, outputs, rank, outputsPadded, padded);
      words[at + layout.adapterATransposed] = arena.allocate(padded * inputsPadded * 4, 'transposed adapters');
      words[at + layout.adapterBTransposed] = arena.allocate(padded * outputsPadded * 4, 'transposed adapters');
      words[at + layout.adapterInputs] = inputsPadded;
      words[at + layout.adapterOutputs] = outputsPadded;
      words[at + layout.adapterColumn] = columns[target] * 4;
    });
    return address;
  });
  return { store: makeStore(arena, used, tensors), records, rank: padded, matrices };
}
