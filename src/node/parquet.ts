/**
 * Records of Parquet files, by an optional package.
 */
import { mistake } from '../core/errors.ts';
import { type DataRecord, maxRows, tooManyRows } from '../lm/data/records.ts';
import { loadOptional } from './film/optional.ts';

/**
 * The rows of a Parquet file, numbered from 1. Throws `CohortError` where the optional package `hyparquet` is missing, for a file that is none or damaged
 * (or packed in another way than with Snappy, or not at all), and for more than 200,000 rows.
 */
export async function parquetRecords(bytes: Uint8Array, path: string): Promise<DataRecord[]> {
  const { parquetMetadata, parquetReadObjects } = await loadOptional('hyparquet', path, () => import('hyparquet'));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  let rows: readonly Record<string, unknown>[];
  try {
    if (Number(parquetMetadata(file).num_rows) > maxRows) throw tooManyRows(path);
    rows = await parquetReadObjects({ file });
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'CohortError') throw cause;
    throw mistake(
      path,
      'a Parquet file (not packed, or with Snappy)',
      String(cause).split('\n')[0]!,
      'write it again, or as JSON lines',
      cause,
    );
  }
  return rows.map((values, index) => ({ line: index + 1, values }));
}
