/** Floors and tables of a scene, checkered, as meshes of three.js. A floor goes along with the camera: it has no end. */
import type * as Three from 'three';
import type { Palette } from '../../envs/draw/palette.ts';
import { tileSide } from '../../envs/draw/perspective.ts';
import type { SpatialPlane, SpatialScene } from '../../envs/index.ts';
import { type LitMesh, type MeshGroup, placeMesh } from './meshGroup.ts';

/** Pixels of one square of the pattern: enough for sharp edges near the camera. */
const pixels = 64;
/** A plane that reaches farther than so many heights of what is seen ends nowhere: what MuJoCo puts on a plane never falls off. */
const endless = 5;

const isEndless = (half: number, visibleHeight: number): boolean => half === 0 || half > endless * visibleHeight;
/** So many heights of what is seen to each side are drawn of one without end: the rest is in the haze. */
const reach = 40;

/** Half lengths of a plane as it is drawn: in whole pairs of squares where it has no end. */
export function halfLengthsOf({ size }: SpatialPlane, visibleHeight: number, side: number): readonly [x: number, y: number] {
  const half = (given: number): number =>
    isEndless(given, visibleHeight) ? 2 * side * Math.ceil((reach * visibleHeight) / (2 * side)) : given;
  return [half(size[0]!), half(size[1]!)];
}

/** Where the middle of a plane is drawn: without an end it is moved by whole pairs of squares, to below what is looked at. */
export function middleOf(plane: SpatialPlane, { center, visibleHeight }: Pick<SpatialScene, 'center' | 'visibleHeight'>): number[] {
  const { center: at, rotation: r, size } = plane;
  const pair = 2 * tileSide(visibleHeight);
  const middle = [...at];
  for (const k of [0, 1]) {
    if (!isEndless(size[k]!, visibleHeight)) continue;
    const axis = [r[k]!, r[3 + k]!, r[6 + k]!];
    const away = axis.reduce((sum, part, j) => sum + part * (center[j]! - at[j]!), 0);
    const whole = pair * Math.round(away / pair);
    axis.forEach((part, j) => {
      middle[j]! += whole * part;
    });
  }
  return middle;
}

/** A pattern of two squares by two, as a texture that repeats. */
function checkered(three: typeof Three, { evenFloor, oddFloor }: Palette): Three.DataTexture {
  const bytes = [evenFloor, oddFloor].map((color) => {
    const number = Number.parseInt(color.slice(1), 16);
    return [number >> 16, (number >> 8) & 255, number & 255, 255];
  });
  const size = 2 * pixels;
  const data = new Uint8Array(4 * size * size);
  for (let k = 0; k < size * size; k++) {
    const [column, row] = [k % size, Math.floor(k / size)];
    data.set(bytes[(column < pixels ? 0 : 1) ^ (row < pixels ? 0 : 1)]!, 4 * k);
  }
  const texture = new three.DataTexture(data, size, size);
  texture.colorSpace = three.SRGBColorSpace;
  texture.wrapS = three.RepeatWrapping;
  texture.wrapT = three.RepeatWrapping;
  texture.magFilter = three.LinearFilter;
  texture.minFilter = three.LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.anisotropy = 8;
  texture.needsUpdate = true;
  return texture;
}

function makeGround(three: typeof Three, plane: SpatialPlane, visibleHeight: number, colors: Palette): LitMesh {
  const side = tileSide(visibleHeight);
  const [x, y] = halfLengthsOf(plane, visibleHeight, side);
  const map = checkered(three, colors);
  map.repeat.set(x / side, y / side);
  const material = new three.MeshStandardMaterial({ map, roughness: 0.9, metalness: 0, side: three.DoubleSide });
  const mesh = new three.Mesh(new three.PlaneGeometry(2 * x, 2 * y), material);
  mesh.receiveShadow = true;
  return mesh;
}

/** Shows the planes of a scene, in the colors of that palette. */
export function showGrounds(three: typeof Three, grounds: MeshGroup, scene: SpatialScene, colors: Palette): void {
  const { planes = [], visibleHeight } = scene;
  const looks = JSON.stringify([planes.map(({ size }) => size), visibleHeight, colors.evenFloor, colors.oddFloor]);
  const meshes = grounds.meshes(looks, () => planes.map((plane) => makeGround(three, plane, visibleHeight, colors)));
  planes.forEach((plane, k) => {
    placeMesh(meshes[k]!, { center: middleOf(plane, scene), rotation: plane.rotation });
  });
}
