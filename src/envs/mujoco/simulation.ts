/** N simulations of one model in MuJoCo's memory: allocation, addresses that survive growth, saving and restoring. */
import { mistake } from '../../core/errors.ts';
import type { MujocoData, MujocoModel, MujocoModule } from './module.ts';
import type { MujocoField, MujocoFields } from './task.ts';

/** Compiled models that are in use, by their text. */
interface SharedModel {
  readonly model: MujocoModel;
  users: number;
}
const models = /* @__PURE__ */ new WeakMap<MujocoModule, Map<string, SharedModel>>();

function acquireModel(mujoco: MujocoModule, xml: string): MujocoModel {
  let known = models.get(mujoco);
  if (!known) {
    known = new Map();
    models.set(mujoco, known);
  }
  let shared = known.get(xml);
  if (!shared) {
    shared = { model: mujoco.MjModel.from_xml_string(xml), users: 0 };
    known.set(xml, shared);
  }
  shared.users++;
  return shared.model;
}

function releaseModel(mujoco: MujocoModule, xml: string): void {
  const known = models.get(mujoco)!;
  const shared = known.get(xml)!;
  shared.users--;
  if (shared.users > 0) return;
  known.delete(xml);
  shared.model.delete();
}

/** Entries of one row of the integration state before the positions: the time. */
const timeLength = 1;
/** `mjOBJ_GEOM`. */
const geomObject = 5;
/** The shapes of the model that can be shown, by their numbers in MuJoCo (`mjtGeom`); planes are floors. */
const shapeKinds = { 2: 'sphere', 3: 'capsule', 5: 'cylinder', 6: 'box' } as const;
/** `mjGEOM_PLANE`. */
const planeKind = 0;
/** The color of shapes that a model gives none: MuJoCo's default of `rgba`. */
const noColor = [0.5, 0.5, 0.5, 1];

/** A shape of the model. */
export interface Shape {
  readonly name: string;
  readonly geom: number;
  readonly kind: (typeof shapeKinds)[keyof typeof shapeKinds];
  /** In m. Sphere: radius; capsule and cylinder: radius, half length along its own z axis; box: half lengths. */
  readonly size: readonly [number, number, number];
  /** Red, green, blue and opacity, each in 0 .. 1, where the model gives it a color. */
  readonly color?: readonly number[];
}

/** A plane of the model. */
export interface Plane {
  readonly name: string;
  readonly geom: number;
  /** Half lengths along its own x and y, in m; 0 has no end. What it holds up has none either: they say what is to be seen. */
  readonly size: readonly [number, number];
}

/** A capsule of the model, or a sphere as one without length. */
export interface Capsule {
  readonly name: string;
  readonly geom: number;
  readonly radius: number;
  readonly halfLength: number;
  /** As that of a {@link Shape}. */
  readonly color?: readonly number[];
}

/** What a task wants besides positions and velocities. */
export interface MujocoWants {
  /** Arrays that are copied after every step and reset. */
  readonly fields?: readonly MujocoField[];
  /** How many numbers of its own belong to every simulation's state. */
  readonly carriedLength?: number;
}

/** N simulations that share one model. Free it with {@link close}. */
export class MujocoSimulation {
  readonly nq: number;
  readonly nv: number;
  readonly nu: number;
  /** Seconds of one `mj_step`. */
  readonly timestep: number;
  /** Length of one row of the integration state: time, positions, velocities, activations, warm start, controls, what the task carries. */
  readonly rowLength: number;
  readonly shapes: readonly Shape[];
  readonly planes: readonly Plane[];
  readonly capsules: readonly Capsule[];
  /** What the task wants to read, as it was after the last step or reset of any simulation. */
  readonly fields: MujocoFields;
  /** (N, carriedLength) What the task carries. */
  readonly carried: Float64Array;
  /** (nq) and (nv): positions and velocities that {@link read} copied last. */
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  readonly #name: string;
  readonly #xml: string;
  readonly #mujoco: MujocoModule;
  readonly #model: MujocoModel;
  readonly #datas: MujocoData[];
  // Addresses in doubles: they stay when the memory grows, views do not.
  readonly #qposAt: Uint32Array;
  readonly #qvelAt: Uint32Array;
  readonly #ctrlAt: Uint32Array;
  readonly #warmstartAt: Uint32Array;
  readonly #actAt: Uint32Array;
  readonly #geomAt: Uint32Array;
  readonly #rotationAt: Uint32Array;
  readonly #na: number;
  readonly #carriedLength: number;
  /** Each field's copy, and where MuJoCo has it. */
  readonly #copies: readonly { readonly to: Float64Array; readonly at: Uint32Array }[];
  readonly #computesForces: boolean;
  #memory: Float64Array = new Float64Array(0);
  #closed = false;

  /** `name` speaks in errors; `xml` is the model's MJCF. */
  constructor(mujoco: MujocoModule, name: string, xml: string, count: number, { fields = [], carriedLength = 0 }: MujocoWants = {}) {
    this.#mujoco = mujoco;
    this.#name = name;
    this.#xml = xml;
    const model = acquireModel(mujoco, xml);
    this.#model = model;
    this.nq = model.nq;
    this.nv = model.nv;
    this.nu = model.nu;
    this.#na = model.na;
    this.timestep = model.opt.timestep;
    this.#carriedLength = carriedLength;
    this.carried = new Float64Array(count * carriedLength);
    this.rowLength = timeLength + this.nq + 2 * this.nv + this.#na + this.nu + carriedLength;
    this.qpos = new Float64Array(this.nq);
    this.qvel = new Float64Array(this.nv);
    this.#datas = Array.from({ length: count }, () => new mujoco.MjData(model));
    const addresses = (view: (data: MujocoData) => Float64Array): Uint32Array =>
      Uint32Array.from(this.#datas, (data) => view(data).byteOffset / Float64Array.BYTES_PER_ELEMENT);
    this.#qposAt = addresses((data) => data.qpos);
    this.#qvelAt = addresses((data) => data.qvel);
    this.#ctrlAt = addresses((data) => data.ctrl);
    this.#warmstartAt = addresses((data) => data.qacc_warmstart);
    this.#actAt = this.#na > 0 ? addresses((data) => data.act) : new Uint32Array(count);
    this.#geomAt = addresses((data) => data.geom_xpos);
    this.#rotationAt = addresses((data) => data.geom_xmat);
    const copied = fields.filter((field) => field !== 'body_mass');
    this.#copies = copied.map((field) => ({ to: this.#datas[0]![field].slice(), at: addresses((data) => data[field]) }));
    this.fields = {
      ...Object.fromEntries(copied.map((field, k) => [field, this.#copies[k]!.to])),
      ...(fields.includes('body_mass') ? { body_mass: model.body_mass.slice() } : {}),
    };
    this.#computesForces = fields.includes('cfrc_ext');
    const types = model.geom_type.slice();
    const sizes = model.geom_size.slice();
    const colors = model.geom_rgba.slice();
    const named = (geom: number) => ({ name: mujoco.mj_id2name(model, geomObject, geom), geom });
    this.shapes = Array.from(types, (type, geom) => ({ kind: shapeKinds[type as keyof typeof shapeKinds], geom }))
      .filter(({ kind }) => kind !== undefined)
      .map(({ kind, geom }) => {
        const color = Array.from(colors.subarray(4 * geom, 4 * geom + 4));
        return {
          ...named(geom),
          kind,
          size: [sizes[3 * geom]!, sizes[3 * geom + 1]!, sizes[3 * geom + 2]!],
          ...(color.some((value, k) => value !== noColor[k]) && { color }),
        };
      });
    this.planes = Array.from(types, (type, geom) => ({ type, geom }))
      .filter(({ type }) => type === planeKind)
      .map(({ geom }) => ({ ...named(geom), size: [sizes[3 * geom]!, sizes[3 * geom + 1]!] }));
    this.capsules = this.shapes
      .filter(({ kind }) => kind === 'capsule' || kind === 'sphere')
      .map(({ name, geom, kind, size, color }) => ({
        name,
        geom,
        radius: size[0],
        halfLength: kind === 'capsule' ? size[1] : 0,
        ...(color && { color }),
      }));
  }

  /** MuJoCo's whole memory. Throws {@link CohortError} after {@link close}. */
  get memory(): Float64Array {
    if (this.#closed) {
      throw mistake(this.#name, 'an environment that is open', 'one that was closed', 'make a new one');
    }
    // Growth detaches: the old view has length 0.
    if (this.#memory.length === 0) this.#memory = new Float64Array(this.#datas[0]!.qpos.buffer);
    return this.#memory;
  }

  /** Copies positions and velocities of simulation i to {@link qpos} and {@link qvel}. */
  read(i: number): void {
    const memory = this.memory;
    const { qpos, qvel } = this;
    const q = this.#qposAt[i]!;
    const v = this.#qvelAt[i]!;
    for (let k = 0; k < qpos.length; k++) qpos[k] = memory[q + k]!;
    for (let k = 0; k < qvel.length; k++) qvel[k] = memory[v + k]!;
  }

  /** Copies what the task wants of simulation i to {@link fields}. */
  #readFields(i: number): void {
    const memory = this.memory;
    for (const { to, at } of this.#copies) {
      const from = at[i]!;
      for (let k = 0; k < to.length; k++) to[k] = memory[from + k]!;
    }
  }

  /** Copies the model's initial state to {@link qpos} and {@link qvel}. {@link begin} puts what the caller makes of it in force. */
  clear(i: number): void {
    if (this.memory.length > 0) this.#mujoco.mj_resetData(this.#model, this.#datas[i]!);
    this.read(i);
  }

  /** Sets {@link qpos} and {@link qvel} in simulation i, computes what follows from them and reads {@link fields}. */
  begin(i: number): void {
    const memory = this.memory;
    memory.set(this.qpos, this.#qposAt[i]!);
    memory.set(this.qvel, this.#qvelAt[i]!);
    this.#mujoco.mj_forward(this.#model, this.#datas[i]!);
    this.#readFields(i);
  }

  /** Position k of simulation i. */
  position(i: number, k: number): number {
    return this.memory[this.#qposAt[i]! + k]!;
  }

  /** `frameSkip` steps of simulation i under the controls `actions[at ..]`, then {@link read}, and the same for {@link fields}. */
  advance(i: number, actions: ArrayLike<number>, at: number, frameSkip: number): void {
    const memory = this.memory;
    const c = this.#ctrlAt[i]!;
    for (let k = 0; k < this.nu; k++) memory[c + k] = actions[at + k]!;
    const mujoco = this.#mujoco;
    const model = this.#model;
    const data = this.#datas[i]!;
    for (let k = 0; k < frameSkip; k++) mujoco.mj_step(model, data);
    if (this.#computesForces) mujoco.mj_rnePostConstraint(model, data);
    this.read(i);
    this.#readFields(i);
  }

  /** Both ends of a capsule of simulation i in the plane of x and z, or of x and y: x1, z1, x2, z2. Call {@link place} before. */
  ends(i: number, { geom, halfLength }: Capsule, fromAbove = false): [number, number, number, number] {
    const memory = this.memory;
    const center = this.#geomAt[i]! + 3 * geom;
    const rotation = this.#rotationAt[i]! + 9 * geom;
    const x = memory[center]!;
    const z = memory[center + (fromAbove ? 1 : 2)]!;
    // A capsule lies along its own z axis: the third column.
    const alongX = halfLength * memory[rotation + 2]!;
    const alongZ = halfLength * memory[rotation + (fromAbove ? 5 : 8)]!;
    return [x - alongX, z - alongZ, x + alongX, z + alongZ];
  }

  /** Center (3) and rotation (3 x 3, its columns are the shape's own axes) of a shape or a plane of simulation i. Call {@link place} before. */
  pose(i: number, { geom }: Shape | Plane): { readonly center: Float64Array; readonly rotation: Float64Array } {
    const center = this.#geomAt[i]! + 3 * geom;
    const rotation = this.#rotationAt[i]! + 9 * geom;
    return { center: this.memory.slice(center, center + 3), rotation: this.memory.slice(rotation, rotation + 9) };
  }

  /** Moves the bodies of simulation i to where its positions say: after a step they are one `mj_step` behind. This changes no later step. */
  place(i: number): void {
    if (this.memory.length > 0) this.#mujoco.mj_kinematics(this.#model, this.#datas[i]!);
  }

  #parts(i: number): [at: number, length: number][] {
    return [
      [this.#qposAt[i]!, this.nq],
      [this.#qvelAt[i]!, this.nv],
      [this.#actAt[i]!, this.#na],
      [this.#warmstartAt[i]!, this.nv],
      [this.#ctrlAt[i]!, this.nu],
    ];
  }

  /** (N, rowLength) Everything that the next step reads. */
  save(): Float64Array {
    const memory = this.memory;
    const out = new Float64Array(this.#datas.length * this.rowLength);
    this.#datas.forEach((data, i) => {
      let to = i * this.rowLength;
      out[to++] = data.time;
      for (const [at, length] of this.#parts(i)) {
        out.set(memory.subarray(at, at + length), to);
        to += length;
      }
      out.set(this.carried.subarray(i * this.#carriedLength, (i + 1) * this.#carriedLength), to);
    });
    return out;
  }

  /** Goes on from what {@link save} returned. */
  restore(saved: Float64Array): void {
    this.#datas.forEach((data, i) => {
      if (this.memory.length > 0) this.#mujoco.mj_resetData(this.#model, data);
      const memory = this.memory;
      let from = i * this.rowLength;
      data.time = saved[from++]!;
      for (const [at, length] of this.#parts(i)) {
        memory.set(saved.subarray(from, from + length), at);
        from += length;
      }
      this.carried.set(saved.subarray(from, from + this.#carriedLength), i * this.#carriedLength);
    });
  }

  /** Frees the simulations, and the model if no other simulation uses it. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#memory = new Float64Array(0);
    for (const data of this.#datas) data.delete();
    releaseModel(this.#mujoco, this.#xml);
  }
}
