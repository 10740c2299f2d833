/** In Node only, where modules can be loaded anew: once loaded, the digits stay. */
import { expect, it, vi } from 'vitest';
import { createGenerator } from '../../../../src/random/index.ts';

it('digits that are not loaded are asked for before a problem is drawn', async () => {
  vi.resetModules();
  const { digitsSum } = await import('../../../../src/lm/tasks/pictures/digits.ts');
  expect(() => digitsSum.prompts(createGenerator([1]))).toThrow(
    'digits: expected digits that are loaded, got none; wait for the task’s load()',
  );
});
