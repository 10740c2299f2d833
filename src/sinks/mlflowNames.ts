/**
 * Names and values as an MLflow server takes them (mlflow/utils/validation.py): what is longer, or has other characters, would be refused with
 * everything that comes with it.
 */

/** An entry of a run: a parameter or a tag. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** A number of a run. One that is not finite has a name, as protobuf's JSON writes it. */
export interface MetricEntry {
  readonly key: string;
  readonly value: number | 'NaN' | 'Infinity' | '-Infinity';
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** The most characters of a name, and of a parameter's value; newer servers take 6000 of the latter. */
const longestName = 250;
const longestParameter = 500;
/** The most of each in one request. */
export const most = { metrics: 1000, parameters: 100 } as const;

/** A name with nothing in it that is refused; names are paths, and no part of one is empty or a dot. */
export function mlflowName(name: string): string {
  const parts = name
    .replaceAll(/[^\w\-. /]/g, '_')
    .split('/')
    .map((part) => (part === '' || part === '.' || part === '..' ? '_' : part));
  return parts.join('/').slice(0, longestName);
}

/** A configuration as parameters, without the fields that have no value. */
export function parametersOf(config: Readonly<Record<string, unknown>>): Entry[] {
  return Object.entries(config).flatMap(([key, setting]) => {
    if (setting === undefined || setting === null) return [];
    const text = typeof setting === 'string' ? setting : JSON.stringify(setting);
    if (text === undefined) return [];
    const value = text.length > longestParameter ? `${text.slice(0, longestParameter - 3)}...` : text;
    return [{ key: mlflowName(key), value }];
  });
}

/** Numbers of one moment. */
export function metricsOf(metrics: Readonly<Record<string, number>>, step: number, timestamp: number): MetricEntry[] {
  return Object.entries(metrics).map(([key, value]) => ({
    key: mlflowName(key),
    value: Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity'),
    timestamp,
    step,
  }));
}
