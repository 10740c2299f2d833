/** Stands where the module of the kernels with transformers is imported in the worker that trains, which trains on environments alone. */

/** None. */
export const plainModule: string = '';
