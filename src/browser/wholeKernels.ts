/** Stands where the module for perceptrons alone is imported in the worker that trains, whose one file has the whole one anyway: the same bits. */
export { plainModule as perceptronModule } from '../kernels/plain/generated.ts';
