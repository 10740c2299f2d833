/** Modules of users: what they are given, and what is refused. */
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { applyModule, checkEnv, type EnvSpec, makeEnv, standardRegistry } from '../../src/envs/index.ts';

const nothing = { registerEnv: () => {}, registerAlgorithm: () => {}, algorithms: {} };

describe('a module of a user', () => {
  it('registers environments and algorithms with what its default export is given', async () => {
    const registry = standardRegistry();
    const names: string[] = [];
    const registration = {
      registerEnv: (spec: EnvSpec) => void registry.register(spec),
      registerAlgorithm: ({ name }: { readonly name: string }) => void names.push(name),
      algorithms: { gpg: { name: 'gpg' } },
    };
    await applyModule(await import('./modules/drift.js'), registration, 'drift.js');
    expect(names).toEqual(['gpg-again']);
    expect(checkEnv(await makeEnv('Drift-v0', {}, registry))).toMatchObject({ problems: [], resumable: true });
    expect(standardRegistry().find('Drift-v0')).toBeUndefined();
  });

  it('without a function as default export is refused in one sentence', async () => {
    const made = applyModule(await import('./modules/withoutDefault.js'), nothing, 'withoutDefault.js');
    await expect(made).rejects.toThrow(
      new CohortError({
        subject: 'withoutDefault.js',
        expected: 'a module whose default export is a function',
        got: 'nothing',
        advice: 'write export default ({ registerEnv, registerAlgorithm }) => { ... }, or export the class of an environment',
      }),
    );
    await expect(applyModule({ default: 3 }, nothing, 'three.js')).rejects.toThrow(/^three\.js: .* got 3;/);
  });

  it('is waited for, and its error is the error', async () => {
    const late = { default: () => Promise.reject(new Error('no network')) };
    await expect(applyModule(late, nothing, 'late.js')).rejects.toThrow('no network');
  });
});
