/** In Node only, where every file has modules of its own: once loaded, the digits stay. */
import { expect, it } from 'vitest';
import { digitsSum } from '../../../../src/lm/tasks/pictures/digits.ts';
import { createGenerator } from '../../../../src/random/index.ts';

it('digits that are not loaded are asked for before a problem is drawn', () => {
  expect(() => digitsSum.prompts(createGenerator([1]))).toThrow(
    'digits: expected digits that are loaded, got none; wait for the task’s load()',
  );
});
