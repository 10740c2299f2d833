/** Questions and answers out of JSON lines and CSV: what is read, and what is refused with its line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords, jsonLineRecords, maxRows } from '../../../src/lm/data/records.ts';
import { type DataRow, encodeRows, maxCharacters, readRows } from '../../../src/lm/data/rows.ts';

const plain = (rows: readonly DataRow[]) => rows.map(({ line: _, ...row }) => row);

describe('JSON lines', () => {
  it('reads texts and numbers, passes over blank lines and a byte order mark, and knows the lines', () => {
    const text = '\u{FEFF}{"question":"2+3=","answer":5}\r\n\n  \n{"answer":"0.5","question":"1/2"}';
    expect(readRows(text, 'jsonl')).toEqual([
      { prompt: '2+3=', answer: '5', line: 1 },
      { prompt: '1/2', answer: '0.5', line: 4 },
    ]);
  });

  it('takes the usual columns: GSM8K, MATH-500, and what the user names', () => {
    expect(plain(readRows('{"question":"q","answer":"so #### 72"}', 'jsonl'))).toEqual([{ prompt: 'q', answer: 'so #### 72' }]);
    const math = '{"problem":"p","solution":"thus \\\\boxed{7}","answer":"7"}';
    expect(plain(readRows(math, 'jsonl'))).toEqual([{ prompt: 'p', answer: '7', solution: 'thus \\boxed{7}' }]);
    expect(plain(readRows('{"problem":"p","solution":"s"}', 'jsonl'))).toEqual([{ prompt: 'p', answer: 's' }]);
    const named = { prompt: 'frage', answer: 'antwort', solution: 'weg' };
    expect(plain(readRows('{"frage":"f","antwort":"a","weg":"w","prompt":"x"}', 'jsonl', named))).toEqual([
      { prompt: 'f', answer: 'a', solution: 'w' },
    ]);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '{"prompt":"a","answer":"b"}\n{"prompt":', /data:2: expected a JSON object, got "\{"prompt":";/],
    ['a list', '[1]', /data:1: expected a JSON object/],
    ['nested too deep', `${'{"prompt":'.repeat(100)}1${'}'.repeat(100)}`, /data:1: expected a JSON object/],
    ['no rows', '\n\n', /data: expected rows of questions and answers, got none/],
    [
      'no column',
      '{"frage":"a","answer":"b"}',
      /data:1: expected a column prompt, question, .* got frage, answer; name yours: --prompt-column/,
    ],
    ['a missing value', '{"prompt":"a","answer":"b"}\n\n{"prompt":"a"}', /data:3: answer: expected a text or a number, got nothing/],
    ['a value of another kind', '{"prompt":{"a":1},"answer":"b"}', /data:1: prompt: expected a text or a number, got /],
    ['null', '{"prompt":"a","answer":null}', /data:1: answer: expected a text or a number, got null/],
    ['an empty value', '{"prompt":" ","answer":"b"}', /data:1: prompt: expected a text that is not empty/],
    [
      'a long value',
      `{"prompt":"${'a'.repeat(maxCharacters + 1)}","answer":"b"}`,
      /data:1: prompt: expected at most 4096 characters, got 4097/,
    ],
    ['a column of the prototype', '{"prompt":"a","answer":"b"}', /--answer-column: expected a column of data, got "toString"/],
  ])('refuses %s', (name, text, message) => {
    const columns = name === 'a column of the prototype' ? { answer: 'toString' } : {};
    expect(() => readRows(text, 'jsonl', columns)).toThrow(message);
  });

  it('refuses more rows than it reads', () => {
    expect(() => jsonLineRecords('{}\n'.repeat(maxRows + 1), 'data')).toThrow(/data: expected at most 200000 rows, got more/);
    expect(jsonLineRecords('{}\n'.repeat(10), 'data')).toHaveLength(10);
  });

  it('what a run folder keeps reads back as the same rows', () => {
    const word = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() !== '');
    const row = fc.record({ prompt: word, answer: word, solution: word }, { requiredKeys: ['prompt', 'answer'] });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const all = rows.every(({ solution }) => solution !== undefined) ? rows : rows.map(({ prompt, answer }) => ({ prompt, answer }));
        const text = new TextDecoder().decode(encodeRows(all));
        expect(plain(readRows(text, 'jsonl'))).toEqual(all);
      }),
    );
  });
});

describe('CSV', () => {
  it('reads quotes, commas, ends of lines in fields, and CRLF; lines are those where a row begins', () => {
    const text = 'prompt,answer\r\n"a, ""b""","two\nlines"\r\nc,d\n\ne,f';
    expect(readRows(text, 'csv')).toEqual([
      { prompt: 'a, "b"', answer: 'two\nlines', line: 2 },
      { prompt: 'c', answer: 'd', line: 4 },
      { prompt: 'e', answer: 'f', line: 6 },
    ]);
    expect(plain(readRows('prompt\tanswer\na,b\tc', 'tsv'))).toEqual([{ prompt: 'a,b', answer: 'c' }]);
  });

  it('reads back whatever is written by the rules', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'ä') });
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field), { maxLength: 8 }), (rows) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['x,y', ...rows.map((row) => row.map(quote).join(','))].join('\n');
        expect(csvRecords(text, 'data').map(({ values }) => [values.x, values.y])).toEqual(rows);
      }),
    );
  });

  it.each<[string, string, RegExp]>([
    ['a row of another length', 'prompt,answer\na,b\nc', /data:3: expected 2 fields, as the header has, got 1 \(\["c"\]\)/],
    ['an open quote', 'prompt,answer\na,b\n"c,d\ne,f', /data:3: expected a closing quote, got none to the end of the file/],
    ['a quote within a bare field', 'prompt,answer\na"b,c', /data:2: expected a field in quotes where it holds a quote/],
    [
      'text behind a quoted field',
      'prompt,answer\n"a"b,c',
      /data:2: expected a comma or the end of the line behind a quoted field, got "b"/,
    ],
    ['two columns of a name', 'prompt,prompt\na,b', /data:1: expected columns with names that differ/],
    ['a column without a name', 'prompt,\na,b', /data:1: expected columns with names that differ/],
    ['a header alone', 'prompt,answer\n', /data: expected rows of questions and answers, got none/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readRows(text, 'csv')).toThrow(message);
  });
});
