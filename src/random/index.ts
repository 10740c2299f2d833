/** Random numbers: NumPy's generators for environments, a counter-based one for learners. */
export { createGenerator, type FloatArray, Generator } from './generator.ts';
export { standardNormals } from './normals.ts';
export { Pcg64, pcg64StateLength } from './pcg64.ts';
export { learnerKey, learnerStreams, noIteration, Philox, philox4x32, wordToUniform } from './philox.ts';
export { type Sampled, type SampledSpace, sampleSpace } from './sample.ts';
export { type Entropy, SeedSequence } from './seedSequence.ts';
