import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { version } from '../../src/core/version.ts';

it('the version in the sources is that of the package', () => {
  expect(version).toBe(packageJson.version);
});
