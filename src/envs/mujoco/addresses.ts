/**
 * Where MuJoCo's parts are, for pages: known also to those who load none of it, and pass it on to threads.
 */

/** Addresses of the package's parts, for pages, where it may not be found by its name. */
export interface MujocoAddresses {
  /** Address of the package's script `mujoco.js`. The threads of a page need it: they find no package by its name. */
  readonly scriptUrl?: string | undefined;
  /** Address of `mujoco.wasm`. By default the file next to the script of the package is taken. */
  readonly wasmUrl?: string | undefined;
}

let addresses: MujocoAddresses = {};

/** The addresses that MuJoCo is loaded from; what threads are told. */
export function mujocoAddresses(): MujocoAddresses {
  return addresses;
}

/** Names the addresses that MuJoCo will be loaded from, without loading it. */
export function nameMujocoAddresses({ scriptUrl, wasmUrl }: MujocoAddresses): void {
  addresses = { scriptUrl, wasmUrl };
}
