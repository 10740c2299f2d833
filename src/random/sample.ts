/** Random elements of spaces, as Gymnasium's `sample` draws them: the rules stand with the spaces. */
export { type ElementOf as Sampled, type PlainSpace as SampledSpace, sampleSpace } from '../core/space.ts';
