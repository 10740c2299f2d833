/** Bodies of a scene as meshes of three.js: made once for a model, moved at every moment. */
import type * as Three from 'three';
import type { Palette } from '../../envs/draw/palette.ts';
import { colorsOfPart } from '../../envs/draw/partColors.ts';
import type { SpatialScene, SpatialShape } from '../../envs/index.ts';

/** Corners around a round shape: no edge is seen at the size of a page. */
const around = 40;

/** What can be placed as the record says. */
type Posed = Pick<SpatialShape, 'center' | 'rotation'>;

/** Moves a mesh to where the record says. */
export function placeMesh(mesh: Three.Object3D, { center: c, rotation: r }: Posed): void {
  mesh.matrixAutoUpdate = false;
  mesh.matrix.set(r[0]!, r[1]!, r[2]!, c[0]!, r[3]!, r[4]!, r[5]!, c[1]!, r[6]!, r[7]!, r[8]!, c[2]!, 0, 0, 0, 1);
}

/** Takes all meshes out of a group, and frees what the graphics card holds of them. */
export function emptyGroup(group: Three.Group): void {
  for (const mesh of group.children as Three.Mesh<Three.BufferGeometry, Three.MeshStandardMaterial>[]) {
    mesh.geometry.dispose();
    mesh.material.map?.dispose();
    mesh.material.dispose();
  }
  group.clear();
}

/** The form of a shape in its own axes. */
function geometryOf(three: typeof Three, { shape, size }: SpatialShape): Three.BufferGeometry {
  const [a, b, c] = [size[0]!, size[1]!, size[2]!];
  if (shape === 'sphere') return new three.SphereGeometry(a, around, around / 2);
  if (shape === 'box') return new three.BoxGeometry(2 * a, 2 * b, 2 * c);
  // three.js has its long shapes along y, MuJoCo along z.
  const long =
    shape === 'capsule' ? new three.CapsuleGeometry(a, 2 * b, around / 4, around) : new three.CylinderGeometry(a, a, 2 * b, around);
  return long.rotateX(Math.PI / 2);
}

/** What a list of shapes looks like, apart from where they are. */
function looksOf(shapes: readonly SpatialShape[]): string {
  return JSON.stringify(shapes.map(({ name, shape, size, color }) => [name, shape, size, color]));
}

/** The meshes of the shapes. */
export class Solids {
  readonly group: Three.Group;
  readonly #three: typeof Three;
  #meshes: Three.Mesh<Three.BufferGeometry, Three.MeshStandardMaterial>[] = [];
  #looks = '';

  constructor(three: typeof Three) {
    this.#three = three;
    this.group = new three.Group();
  }

  /** Shows the shapes where they are, in the colors of that palette. */
  show({ shapes }: SpatialScene, colors: Palette): void {
    const looks = looksOf(shapes);
    if (looks !== this.#looks) this.#make(shapes);
    this.#looks = looks;
    shapes.forEach((shape, k) => {
      const mesh = this.#meshes[k]!;
      placeMesh(mesh, shape);
      const { material } = mesh;
      if (shape.color) material.color.setRGB(shape.color[0]!, shape.color[1]!, shape.color[2]!, this.#three.SRGBColorSpace);
      else material.color.set(colorsOfPart(shape, colors)[0]);
    });
  }

  #make(shapes: readonly SpatialShape[]): void {
    const three = this.#three;
    emptyGroup(this.group);
    this.#meshes = shapes.map((shape, k) => {
      const opacity = shape.color?.[3] ?? 1;
      // Where two are in one place (the legs of a walker in a plane) the later one is seen, instead of both in flecks.
      const first = { polygonOffset: true, polygonOffsetUnits: -k };
      const material = new three.MeshStandardMaterial({ roughness: 0.62, metalness: 0, opacity, transparent: opacity < 1, ...first });
      const mesh = new three.Mesh(geometryOf(three, shape), material);
      mesh.castShadow = true;
      mesh.receiveShadow = true;
      return mesh;
    });
    for (const mesh of this.#meshes) this.group.add(mesh);
  }
}
