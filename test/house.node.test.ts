import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkHouse, readSources } from '../tools/checkHouse.mjs';

function check(path: string, text: string): string[] {
  return checkHouse(new Map([[path, text]]));
}

describe('the rules of the house', () => {
  it('hold in src/, recipes/ and assembly/', () => {
    const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
    for (const folder of ['src/', 'recipes/', 'assembly/']) expect([...sources.keys()].some((path) => path.startsWith(folder))).toBe(true);
    expect(checkHouse(sources)).toEqual([]);
  });
});

describe('the check', () => {
  it.each([
    [
      'a room that may not be imported',
      'src/advantage/a.ts',
      "import { x } from '../policy/x.ts';",
      /advantage may import core, not policy/,
    ],
    ['a type from such a room', 'src/core/a.ts', "import type { X } from '../random/x.ts';", /core may import no other room, not random/],
    ['a re-export', 'src/run/a.ts', "export * from '../training/x.ts';", /run may import statistics, core, not training/],
    ['a dynamic import', 'src/envs/a.ts', "await import('../run/x.ts');", /envs may import random, math, core, recipes, not run/],
    ['an import type', 'src/envs/a.ts', "export type X = import('../run/x.ts').X;", /not run/],
    ['a file outside src/', 'src/core/a.ts', "import x from '../../package.json' with { type: 'json' };", /not \.\.\/\.\.\/package\.json/],
    ['Node outside node and cli', 'src/run/a.ts', "import { readFile } from 'node:fs/promises';", /belongs in src\/node and src\/cli/],
    ['a package that is not allowed', 'src/random/a.ts', "import { z } from 'zod';", /random may import no package, not zod/],
    ['inexact arithmetic', 'src/policy/a.ts', 'const y = Math.exp(1);', /Math\.exp differs between engines/],
    ['Math under another name', 'src/random/a.ts', 'const { log } = Math;', /Math is used by itself/],
    ['a power', 'src/math/a.ts', 'const square = (x: number) => x ** 2;', /\*\* differs/],
    ['unseeded randomness', 'src/training/a.ts', 'const y = Math.random();', /Math\.random has no seed/],
    ['an unknown room', 'src/utils/a.ts', '', /not in a room/],
    [
      'an import that goes up inside a room',
      'src/lm/tasks/a.ts',
      "import type { X } from '../model/x.ts';",
      /lm\/tasks may import verifier of lm, not model/,
    ],
    [
      'an import of the index from below',
      'src/lm/verifier/a.ts',
      "import { x } from '../index.ts';",
      /may import no other room of lm, not src\/lm\/index/,
    ],
    ['an unknown room inside a room', 'src/lm/utils/a.ts', '', /utils is not one of the rooms in lm/],
    ['a file that is too long', 'src/core/a.ts', '\n'.repeat(401), /401 lines/],
    ['a file of AssemblyScript that is too long', 'assembly/a.ts', '\n'.repeat(401), /401 lines/],
  ])('finds %s', (_, path, text, message) => {
    const messages = check(path, text);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  });

  it('finds a cycle', () => {
    const files = new Map([
      ['src/core/a.ts', "import { b } from './b.ts';"],
      ['src/core/b.ts', "import { c } from './c.ts';"],
      ['src/core/c.ts', "import { a } from './a.ts';"],
    ]);
    expect(checkHouse(files)).toEqual(['src/core/a.ts: import cycle src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts']);
  });

  it('finds a cycle in AssemblyScript, where imports have no extension', () => {
    const files = new Map([
      ['assembly/physics/a.ts', "import { b } from './b';\n@inline\nexport function a(x: f32): f32 {\n  return b(x);\n}"],
      ['assembly/physics/b.ts', "import { layout } from '../../src/core/layout';\nimport { a } from './a';"],
      ['src/core/layout.ts', 'export const layout = 0;'],
    ]);
    expect(checkHouse(files)).toEqual([
      'assembly/physics/a.ts: import cycle assembly/physics/a.ts -> assembly/physics/b.ts -> assembly/physics/a.ts',
    ]);
  });

  it.each([
    ['exact functions', 'src/policy/a.ts', 'const y = Math.sqrt(Math.abs(-2)) + 2 ** -53;'],
    ['a comment or a text about Math.exp', 'src/policy/a.ts', "// Math.exp\nconst name = 'Math.random()';"],
    ['the references of the kernels', 'src/kernels/reference/perceptron.ts', 'export const y = Math.exp(1);'],
    ['Node in src/cli', 'src/cli/a.ts', "import { argv } from 'node:process';\nimport { train } from '../node/index.ts';"],
    ['the same room', 'src/random/a.ts', "import { b } from './b.ts';"],
    [
      'an import that goes down inside a room',
      'src/lm/training/a.ts',
      "import { b } from '../algorithm/b.ts';\nimport { c } from '../tasks/c.ts';",
    ],
    ['the index of a room', 'src/lm/index.ts', "export { b } from './training/b.ts';"],
  ])('lets %s pass', (_, path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});
