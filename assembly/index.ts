// What the kernels' module offers to TypeScript.
export { close, finishGradient, run, worker } from './jobs';
export { multiplyAdds } from './limit';
export { adam, sumOfSquares } from './optimiser';
