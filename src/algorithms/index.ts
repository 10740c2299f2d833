/**
 * The algorithms by name. Each file is one algorithm, read top to bottom; they differ at the third stop of the road, the advantage.
 */
import type { Algorithm } from './algorithm.ts';
import { gpg } from './gpg.ts';
import { ppo } from './ppo.ts';

/** Names that `--algorithm` takes. */
export const algorithmNames = ['gpg', 'ppo'] as const;

/** The algorithms by name. */
export const algorithms: Readonly<Record<(typeof algorithmNames)[number], Algorithm>> = { gpg, ppo };
