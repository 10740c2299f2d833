/** What every MuJoCo environment in space is held to: model, resets, single steps, options and short courses of Gymnasium with native MuJoCo. */
import { describe, expect, it } from 'vitest';
import {
  DynamicsEnv,
  loadMujoco,
  type MujocoField,
  type MujocoTask,
  makeEnv,
  mujocoDynamics,
  type SpatialScene,
  type SpatialView,
} from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import { bitsOf, numbers, type PackedArray } from '../fixtures/typedArray.ts';
import { actorOf } from './mujocoParity.ts';

type PlainInfo = Readonly<Record<string, number | number[] | undefined>>;

interface Steps {
  readonly scale: number;
  readonly infoKeys: readonly string[];
  /** SHA-256 of all observations. */
  readonly observations: string;
  readonly states: PackedArray;
  readonly actions: PackedArray;
  readonly after: PackedArray;
  readonly fields: PackedArray;
  readonly rewards: PackedArray;
  readonly terminated: PackedArray;
  readonly infos: PackedArray;
}

interface Variant {
  readonly id: string;
  readonly kwargs: object;
  readonly seed: number;
  readonly resetInfo: PlainInfo;
  readonly infoKeys: readonly string[];
  readonly ended: readonly boolean[];
  readonly rewards: PackedArray;
  readonly infos: PackedArray;
  readonly last: PackedArray;
}

export interface SpatialFixture {
  readonly id: string;
  readonly modelText: string;
  readonly resetInfo: PlainInfo;
  readonly model: {
    /** SHA-256 of each, as float64. */
    readonly fields: Readonly<Record<string, string>>;
    readonly options: Readonly<Record<string, number>>;
    /** Of positions and of velocities. */
    readonly lengths: readonly number[];
    readonly mass: PackedArray;
  };
  readonly resets: { readonly seeds: readonly string[]; readonly rows: PackedArray };
  readonly fields: readonly string[];
  readonly steps: readonly Steps[];
  readonly courses: {
    readonly scale: number;
    readonly courses: readonly { readonly seed: number; readonly rewards: PackedArray; readonly last: PackedArray }[];
  };
  readonly variants: readonly Variant[];
}

function rowsOf(packed: PackedArray): Float64Array[] {
  const values = Float64Array.from(numbers(packed));
  const [count, width] = packed.shape as [number, number];
  return Array.from({ length: count }, (_, k) => values.slice(k * width, (k + 1) * width));
}

/** SHA-256 of the numbers as float64, zeros without a sign. */
const digest = (values: ArrayLike<number>): string => new Sha256().update(Float64Array.from(values, (value) => value + 0)).hex();

/** The values of an info in a row; some are pairs. */
const flat = (info: object): number[] => Object.values(info).flat() as number[];

/** The greatest difference, relative where a number is greater than `least`. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>, least = 1): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!) / Math.max(least, Math.abs(b[k]!))), 0);
}

const greatest = (values: ArrayLike<number>): number => Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1);

/** A row of recorded arrays by their names, and the masses of the model. */
function fieldsOf(fixture: SpatialFixture, row: Float64Array): Partial<Record<MujocoField, Float64Array>> {
  const bodies = fixture.model.mass.shape[0]!;
  const velocities = fixture.model.lengths[1]!;
  const lengths: Record<string, number> = {
    xpos: 3 * bodies,
    xipos: 3 * bodies,
    cinert: 10 * bodies,
    cvel: 6 * bodies,
    cfrc_ext: 6 * bodies,
  };
  let at = 0;
  const found: Record<string, Float64Array> = { body_mass: Float64Array.from(numbers(fixture.model.mass)) };
  for (const name of fixture.fields) {
    const length = lengths[name] ?? (name === 'qfrc_actuator' ? velocities : 2);
    found[name] = row.slice(at, at + length);
    at += length;
  }
  expect(at).toBe(row.length);
  return found;
}

/** Gymnasium's options as they are called here. */
function optionsOf(kwargs: object): Record<string, unknown> {
  const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(kwargs)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [camelCase(name), value]),
  );
}

export function describeSpatialParity(fixture: SpatialFixture, task: MujocoTask<SpatialView>): void {
  const [nq, nv] = fixture.model.lengths as [number, number];
  const make = async () => new DynamicsEnv<SpatialScene, Float64Array>(mujocoDynamics(await loadMujoco(), task));

  describe(`${fixture.id} against Gymnasium and native MuJoCo`, () => {
    it('has the model text that native MuJoCo compiles to the very fields of Gymnasium, and compiles to them here too', async () => {
      expect(new Sha256().update(new TextEncoder().encode(task.xml)).hex()).toBe(fixture.modelText);
      const mujoco = await loadMujoco();
      const model = mujoco.MjModel.from_xml_string(task.xml);
      const fields = model as unknown as Record<string, ArrayLike<number>>;
      const options = model.opt as unknown as Record<string, number>;
      for (const [name, sha] of Object.entries(fixture.model.fields)) expect([name, digest(fields[name]!)]).toEqual([name, sha]);
      for (const [name, value] of Object.entries(fixture.model.options)) expect([name, options[name]]).toEqual([name, value]);
      model.delete();
    });

    it('resets of eleven seeds have the same bits, also without a seed, and the same info', async () => {
      const env = await make();
      expect(env.reset({ seed: 0 }).info).toEqual(fixture.resetInfo);
      const { seeds, rows } = fixture.resets;
      expect(seeds).toHaveLength(11);
      for (const [k, row] of rowsOf(rows).entries()) {
        env.reset(k % 2 === 0 ? { seed: BigInt(seeds[k / 2]!) } : {});
        expect(bitsOf(env.getState().simulation!.slice(1, 1 + nq + nv))).toEqual(bitsOf(row));
      }
      env.close();
    });

    it.each(fixture.steps)('one step from the recorded state, actions within $scale times the bounds: within 1e-12', async (steps) => {
      const env = await make();
      env.reset({ seed: 0 });
      const after = rowsOf(steps.after);
      const fields = rowsOf(steps.fields).map((row) => fieldsOf(fixture, row));
      const actions = rowsOf(steps.actions);
      const infos = rowsOf(steps.infos);
      const expected = new Float64Array(task.observationSpace.size);
      for (const [k, simulation] of rowsOf(steps.states).entries()) {
        env.setState({ ...env.getState(), simulation, episode: Int32Array.of(1, 0) });
        const result = env.step(Float32Array.from(actions[k]!));
        const state = env.getState().simulation!;
        expect(distance(state.slice(1, 1 + nq + nv), after[k]!)).toBeLessThan(1e-12);
        task.observe(after[k]!.slice(0, nq), after[k]!.slice(nq), expected, 0, fields[k]!);
        // Forces from outside are sums of much greater ones that nearly cancel: they are held to the greatest of them.
        const isForce = fields[k]!.cfrc_ext === undefined ? 0 : 6 * (fixture.model.mass.shape[0]! - 1);
        const edge = expected.length - isForce;
        expect(distance(result.observation.slice(0, edge), expected.slice(0, edge))).toBeLessThan(1e-12);
        expect(distance(result.observation.slice(edge), expected.slice(edge), greatest(expected.slice(edge)))).toBeLessThan(1e-12);
        // A velocity is a difference of positions over the seconds of a step.
        expect(distance([result.reward], [numbers(steps.rewards)[k]!])).toBeLessThan(1e-10);
        expect(distance(flat(result.info), infos[k]!)).toBeLessThan(1e-10);
        expect(Object.keys(result.info)).toEqual(steps.infoKeys);
        expect(result.terminated).toBe(numbers(steps.terminated)[k] === 1);
      }
      env.close();
    });

    it('reward, end, info and observation have the same bits, given the states', () => {
      const dt = fixture.model.options.timestep! * task.frameSkip;
      const carried = new Float64Array(task.carried?.length ?? 0);
      for (const steps of fixture.steps) {
        const after = rowsOf(steps.after);
        const fields = rowsOf(steps.fields).map((row) => fieldsOf(fixture, row));
        const actions = rowsOf(steps.actions).map((row) => Float32Array.from(row));
        const observations = new Float64Array(task.observationSpace.size * after.length);
        const found = rowsOf(steps.states).map((state, k) => {
          const [qpos, qvel] = [after[k]!.slice(0, nq), after[k]!.slice(nq)];
          task.carried?.read(fields[k]!, carried);
          task.observe(qpos, qvel, observations, k * task.observationSpace.size, fields[k]!);
          const carriedBefore = state.slice(state.length - carried.length);
          const before = state.slice(1, 1 + nq);
          const outcome = task.judge({ before, qpos, qvel, action: actions[k]!, dt, fields: fields[k]!, carriedBefore, carried });
          return { ...outcome, numbers: flat(outcome.info()) };
        });
        expect(bitsOf(found.map(({ reward }) => reward))).toEqual(bitsOf(numbers(steps.rewards)));
        expect(found.map(({ terminated }) => Number(terminated))).toEqual(Array.from(numbers(steps.terminated)));
        expect(bitsOf(found.flatMap((outcome) => outcome.numbers))).toEqual(bitsOf(numbers(steps.infos)));
        expect(digest(observations)).toBe(steps.observations);
      }
    });

    it.each(fixture.variants)('$id with $kwargs: the first steps within 1e-9, ends and info included', async (variant) => {
      const env = await makeEnv(variant.id, optionsOf(variant.kwargs));
      const act = actorOf(task.actionSpace, variant.seed);
      const infos = rowsOf(variant.infos);
      expect(env.reset({ seed: variant.seed }).info).toEqual(variant.resetInfo);
      for (const [k, reward] of numbers(variant.rewards).entries()) {
        const result = env.step(act());
        expect(distance([result.reward], [reward])).toBeLessThan(1e-9);
        expect(Object.keys(result.info)).toEqual(variant.infoKeys);
        expect(distance(flat(result.info), infos[k]!)).toBeLessThan(1e-9);
        expect(result.terminated).toBe(variant.ended[k]);
        if (k < variant.ended.length - 1) continue;
        expect(distance(result.observation as Float64Array, numbers(variant.last))).toBeLessThan(1e-9);
      }
      env.close!();
    });

    it('free-running from a reset, half the bounds: within 1e-9 for 50 steps', async () => {
      const env = await makeEnv(fixture.id);
      for (const { seed, rewards, last } of fixture.courses.courses) {
        const act = actorOf(task.actionSpace, seed, fixture.courses.scale);
        env.reset({ seed });
        const results = Array.from(numbers(rewards), () => env.step(act()));
        expect(
          distance(
            results.map(({ reward }) => reward),
            numbers(rewards),
          ),
        ).toBeLessThan(1e-7);
        expect(distance(results.at(-1)!.observation as Float64Array, numbers(last))).toBeLessThan(1e-9);
      }
      env.close!();
    });
  });
}
