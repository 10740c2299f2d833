/** What is made of the record with three.js: sizes, places and colors, without a graphics card. */
import * as three from 'three';
import { describe, expect, it } from 'vitest';
import { palettes } from '../../../src/envs/draw/palette.ts';
import type { SpatialPlane, SpatialScene, SpatialShape } from '../../../src/envs/index.ts';
import { halfLengthsOf, middleOf, showGrounds } from '../../../src/page/space/grounds.ts';
import { type LitMesh, MeshGroup } from '../../../src/page/space/meshGroup.ts';
import { showSolids } from '../../../src/page/space/solids.ts';

const upright = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const at = { center: [1, 2, 3], rotation: upright };
const seen = { kind: 'spatial', azimuth: 90, elevation: -20, center: [0, 0, 0], visibleHeight: 3 } as const;

/** The box around the only mesh of a scene. */
function boundsOf(shape: SpatialShape): number[][] {
  const solids = new MeshGroup(three);
  showSolids(three, solids, { ...seen, shapes: [shape] }, palettes.light);
  solids.group.updateMatrixWorld(true);
  const { min, max } = new three.Box3().setFromObject(solids.group, true);
  return [min.toArray(), max.toArray()].map((corner) => corner.map((value) => Number(value.toFixed(6))));
}

describe('meshes', () => {
  it('are as large as the record says, and lie along their own z axis', () => {
    const shape = (kind: SpatialShape['shape'], ...size: number[]): SpatialShape => ({ name: 'x', shape: kind, size, ...at });
    expect(boundsOf(shape('sphere', 0.5))).toEqual([
      [0.5, 1.5, 2.5],
      [1.5, 2.5, 3.5],
    ]);
    // Round ends of 0.25 beyond half lengths of 1; the same without them.
    expect(boundsOf(shape('capsule', 0.25, 1))).toEqual([
      [0.75, 1.75, 1.75],
      [1.25, 2.25, 4.25],
    ]);
    expect(boundsOf(shape('cylinder', 0.25, 1))).toEqual([
      [0.75, 1.75, 2],
      [1.25, 2.25, 4],
    ]);
    expect(boundsOf(shape('box', 0.1, 0.2, 0.3))).toEqual([
      [0.9, 1.8, 2.7],
      [1.1, 2.2, 3.3],
    ]);
  });

  it('are turned by the columns of the rotation: z to x, and not x to z', () => {
    // Its own z axis is the world's x, its x the world's y, its y the world's z.
    const rotation = [0, 0, 1, 1, 0, 0, 0, 1, 0];
    const box = { name: 'x', shape: 'box', size: [0.1, 0.2, 0.3], center: [0, 0, 0], rotation } as const;
    expect(boundsOf(box)).toEqual([
      [-0.3, -0.1, -0.2],
      [0.3, 0.1, 0.2],
    ]);
  });

  it('move without being made again, and have the colors of the flat picture, or their own', () => {
    const ball: SpatialShape = { name: 'torso', shape: 'sphere', size: [0.5], ...at };
    const solids = new MeshGroup(three);
    const only = () => solids.group.children[0] as LitMesh;
    showSolids(three, solids, { ...seen, shapes: [ball] }, palettes.light);
    const first = only();
    expect(`#${first.material.color.getHexString()}`).toBe(palettes.light.blue);
    showSolids(three, solids, { ...seen, shapes: [{ ...ball, center: [4, 5, 6] }] }, palettes.dark);
    expect(only()).toBe(first);
    expect(new three.Vector3().setFromMatrixPosition(first.matrix).toArray()).toEqual([4, 5, 6]);
    expect(`#${first.material.color.getHexString()}`).toBe(palettes.dark.blue);
    showSolids(three, solids, { ...seen, shapes: [{ ...ball, color: [1, 0, 0, 0.5] }] }, palettes.dark);
    expect([only().material.color.getHexString(), only().material.opacity, only().material.transparent]).toEqual(['ff0000', 0.5, true]);
    showSolids(three, solids, { ...seen, shapes: [] }, palettes.dark);
    expect(solids.group.children).toEqual([]);
  });
});

describe('grounds', () => {
  const floor: SpatialPlane = { name: 'floor', size: [40, 40], center: [0, 0, 0], rotation: upright };
  const table: SpatialPlane = { name: 'table', size: [1, 0.5], center: [0, 0.5, -0.325], rotation: upright };

  it('without an end go along with the camera by whole pairs of squares, tables stay', () => {
    // Squares of 1 m: the nearest even number of meters.
    expect(middleOf(floor, { center: [100.7, -5.2, 0.4], visibleHeight: 3 })).toEqual([100, -6, 0]);
    expect(middleOf({ ...floor, size: [0, 0] }, { center: [100.7, -5.2, 0.4], visibleHeight: 3 })).toEqual([100, -6, 0]);
    expect(middleOf(table, { center: [100, 0, 0], visibleHeight: 1.7 })).toEqual(table.center);
    expect(halfLengthsOf(table, 1.7, 0.25)).toEqual([1, 0.5]);
    expect(halfLengthsOf(floor, 3, 1)).toEqual([120, 120]);
  });

  it('are where the record says, with squares of the pattern that are not stretched', () => {
    const grounds = new MeshGroup(three);
    const scene: SpatialScene = { ...seen, visibleHeight: 1.7, shapes: [], planes: [table] };
    showGrounds(three, grounds, scene, palettes.light);
    grounds.group.updateMatrixWorld(true);
    const { min, max } = new three.Box3().setFromObject(grounds.group, true);
    expect([min.toArray(), max.toArray()]).toEqual([
      [-1, 0, -0.325],
      [1, 1, -0.325],
    ]);
    const { map } = (grounds.group.children[0] as LitMesh).material;
    // A pattern of two squares of 0.25 m is 0.5 m: four of them on 2 m, two on 1 m.
    expect(map!.repeat.toArray()).toEqual([4, 2]);
  });
});
