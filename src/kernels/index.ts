/**
 * The compute kernels: perceptrons forwards and backwards, heads, losses and Adam in WebAssembly, on one or more threads.
 */
export { createKernels } from './createNow.ts';
export * from './room.ts';
