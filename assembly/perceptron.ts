// What the module of perceptrons alone offers: index.ts without transformers.
export { close, finishGradient, run, worker } from './jobs';
export { multiplyAdds } from './limit';
export { adam, scale, sgd, sumOfSquares } from './optimizer';
