/** Stands where the text of the rigid-body module is imported in the threads of a page, which are given the compiled one. */

/** None: the calling thread makes environments of its own first, and so has the module to give. */
export const physicsModule: string = '';
