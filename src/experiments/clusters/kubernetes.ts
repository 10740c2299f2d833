/**
 * A Kubernetes Indexed Job: one Pod per run. Fields as in the API `batch/v1` of Kubernetes 1.33, where `backoffLimitPerIndex` became stable.
 */
import { failure, mistake, show } from '../../core/errors.ts';
import { type ClusterRequest, plainName } from './request.ts';

/** What the objects are made of. */
export interface KubernetesRequest extends ClusterRequest {
  /** The image that the tasks run in, with `cohort-rl` on its path. */
  readonly image: string;
  readonly namespace?: string | undefined;
  /** The PersistentVolumeClaim of the results, which every node can write (ReadWriteMany). */
  readonly claim: string;
  /** The text of the plan. */
  readonly plan: string;
  /** The words of the command, from `task` on. */
  readonly command: readonly string[];
}

/** Where the plan and the results are in a Pod. */
export const podFolders = { plan: '/export', results: '/results' } as const;

/** A ConfigMap holds at most 1 MiB (its API reference); names and labels need some of it. */
const mostPlanBytes = 1_000_000;
/** Times that one run is tried again. */
const retries = 3;
/** Seconds that a Pod is given for its iteration and a checkpoint. */
const grace = 120;

/** RFC 1123 label, as namespaces are named; or several of them with dots, as claims are. */
function checkName(flag: string, name: string, pattern: RegExp): string {
  if (pattern.test(name) && name.length <= 253) return name;
  throw mistake(flag, 'a name of small letters, digits and dashes', show(name), `write for example ${flag} experiments`);
}

/** `$(NAME)` would be filled in by the kubelet; `$$` stands for one dollar sign. */
const literal = (word: string): string => word.replaceAll('$', '$$$$');

/** The ConfigMap with the plan, and the Job. Throws `CohortError` for a name that Kubernetes does not take, and for a plan that is too long. */
export function kubernetesObjects(request: KubernetesRequest): [configMap: object, job: object] {
  const { name, id, tasks, parallel = tasks, cpus, memory, image, plan, command } = request;
  const bytes = new TextEncoder().encode(plan).length;
  if (bytes > mostPlanBytes) {
    throw failure(
      '--export k8s',
      `a plan of at most ${mostPlanBytes} bytes`,
      `${bytes}`,
      'export fewer runs at a time, for example with --seeds',
    );
  }
  if (!/^[\w.:/@-]+$/.test(image))
    throw mistake('--image', 'the name of an image', show(image), 'write for example --image registry/cohort-rl:1');
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  const claimName = checkName('--claim', request.claim, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
  const namespace = request.namespace === undefined ? {} : { namespace: checkName('--namespace', request.namespace, label) };
  const labels = { 'app.kubernetes.io/name': 'cohort-rl', 'app.kubernetes.io/instance': id };
  const metadata = { name: `${plainName(name)}-${id}`, ...namespace, labels };
  const memoryOf = memory === undefined ? {} : { memory: `${memory}Mi` };
  const container = {
    name: 'task',
    image,
    command: ['cohort-rl', ...command.map(literal), '--index', '$(JOB_COMPLETION_INDEX)', '--job', '$(JOB_UID)'],
    env: [{ name: 'JOB_UID', valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } } }],
    resources: { requests: { cpu: String(cpus), ...memoryOf }, ...(memory !== undefined && { limits: memoryOf }) },
    volumeMounts: [
      { name: 'plan', mountPath: podFolders.plan, readOnly: true },
      { name: 'results', mountPath: podFolders.results },
    ],
  };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      completionMode: 'Indexed',
      completions: tasks,
      parallelism: Math.min(parallel, tasks),
      backoffLimitPerIndex: retries,
      // Two Pods never write one run: the next begins when the one before has ended.
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          // A node that is drained is no fault of the run.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          // Exit code 2: what was asked for is wrong, now and later.
          { action: 'FailIndex', onExitCodes: { containerName: container.name, operator: 'In', values: [2] } },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: grace,
          containers: [container],
          volumes: [
            { name: 'plan', configMap: { name: metadata.name } },
            { name: 'results', persistentVolumeClaim: { claimName } },
          ],
        },
      },
    },
  };
  return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'plan.json': plan } }, job];
}
