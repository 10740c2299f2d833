/**
 * Loading of MuJoCo: the optional package `@mujoco/mujoco` (DeepMind's own WebAssembly build, Apache-2.0), imported when the first MuJoCo
 * environment is made and not before.
 *
 * Why 3.9.0 and not the newest: the builds have become slower. On HalfCheetah in Node 20, random controls held for five steps, 80 interleaved
 * pairs in one process: 143.5 thousand `mj_step` a second at best with 3.9.0, 111 thousand with 3.14.0; the median of the pairs' ratios is 1.29.
 * The numbers are as good: over 4,000 recorded steps of HalfCheetah the greatest difference from native 3.14.0 is 6e-13. Of 4,000 steps of
 * Hopper two differ by up to 1.3e-7, and there native 3.9.0 differs from native 3.14.0 in the same way.
 */
import { explainAddresses } from '../../core/addressSpace.ts';
import { CohortError, failure } from '../../core/errors.ts';
import { type MujocoAddresses, mujocoAddresses, nameMujocoAddresses } from './addresses.ts';

/** The version of the tests and of the trained numbers. */
const recommendedVersion = '3.9.0';

/** A compiled model; a handle on the other side of the binding. */
export interface MujocoModel {
  readonly nq: number;
  readonly nv: number;
  readonly na: number;
  readonly nu: number;
  readonly ngeom: number;
  readonly opt: { readonly timestep: number };
  readonly geom_type: Int32Array;
  readonly geom_size: Float64Array;
  readonly geom_rgba: Float32Array;
  readonly body_mass: Float64Array;
  delete(): void;
}

/** The state of one simulation. The arrays are views on MuJoCo's memory and lose it when the memory grows. */
export interface MujocoData {
  time: number;
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  readonly act: Float64Array;
  readonly ctrl: Float64Array;
  readonly qacc_warmstart: Float64Array;
  readonly geom_xpos: Float64Array;
  readonly geom_xmat: Float64Array;
  readonly cfrc_ext: Float64Array;
  readonly cinert: Float64Array;
  readonly cvel: Float64Array;
  readonly qfrc_actuator: Float64Array;
  readonly qfrc_constraint: Float64Array;
  readonly site_xpos: Float64Array;
  readonly ten_length: Float64Array;
  readonly ten_velocity: Float64Array;
  readonly xipos: Float64Array;
  readonly xpos: Float64Array;
  delete(): void;
}

/** The functions of `@mujoco/mujoco` that are used here, under their own names. */
export interface MujocoModule {
  readonly MjModel: { from_xml_string(xml: string): MujocoModel };
  readonly MjData: new (model: MujocoModel) => MujocoData;
  mj_resetData(model: MujocoModel, data: MujocoData): void;
  mj_forward(model: MujocoModel, data: MujocoData): void;
  mj_step(model: MujocoModel, data: MujocoData): void;
  mj_rnePostConstraint(model: MujocoModel, data: MujocoData): void;
  mj_kinematics(model: MujocoModel, data: MujocoData): void;
  mj_id2name(model: MujocoModel, type: number, id: number): string;
  mj_versionString(): string;
}

/** Where the package's parts are, for pages without a bundler that finds them. */
export interface MujocoLoadOptions extends MujocoAddresses {
  /** The default export of `@mujoco/mujoco`. By default the package is imported by its address, or else by its name. */
  readonly factory?: (options: Record<string, unknown>) => Promise<unknown>;
}

let loading: Promise<MujocoModule> | undefined;

/**
 * MuJoCo, loaded once per process (or page, or worker) and shared by all environments in it. Only the first call's options count; a call
 * that failed does not. Rejects with CohortError if the package is not installed or its WebAssembly cannot be loaded.
 */
export function loadMujoco(options: MujocoLoadOptions = {}): Promise<MujocoModule> {
  const chosen = { ...mujocoAddresses(), ...options };
  loading ??= load(chosen).then(
    (module) => {
      nameMujocoAddresses(chosen);
      return module;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Whether an environment of this process (or page, or worker) has asked for MuJoCo, and got it or is about to. */
export function isMujocoLoaded(): boolean {
  return loading !== undefined;
}

async function load({ factory, scriptUrl, wasmUrl }: MujocoLoadOptions): Promise<MujocoModule> {
  const create = factory ?? (await importFactory(scriptUrl));
  // MuJoCo would print its warnings to the console during training. What they warn of shows in the numbers.
  const quiet = { print: () => {}, printErr: () => {} };
  try {
    return (await create(wasmUrl === undefined ? quiet : { ...quiet, locateFile: () => wasmUrl })) as MujocoModule;
  } catch (cause) {
    if (cause instanceof CohortError) throw cause;
    const isMemory = cause instanceof Error && cause.message.includes('memory');
    if (isMemory && explainAddresses(cause) !== cause) throw explainAddresses(cause);
    throw failure(
      'MuJoCo',
      `mujoco.wasm ${wasmUrl === undefined ? 'next to the script of @mujoco/mujoco' : `at ${wasmUrl}`}`,
      cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      'keep the bundler from moving the package (Vite: optimizeDeps.exclude), or call loadMujoco({ wasmUrl }) first',
      cause,
    );
  }
}

async function importFactory(scriptUrl: string | undefined): Promise<NonNullable<MujocoLoadOptions['factory']>> {
  try {
    // The address is known at run time only: bundlers must leave this import as it is.
    if (scriptUrl !== undefined) return (await import(/* @vite-ignore */ /* webpackIgnore: true */ scriptUrl)).default;
    // Inside `try`, so that bundlers take the package for optional.
    return (await import('@mujoco/mujoco')).default;
  } catch (cause) {
    throw failure(
      'MuJoCo',
      scriptUrl === undefined ? 'the package @mujoco/mujoco' : `the script of @mujoco/mujoco at ${scriptUrl}`,
      'none that can be imported',
      `install it: npm install @mujoco/mujoco@${recommendedVersion} (pages without a bundler: an import map entry for @mujoco/mujoco)`,
      cause,
    );
  }
}
