/**
 * Spaces: what an environment shows and takes. The rules are Gymnasium's (`gymnasium.spaces`): Box, Discrete, MultiDiscrete, MultiBinary, and Dict and
 * Tuple of them.
 */
export { type ActionVector, actionAt, createAction, createActionRows } from './spaces/action.ts';
export { describeSpace, sameBounds, sameShape, sameSpace } from './spaces/describe.ts';
export { contains, type Misfit, misfitOf, numbersOf, writePath } from './spaces/element.ts';
export {
  clipToBox,
  createRows,
  encodeValues,
  flatSize,
  flatten,
  inputSizeOf,
  isStoredAsValues,
  outputSizeOf,
  storeElement,
  unflatten,
} from './spaces/flatten.ts';
export { box, completeSpace, dict, discrete, multiBinary, multiDiscrete, spaceFault, tuple } from './spaces/make.ts';
export { headSizes, type MaskFault, maskFault, maskWords, packMasks } from './spaces/mask.ts';
export { sampleSpace } from './spaces/sample.ts';
export type {
  BoxSpace,
  DictSpace,
  DiscreteSpace,
  ElementOf,
  Mask,
  MultiBinarySpace,
  MultiDiscreteSpace,
  PlainSpace,
  Space,
  SpaceGenerator,
  TupleSpace,
} from './spaces/types.ts';
