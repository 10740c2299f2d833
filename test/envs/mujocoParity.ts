/** What every MuJoCo environment is held to: the recorded model, resets, single steps and short courses of Gymnasium with native MuJoCo. */
import { describe, expect, it } from 'vitest';
import type { BoxSpace } from '../../src/core/space.ts';
import { DynamicsEnv, loadMujoco, type MujocoTask, makeEnv, mujocoDynamics, type PlanarScene } from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';
import { bitsOf, numbers, type PackedArray } from '../fixtures/typedArray.ts';

interface Steps {
  readonly scale: number;
  readonly states: PackedArray;
  readonly actions: PackedArray;
  readonly observations: PackedArray;
  readonly rewards: PackedArray;
  readonly terminated: PackedArray;
  readonly after: PackedArray;
  readonly infoKeys: readonly string[];
  readonly infos: PackedArray;
}

interface Course {
  readonly seed: number;
  readonly at: readonly number[];
  readonly observations: PackedArray;
  readonly rewards: PackedArray;
}

interface Variant {
  readonly id: string;
  readonly kwargs: Readonly<Record<string, number | boolean | undefined>>;
  readonly seed: number;
  readonly resetInfo: Readonly<Record<string, number | undefined>>;
  readonly infoKeys: readonly string[];
  readonly observations: PackedArray;
  readonly rewards: PackedArray;
  readonly infos: PackedArray;
}

export interface MujocoFixture {
  readonly id: string;
  /** SHA-256 of the model's text; the recorder saw that native MuJoCo makes of it, bit for bit, what it makes of Gymnasium's. */
  readonly modelText: string;
  readonly resetInfo: Readonly<Record<string, number | undefined>>;
  readonly model: {
    readonly fields: Readonly<Record<string, PackedArray>>;
    readonly options: Readonly<Record<string, number | number[]>>;
  };
  readonly resets: PackedArray;
  readonly steps: readonly Steps[];
  readonly courses: readonly { readonly scale: number; readonly courses: readonly Course[] }[];
  readonly variants: readonly Variant[];
}

/** Random actions of the recorder: the fixed stream, mapped to `scale` times the bounds. */
export function actorOf(space: BoxSpace, seed: number, scale = 1): () => Float32Array {
  let state = seed >>> 0;
  return () =>
    Float32Array.from({ length: space.size }, (_, k) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return scale * (space.low[k]! + ((space.high[k]! - space.low[k]!) * (state >>> 16)) / 65536);
    });
}

/** Row k of a packed matrix. */
function rowsOf(packed: PackedArray): Float64Array[] {
  const values = numbers(packed);
  const [count, width] = packed.shape as [number, number];
  return Array.from({ length: count }, (_, k) => values.slice(k * width, (k + 1) * width));
}

/** The greatest difference, relative where a number is greater than 1. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!) / Math.max(1, Math.abs(b[k]!))), 0);
}

export function describeParity(fixture: MujocoFixture, task: MujocoTask): void {
  describe(`${fixture.id} against Gymnasium and native MuJoCo`, () => {
    it('has the model text that native MuJoCo compiles to the very fields of Gymnasium', () => {
      expect(new Sha256().update(new TextEncoder().encode(task.xml)).hex()).toBe(fixture.modelText);
    });

    it('has the same compiled model', async () => {
      const mujoco = await loadMujoco();
      const model = mujoco.MjModel.from_xml_string(task.xml);
      const fields = model as unknown as Record<string, ArrayLike<number>>;
      const options = model.opt as unknown as Record<string, number | ArrayLike<number>>;
      for (const [name, packed] of Object.entries(fixture.model.fields)) {
        const [found, recorded] = [Array.from(fields[name]!), Array.from(numbers(packed))];
        // Inertias and rotations are computed by the compiler: version 3.14 has the very bits here, 3.9 not all of them.
        if (/^body_|_quat$/.test(name)) expect({ name, distance: distance(found, recorded) < 1e-15 }).toEqual({ name, distance: true });
        else expect({ name, values: found }).toEqual({ name, values: recorded });
      }
      for (const [name, value] of Object.entries(fixture.model.options)) {
        const found = options[name]!;
        expect({ name, value: typeof found === 'number' ? found : Array.from(found) }).toEqual({ name, value });
      }
      model.delete();
    });

    it('resets have the same bits, also without a seed, and the same info', async () => {
      const env = new DynamicsEnv<PlanarScene, Float64Array>(mujocoDynamics(await loadMujoco(), task));
      const { info } = env.reset({ seed: 0 });
      expect(info).toEqual(fixture.resetInfo);
      const rows = rowsOf(fixture.resets);
      const { nq, nv } = lengthsOf(fixture);
      expect(rows.length).toBe(60);
      for (const [k, row] of rows.entries()) {
        env.reset(k % 3 === 0 ? { seed: k / 3 } : {});
        expect(bitsOf(env.getState().simulation!.slice(1, 1 + nq + nv))).toEqual(bitsOf(row));
      }
      env.close();
    });

    it.each(fixture.steps)('one step from the recorded state, actions within $scale times the bounds: within 1e-12', async (steps) => {
      const env = new DynamicsEnv<PlanarScene, Float64Array>(mujocoDynamics(await loadMujoco(), task));
      env.reset({ seed: 0 });
      const { nq, nv } = lengthsOf(fixture);
      const states = rowsOf(steps.states);
      const actions = rowsOf(steps.actions);
      const observations = rowsOf(steps.observations);
      const infos = rowsOf(steps.infos);
      const rewards = numbers(steps.rewards);
      const ended = numbers(steps.terminated);
      const after = rowsOf(steps.after);
      let most = 0;
      for (const [k, simulation] of states.entries()) {
        env.setState({ ...env.getState(), simulation, episode: Int32Array.of(1, 0) });
        const result = env.step(Float32Array.from(actions[k]!));
        const state = env.getState().simulation!;
        expect(Object.keys(result.info)).toEqual(steps.infoKeys);
        most = Math.max(
          most,
          distance(state.slice(1, 1 + nq + nv), after[k]!),
          distance(result.observation, observations[k]!),
          // A reward is a difference of positions over dt.
          distance([result.reward], [rewards[k]!]) * 0.01,
          distance(Object.values(result.info) as number[], infos[k]!) * 0.01,
        );
        expect(result.terminated).toBe(ended[k] === 1);
      }
      expect(most).toBeLessThan(1e-12);
      env.close();
    });

    it('reward, end, info and observation have the same bits, given the states', () => {
      const { nq, nv } = lengthsOf(fixture);
      const dt = (fixture.model.options.timestep as number) * task.frameSkip;
      for (const steps of fixture.steps) {
        const states = rowsOf(steps.states);
        const after = rowsOf(steps.after);
        const actions = rowsOf(steps.actions).map((row) => Float32Array.from(row));
        const outcomes = states.map((state, k) =>
          task.judge({
            before: state.slice(1, 1 + nq),
            qpos: after[k]!.slice(0, nq),
            qvel: after[k]!.slice(nq, nq + nv),
            action: actions[k]!,
            dt,
            fields: {},
            carriedBefore: new Float64Array(0),
            carried: new Float64Array(0),
          }),
        );
        expect(bitsOf(outcomes.map(({ reward }) => reward))).toEqual(bitsOf(numbers(steps.rewards)));
        expect(outcomes.map(({ terminated }) => Number(terminated))).toEqual(Array.from(numbers(steps.terminated)));
        expect(bitsOf(outcomes.flatMap(({ info }) => Object.values(info()) as number[]))).toEqual(bitsOf(numbers(steps.infos)));
        const observations = new Float64Array(task.observationSpace.size * states.length);
        after.forEach((row, k) => {
          task.observe(row.slice(0, nq), row.slice(nq, nq + nv), observations, k * task.observationSpace.size, {});
        });
        expect(bitsOf(observations)).toEqual(bitsOf(numbers(steps.observations)));
      }
    });

    it.each(fixture.variants)('$id with $kwargs: the first steps within 1e-9, reset and info included', async (variant) => {
      const camelCase = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
      const options = Object.entries(variant.kwargs).filter(([, value]) => value !== undefined);
      const env = await makeEnv(variant.id, Object.fromEntries(options.map(([name, value]) => [camelCase(name), value])));
      const act = actorOf(task.actionSpace, variant.seed);
      const observations = rowsOf(variant.observations);
      const infos = rowsOf(variant.infos);
      const { observation, info } = env.reset({ seed: variant.seed });
      expect(bitsOf(observation as Float64Array)).toEqual(bitsOf(observations[0]!));
      expect(info).toEqual(variant.resetInfo);
      for (const [k, reward] of numbers(variant.rewards).entries()) {
        const result = env.step(act());
        expect(distance(result.observation as Float64Array, observations[k + 1]!)).toBeLessThan(1e-9);
        expect(distance([result.reward], [reward])).toBeLessThan(1e-9);
        expect(Object.keys(result.info)).toEqual(variant.infoKeys);
        expect(distance(Object.values(result.info) as number[], infos[k]!)).toBeLessThan(1e-9);
      }
      env.close!();
    });

    // With actions over the whole range HalfCheetah is chaotic: native MuJoCo itself, one angle moved by one ulp at the reset, is 1e-9
    // away from itself after 50 steps (median of 60 courses; 1e-4 at worst).
    it.each([
      { scale: 0.5, steps: 50, most: 2 },
      { scale: 1, steps: 20, most: 0 },
    ])('free-running from a reset, $scale times the bounds: within 1e-9 for $steps steps', async ({ scale, steps, most }) => {
      const env = await makeEnv(fixture.id);
      const { courses } = fixture.courses.find((group) => group.scale === scale)!;
      let apart = 0;
      for (const { seed, at, observations, rewards } of courses) {
        const act = actorOf(task.actionSpace, seed, scale);
        const rows = rowsOf(observations);
        expect(bitsOf(env.reset({ seed }).observation as Float64Array)).toEqual(bitsOf(rows[0]!));
        let farthest = 0;
        for (const [k, reward] of numbers(rewards).subarray(0, steps).entries()) {
          const result = env.step(act());
          // A reward is a difference of positions over dt.
          farthest = Math.max(farthest, distance([result.reward], [reward]) * 0.01);
          const row = rows[at.indexOf(k + 1)];
          if (row) farthest = Math.max(farthest, distance(result.observation as Float64Array, row));
        }
        if (farthest > 1e-9) apart++;
      }
      expect(apart).toBeLessThanOrEqual(most);
      env.close!();
    });
  });
}

function lengthsOf(fixture: MujocoFixture): { nq: number; nv: number } {
  return { nq: fixture.model.fields.qpos0!.shape[0]!, nv: fixture.model.fields.dof_damping!.shape[0]! };
}
