/**
 * Where the weights of a run are, as a session sees it: in this process, or on a server (src/lm/training/served.ts).
 */
import { parameterTensors, restoreParameters } from '../../run/checkpoint.ts';
import type { RunEventBody } from '../../run/events.ts';
import type { Trainee } from '../../run/trainee.ts';
import { closeState, type LanguageState, type LearningState } from '../algorithm/state.ts';
import { restoreState, stateTensors } from './checkpoint.ts';
import type { OpenContext, WarmStartProgress } from './source.ts';
import { openPolicy } from './warmStart.ts';

/** What a trainee asks of the place where its weights are. */
export interface Weights
  extends Pick<Trainee<unknown, unknown>, 'memoryBytes' | 'learned' | 'keep' | 'tensors' | 'metadata' | 'restore' | 'hashed' | 'close'> {
  /** What comes before the first iteration of a new run; `false` where an abort left nothing to go on from. */
  prepare(tell: (event: RunEventBody) => void): Promise<boolean>;
  /** The same model as it is now, in a state that training does not change; `release` frees what else it holds. */
  copy(): Promise<{ readonly state: LearningState; readonly release?: () => void }>;
}

/** Weights in this process; `create` makes another state of the same kind. */
export function localWeights(
  state: LanguageState,
  context: Omit<OpenContext, 'onWarmStart'>,
  create: (changes: { readonly klCoef: number; readonly threads: number }) => Promise<LanguageState>,
): Weights {
  const { policy, critic, config, now } = state;
  const hashed = () => parameterTensors(policy.parameters);
  return {
    memoryBytes: state.kernels.bytesUsed,
    learned: [
      { prefix: '', parameters: policy.parameters },
      ...(critic ? [{ prefix: 'critic/', parameters: critic.model.parameters }] : []),
    ],
    /** The warm start; an abort in it leaves nothing to go on from, and a resume begins again. */
    async prepare(tell) {
      const { warmStartAccuracy: target } = config;
      const onWarmStart = ({ step, accuracy, seconds, cached }: WarmStartProgress): void =>
        tell({ event: 'warmStart', step, accuracy, target, seconds, done: false, cached });
      const before = now();
      const report = await openPolicy(state, { ...context, onWarmStart });
      if (report.interrupted) return false;
      const { steps: step, sampledAccuracy: accuracy, cached, discarded } = report;
      const seconds = (now() - before) / 1000;
      const why = discarded === undefined ? {} : { discarded };
      if (target > 0) tell({ event: 'warmStart', step, accuracy, target, seconds, done: true, cached, ...why });
      return true;
    },
    tensors: () => stateTensors(state),
    restore: (checkpoint) => restoreState(state, checkpoint),
    hashed,
    async copy() {
      const tensors = new Map(hashed().map((tensor) => [tensor.name, tensor]));
      const copied = await create({ klCoef: 0, threads: 1 });
      restoreParameters(copied.policy.parameters, { tensors });
      return { state: copied };
    },
    close: () => closeState(state),
  };
}
