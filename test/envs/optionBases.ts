/** Options without which another one would change nothing, or be refused. */
const bases: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  windPower: { enableWind: true },
  turbulencePower: { enableWind: true },
  mapSize: { mapName: 'random' },
  mapSeed: { mapName: 'random' },
  frozenProbability: { mapName: 'random' },
  rainyProbability: { isRainy: true },
  fickleProbability: { ficklePassenger: true },
};

/** The options beside which an option does something; none for most. */
export function baseOf(name: string): Readonly<Record<string, unknown>> {
  return bases[name] ?? {};
}
