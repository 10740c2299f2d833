/** Bodies of a scene as meshes of three.js: made once for a model, moved at every moment. */
import type * as Three from 'three';
import type { Palette } from '../../envs/draw/palette.ts';
import { colorsOfPart } from '../../envs/draw/partColors.ts';
import type { SpatialScene, SpatialShape } from '../../envs/index.ts';
import { type LitMesh, type MeshGroup, placeMesh } from './meshGroup.ts';

/** Corners around a round shape: no edge is seen at the size of a page. */
const around = 40;

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

function makeSolid(three: typeof Three, shape: SpatialShape, k: number): LitMesh {
  const opacity = shape.color?.[3] ?? 1;
  // Where two are in one place (the legs of a walker in a plane) the later one is seen, instead of both in flecks.
  const first = { polygonOffset: true, polygonOffsetUnits: -k };
  const material = new three.MeshStandardMaterial({ roughness: 0.62, metalness: 0, opacity, transparent: opacity < 1, ...first });
  const mesh = new three.Mesh(geometryOf(three, shape), material);
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  return mesh;
}

/** Shows the shapes of a scene where they are, in their own colors or in those of that palette. */
export function showSolids(three: typeof Three, solids: MeshGroup, { shapes }: SpatialScene, colors: Palette): void {
  const looks = JSON.stringify(shapes.map(({ name, shape, size, color }) => [name, shape, size, color]));
  const meshes = solids.meshes(looks, () => shapes.map((shape, k) => makeSolid(three, shape, k)));
  shapes.forEach((shape, k) => {
    const mesh = meshes[k]!;
    placeMesh(mesh, shape);
    const [red, green, blue] = shape.color ?? [];
    if (shape.color) mesh.material.color.setRGB(red!, green!, blue!, three.SRGBColorSpace);
    else mesh.material.color.set(colorsOfPart(shape, colors)[0]);
  });
}
