/** What Humanoid and HumanoidStandup have in common: spaces, observation, first state and options. */
import { type BoxSpace, box } from '../../core/space.ts';
import type { OptionTable } from '../options.ts';
import { boxRows, type SpaceRow } from '../spec.ts';
import { humanoidBodies, humanoidJoints, humanoidMotors } from './humanoidModel.ts';
import { resetNoise } from './mujocoSpec.ts';
import { forceNames, inertiaNames, type NamedNumber, stateNames, velocityNames } from './spatialFields.ts';
import { addUniformNoise, type MujocoFields, type MujocoTask, type SpatialView } from './task.ts';

/** What of the state is observed; version 4 always shows all of it. */
export interface HumanoidObservationOptions {
  /** Half width of the range of initial positions and velocities. Default 0.01. */
  readonly resetNoiseScale?: number;
  /** Whether the observation leaves out the place on the ground. Default true. */
  readonly excludeCurrentPositionsFromObservation?: boolean;
  /** Whether it shows masses and inertias of the bodies. Default true. */
  readonly includeCinertInObservation?: boolean;
  /** Whether it shows velocities of the bodies. Default true. */
  readonly includeCvelInObservation?: boolean;
  /** Whether it shows the motors' torques. Default true. */
  readonly includeQfrcActuatorInObservation?: boolean;
  /** Whether it shows forces from outside. Default true. */
  readonly includeCfrcExtInObservation?: boolean;
}

/** (17) Torques of abdomen (3), right leg (4), left leg (4), right arm (3) and left arm (3); float32. */
export const humanoidActionSpace: BoxSpace = /* @__PURE__ */ box(-0.4, 0.4, [17]);
/**
 * (348) positions but the first two (22), velocities (23), then of 13 bodies inertia and mass (10 each) and velocities (6 each), torques of 17
 * motors, forces from outside on 13 bodies (6 each); float64.
 */
export const humanoidObservationSpace: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [348], 'float64');
/** (376) The same with the world among the bodies and the torso's velocities among the motors, where all is 0: what version 4 shows. */
export const humanoidObservationSpace4: BoxSpace = /* @__PURE__ */ box(-Infinity, Infinity, [376], 'float64');

const positions = 24;
const velocities = 23;
/** Arrays that are observed: numbers of one row, rows that version 5 leaves out because they are always 0, all rows. */
const observed = {
  cinert: { width: 10, left: 1, rows: 14 },
  cvel: { width: 6, left: 1, rows: 14 },
  qfrc_actuator: { width: 1, left: 6, rows: 23 },
  cfrc_ext: { width: 6, left: 1, rows: 14 },
} as const;

/** Observation, spaces and first state of a task; `fields` are what it reads besides `cfrc_ext` and what it observes. */
export function humanoidParts(
  options: HumanoidObservationOptions,
  version: 4 | 5,
  further: readonly ('body_mass' | 'ten_length' | 'ten_velocity' | 'xipos')[],
): Pick<MujocoTask<SpatialView>, 'observationSpace' | 'actionSpace' | 'fields' | 'start' | 'observe'> {
  const { resetNoiseScale = 0.01, excludeCurrentPositionsFromObservation = true } = options;
  const skipped = excludeCurrentPositionsFromObservation ? 2 : 0;
  const shown = {
    cinert: options.includeCinertInObservation ?? true,
    cvel: options.includeCvelInObservation ?? true,
    qfrc_actuator: options.includeQfrcActuatorInObservation ?? true,
    cfrc_ext: options.includeCfrcExtInObservation ?? true,
  };
  const parts = (['cinert', 'cvel', 'qfrc_actuator', 'cfrc_ext'] as const)
    .filter((name) => shown[name])
    .map((name) => {
      const { width, left, rows } = observed[name];
      return { name, from: version === 5 ? width * left : 0, to: width * rows };
    });
  const size = parts.reduce((sum, { from, to }) => sum + to - from, positions - skipped + velocities);
  return {
    observationSpace: box(-Infinity, Infinity, [size], 'float64'),
    actionSpace: humanoidActionSpace,
    fields: [...new Set([...parts.map(({ name }) => name), 'cfrc_ext' as const, ...further])],
    start(generator, qpos, qvel) {
      addUniformNoise(generator, resetNoiseScale, qpos);
      addUniformNoise(generator, resetNoiseScale, qvel);
    },
    observe(qpos, qvel, out, offset, fields) {
      let at = offset;
      for (let k = skipped; k < qpos.length; k++) out[at++] = qpos[k]!;
      for (let k = 0; k < qvel.length; k++) out[at++] = qvel[k]!;
      for (const { name, from, to } of parts) {
        const values = fields[name]!;
        for (let k = from; k < to; k++) out[at++] = values[k]!;
      }
    },
  };
}

/** Lengths and velocities of the two tendons between hip and knee, for the info. */
export function tendonsOf({
  ten_length: lengths,
  ten_velocity: speeds,
}: MujocoFields): Record<'tendon_length' | 'tendon_velocity', number[]> {
  return { tendon_length: Array.from(lengths!), tendon_velocity: Array.from(speeds!) };
}

const inWords = (name: string): string => name.replaceAll('_', ' ').replace(/(\D)(\d)$/, '$1 $2');
const joints = humanoidJoints.map(inWords);

/** The table of the observation. */
export function humanoidRows(version: 4 | 5): SpaceRow[] {
  const bodies = version === 5 ? humanoidBodies : ['world', ...humanoidBodies];
  const ways = version === 5 ? [] : ['x', 'y', 'z', 'around x', 'around y', 'around z'];
  const rootTorques = ways.map((way): NamedNumber => [`torso motor torque ${way}`, 'always 0']);
  const motorTorques = joints.map((joint): NamedNumber => [`${joint} motor torque`, 'of the motor at its joint', 'N m']);
  return boxRows(version === 5 ? humanoidObservationSpace : humanoidObservationSpace4, [
    ...stateNames('of the middle of the torso above the ground', joints),
    ...inertiaNames(bodies),
    ...velocityNames(bodies),
    ...rootTorques,
    ...motorTorques,
    ...forceNames(bodies),
  ]);
}

/** The table of the action. */
export function humanoidActionRows(): SpaceRow[] {
  return boxRows(
    humanoidActionSpace,
    humanoidMotors.map(([joint, gear]) => [inWords(joint), 'torque of its joint', `${gear} N m`]),
  );
}

const shows = (what: string) => ({ kind: 'boolean', default: true, meaning: `whether the observation shows ${what}` }) as const;

/** Options of version 5's observation and first state. */
export const humanoidObservationOptions: OptionTable = {
  ...resetNoise(0.01),
  excludeCurrentPositionsFromObservation: {
    kind: 'boolean',
    default: true,
    meaning: 'whether the observation leaves out the place on the ground',
  },
  includeCinertInObservation: shows('masses and inertias of the bodies'),
  includeCvelInObservation: shows('velocities of the bodies'),
  includeQfrcActuatorInObservation: shows("the motors' torques"),
  includeCfrcExtInObservation: shows('forces from outside'),
};
