/** What an environment is allowed to be, and will probably learn badly with: told by `checkEnv`, and by `train` before the first iteration. */
import type { Env } from '../core/env.ts';
import type { BoxSpace } from '../core/space.ts';

/** A standard normal lies within these bounds half of the time. */
const middleHalf = 0.6745;
/** Of a range wider than this a standard normal reaches less than a third. */
const widest = 20;

/** The first entry with bounds that a new Gaussian policy hardly reaches, or hardly stays within. */
function farEntry({ low, high }: BoxSpace): number | undefined {
  const far = low.findIndex((least, k) => {
    const width = high[k]! - least;
    return least > -middleHalf || high[k]! < middleHalf || (width > widest && Number.isFinite(width));
  });
  return far < 0 ? undefined : far;
}

function actionAdvice(space: BoxSpace): string | undefined {
  const far = farEntry(space);
  if (far === undefined) return undefined;
  const [low, high] = [space.low[far]!, space.high[far]!];
  const isBounded = Number.isFinite(high - low);
  const cure = isBounded ? 'put RescaleAction of cohort-rl/envs around the environment' : 'scale the actions in the environment';
  const bounds = `actions have the bounds ${low} .. ${high}${space.size > 1 ? ` at entry ${far}` : ''}`;
  return `${bounds}, but a new policy draws them with mean 0 and standard deviation 1 and cuts them to the bounds: ${cure}`;
}

/** One sentence for each, without a full stop. `normalizes`: training normalizes observations. */
export function adviceOn({ observationSpace, actionSpace }: Pick<Env, 'observationSpace' | 'actionSpace'>, normalizes = false): string[] {
  const advice: string[] = [];
  const far = actionSpace.kind === 'box' ? actionAdvice(actionSpace) : undefined;
  if (far !== undefined) advice.push(far);
  const { kind } = observationSpace;
  if (!normalizes && kind === 'box' && observationSpace.low.every((low, k) => low === 0 && observationSpace.high[k] === 255)) {
    const so = 'put RescaleObservation of cohort-rl/envs around the environment, or set normalizeObservation to shared';
    advice.push(`observations are pictures of 0 .. 255, which are flattened and go into the network as they are: ${so}`);
  }
  return advice;
}
