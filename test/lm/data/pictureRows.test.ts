import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureNamesOf, readPictureRows } from '../../../src/lm/data/pictureRows.ts';

describe('readPictureRows', () => {
  it('reads texts and pictures in order, numbers as texts, and a prompt that is one text', () => {
    const text = [
      '\u{FEFF}{"prompt":["how many? ",{"image":"a.png"}," ",{"image":"shapes/b.JPG"}],"answer":3,"id":7}',
      '',
      '{"prompt":"2+3=","answer":"5","solution":"2+3=5"}',
      '{"prompt":[{"image":"a.png"}],"answer":"0"}',
    ].join('\r\n');
    const rows = readPictureRows(text, 'rows.jsonl');
    expect(rows).toEqual([
      { prompt: ['how many? ', { image: 'a.png' }, ' ', { image: 'shapes/b.JPG' }], answer: '3', line: 1 },
      { prompt: ['2+3='], answer: '5', solution: '2+3=5', line: 3 },
      { prompt: [{ image: 'a.png' }], answer: '0', line: 4 },
    ]);
    expect(pictureNamesOf(rows)).toEqual(['a.png', 'shapes/b.JPG']);
  });

  const row = (prompt: unknown, answer: unknown = '3'): string => JSON.stringify({ prompt, answer });
  it.each<[string, string, string]>([
    ['no rows', '\n\n', 'rows.jsonl: expected rows of questions and answers, got none'],
    ['what is no JSON', '{"prompt":', 'rows.jsonl:1: expected a JSON object'],
    [
      'no prompt',
      '{"answer":"3"}',
      'rows.jsonl:1: prompt: expected a text, or a list of texts and pictures, got nothing; write for example',
    ],
    ['a prompt of nothing', row([]), 'rows.jsonl:1: prompt: expected 1 to 64 texts and pictures, got 0'],
    ['too many parts', row(Array(65).fill('a')), 'expected 1 to 64 texts and pictures, got 65'],
    ['an empty text', row(['', { image: 'a.png' }]), 'rows.jsonl:1: prompt[0]: expected a text that is not empty'],
    ['a long text', row(['a'.repeat(4097)]), 'prompt[0]: expected at most 4096 characters, got 4097'],
    ['a number', row([3]), 'prompt[0]: expected a text, or a picture as {"image":"file.png"}, got 3'],
    ['a list in a list', row([['a']]), 'prompt[0]: expected a text, or a picture'],
    ['a picture with more', row([{ image: 'a.png', width: 4 }]), 'prompt[0]: expected a text, or a picture'],
    ['a picture of bytes', row([{ image: [1, 2] }]), 'prompt[0]: expected the path of a picture within the folder of its rows, got [1, 2]'],
    ['no answer', '{"prompt":["a"]}', 'rows.jsonl:1: answer: expected a text or a number, got nothing'],
    ['an empty answer', row(['a'], ' '), 'answer: expected a text that is not empty'],
    ['an answer that is a list', row(['a'], ['3']), 'answer: expected a text or a number, got ["3"]'],
    ['a solution of null', '{"prompt":["a"],"answer":"3","solution":null}', 'solution: expected a text or a number, got null'],
    ['a prompt of the prototype', '{"__proto__":{"prompt":["a"]},"answer":"3"}', 'prompt: expected a text, or a list'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readPictureRows(text, 'rows.jsonl')).toThrow(message);
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
    expect(() => readPictureRows(row([{ image: path }]), 'rows.jsonl')).toThrow(message);
  });

  it('never lets a path lead out of its folder', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'a', 'C:', '.png', '%2e', '~');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `${pieces.join('')}.png`;
        let names: string[];
        try {
          names = pictureNamesOf(readPictureRows(row([{ image: path }])));
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
