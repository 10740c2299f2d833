/** The rigid-body module once it is compiled, for threads that step environments: to be handed over without the text of the module. */
let compiled: WebAssembly.Module | undefined;

/** The module, if worlds were made here; what threads are given. */
export function compiledPhysics(): WebAssembly.Module | undefined {
  return compiled;
}

/** Takes a module, of another thread or of this one, unless there is one. */
export function usePhysics(module: WebAssembly.Module | undefined): void {
  compiled ??= module;
}
