/**
 * Low-rank adapters as folders of the Python package peft: adapter_config.json and adapter_model.safetensors. Facts: peft 0.21
 * (`tuners/lora/config.py`, `utils/save_and_load.py`).
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import { adapterShapes } from '../../../kernels/transformer/shapes.ts';
import { type AdapterSpec, type AdapterTarget, adapterTargets } from '../../../kernels/transformer/spec.ts';
import type { ModelShape } from '../checkpoint.ts';
import type { ModelFiles } from '../files.ts';
import { jsonFile, type OutputFile } from '../outputFile.ts';
import { adapterConfigFile } from '../place.ts';
import type { WeightDtype } from './dtypes.ts';
import { readJsonFile } from './jsonFile.ts';
import { checkEntry, floatsOf } from './tensors.ts';
import { readHeader, type StoredEntry } from './weightFiles.ts';
import { floatBytes, weightsFile } from './weightsOut.ts';

const weightsName = 'adapter_model.safetensors';
/** What stands before the names of a causal language model's tensors in an adapter's file. */
const prefix = 'base_model.model.';
/** Largest rank that is read. */
const largestRank = 4096;
/** As of the field `loraDropout`. */
const largestDropout = 0.999;

/** An adapter that was read. */
export interface PeftAdapter {
  readonly adapter: AdapterSpec;
  /** What the file calls its base model; `undefined` where it does not say. */
  readonly baseModelName: string | undefined;
  /** The names of its tensors, `model.layers.0.self_attn.q_proj.lora_A.weight` (rank, in) and `...lora_B.weight` (out, rank), with their shapes. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The numbers of a tensor, row-major. Throws `CohortError` for a name that is none of `shapes`, and for numbers that are not finite. */
  tensor(name: string): Promise<Float32Array>;
}

/** Fields that say nothing about what an adapter computes, or that are read here. Of every other one only what means "not used" is taken. */
const known = new Set([
  ...[
    'peft_type',
    'r',
    'lora_alpha',
    'target_modules',
    'bias',
    'init_lora_weights',
    'base_model_name_or_path',
    'task_type',
    'peft_version',
  ],
  ...[
    'revision',
    'auto_mapping',
    'inference_mode',
    'lora_dropout',
    'megatron_core',
    'qalora_group_size',
    'runtime_config',
    'layers_pattern',
    'layers_to_transform',
  ],
]);

/**
 * Ways to begin an adapter that leave the base model's weights as they are. Others (pissa, olora, corda, loftq, ...) change them, and need the
 * changed ones.
 */
const plainBeginnings: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];

const isUnused = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (typeof value === 'object' && Object.keys(value).length === 0);

const advice = 'use another copy of the adapter';
const other = 'train a plain LoRA adapter, or merge it into its base model in Python (merge_and_unload) and name the merged folder';

function readTargets(value: unknown, subject: string): AdapterTarget[] {
  const where = `${subject}, target_modules`;
  const expected = `a list of ${adapterTargets.join(', ')}, or "all-linear"`;
  // peft's word for every linear layer but the head.
  if (value === 'all-linear') return [...adapterTargets];
  const listed = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(listed) || listed.length === 0) throw mistake(where, expected, show(value), other);
  const unknown = listed.find((name) => !adapterTargets.includes(name));
  if (unknown !== undefined) throw mistake(where, expected, show(unknown), other);
  return adapterTargets.filter((target) => listed.includes(target));
}

/** The blocks below the first with an adapter, of `layers_to_transform`: a list, one number, or nothing, which means all. */
function readFrozenLayers(value: unknown, layers: number, subject: string): number {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return 0;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const first = layers - listed.length;
  const isUpper = first >= 0 && Array.from({ length: listed.length }, (_, k) => first + k).every((layer) => listed.includes(layer));
  if (isUpper) return first;
  throw mistake(`${subject}, layers_to_transform`, `nothing, or the layers from one on to the last, ${layers - 1}`, show(value), other);
}

function readAdapterConfig(config: Readonly<Record<string, unknown>>, layers: number, subject: string): AdapterSpec {
  const raw = (field: string): unknown => (Object.hasOwn(config, field) ? config[field] : undefined);
  const only = (field: string, expected: string, isRight: (value: unknown) => boolean): void => {
    if (!isRight(raw(field))) throw mistake(`${subject}, ${field}`, expected, show(raw(field)), other);
  };
  only('peft_type', '"LORA"', (value) => value === 'LORA');
  only('task_type', '"CAUSAL_LM", or nothing', (value) => value === undefined || value === null || value === 'CAUSAL_LM');
  only('layers_pattern', 'nothing, or "layers"', (value) => isUnused(value) || [value].flat().every((name) => name === 'layers'));
  only('bias', '"none"', (value) => value === undefined || value === 'none');
  only('init_lora_weights', 'a beginning that leaves the base model as it is', (value) => plainBeginnings.includes(value));
  for (const field of Object.keys(config)) if (!known.has(field)) only(field, 'that it is not used', isUnused);
  const rank = raw('r') ?? 8;
  if (typeof rank !== 'number' || !Number.isInteger(rank) || rank < 1 || rank > largestRank) {
    throw failure(`${subject}, r`, `a whole number from 1 to ${largestRank}`, show(rank), advice);
  }
  const alpha = raw('lora_alpha') ?? 8;
  if (typeof alpha !== 'number' || !(alpha > 0 && alpha <= 1e9)) {
    throw failure(`${subject}, lora_alpha`, 'a number above 0, at most 1e9', show(alpha), advice);
  }
  const dropout = raw('lora_dropout') ?? 0;
  if (typeof dropout !== 'number' || !(dropout >= 0 && dropout <= largestDropout)) {
    throw failure(`${subject}, lora_dropout`, `a number from 0 to ${largestDropout}`, show(dropout), advice);
  }
  const frozenLayers = readFrozenLayers(raw('layers_to_transform'), layers, subject);
  return {
    rank,
    alpha,
    targets: readTargets(raw('target_modules'), subject),
    ...(dropout > 0 && { dropout }),
    ...(frozenLayers > 0 && { frozenLayers }),
  };
}

/** Whether a folder holds an adapter of peft. */
export async function isPeft(files: ModelFiles): Promise<boolean> {
  return (await files.size(adapterConfigFile)) !== undefined;
}

/**
 * Opens an adapter of peft for a model of this shape: plain LoRA (arXiv 2106.09685) with one rank and one alpha for all layers, or for the upper
 * ones, F32, BF16 or F16. Rank and alpha are 8 where the file does not say, as in peft. Everything but the numbers is checked here. Throws `CohortError`: for a
 * folder without an adapter, a field that means another computation (use_rslora, use_dora, bias, modules_to_save, rank_pattern and whatever
 * else is not empty), targets that are none of the seven, and tensors that are missing, one more, damaged, or of another shape.
 */
export async function readPeft(files: ModelFiles, shape: ModelShape): Promise<PeftAdapter> {
  const config = await readJsonFile(files, adapterConfigFile);
  if (!config) throw mistake(files.place, `a folder with ${adapterConfigFile}`, 'none', 'name the folder that peft wrote');
  const adapter = readAdapterConfig(config, shape.numHiddenLayers, `${files.place}, ${adapterConfigFile}`);
  const size = await files.size(weightsName);
  if (size === undefined) {
    throw mistake(files.place, weightsName, 'none', "write the adapter with save_pretrained('folder'), which makes safetensors");
  }
  const header = await readHeader(files, weightsName);
  const found = new Map<string, StoredEntry>();
  for (const entry of header.entries) {
    found.set(entry.name, { ...entry, file: weightsName, begin: header.length + entry.begin, end: header.length + entry.end });
  }
  const shapes = adapterShapes(shape, adapter);
  const fits = 'use an adapter that was trained for this model';
  const entries = new Map<string, StoredEntry & { readonly dtype: WeightDtype }>();
  for (const [name, lengths] of shapes) {
    const where = `${files.place}, tensor ${prefix}${name}`;
    const entry = found.get(`${prefix}${name}`);
    if (!entry) throw failure(where, 'one, for a target and a layer of the model', 'none', fits);
    entries.set(name, checkEntry(entry, lengths, where));
    found.delete(`${prefix}${name}`);
  }
  const [extra] = found.keys();
  if (extra !== undefined) throw failure(`${files.place}, tensor ${show(extra)}`, 'a target and a layer of the model', 'another one', fits);
  const base = Object.hasOwn(config, 'base_model_name_or_path') ? config.base_model_name_or_path : undefined;
  return {
    adapter,
    baseModelName: typeof base === 'string' ? base : undefined,
    shapes,
    async tensor(name) {
      const entry = entries.get(name);
      if (entry) return floatsOf(files, entry, `${files.place}, tensor ${prefix}${name}`);
      throw mistake(`${files.place}, tensor ${show(name)}`, 'a tensor of the adapter', 'none of that name', 'name A or B of a target');
    },
  };
}

/** An adapter to be written. */
export interface PeftExport {
  /** The model that it belongs to. */
  readonly shape: ModelShape;
  readonly adapter: AdapterSpec;
  /** The numbers of A (rank, in) or B (out, rank) by the names of {@link PeftAdapter.shapes}, asked for one at a time, and not kept. */
  tensor(name: string): Promise<Float32Array> | Float32Array;
  /** What peft calls the base model: a name of the hub or a folder. */
  readonly baseModelName: string;
}

/**
 * adapter_config.json and adapter_model.safetensors, float32, as peft loads them. Throws `CohortError` for a model whose rotary positions
 * are interleaved, which has no base model in Hugging Face's form; `pieces` throws it for a tensor of the wrong length, or with numbers that
 * are not finite.
 */
export function encodePeft({ shape, adapter, tensor, baseModelName }: PeftExport): OutputFile[] {
  if (shape.rotaryLayout !== 'half') {
    throw mistake('export', 'rotaryLayout half for an adapter', show(shape.rotaryLayout), 'export the merged model instead');
  }
  const { frozenLayers = 0 } = adapter;
  const upper = Array.from({ length: shape.numHiddenLayers - frozenLayers }, (_, k) => frozenLayers + k);
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModelName,
    revision: null,
    inference_mode: true,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout ?? 0,
    target_modules: adapterTargets.filter((target) => adapter.targets.includes(target)),
    ...(frozenLayers > 0 && { layers_to_transform: upper }),
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    modules_to_save: null,
    use_rslora: false,
    use_dora: false,
    rank_pattern: {},
    alpha_pattern: {},
  };
  const tensors = [...adapterShapes(shape, adapter)].map(([name, lengths]) => ({
    name: `${prefix}${name}`,
    dtype: 'F32' as const,
    shape: lengths,
    bytes: async () => floatBytes(name, await tensor(name)),
  }));
  return [jsonFile(adapterConfigFile, config), weightsFile(weightsName, tensors)];
}
