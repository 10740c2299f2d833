/**
 * What tells the folder of a pretrained model from that of a run.
 */
import { isRecord } from '../../core/arguments.ts';

/** The file that says that a folder holds an adapter of peft, and of which model. */
export const adapterConfigFile = 'adapter_config.json';

/** What a place begins with that names a model of the Hugging Face Hub: `hf:owner/name`. */
export const hubPrefix = 'hf:';

/** Whether a place names a model of the hub. */
export function isHubName(place: string): boolean {
  return place.startsWith(hubPrefix);
}

/** Whether a path names a GGUF file. */
export function isGguf(path: string): boolean {
  return path.toLowerCase().endsWith('.gguf');
}

/**
 * Whether a folder is that of a pretrained model or an adapter: its config.json, as far as there is one, says the type of a model and no format of a run, or it
 * has {@link adapterConfigFile}.
 */
export function isModelFolder(config: unknown, hasAdapter: boolean): boolean {
  return hasAdapter || (isRecord(config) && config.format === undefined && typeof config.model_type === 'string');
}
