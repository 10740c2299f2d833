/**
 * A trained model as files of other libraries: a folder that transformers loads, or adapters that peft loads.
 */
import { mistake } from '../../core/errors.ts';
import { embeddingName } from '../../kernels/transformer/shapes.ts';
import type { AdapterSpec, Transformer } from '../../kernels/transformer/spec.ts';
import type { LanguageState } from '../algorithm/state.ts';
import { characterTokenizerFiles } from '../checkpoints/huggingFace/characterTokenizer.ts';
import type { HuggingFaceCheckpoint } from '../checkpoints/huggingFace/checkpoint.ts';
import { encodeHuggingFace } from '../checkpoints/huggingFace/export.ts';
import { encodePeft } from '../checkpoints/huggingFace/peft.ts';
import type { OutputFile } from '../checkpoints/outputFile.ts';

/** What models are written as. */
export const exportFormats = ['huggingface', 'peft'] as const;
/** One of {@link exportFormats}. */
export type ExportFormat = (typeof exportFormats)[number];

/** The parts of a tensor's name that an adapter stands beside: block and matrix. */
const adapted = /^model\.layers\.(\d+)\..*\.(\w+_proj)\.weight$/;

function isAdapted(name: string, adapter: AdapterSpec | undefined): boolean {
  const [, layer, target] = adapted.exec(name) ?? [];
  return adapter !== undefined && Number(layer) >= (adapter.frozenLayers ?? 0) && adapter.targets.some((one) => one === target);
}

/** Whether a tensor belongs to the blocks that are not trained, or to the embedding below them. */
function isFrozen(name: string, frozenLayers: number): boolean {
  const layer = /^model\.layers\.(\d+)\./.exec(name)?.[1];
  return frozenLayers > 0 && (layer === undefined ? name === embeddingName : Number(layer) < frozenLayers);
}

/** W + (alpha / rank) B A: the matrix as the policy keeps it, with what its adapter says, summed in float64. */
function merged({ base, parameters, spec: { adapter } }: Transformer, name: string): Float32Array {
  const own = (base ?? parameters).tensor(name)!;
  const values = own.get();
  if (!adapter || !isAdapted(name, adapter)) return values;
  const { rank, alpha } = adapter;
  const a = parameters.tensor(name.replace(/weight$/, 'lora_A.weight'))!.get();
  const b = parameters.tensor(name.replace(/weight$/, 'lora_B.weight'))!.get();
  const [rows, columns] = own.shape as readonly [number, number];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += b[r * rank + k]! * a[k * columns + c]!;
      values[r * columns + c]! += (alpha / rank) * sum;
    }
  }
  return values;
}

/**
 * The files of a model, each in pieces. `huggingface`: adapters are merged into the weights as the policy keeps them (`baseWeights`); what neither training nor rounding changed keeps the bytes of the folder that the model
 * came from. `peft`: the adapters alone, beside the name of their model. Throws {@link CohortError} for `peft` without adapters, and for a model that transformers has
 * no class for.
 */
export async function exportModel({ config, policy, model, task, tokenizer }: LanguageState, format: ExportFormat): Promise<OutputFile[]> {
  const {
    name: _,
    output: __,
    maxPositionEmbeddings,
    adapter,
    patches,
    baseWeights = 'float32',
    frozenLayers: ___,
    ...shape
  } = policy.spec;
  if (patches)
    throw mistake('export', 'a model of texts', 'one that reads pictures, for which transformers has no class', 'keep the run folder');
  if (format === 'peft') {
    if (!model || !adapter || adapter.targets.length === 0) {
      const advice = 'export it as huggingface, or train it with --model and --lora-rank';
      throw mistake('export: format', 'a model with adapters for peft', 'one without', advice);
    }
    return encodePeft({ shape, adapter, tensor: (tensor) => policy.parameters.tensor(tensor)!.get(), baseModelName: model.basePlace });
  }
  const checkpoint = model?.checkpoint;
  const contextLength = checkpoint?.contextLength ?? maxPositionEmbeddings;
  const source = checkpoint?.format === 'huggingface' ? (checkpoint as HuggingFaceCheckpoint) : undefined;
  /** Whether the policy has other numbers than the source: those of bfloat16 are kept as they are, and norms and biases always. */
  const isRounded = (name: string): boolean => {
    const { dtype, shape } = source!.describe(name);
    return shape.length === 2 && baseWeights !== 'float32' && !(baseWeights === 'bfloat16' && dtype === 'BF16');
  };
  const files = model ? model.tokenizerFiles : task.alphabet === undefined ? [] : characterTokenizerFiles(task.alphabet, contextLength);
  return encodeHuggingFace({
    shape,
    contextLength,
    endTokens: tokenizer.endTokens ?? [tokenizer.endToken],
    tensor: (tensor) => merged(policy, tensor),
    source,
    isChanged: (tensor) => (policy.base ? isAdapted(tensor, adapter) || isRounded(tensor) : !isFrozen(tensor, config.frozenLayers)),
    files,
  });
}
