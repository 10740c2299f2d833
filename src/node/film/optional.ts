/** Optional packages: what is needed for pictures, films, charts, views in space, Parquet files, pretrained models and queues only. */
import { CohortError } from '../../core/errors.ts';

/** The versions that are tested; those of `peerDependencies`. */
export const optionalVersions = {
  '@huggingface/hub': '2.17.5',
  '@huggingface/jinja': '0.5.11',
  '@huggingface/tokenizers': '0.2.0',
  '@napi-rs/canvas': '1.0.11',
  bullmq: '6.7.0',
  'h264-mp4-encoder': '1.0.12',
  hyparquet: '1.31.5',
  ioredis: '6.0.0',
  vega: '6.4.0',
  'vega-lite': '6.4.3',
  '@resvg/resvg-js': '2.6.2',
  three: '0.187.0',
} as const;

const missingPackage = 'missingPackage';

/** Whether an error says that an optional package could not be loaded. */
export function isMissingPackage(error: unknown): boolean {
  return error instanceof CohortError && error.parts.code === missingPackage;
}

/** The command that installs an optional package. */
export const installCommand = (name: keyof typeof optionalVersions): string => `npm install ${name}@${optionalVersions[name]}`;

/** Loads an optional package. Throws `CohortError` with the command that installs it. */
export async function loadOptional<T>(name: keyof typeof optionalVersions, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const got = missing ? 'no such package here' : String(cause).split('\n')[0]!;
    const advice = `install it with \`${installCommand(name)}\``;
    const parts = {
      subject: purpose,
      expected: `the optional package ${name}`,
      got,
      advice,
      kind: 'failure',
      code: missingPackage,
      cause,
    } as const;
    throw new CohortError(parts);
  }
}
