/** A run that is trained again: the same bits, or where it first differs. */
import { describe, expect, it } from 'vitest';
import { expectedOfLink } from '../../src/share/expected.ts';
import { readRunLink } from '../../src/share/runLink.ts';
import { createSharing } from '../../src/share/sharing.ts';
import { readText, writeText } from '../../src/share/text.ts';
import { describeVerification, RunRecorder, type TrainAgain } from '../../src/share/verify.ts';
import { memoryHome, shortRun, testCohort, testPlatform } from '../training/cohort.ts';

const home = memoryHome();
const cohort = testCohort(testPlatform, home);
const train: TrainAgain = (config, { start, modules: _, ...options }) =>
  cohort.train(config as typeof shortRun, { ...options, ...(start && { from: start }) });
const { verifyRun, shareRun } = createSharing({ train, home: () => home });

const config = { ...shortRun, iterations: 40, numSteps: 16, updateEpochs: 1, seed: 5, evaluationInterval: 0 };

describe('a link', () => {
  it('of a configuration comes out the same again, and tells the stretch where it does not', async () => {
    const seen: number[] = [];
    const link = (await shareRun(config, { onProgress: ({ iteration }) => void seen.push(iteration) }))!;
    expect(seen.at(-1)).toBe(40);
    const verification = await verifyRun(link);
    const { summary } = await cohort.train(config).finish();
    expect(verification).toMatchObject({ outcome: 'same', same: true, trained: 40, parametersSha256: summary.parametersSha256 });
    expect(describeVerification(verification)).toBe(`The same bits: 40 iterations, SHA-256 of the parameters ${summary.parametersSha256}.`);

    const read = await readRunLink(link);
    const marks = read.marks.map((mark, index) => (index < 7 ? mark : '00000000'));
    const other = await verifyRun({ ...read, marks });
    // Marks 7 and 8 of 40 iterations are 18 and 20.
    expect(other).toMatchObject({ outcome: 'differs', trained: 20, difference: { from: 19, to: 20 } });
    expect(describeVerification(other)).toContain('first differs in iterations 19 to 20 of 40');
    const last = await verifyRun({ ...read, parametersSha256: '0'.repeat(64) });
    expect(last).toMatchObject({ outcome: 'differs', trained: 40, difference: { from: 40, to: 40, what: 'the parameters' } });
    expect(await verifyRun(writeText({ ...readText(link), version: '0.0.9' }))).toMatchObject({
      same: true,
      notes: [expect.stringContaining('0.0.9')],
    });
  });

  it('of a run that ended by its target, with normalized observations and a critic, trains as far', async () => {
    const target = { ...config, algorithm: 'ppo', normalizeObservation: 'shared', evaluationInterval: 3, targetReturn: 1 };
    const link = (await shareRun(target))!;
    const read = await readRunLink(link);
    expect([read.iterations, read.marks.length]).toEqual([3, 1]);
    expect(await verifyRun(link)).toMatchObject({ outcome: 'same', trained: 3 });
  });

  it('ends by its signal, and a program that trains by itself can make one', async () => {
    const training = cohort.train(config);
    const recorder = new RunRecorder(training.config);
    for await (const result of training) await recorder.after(result, training);
    const link = await recorder.link((await training.finish()).summary);
    const cancel = new AbortController();
    const onProgress = ({ iteration }: { iteration: number }) => iteration === 2 && cancel.abort();
    const cut = await verifyRun(link, { signal: cancel.signal, onProgress: onProgress as never });
    expect(cut).toMatchObject({ outcome: 'interrupted', same: false, trained: 2 });
    expect(expectedOfLink(await readRunLink(link)).config).not.toHaveProperty('modules');
  });
});

describe('a folder', () => {
  it('comes out the same, gives a link, and names the iteration where a metric or a policy differs', async () => {
    await cohort.train({ ...config, policySnapshots: 4 }, { runDirectory: 'mine' }).finish();
    expect(await verifyRun('mine')).toMatchObject({ outcome: 'same', trained: 40 });
    const link = (await shareRun('mine'))!;
    expect(link).toBe(await shareRun({ ...config, recipe: 'none' }));

    const storage = home.open('mine');
    const metrics = (await storage.read('metrics.jsonl'))!;
    const lines = new TextDecoder().decode(metrics).split('\n');
    const changed = lines.map((line) =>
      line.includes('"iteration":17,') ? line.replace(/"losses\/entropy":[\d.]+/, '"losses/entropy":0.5') : line,
    );
    await storage.write('metrics.jsonl', new TextEncoder().encode(changed.join('\n')));
    expect(describeVerification(await verifyRun('mine'))).toMatch(
      /first differs in iteration 17 of 40, by losses\/entropy \(0\.5 there, 0\.\d+ here\)/,
    );
    await expect(shareRun('mine')).rejects.toThrow('a run that comes out the same again');

    await storage.write('metrics.jsonl', metrics);
    await storage.write('policies/000020.safetensors', (await storage.read('policies/000010.safetensors'))!);
    expect(describeVerification(await verifyRun('mine'))).toContain('first differs in iteration 20 of 40, by the policy');
  });

  it('that began from a policy is verified from its own copy, and no link holds it', async () => {
    const from = await cohort.readPolicy('mine');
    await cohort.train({ ...config, iterations: 3 }, { runDirectory: 'begun', from }).finish();
    expect(await verifyRun('begun')).toMatchObject({ outcome: 'same', trained: 3 });
    await expect(shareRun('begun')).rejects.toThrow('one that began from a policy');
  });

  it('that holds no run, or one that a program made, is refused in words', async () => {
    await expect(verifyRun('nowhere')).rejects.toThrow('a run folder');
    await cohort.train({ ...config, iterations: 2, bins: () => 0 }, { runDirectory: 'own' }).finish();
    await expect(verifyRun('own')).rejects.toThrow('a function of the program that trained it (bins)');
    await expect(verifyRun(3 as never)).rejects.toThrow('a link or the folder of a run');
  });
});
