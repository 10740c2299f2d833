/**
 * What the files of a run say of it, for titles, suggestions and closing words. Files that are missing or damaged say nothing here: the
 * library's own reader reports them.
 */

import { join } from 'node:path';
import { parseJsonObject, readPlainSync, visibleJson } from '../node/early.ts';
import type { RecordedModule, RoadName, RunLabels, RunSummary } from '../node/toolkit.ts';
import type { Library } from './library.ts';

/** What config.json of a run says. */
export interface StoredConfig extends RunLabels {
  readonly road: RoadName;
  /** Modules that the run needs. */
  readonly modules?: readonly RecordedModule[];
  /** The configuration, every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A JSON object, of texts that can be shown; nothing where the file is missing, or holds something else. */
export function readJson(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return visibleJson(parseJsonObject(readPlainSync(path))) as Readonly<Record<string, unknown>> | undefined;
  } catch {
    return undefined;
  }
}

/** config.json in the folder of a run. */
export function readConfig(directory: string, { runFiles, runFormat, runFormatVersion }: Library): StoredConfig | undefined {
  const stored = readJson(join(directory, runFiles.config));
  const isRead = stored?.format === runFormat && stored.formatVersion === runFormatVersion && typeof stored.config === 'object';
  return isRead ? (stored as unknown as StoredConfig) : undefined;
}

/** summary.json in the folder of a run. */
export function readSummary(directory: string, { runFiles }: Library): RunSummary | undefined {
  const value = readJson(join(directory, runFiles.summary)) as RunSummary | undefined;
  return typeof value?.status === 'string' && typeof value.parametersSha256 === 'string' ? value : undefined;
}
