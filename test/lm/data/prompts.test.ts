import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRows, pictureNames, readRows, recordsOf } from '../../../src/lm/data/rows.ts';
import { taskFromRows } from '../../../src/lm/data/task.ts';
import { createPicture } from '../../../src/lm/tasks/pictures/canvas.ts';

const pictures = new Map(['a.png', 'shapes/b.JPG'].map((name, i) => [name, createPicture(8, 4, [i, 2, 3])]));
const read = (text: string) => readRows(text, 'jsonl', {}, 'rows.jsonl', pictures);
const namesIn = (text: string) => pictureNames(recordsOf(text, 'jsonl', 'rows.jsonl'), {}, 'rows.jsonl');

describe('rows with pictures', () => {
  it('reads texts and pictures in order, numbers as texts, and a prompt that is one text', () => {
    const text = [
      '\u{FEFF}{"prompt":["how many? ",{"image":"a.png"}," ",{"image":"shapes/b.JPG"}],"answer":3,"id":7}',
      '',
      '{"prompt":"2+3=","answer":"5"}',
      '{"prompt":[{"image":"a.png"}],"answer":"0"}',
    ].join('\r\n');
    const [a, b] = pictures.values();
    const rows = read(text);
    expect(rows).toEqual([
      { prompt: ['how many? ', { image: a }, ' ', { image: b }], answer: '3', line: 1 },
      { prompt: '2+3=', answer: '5', line: 3 },
      { prompt: [{ image: a }], answer: '0', line: 4 },
    ]);
    expect(namesIn(text)).toEqual(['a.png', 'shapes/b.JPG']);
    expect(readRows(new TextDecoder().decode(encodeRows(rows)), 'jsonl')).toEqual(rows.map((row, i) => ({ ...row, line: i + 1 })));
  });

  const row = (prompt: unknown, answer: unknown = '3'): string => JSON.stringify({ prompt, answer });
  it.each<[string, string, string]>([
    ['no rows', '\n\n', 'rows.jsonl: expected rows of questions and answers, got none'],
    ['what is no JSON', '{"prompt":', 'rows.jsonl:1: expected a JSON object'],
    ['no prompt', '{"answer":"3"}', 'rows.jsonl:1: expected a column prompt, question, problem, input, got answer'],
    ['a prompt of nothing', row([]), 'rows.jsonl:1: prompt: expected 1 to 64 texts and pictures, got 0'],
    ['too many parts', row(Array(65).fill('a')), 'expected 1 to 64 texts and pictures, got 65'],
    ['an empty text', row(['', { image: 'a.png' }]), 'rows.jsonl:1: prompt[0]: expected a text that is not empty'],
    ['a long text', row(['a'.repeat(4097)]), 'prompt[0]: expected at most 4096 characters, got 4097'],
    ['a number', row([3]), 'prompt[0]: expected a text, or a picture as {"image":"file.png"}, got 3'],
    ['a list in a list', row([['a']]), 'prompt[0]: expected a text, or a picture'],
    ['a picture with more', row([{ image: 'a.png', width: 4 }]), 'prompt[0]: expected a text, or a picture'],
    ['a picture of bytes', row([{ image: [1, 2] }]), 'prompt[0]: expected the path of a picture within the folder of its rows, got [1, 2]'],
    ['no answer', '{"prompt":["a"]}', 'rows.jsonl:1: expected a column answer, solution, output, target, got prompt'],
    ['a picture that is not there', row([{ image: 'c.png' }]), 'prompt[0]: expected a picture whose file was read, got "c.png"'],
    [
      'pixels of another size',
      row([{ image: { width: 2, height: 1, pixels: 'AAAA' } }]),
      'prompt[0]: expected a width and a height from 1 to 1024 and three bytes per pixel in base64, got 2 x 1 and 3 bytes',
    ],
    ['pixels that are no base64', row([{ image: { width: 1, height: 1, pixels: '!' } }]), 'got 1 x 1 and "!"'],
    ['a picture without end', row([{ image: { width: 1e9, height: 1e9, pixels: '' } }]), 'got 1000000000 x 1000000000 and 0 bytes'],
    ['an empty answer', row(['a'], ' '), 'answer: expected a text that is not empty'],
    ['an answer that is a list', row(['a'], ['3']), 'answer: expected a text or a number, got ["3"]'],
    ['a solution of null', '{"prompt":["a"],"answer":"3","solution":null}', 'solution: expected a text or a number, got null'],
    ['a prompt of the prototype', '{"__proto__":{"prompt":["a"]},"answer":"3"}', 'expected a column prompt'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it.each<[string, string]>([
    ['', 'give 1 to 255 characters'],
    [`${'a'.repeat(252)}.png`, 'got one of 256 characters'],
    ['../a.png', 'without . or .. or //'],
    ['shapes/../../a.png', 'without . or .. or //'],
    ['./a.png', 'without . or .. or //'],
    ['shapes//a.png', 'without . or .. or //'],
    ['/etc/a.png', 'start at the folder of the rows'],
    ['C:/a.png', 'no drive, address or backslash'],
    ['https://example.org/a.png', 'no drive, address or backslash'],
    ['..\\a.png', 'no drive, address or backslash'],
    ['a.png\u0000.jpg', 'leave out characters that cannot be seen'],
    ['a\u202Egnp.png', 'leave out characters that cannot be seen'],
    ['a.gif', 'name a file that ends in .png, .jpg or .jpeg'],
    ['a.png/', 'without . or .. or //'],
  ])('refuses the path %j', (path, message) => {
    expect(() => namesIn(row([{ image: path }]))).toThrow(message);
  });

  it('never lets a path lead out of its folder', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '.png', '%2e', '~');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `${pieces.join('')}.png`;
        let names: string[];
        try {
          names = namesIn(row([{ image: path }]));
        } catch {
          return;
        }
        expect(names).toEqual([path]);
        const resolved = new URL(`file:///rows/${path.replaceAll('%', '%25')}`).pathname;
        expect(resolved).toBe(`/rows/${path.replaceAll('%', '%25')}`);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a task of rows with pictures', () => {
  const rowOf = (side: number, count = 1, text = 'how many? ') => ({
    prompt: [text, ...Array.from({ length: count }, () => ({ image: createPicture(side, side, [1, 2, 3]) }))],
    answer: '3',
  });
  const rowsOf = (...rows: ReturnType<typeof rowOf>[]) => Array.from({ length: 40 }, (_, i) => rows[i] ?? rowOf(8, 2, `how many ${i}? `));

  it('says what its pictures are, and has room for their patches', () => {
    const task = taskFromRows(rowsOf(), { id: 'shapes' });
    expect(task).toMatchObject({ images: { width: 8, height: 8, patchSize: 4, count: 2 }, promptLength: 'how many 39? '.length + 8 });
    expect(task.description).toMatch(/^40 questions of shapes, with 2 pictures of 8 x 8, \d+ of them held out$/);
    expect([...task.alphabet!].sort().join('')).toBe([...new Set('how many? 0123456789')].sort().join(''));
  });

  it.each<[string, ReturnType<typeof rowOf>[], string]>([
    [
      'of another size',
      [rowOf(8, 2), rowOf(4, 2)],
      'expected 2 pictures of 8 x 8 in every row, as in the first row with one, got one of 4 x 4',
    ],
    ['fewer', [rowOf(8, 2), rowOf(8, 1)], 'got 1'],
    ['none', [rowOf(8, 2), rowOf(8, 0)], 'got 0'],
    ['that cannot be cut', [rowOf(6, 2)], 'expected pictures whose sides are multiples of 4 pixels, got 6 x 6'],
  ])('refuses pictures %s', (_, rows, message) => {
    expect(() => taskFromRows(rowsOf(...rows), { id: 'shapes' })).toThrow(message);
  });
});
