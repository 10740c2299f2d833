/** Not a module for users: it registers nothing. */
export const register = () => {};
