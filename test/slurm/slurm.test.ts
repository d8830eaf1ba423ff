import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, temporaryFolder } from '../cli/run.js';
import { Cluster, possible, required } from './cluster.js';

const folder = temporaryFolder();
const cluster = new Cluster(folder);
/** 24 tasks of a second or two, so that some run, some wait and some are done at any time. */
const grid = {
  data: { dataset: 'teacher', samples: [16, 24], testSamples: 8, dimension: 6 },
  network: { hiddenLayers: 2, width: { values: [30, 60, 120] } },
  theories: ['perturbative', 'sampled'],
  seeds: [0, 1],
  options: { samples: 2048, draws: 400, chains: 2 },
};
const results = (out: string) =>
  readdirSync(join(folder, out, 'results')).filter((name) => name.endsWith('.json'));
const csv = (out: string) => readFileSync(join(folder, out, 'results.csv'), 'utf8');
const sweep = (out: string, ...args: string[]) =>
  run(folder, ['sweep', 'grid.json', '--out', out, '--executor', 'slurm', ...args], cluster.environment);
const status = (out: string) => JSON.parse(sweep(out, '--status', '--json').stdout) as Record<string, number>;
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function until(what: string, test: () => boolean, seconds = 150): Promise<void> {
  for (let k = 0; k < 2 * seconds; k++) {
    if (test()) return;
    await pause(500);
  }
  throw new Error(`waited ${seconds} s for ${what}`);
}
const idle = (out: string) => {
  const { running, waiting } = status(out);
  return running + waiting === 0;
};
/** The gathering job is no task: it is waited for by what it writes. */
const gathered = (out: string) => {
  try {
    return csv(out).trimEnd().split('\n').length === 25;
  } catch {
    return false;
  }
};

it.runIf(required)('can make this machine a cluster where that is required', () => {
  expect(possible, 'install slurm-wlm and munge, and run as root').toBe(true);
});

describe.skipIf(!possible)('a sweep on a Slurm cluster', { timeout: 400_000 }, () => {
  beforeAll(async () => {
    writeFileSync(join(folder, 'grid.json'), JSON.stringify(grid));
    await cluster.start();
    // At most one of them converges less well than asked for: the tables say which, and must agree.
    expect([0, 1]).toContain(run(folder, ['sweep', 'grid.json', '--out', 'local']).status);
  }, 120_000);
  afterAll(() => cluster.stop());

  it('survives the loss of its node and cancelled jobs, and ends in the table of the same sweep on local cores', async () => {
    const submitted = sweep('far', '--chunk', '2', '--memory', '500M', '--time', '10', '--max', '2');
    expect([submitted.status, submitted.stderr]).toEqual([0, '']);
    expect(submitted.stdout).toMatch(
      /submitted 24 tasks as job array \d+ \(12 jobs\), results gathered by job \d+/,
    );
    await until('the first results', () => results('far').length >= 3);
    const now = status('far');
    expect(now.done).toBeGreaterThanOrEqual(3);
    expect(now.running + now.waiting).toBeGreaterThan(0);
    expect(now.done + now.running + now.waiting).toBe(24);
    // What is in hand is not submitted twice.
    expect(sweep('far').stdout).not.toContain('submitted');
    cluster.killNode();
    cluster.cancel(/job array (\d+)/.exec(submitted.stdout)?.[1] ?? '');
    cluster.startNode();
    await until('the queue to be empty', () => idle('far'));
    const { done, missing } = status('far');
    expect(missing).toBeGreaterThan(0);
    expect(done + missing).toBe(24);
    const kept = results('far');
    rmSync(join(folder, 'far/results.csv'), { force: true });
    const again = sweep('far', '--chunk', '2', '--memory', '500M');
    expect(again.stdout).toContain(`submitted ${24 - kept.length} tasks as job array`);
    await until('all results and the table', () => gathered('far'), 300);
    expect(csv('far')).toBe(csv('local'));
    expect(status('far')).toMatchObject({ done: 24, missing: 0, failed: 0 });
    expect(sweep('far').stdout).not.toContain('submitted');
  });

  it('passes on what Slurm says about options that it does not take', () => {
    const { status: code, stderr } = sweep('odd', '--partition', 'nowhere');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^finite-width: --executor slurm: sbatch: .*invalid partition.*\n$/i);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('takes options from a profile, and more from the command line', () => {
    writeFileSync(
      join(folder, 'profile.json'),
      JSON.stringify({ partition: 'main', time: '5', cpus: 2, chunk: 24, directives: ['--nice=10'] }),
    );
    const { status: code, stdout } = sweep(
      'profiled',
      '--profile',
      'profile.json',
      '--memory',
      '600M',
      '--no-arrays',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/job array \d+ \(1 jobs\)/);
    const [batch] = readdirSync(join(folder, 'profiled/slurm')).filter((name) => name !== 'batches.json');
    const script = readFileSync(join(folder, 'profiled/slurm', batch, 'array.sh'), 'utf8');
    for (const line of ['--partition=main', '--time=5', '--mem=600M', '--cpus-per-task=2', '--nice=10'])
      expect(script).toContain(`#SBATCH ${line}\n`);
    expect(script).toContain("'--no-arrays'");
  });
});
