/** Meshes of three.js that stay while what they look like stays, however they move. */
import type * as Three from 'three';
import type { SpatialShape } from '../../envs/index.ts';

/** A mesh of these pages: what is lit and casts shadows. */
export type LitMesh = Three.Mesh<Three.BufferGeometry, Three.MeshStandardMaterial>;

/** Moves a mesh to where a record says. */
export function placeMesh(mesh: LitMesh, { center: c, rotation: r }: Pick<SpatialShape, 'center' | 'rotation'>): void {
  mesh.matrixAutoUpdate = false;
  mesh.matrix.set(r[0]!, r[1]!, r[2]!, c[0]!, r[3]!, r[4]!, r[5]!, c[1]!, r[6]!, r[7]!, r[8]!, c[2]!, 0, 0, 0, 1);
}

/** A group of meshes. Free it with {@link close}. */
export class MeshGroup {
  readonly group: Three.Group;
  #looks = '';

  constructor(three: typeof Three) {
    this.group = new three.Group();
  }

  /** The meshes; `make` makes them anew where `looks`, a text that says all but where they are, differs from the last one's. */
  meshes(looks: string, make: () => readonly LitMesh[]): readonly LitMesh[] {
    if (looks !== this.#looks) {
      this.close();
      for (const mesh of make()) this.group.add(mesh);
      this.#looks = looks;
    }
    return this.group.children as LitMesh[];
  }

  /** Takes all meshes out, and frees what the graphics card holds of them. */
  close(): void {
    for (const mesh of this.group.children as LitMesh[]) {
      mesh.geometry.dispose();
      mesh.material.map?.dispose();
      mesh.material.dispose();
    }
    this.group.clear();
    this.#looks = '';
  }
}
