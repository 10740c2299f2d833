/** The same entries as a copy of their own, which no page loads before it needs it: see `late` in vite.config.ts. */
declare module 'cohort-rl/envs?late' {
  export * from 'cohort-rl/envs';
}
declare module 'cohort-rl/pretrained?late' {
  export * from 'cohort-rl/pretrained';
}
declare module 'cohort-rl/advantage?late' {
  export * from 'cohort-rl/advantage';
}
declare module 'virtual:own-program' {
  /** The program of a worker as one text. */
  const program: string;
  export default program;
}
