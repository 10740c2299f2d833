/**
 * What a run that goes on had done before, from the lines of its metrics.jsonl.
 */
import { parseJsonObject } from '../core/json.ts';
import type { EarlierValue } from './state.ts';

/** The value of a metric in a line; none where the line is of something else. */
export function earlierOf(line: string, metric: string): EarlierValue[] {
  const { iteration, [metric]: value } = parseJsonObject(line) ?? {};
  return typeof iteration === 'number' && typeof value === 'number' ? [{ iteration, value }] : [];
}
