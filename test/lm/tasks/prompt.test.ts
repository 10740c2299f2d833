import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawProblem, isHeldOut } from '../../../src/lm/tasks/problems.ts';
import { type ImagePart, isPrompt, promptKey, promptText } from '../../../src/lm/tasks/prompt.ts';

const image = (byte: number): ImagePart => ({ image: { width: 1, height: 1, pixels: Uint8Array.of(byte, 0, 0) } });

describe('promptKey', () => {
  it('is the text itself for texts, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (texts) => {
        expect(promptKey(texts)).toBe(texts.join(''));
        expect(promptKey(texts.join(''))).toBe(texts.join(''));
        expect(isHeldOut(texts)).toBe(isHeldOut(texts.join('')));
      }),
    );
  });

  it('keeps the held-out sums: a change here changes every result', () => {
    const sums = Array.from({ length: 10_000 }, (_, i) => `${Math.floor(i / 100)}+${i % 100}=`);
    const heldOut = sums.filter(isHeldOut);
    expect(heldOut).toHaveLength(1017);
    expect(heldOut.slice(0, 5)).toEqual(['0+19=', '0+26=', '0+45=', '0+46=', '0+50=']);
  });

  it('tells pictures apart by their bytes and their size', () => {
    const wide = { image: { width: 2, height: 1, pixels: new Uint8Array(6) } };
    const high = { image: { width: 1, height: 2, pixels: new Uint8Array(6) } };
    const keys = [['a', image(1)], ['a', image(2)], [image(1), 'a'], [wide], [high]].map(promptKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('writes every byte of a picture of any size', () => {
    const pixels = Uint8Array.from({ length: 3 * 100 * 90 }, (_, i) => (i * 7) % 256);
    const letters = Array.from(pixels, (byte) => String.fromCharCode(byte)).join('');
    expect(promptKey([{ image: { width: 100, height: 90, pixels } }])).toBe(`\0image 100x90 ${letters}\0`);
  });
});

describe('promptText', () => {
  it('is what is shown: texts as they are, pictures by their size', () => {
    expect(promptText('37+58=')).toBe('37+58=');
    expect(promptText(['what is ', image(1), '?'])).toBe('what is [image 1x1]?');
  });
});

describe('isPrompt', () => {
  it.each([['a'], [[]], [['a', 'b']], [['a', image(1)]]])('accepts %j', (prompt) => {
    expect(isPrompt(prompt)).toBe(true);
  });

  it.each([[undefined], [5], [{}], [[5]], [['a', null]], [[{ image: {} }]]])('refuses %j', (value) => {
    expect(isPrompt(value)).toBe(false);
  });

  it('is asked of what a task draws', () => {
    const task = { id: 'mine', description: 'mine', alphabet: 'abc', promptLength: 3, completionLength: 2 };
    const reward = (): number => 1;
    expect(() => drawProblem({ ...task, prompts: () => ({ prompt: ['a', 5] as never, reward }) }, 1, 'train')).toThrow(
      'task mine: expected a problem from prompts(), got prompt ["a", 5] and reward a function (reward)',
    );
  });
});
