/** Environments of the package that have no default settings, no policy of the package, and no recorded healthy run yet. */
export const untrained: ReadonlySet<string> = new Set([
  'BipedalWalker-v3',
  'BipedalWalkerHardcore-v3',
  'Hopper-v4',
  'Swimmer-v5',
  'Swimmer-v4',
  'Walker2d-v5',
  'Walker2d-v4',
  'Ant-v5',
  'Ant-v4',
  'Humanoid-v5',
  'Humanoid-v4',
  'HumanoidStandup-v5',
  'HumanoidStandup-v4',
  'Pusher-v5',
]);
