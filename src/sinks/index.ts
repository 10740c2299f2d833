/**
 * Runs shown elsewhere: sinks take the events of `train` and the like to MLflow and to Weights & Biases.
 */

export type { WebPlatform as SinkPlatform } from '../run/web.ts';
export { type MlflowOptions, mlflowSink } from './mlflow.ts';
export type { CloseOptions, Sink, SinkOptions } from './sink.ts';
export { type WandbOptions, wandbSink } from './wandb.ts';
