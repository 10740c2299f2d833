/** Environments of the package that have no default settings, no policy of the package, and no recorded healthy run yet. */
export const untrained: ReadonlySet<string> = new Set([
  'BipedalWalkerHardcore-v3',
  'Ant-v5',
  'Ant-v4',
  'Humanoid-v5',
  'Humanoid-v4',
  'HumanoidStandup-v5',
  'HumanoidStandup-v4',
]);
