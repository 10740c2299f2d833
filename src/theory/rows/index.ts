/** All rows of `verify`, in the order in which they are shown. */
import type { Row } from '../row.ts';
import { convergence } from './convergence.ts';
import { corollary } from './grpo.ts';
import { mirroredPairs } from './mirroredPairs.ts';
import { ownReturn } from './ownReturn.ts';
import { propositions } from './propositions.ts';
import { slips } from './slips.ts';
import { specialCases } from './specialCases.ts';
import { visitRows } from './visits.ts';

/** The table. */
export const theoryRows: readonly Row[] = [
  ...propositions,
  ...mirroredPairs,
  ...convergence,
  ...ownReturn,
  ...visitRows,
  ...corollary,
  ...specialCases,
  ...slips,
];
