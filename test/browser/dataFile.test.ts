/** Tasks of files in a page: what Node makes of the same files, from chosen files, functions and addresses. */
import { describe, expect, it } from 'vitest';
import { type PageDataOptions, readDataTask } from '../../src/browser/lm.ts';
import { taskOfData } from '../../src/lm/data/task.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { shadePictures, shadeRows, shadesHash, shadesRun } from '../lm/pictureRun.ts';
import { writePng } from '../lm/tasks/pictures/writePicture.ts';
import { testCohort } from '../training/cohort.ts';

const rows = (text = shadeRows, name = 'shades.jsonl'): File => new File([text], name);

/** A file as an input with `webkitdirectory` gives it. */
function chosen(path: string, bytes: Uint8Array<ArrayBuffer>): File {
  return Object.defineProperty(new File([bytes], path.replace(/^.*\//, '')), 'webkitRelativePath', { value: path });
}

const files = [...shadePictures].map(([name, bytes]) => chosen(`folder/${name}`, bytes));
const named = (name: string): Blob => new Blob([shadePictures.get(name)!]);

describe.runIf('OffscreenCanvas' in globalThis)('readDataTask in a page', () => {
  it('makes a task that trains to the bits of Node, and goes on from a run folder alone', async () => {
    const task = await readDataTask(rows(), { pictures: [rows(), ...files] });
    expect(task).toMatchObject({ id: 'shades', images: { width: 12, height: 8, patchSize: 4, count: 1 } });
    expect(task.data).toMatchObject({ name: 'shades.jsonl', sha256: sha256(new TextEncoder().encode(shadeRows)) });
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...shadesRun, task, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const { summary } = await (await cohort.resume('run')).finish();
    expect(summary.parametersSha256).toBe(shadesHash);
    expect([...taskOfData(task.data!).data!.rows]).toEqual([...task.data!.rows]);
  });

  it('takes a function from names to files or addresses, and pictures beside an address', async () => {
    const expected = (await readDataTask(rows(), { pictures: files })).data!.rows;
    const addresses = new Map<string, string>();
    const addressOf = (name: string): URL => {
      const address = addresses.get(name) ?? URL.createObjectURL(named(name));
      addresses.set(name, address);
      return new URL(address);
    };
    expect((await readDataTask(rows(), { pictures: named })).data!.rows).toEqual(expected);
    expect((await readDataTask(rows(), { pictures: async (name) => addressOf(name) })).data!.rows).toEqual(expected);
    for (const address of addresses.values()) URL.revokeObjectURL(address);
    const { fetch } = globalThis;
    const asked: string[] = [];
    globalThis.fetch = async (address) => {
      asked.push(String(address));
      const path = decodeURIComponent(new URL(String(address)).pathname).replace('/data/', '');
      return path === 'some.jsonl'
        ? new Response(shadeRows.replaceAll('shades/', 's#?/'))
        : new Response(named(path.replace('s#?/', 'shades/')));
    };
    try {
      const task = await readDataTask(new URL('https://example.org/data/some.jsonl?version=2'));
      expect([task.id, task.data!.name]).toEqual(['some', 'some.jsonl']);
      expect(task.data!.rows).toEqual(expected);
    } finally {
      globalThis.fetch = fetch;
    }
    expect(asked.slice(0, 2)).toEqual(['https://example.org/data/some.jsonl?version=2', 'https://example.org/data/s%23%3F/0.png']);
    expect(asked).toHaveLength(1 + shadePictures.size);
  });

  it('scales as Node does, and reads rows without pictures', async () => {
    const wide = writePng(80, 40, Array(9600).fill(9));
    expect((await readDataTask(rows(), { pictures: () => new Blob([wide]), heldOut: 0.3 })).images).toMatchObject({
      width: 32,
      height: 32,
    });
    expect((await readDataTask(rows(), { pictures: files, pictureSize: 8 })).images).toMatchObject({ width: 8, height: 8 });
    const table = ['question,answer', ...Array.from({ length: 40 }, (_, i) => `${i}+1=,${i + 1}`)].join('\n');
    expect(await readDataTask(rows(table, 'sums.csv'), { heldOut: 0.5 })).toMatchObject({ id: 'sums', heldOutShare: 0.5 });
  });

  const blob = new Blob(['no picture']);
  it.each<[string, unknown, unknown, string | RegExp]>([
    ['a text', shadeRows, {}, 'readDataTask: expected a File, or the URL of one'],
    ['nothing', undefined, undefined, 'readDataTask: expected a File'],
    ['Parquet', rows('PAR1', 'rows.parquet'), {}, 'rows.parquet: expected JSON lines'],
    ['other bytes', new File([Uint8Array.of(255)], 'a.jsonl'), {}, 'a.jsonl: expected text in UTF-8'],
    ['no pictures', rows(), {}, 'shades/0.png: expected one picture whose path ends so, got none among 0 files'],
    ['the same picture twice', rows(), { pictures: [...files, chosen('other/shades/0.png', writePng(1, 1, [1, 2, 3]))] }, 'got 2 of them'],
    [
      'a picture with the end of the name alone',
      rows(),
      { pictures: [chosen('xshades/0.png', writePng(1, 1, [1, 2, 3]))] },
      'none among 1',
    ],
    ['files that are none', rows(), { pictures: [1] }, 'readDataTask: pictures: expected files'],
    ['pictures that are none', rows(), { pictures: 3 }, 'readDataTask: pictures: expected files'],
    ['a function that finds nothing', rows(), { pictures: () => undefined }, 'shades/0.png: expected a File, a Blob or a URL, got nothing'],
    ['no picture', rows(), { pictures: () => blob }, 'shades/0.png: expected a PNG or JPEG file'],
    ['no answer', new URL('http://localhost:1/none.jsonl'), {}, 'none.jsonl: expected a file that can be read'],
    ['an address that is not there', new URL('/none/none.jsonl', globalThis.location?.href ?? 'http://localhost'), {}, 'none.jsonl'],
    ['a size that is no multiple of 4', rows(), { pictureSize: 9 }, 'readDataTask: pictureSize: expected a multiple of 4'],
    ['options that are none', rows(), 3, 'readDataTask: options'],
    ['columns that are none', rows(), { columns: 3 }, 'readDataTask: columns'],
    [
      'a path out of the folder',
      rows(shadeRows.replace('shades/0', '../0')),
      { pictures: files },
      'shades.jsonl:1: prompt: expected the path',
    ],
  ])('refuses %s in words', async (_name, source, options, message) => {
    await expect(readDataTask(source as File, options as PageDataOptions)).rejects.toThrow(message);
  });
});
