/**
 * Normal numbers for the start of a network, from the counter-based generator.
 */
import { cos, log, sin } from '../math/index.ts';
import { learnerStreams, philox4x32 } from './philox.ts';

/** 2^-32: a 32-bit word becomes the middle of its cell in (0, 1). */
const cell = 2 ** -32;

/**
 * `length` standard normals by Box and Muller (1958) from the stream `initialization` of a learner key; `index` names the tensor. A block of four words
 * holds two pairs, and a pair gives a radius and an angle. With `cosine` a pair gives one normal, its cosine (the perceptrons of environments); with
 * `cosine and sine` it gives two (the transformers of language models). Recorded hashes depend on which one a model uses.
 */
export function standardNormals(length: number, key: Uint32Array, index: number, uses: 'cosine' | 'cosine and sine'): Float64Array {
  const out = new Float64Array(length);
  const words = new Uint32Array(4);
  const counter = Uint32Array.of(0, index, 0, learnerStreams.initialization << 24);
  const perPair = uses === 'cosine' ? 1 : 2;
  for (let i = 0; i < length; i += perPair) {
    const half = (i / perPair) % 2;
    if (half === 0) philox4x32(counter, key, words);
    const radius = Math.sqrt(-2 * log((words[2 * half]! + 0.5) * cell));
    const angle = 2 * Math.PI * (words[2 * half + 1]! + 0.5) * cell;
    out[i] = radius * cos(angle);
    // Beyond the end an assignment to a typed array does nothing.
    if (perPair === 2) out[i + 1] = radius * sin(angle);
    if (half === 1) counter[0]!++;
  }
  return out;
}
