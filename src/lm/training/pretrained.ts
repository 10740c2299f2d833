/**
 * The weights of a pretrained model, as the beginning of training. Of adapters A is random and B is 0, so that at first they say nothing (E. Hu et al.,
 * arXiv 2106.09685, section 4.1); A is normal with variance 1 / (3 inputs), that of the uniform numbers which the Python package peft draws by default.
 */
import { learnerKey, standardNormals } from '../../random/index.ts';
import type { LanguageState } from '../algorithm/state.ts';
import type { PeftAdapter } from '../checkpoints/huggingFace/peft.ts';
import type { PretrainedModel } from '../checkpoints/pretrained.ts';
import { loadTensors } from '../model/load.ts';
import type { ModelSource } from './source.ts';

/** Weights of a pretrained model; with adapters these alone are overwritten, for the rest was loaded with the state. */
export function pretrained(model: PretrainedModel): ModelSource {
  return {
    fingerprint: async () => model.sha256,
    async open(state, { platform }) {
      if (model.adapter) await takeAdapters(state, model.adapter);
      else if (state.policy.base) beginAdapters(state);
      else await loadTensors(state.policy.parameters, model.checkpoint, platform.pause);
      return { steps: 0, sampledAccuracy: 0, greedyAccuracy: 0, cached: false, hash: model.sha256 };
    },
  };
}

/** Overwrites adapters with those that were trained before. */
export async function takeAdapters({ policy }: Pick<LanguageState, 'policy'>, { tensor }: PeftAdapter): Promise<void> {
  for (const target of policy.parameters.tensors()) target.set('values', await tensor(target.name));
}

function beginAdapters({ policy, config }: LanguageState): void {
  const key = learnerKey(config.warmStartSeed);
  policy.parameters.tensors().forEach((tensor, index) => {
    const [rows, columns] = tensor.shape as readonly [number, number];
    const isA = tensor.name.endsWith('.lora_A.weight');
    const deviation = isA ? 1 / Math.sqrt(3 * columns) : 0;
    const normals = standardNormals(rows * columns, key, index, 'cosine and sine');
    tensor.set(
      'values',
      normals.map((normal) => deviation * normal),
    );
  });
}
