// What the kernels' module offers to TypeScript.
export { close, finishGradient, run, worker } from './jobs';
export { multiplyAdds } from './limit';
export { adam, scale, sgd, sumOfSquares } from './optimizer';
export { finishTransformer } from './transformer/jobs';
