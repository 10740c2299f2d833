import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVocabulary, tokenizerOf } from '../../../src/lm/model/tokenizer.ts';
import { defineTask } from '../../../src/lm/tasks/index.ts';

describe('createVocabulary', () => {
  it('numbers characters from 1 in the order of the alphabet; 0 is the end token, whose text is empty', () => {
    const vocabulary = createVocabulary('01+=');
    expect(vocabulary.size).toBe(5);
    expect(vocabulary.endToken).toBe(0);
    expect(vocabulary.encode('1+0=')).toEqual([2, 3, 1, 4]);
    expect(vocabulary.decode([2, 3, 1, 4, 0])).toBe('1+0=');
    expect(vocabulary.encode('')).toEqual([]);
  });

  it('counts code points, not halves of them', () => {
    const vocabulary = createVocabulary('a🎲');
    expect(vocabulary.size).toBe(3);
    expect(vocabulary.encode('🎲a')).toEqual([2, 1]);
  });

  it('reads back what it wrote, for every text of the alphabet', () => {
    const alphabet = '0123456789+=<>/thinkaswer';
    const vocabulary = createVocabulary(alphabet);
    const text = fc.string({ unit: fc.constantFrom(...alphabet) });
    fc.assert(fc.property(text, (value) => vocabulary.decode(vocabulary.encode(value)) === value));
  });

  it.each([
    ['', 'alphabet: expected a text of at least one character, each of them once, got ""'],
    ['aba', 'got "a" twice'],
    ['a\ud800', 'got half a surrogate pair'],
    [5 as unknown as string, 'got 5'],
  ])('refuses the alphabet %j', (alphabet, message) => {
    expect(() => createVocabulary(alphabet)).toThrow(message);
  });

  it('reads the parts of a prompt as one text, and refuses a picture', () => {
    const vocabulary = createVocabulary('01+=');
    expect(vocabulary.encode(['1+', '', '0='])).toEqual(vocabulary.encode('1+0='));
    const picture = { image: { width: 1, height: 1, pixels: new Uint8Array(3) } };
    expect(() => vocabulary.encode(['1', picture])).toThrow(
      'prompt: expected texts only, for a tokenizer of characters, got an image; leave the image out, or give the task a tokenizer that reads images',
    );
  });

  it('refuses characters and ids that it does not have', () => {
    const vocabulary = createVocabulary('01');
    expect(() => vocabulary.encode('012')).toThrow('text "012": expected only characters of "01", got "2"');
    expect(() => vocabulary.decode([3])).toThrow('token: expected ids from 0 to 2, got 3');
    expect(() => vocabulary.decode([-1])).toThrow('got -1');
  });
});

describe('tokenizerOf', () => {
  it('is the tokenizer of a task, or that of its alphabet', () => {
    const tokenizer = createVocabulary('ab');
    expect(tokenizerOf({ tokenizer })).toBe(tokenizer);
    expect(tokenizerOf({ alphabet: 'ab' }).encode('ba')).toEqual([2, 1]);
  });
});

describe('defineTask', () => {
  const task = { id: 'mine', description: 'mine', promptLength: 3, completionLength: 2, prompts: () => ({ prompt: 'a', reward: () => 0 }) };
  const tokenizer = createVocabulary('ab');

  it('takes exactly one of alphabet and tokenizer', () => {
    expect(defineTask({ ...task, alphabet: 'ab' })).toHaveProperty('alphabet');
    expect(defineTask({ ...task, tokenizer })).toHaveProperty('tokenizer');
    const expected = 'task mine: alphabet: expected either an alphabet or a tokenizer, got';
    expect(() => defineTask(task)).toThrow(`${expected} neither`);
    expect(() => defineTask({ ...task, alphabet: 'ab', tokenizer })).toThrow(`${expected} both`);
  });

  it.each([
    [null, 'got size nothing'],
    [{ ...tokenizer, endToken: 3 }, 'got size 3, endToken 3'],
    [{ ...tokenizer, size: 2.5 }, 'got size 2.5'],
    [{ ...tokenizer, decode: undefined }, 'decode nothing'],
  ])('refuses the tokenizer %j', (wrong, message) => {
    expect(() => defineTask({ ...task, tokenizer: wrong as never })).toThrow(
      /task mine: tokenizer: expected \{ size, endToken, encode, decode \}/,
    );
    expect(() => defineTask({ ...task, tokenizer: wrong as never })).toThrow(message);
  });
});
