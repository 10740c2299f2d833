/**
 * The options of commands that run a matrix: where and how its runs are trained, and how that is shown.
 */
import { Option } from 'commander';
import { exportOptions } from './clusterExport.ts';
import { NumberOption } from './options.ts';
import { sharedFolderOption, submitOption } from './queueOptions.ts';

/** In the order of the help text. */
export function matrixOptions(): Option[] {
  return [
    new NumberOption('--jobs <n>', 'runs side by side, each in a process of its own (default: one per core)', { min: 1, max: 256 }),
    submitOption(),
    sharedFolderOption(),
    new Option('--budget <time>', 'run what fits into this time, for example 2h: first one seed of every cell'),
    new Option('--dry-run', 'only say what would run, and for how long'),
    new Option('--json', 'write JSON lines'),
    new Option('--quiet', 'only say how it ended'),
    ...exportOptions(),
  ];
}
