/**
 * A Slurm job array: a script for `sbatch`, one task per run. Options as in sbatch(1), of Slurm 22.05 and later.
 */
import { mistake, show } from '../../core/errors.ts';
import { posixWord } from '../../core/text.ts';
import { type ClusterRequest, plainName } from './request.ts';

/** What a script for Slurm is made of. Paths are absolute, and the same on every node. */
export interface SlurmRequest extends ClusterRequest {
  /** The program and its words, `task` and what follows it last. */
  readonly command: readonly string[];
  /** The folder in which the tasks work: names in the matrix are read from there. */
  readonly directory: string;
  /** The folder of the logs, which is there. */
  readonly logs: string;
  /** Seconds after which Slurm ends a task. */
  readonly seconds?: number | undefined;
  /** Further options of sbatch, as they are. */
  readonly options: readonly string[];
}

/** Seconds before the time limit at which a task is warned, and at most half of the limit: time for an iteration and a checkpoint. */
const warning = 120;
/** A task that comes back to the queue so often makes no progress between two limits. */
const mostRequeues = 100;

/** `1-02:00:00`: days, hours, minutes and seconds as sbatch(1) has them. */
function slurmTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60].map(two).join(':');
  const days = Math.floor(whole / 86_400);
  return days > 0 ? `${days}-${clock}` : clock;
}

/** A path in a line of `#SBATCH`: in double quotes, its per cent signs doubled. Throws `CohortError` for what cannot be written there. */
function slurmPath(path: string): string {
  // A backslash switches off what stands for the number of the task, and a line ends with its feed.
  if (/[\\"\n\r]/.test(path)) {
    throw mistake(
      '--export-folder',
      'a path without backslashes, double quotes and line feeds',
      show(path),
      'choose another with --export-folder',
    );
  }
  return path.replaceAll('%', '%%');
}

function checkOption(option: string): string {
  if (/^--[a-z][\w-]*(=.*)?$/.test(option)) return option;
  throw mistake('--scheduler-option', 'an option of sbatch such as --partition=gpu', show(option), 'write one option, in one word');
}

/** The script. Throws `CohortError` for an option or a path that it cannot hold. */
export function slurmScript(request: SlurmRequest): string {
  const { name, tasks, parallel, cpus, memory, seconds, command, directory, logs, options } = request;
  const lead = seconds === undefined ? warning : Math.max(1, Math.min(warning, Math.floor(seconds / 2)));
  const sbatch = [
    `--job-name=${plainName(name)}`,
    `--array=0-${tasks - 1}${parallel === undefined ? '' : `%${parallel}`}`,
    `--cpus-per-task=${cpus}`,
    ...(memory === undefined ? [] : [`--mem=${memory}M`]),
    ...(seconds === undefined ? [] : [`--time=${slurmTime(seconds)}`]),
    '--requeue',
    '--open-mode=append',
    `--signal=B:TERM@${lead}`,
    `--output="${slurmPath(logs)}/%a.log"`,
    ...options.map(checkOption),
  ];
  const words = command.map(posixWord).join(' ');
  return `#!/bin/bash
# Made by cohort-rl: ${tasks} runs, one per task of a Slurm job array. Submit it with sbatch.
${sbatch.map((option) => `#SBATCH ${option}`).join('\n')}

cd ${posixWord(directory)} || exit 1
task="\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
${words} --index "$SLURM_ARRAY_TASK_ID" --job "slurm-$SLURM_ARRAY_JOB_ID" &
run=$!
# Before the time limit, and where another job needs the node: the run writes a checkpoint and ends.
trap 'kill -TERM "$run" 2>/dev/null' TERM
wait "$run"
code=$?
while kill -0 "$run" 2>/dev/null; do
  wait "$run"
  code=$?
done
# 143: it was told to end. It goes on where it was, unless somebody cancelled it.
if [ "$code" -eq 143 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${mostRequeues} ] &&
  [ "$(squeue --noheader --format=%T --jobs="$task" 2>/dev/null)" = RUNNING ]; then
  scontrol requeue "$task"
fi
exit "$code"
`;
}
