/** The objects for Kubernetes, held to the fields of its API that they use. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type KubernetesRequest, kubernetesObjects } from '../../../src/experiments/clusters/kubernetes.ts';

// Reduced by hand from the OpenAPI of Kubernetes 1.33 (`batch/v1`, `v1`), as the package kubernetes-validate 1.37.0 of PyPI has it in
// v1.33.0-local-strict: types and required fields of what we write; any other field is refused. Values that only the reference names in words
// (completionMode, action, operator, podReplacementPolicy) are from there: kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1.
const texts = z.record(z.string(), z.string());
const metadata = z.strictObject({
  name: z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/),
  namespace: z.string().optional(),
  labels: texts,
});
const quantity = z.string().regex(/^\d+(Mi)?$/);
const resources = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });
const fieldRef = z.strictObject({ fieldPath: z.string().regex(/^metadata\.labels\['[a-z./-]+'\]$/) });
const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()),
  env: z.array(z.strictObject({ name: z.string(), valueFrom: z.strictObject({ fieldRef }) })),
  resources: z.strictObject({ requests: resources, limits: resources.optional() }),
  volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() })),
});
const volume = z.union([
  z.strictObject({ name: z.string(), configMap: z.strictObject({ name: z.string() }) }),
  z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
]);
const onExitCodes = z.strictObject({ containerName: z.string(), operator: z.enum(['In', 'NotIn']), values: z.array(z.int()).min(1) });
const onPodConditions = z.array(z.strictObject({ type: z.string(), status: z.enum(['True', 'False', 'Unknown']) }));
const rule = z.strictObject({
  action: z.enum(['FailJob', 'FailIndex', 'Ignore', 'Count']),
  onExitCodes: onExitCodes.optional(),
  onPodConditions: onPodConditions.optional(),
});
const podSpec = z.strictObject({
  // backoffLimitPerIndex and podFailurePolicy both ask for it.
  restartPolicy: z.literal('Never'),
  terminationGracePeriodSeconds: z.int(),
  containers: z.array(container).min(1),
  volumes: z.array(volume),
});
const jobSchema = z.strictObject({
  apiVersion: z.literal('batch/v1'),
  kind: z.literal('Job'),
  metadata,
  spec: z.strictObject({
    completionMode: z.literal('Indexed'),
    completions: z.int().min(1),
    parallelism: z.int().min(1).max(100_000),
    backoffLimitPerIndex: z.int().min(0),
    podReplacementPolicy: z.enum(['Failed', 'TerminatingOrFailed']),
    podFailurePolicy: z.strictObject({ rules: z.array(rule).max(20) }),
    template: z.strictObject({ metadata: z.strictObject({ labels: texts }), spec: podSpec }),
  }),
});
const configMapSchema = z.strictObject({ apiVersion: z.literal('v1'), kind: z.literal('ConfigMap'), metadata, data: texts });

const request: KubernetesRequest = {
  name: 'My rates!',
  id: '0123456789ab',
  tasks: 8,
  cpus: 2,
  image: 'registry:5000/cohort-rl:0.1.0',
  claim: 'cohort-results',
  plan: '{"runs":[]}\n',
  command: ['task', '/export/plan.json', '--results', '/results/$(JOB_UID)/$x'],
};

describe('objects for Kubernetes', () => {
  it('have the fields of its API and no others', () => {
    for (const more of [{}, { parallel: 3, memory: 512, namespace: 'lab' }]) {
      const [configMap, job] = kubernetesObjects({ ...request, ...more });
      expect(() => configMapSchema.parse(configMap)).not.toThrow();
      expect(() => jobSchema.parse(job)).not.toThrow();
    }
  });

  it('are one Pod per run, whose number Kubernetes fills in, and nothing else of the command', () => {
    const job = jobSchema.parse(kubernetesObjects({ ...request, parallel: 100, memory: 512 })[1]);
    expect(job.spec).toMatchObject({ completions: 8, parallelism: 8, backoffLimitPerIndex: 3, podReplacementPolicy: 'Failed' });
    const [task] = job.spec.template.spec.containers;
    const words = ['cohort-rl', 'task', '/export/plan.json', '--results', '/results/$$(JOB_UID)/$$x'];
    expect(task?.command).toEqual([...words, '--index', '$(JOB_COMPLETION_INDEX)', '--job', '$(JOB_UID)']);
    // The variable that is filled in is declared; JOB_COMPLETION_INDEX is by Kubernetes.
    expect(task?.env.map(({ name }) => name)).toEqual(['JOB_UID']);
    expect(task?.resources).toEqual({ requests: { cpu: '2', memory: '512Mi' }, limits: { memory: '512Mi' } });
    expect(jobSchema.parse(kubernetesObjects({ ...request, parallel: 3 })[1]).spec.parallelism).toBe(3);
  });

  it('hold the plan in a ConfigMap that the Pods mount, with the claim of the results', () => {
    const [first, second] = kubernetesObjects({ ...request, namespace: 'lab' });
    const [configMap, job] = [configMapSchema.parse(first), jobSchema.parse(second)];
    expect(configMap.metadata).toMatchObject({ name: 'my-rates-0123456789ab', namespace: 'lab' });
    expect(configMap.data).toEqual({ 'plan.json': request.plan });
    expect(job.spec.template.spec.volumes).toEqual([
      { name: 'plan', configMap: { name: 'my-rates-0123456789ab' } },
      { name: 'results', persistentVolumeClaim: { claimName: 'cohort-results' } },
    ]);
    const mounts = job.spec.template.spec.containers[0]!.volumeMounts;
    expect(mounts.map(({ name }) => name).sort()).toEqual(['plan', 'results']);
  });

  it('leave room in a name for the number of a Pod: 63 letters in all', () => {
    const job = jobSchema.parse(kubernetesObjects({ ...request, name: 'x'.repeat(200) })[1]);
    expect(`${job.metadata.name}-100000`.length).toBeLessThanOrEqual(63);
  });

  it.each([
    [{ image: 'a b' }, /--image/],
    [{ image: '' }, /--image/],
    [{ namespace: 'Lab' }, /--namespace/],
    [{ namespace: 'a.b' }, /--namespace/],
    [{ claim: '../x' }, /--claim/],
    [{ claim: '' }, /--claim/],
    [{ plan: 'é'.repeat(500_001) }, /a plan of at most 1000000 bytes, got 1000002; export fewer runs at a time/],
  ])('refuse %o', (more, says) => {
    expect(() => kubernetesObjects({ ...request, ...more })).toThrow(says);
  });
});
