/** What the generated references are made of: the tables of the package, in one list for `tools/docs.mjs` and its test. */
export { defaultEstimatorSettings, methodNames, methods } from '../../src/advantage/core.ts';
export { describeLoss, methodPages } from '../../src/advantage/methodPages.ts';
export { groupMethods } from '../../src/algorithms/groupMethods.ts';
export { hybridGrpo } from '../../src/algorithms/hybridGrpo.ts';
export { algorithms } from '../../src/algorithms/standard.ts';
export { vine } from '../../src/algorithms/vine.ts';
export { vineppo } from '../../src/algorithms/vinePpo.ts';
export { flagAliases, flagOf, orderedGroups } from '../../src/cli/flags.ts';
export { describeFields } from '../../src/core/config.ts';
export { describeSpace } from '../../src/core/space.ts';
export { leastIterations, rules, showLimit, windowLength } from '../../src/doctor/index.ts';
export { foldRows } from '../../src/envs/foldRows.ts';
export { standardRegistry } from '../../src/envs/index.ts';
export { describeOption } from '../../src/envs/options.ts';
export { languageSchema } from '../../src/lm/config/config.ts';
export { languageTasks } from '../../src/lm/tasks/index.ts';
export { promptText } from '../../src/lm/tasks/prompt.ts';
export { extractAnswer, readAnswer, verifyAnswer } from '../../src/lm/verifier/index.ts';
export { listUnits } from '../../src/lm/verifier/unitTable.ts';
export { pretrainedPolicies } from '../../src/pretrained/index.ts';
export { createGenerator } from '../../src/random/index.ts';
export { runFiles, snapshotFolder } from '../../src/run/layout.ts';
export { metricTable } from '../../src/run/metrics.ts';
export { keptWhole } from '../../src/run/thinning.ts';
export { runSchema } from '../../src/training/config.ts';
export { recipes } from '../../src/training/recipes.ts';
export { otherAnswers, writingsOf } from '../../test/lm/verifier/writings.ts';

import { languageTasks } from '../../src/lm/tasks/index.ts';
import { createVerifier } from '../../src/lm/verifier/index.ts';

/** The verifier with its second tier. */
export const verifyWithAlgebra = await createVerifier({ algebra: true });

// Handwritten digits are loaded when a task that shows them asks.
for (const task of Object.values(languageTasks)) await task.load?.();
