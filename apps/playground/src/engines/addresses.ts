/** Where MuJoCo is, for the page, its workers and their threads: beside the page, as files of its own. */
export const mujocoAddresses = { scriptUrl: new URL('mujoco/mujoco.js', document.baseURI).href } as const;
