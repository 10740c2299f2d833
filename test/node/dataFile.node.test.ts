/** Data files: each format gives the same task; Parquet by an optional package. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { dataFormatOf } from '../../src/lm/data/file.ts';
import { taskOfData } from '../../src/lm/data/task.ts';
import { readDataTask } from '../../src/node/dataFile.ts';
import { parquetRecords } from '../../src/node/parquet.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { shadePictures, shadeRows, shadesHash, shadesRun } from '../lm/pictureRun.ts';
import { writePng } from '../lm/tasks/pictures/writePicture.ts';
import { testCohort } from '../training/cohort.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-data-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 30 rows written by hyparquet-writer 0.17.0: question `0+1=` ..., answer 1 ... (INT32), big 0 ... (INT64). */
const parquet = fileURLToPath(new URL('../fixtures/sums.parquet', import.meta.url));

describe('readDataTask', () => {
  it('gives the same rows from JSON lines, CSV, tabs and Parquet', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [`${i}+1=`, i + 1] as const);
    writeFileSync(join(folder, 'sums.jsonl'), rows.map(([question, answer]) => JSON.stringify({ question, answer })).join('\n'));
    writeFileSync(join(folder, 'sums.csv'), ['question,answer', ...rows.map((row) => row.join(','))].join('\n'));
    writeFileSync(join(folder, 'sums.TSV'), ['question\tanswer', ...rows.map((row) => row.join('\t'))].join('\r\n'));
    const tasks = await Promise.all([
      ...['sums.jsonl', 'sums.csv', 'sums.TSV'].map((name) => readDataTask(join(folder, name))),
      readDataTask(parquet),
    ]);
    for (const { id, data } of tasks)
      expect([id, new TextDecoder().decode(data!.rows)]).toEqual(['sums', new TextDecoder().decode(tasks[0]!.data!.rows)]);
    expect(tasks[0]!.data).toMatchObject({ name: 'sums.jsonl', sha256: sha256(readFileSync(join(folder, 'sums.jsonl'))) });
    expect(tasks.map(({ data }) => data!.name)).toEqual(['sums.jsonl', 'sums.csv', 'sums.TSV', 'sums.parquet']);
  });

  it('reads the pictures that rows name, small ones as they are, others into squares', async () => {
    mkdirSync(join(folder, 'shapes'));
    writeFileSync(join(folder, 'shapes', 'small.png'), writePng(8, 8, Array(192).fill(9)));
    writeFileSync(join(folder, 'wide.png'), writePng(80, 40, Array(9600).fill(9)));
    const write = (...names: string[]): string => {
      const file = join(folder, 'shapes.jsonl');
      const line = (i: number) => JSON.stringify({ prompt: [`${i}: `, { image: names[i % names.length]! }], answer: i % 3 });
      writeFileSync(file, Array.from({ length: 40 }, (_, i) => line(i)).join('\n'));
      return file;
    };
    const sides = async (...parameters: Parameters<typeof readDataTask>) => (await readDataTask(...parameters)).images;
    expect(await sides(write('shapes/small.png'))).toEqual({ width: 8, height: 8, patchSize: 4, count: 1 });
    expect(await sides(write('wide.png'))).toMatchObject({ width: 32, height: 32 });
    expect(await sides(write('shapes/small.png', 'wide.png'))).toMatchObject({ width: 32, height: 32 });
    expect(await sides(write('wide.png'), { pictureSize: 16 })).toMatchObject({ width: 16, height: 16 });
    const kept = (await readDataTask(write('wide.png'))).data!;
    const again = taskOfData(kept);
    expect(again.heldOutProblems!().map(({ prompt }) => prompt)).toEqual(
      (await readDataTask(write('wide.png'))).heldOutProblems!().map(({ prompt }) => prompt),
    );
    expect([...again.data!.rows]).toEqual([...kept.rows]);
    await expect(readDataTask(write('wide.png'), { pictureSize: 9 })).rejects.toThrow('a multiple of 4 from 4 to 256, got 9');
    await expect(readDataTask(write('none.png'))).rejects.toThrow('none.png');
    await expect(readDataTask(write('../none.png'))).rejects.toThrow('shapes.jsonl:1: prompt: expected the path of a picture within');
  });

  it('whole numbers of 64 bits are answers too', async () => {
    const task = await readDataTask(parquet, { columns: { answer: 'big' } });
    expect(new TextDecoder().decode(task.data!.rows)).toContain('{"prompt":"2+1=","answer":"2"}');
  });

  it('refuses what is no Parquet, and a damaged one, and more bytes than it reads', async () => {
    await expect(parquetRecords(new TextEncoder().encode('PAR1 not'), 'x.parquet')).rejects.toThrow(/x\.parquet: expected a Parquet file/);
    await expect(parquetRecords(readFileSync(parquet).subarray(0, 200), 'x.parquet')).rejects.toThrow(
      /x\.parquet: expected a Parquet file/,
    );
    const large = join(folder, 'large.jsonl');
    writeFileSync(large, '');
    truncateSync(large, 2 ** 26 + 1);
    await expect(readDataTask(large)).rejects.toThrow(/large\.jsonl: expected a data file that can be read, got 67108865 bytes/);
  });

  it.each([
    ['a.jsonl', 'jsonl'],
    ['a.NDJSON', 'ndjson'],
    ['a.json', undefined],
    ['jsonl', undefined],
  ])('%s is %s', (name, format) => expect(dataFormatOf(name)).toBe(format));
});

describe('a task of rows with pictures', () => {
  it('trains to the bits that a page gives', async () => {
    mkdirSync(join(folder, 'shades'));
    for (const [name, bytes] of shadePictures) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, 'shades.jsonl'), shadeRows);
    const task = await readDataTask(join(folder, 'shades.jsonl'));
    const { summary } = await testCohort()
      .trainLanguageModel({ ...shadesRun, task })
      .finish();
    expect(summary.parametersSha256).toBe(shadesHash);
  });
});
