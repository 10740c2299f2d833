import { createKernels, type Kernels, type NetworkHandle, type NetworkSpec, type Parameters } from '../../src/kernels/index.ts';
import { createGenerator } from '../../src/random/index.ts';

export const inputSize = 5;

/** Kernels on one thread with a small memory. */
export function openKernels(bytes = 16 * 2 ** 20): Kernels {
  return createKernels({ bytes });
}

/** Fills every tensor with uniform numbers of about the size that keeps activations away from 0 and from saturation. */
export function randomize(parameters: Parameters, seed: number, scale = 1): void {
  const generator = createGenerator(seed);
  for (const tensor of parameters.tensors()) {
    const columns = tensor.shape.length === 2 ? tensor.shape[1]! : 4;
    const limit = scale * Math.sqrt(3 / columns);
    const length = tensor.shape.reduce((product, size) => product * size, 1);
    tensor.set(
      'values',
      Float32Array.from({ length }, () => generator.uniform(-limit, limit)),
    );
  }
}

/** One network called `net`, randomized. */
export function makeNetwork(kernels: Kernels, spec: Partial<NetworkSpec>, seed = 1, logStdSize = 0): NetworkHandle {
  const full: NetworkSpec = { name: 'net', inputSize, hiddenSizes: [16], outputSize: 3, activation: 'tanh', ...spec };
  const parameters = kernels.createParameters({ networks: [full], logStdSize });
  randomize(parameters, seed);
  return parameters.networks[0]!;
}

/** Standard normal numbers into `array`. */
export function fillNormal(array: Float32Array, seed: number, scale = 1): Float32Array {
  const generator = createGenerator(seed);
  for (let i = 0; i < array.length; i++) array[i] = scale * generator.standardNormal();
  return array;
}

/** |a - b| / |b| in the Euclidean norm: the measure for kernels, whose single entries may cancel. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (got[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return Math.sqrt(difference / Math.max(size, 1e-300));
}

/** The bits of an array, for exact comparison (NaN and -0 included). */
export function bitsOf(array: Float32Array | Int32Array): string {
  return Array.from(new Uint32Array(array.slice().buffer)).join(' ');
}

/** Half the distance of a central difference: its error, and that of rounding, stay below 1e-9 of the slope. */
const step = 1e-5;

/** Central difference of `f` by the number at `array[index]`, which `f` reads. */
export function slopeAt(f: () => number, array: Float64Array, index: number): number {
  const kept = array[index]!;
  array[index] = kept + step;
  const above = f();
  array[index] = kept - step;
  const below = f();
  array[index] = kept;
  return (above - below) / (2 * step);
}
