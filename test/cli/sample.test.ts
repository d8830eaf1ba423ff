import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { root } from '../support.js';
import { run, statusInShell, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const problem = {
  data: { dataset: 'xor', samples: 24, dimension: 30, testSamples: 10, noise: 1, seed: 3 },
  network: { hiddenLayers: 2, width: [40, 30], activation: 'erf', weightVariance: 1.4, biasVariance: 0.1 },
  noiseVariance: 0.1,
};
writeFileSync(join(folder, 'task.json'), JSON.stringify(problem));
const short = ['sample', 'task.json', '--draws', '120', '--warm-up', '60', '--chains', '2'];
const files = ['kernels.npz', 'predictions.npz', 'draws.npz', 'networks.npz'];

/**
 * Starts the command and kills it without mercy once its checkpoint is there and `milliseconds` have passed.
 */
function kill(args: readonly string[], checkpoint: string, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const written = () => statSync(join(folder, checkpoint), { throwIfNoEntry: false })?.mtimeMs;
    const before = written();
    const child = spawn(process.execPath, [join(root, 'bin/finite-width.js'), ...args], { cwd: folder });
    child.on('close', () => resolve());
    const wait = setInterval(() => {
      if (written() === before) return;
      clearInterval(wait);
      setTimeout(() => child.kill('SIGKILL'), milliseconds);
    }, 5);
  });
}

const result = (out: string) => {
  const { seconds: _, ...rest } = JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8'));
  return rest;
};

describe('sample', () => {
  it('writes kernels, predictions, draws and networks with their errors and diagnostics', () => {
    const { status, stdout, stderr } = run(folder, [...short, '--out', 'plain', '--networks']);
    expect(stderr).toBe('');
    // So few draws do not convince.
    expect(status).toBe(1);
    expect(stdout).toMatch(/quantity .* R̂ .* effective draws/);
    expect(stdout).toMatch(/did not converge: .*run longer/);
    const { rhat, ess, acceptance, details, theory, cka } = result('plain');
    expect(theory).toBe('sampled');
    expect(rhat).toBeGreaterThan(0.9);
    expect(ess).toBeGreaterThan(5);
    expect(acceptance).toHaveLength(2);
    expect(cka).toHaveLength(3);
    expect(Object.keys(details.diagnostics)).toContain('kernel 2 [0,12]');
    const arrays = (name: string) => readNpz(readFileSync(join(folder, 'plain', name)), name);
    expect(arrays('kernels.npz').get('kernel_2_se')?.shape).toEqual([24, 24]);
    expect([...arrays('predictions.npz').keys()]).toEqual([
      'train_mean',
      'train_mean_se',
      'mean',
      'variance',
      'mean_se',
    ]);
    expect(arrays('draws.npz').get('log_posterior')?.shape).toEqual([2, 60]);
    expect(arrays('networks.npz').get('weights_0')?.shape).toEqual([2 * 16 * 40, 30]);
    expect(
      readdirSync(folder).filter((name) => name.includes('checkpoint') || name.includes('partial')),
    ).toEqual([]);
  });

  it('killed in warm-up and again among the draws, goes on to the bits of a run that was left alone', async () => {
    const long = [
      'sample',
      'task.json',
      '--draws',
      '1200',
      '--warm-up',
      '200',
      '--networks',
      '--checkpoint-every',
      '0.05',
    ];
    run(folder, [...long, '--out', 'whole']);
    const args = [...long, '--out', 'killed'];
    await kill(args, 'killed.checkpoint', 150);
    expect(existsSync(join(folder, 'killed'))).toBe(false);
    const stage = () => {
      const bytes = readFileSync(join(folder, 'killed.checkpoint'));
      const done = readNpz(bytes.subarray(bytes.indexOf('\n') + 1), 'checkpoint').get('done');
      return done?.values[0] ?? Number.NaN;
    };
    const first = stage();
    expect(first).toBeLessThan(200);
    await kill([...args, '--resume'], 'killed.checkpoint', 500);
    expect(stage()).toBeGreaterThan(first);
    const { stderr } = run(folder, [...args, '--resume']);
    expect(stderr).toBe('');
    for (const name of files) {
      expect(
        readFileSync(join(folder, 'killed', name)).equals(readFileSync(join(folder, 'whole', name))),
      ).toBe(true);
    }
    expect(result('killed')).toEqual(result('whole'));
    expect(existsSync(join(folder, 'killed.checkpoint'))).toBe(false);
  });

  it('interrupted, keeps a checkpoint and says so; resumes the same run only', async () => {
    const args = [
      'sample',
      'task.json',
      '--draws',
      '80000',
      '--out',
      'stopped',
      '--checkpoint-every',
      '0.05',
    ];
    const waiting = new Promise<void>((resolve) => {
      const wait = setInterval(() => {
        if (!existsSync(join(folder, 'stopped.checkpoint'))) return;
        clearInterval(wait);
        resolve();
      }, 5);
    });
    const child = spawn(process.execPath, [join(root, 'bin/finite-width.js'), ...args], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const closed = new Promise<number | null>((resolve) =>
      child.on('close', (status, by) => resolve(statusInShell(status, by))),
    );
    await waiting;
    child.kill('SIGINT');
    expect(await closed).toBe(130);
    expect(stderr).toBe(
      'interrupted; stopped.checkpoint is kept: run the same command with --resume to go on\n',
    );
    expect(existsSync(join(folder, 'stopped'))).toBe(false);
    const again = run(folder, args);
    expect([again.status, again.stderr]).toEqual([
      2,
      'finite-width: stopped.checkpoint is left from a run that did not end; add --resume to go on with it, or remove it\n',
    ]);
    const other = run(folder, [...args, '--resume', '--chains', '3']);
    expect(other.status).toBe(2);
    expect(other.stderr).toMatch(
      /^finite-width: --resume: stopped.checkpoint was made with settings.chains = 4, this command has 3; [^\n]*\n$/,
    );
    writeFileSync(join(folder, 'task2.json'), JSON.stringify({ ...problem, noiseVariance: 0.2 }));
    const changed = run(folder, ['sample', 'task2.json', ...args.slice(2), '--resume']);
    expect(changed.stderr).toMatch(/made with problem.noiseVariance = 0.1, this command has 0.2;/);
    const file = join(folder, 'stopped.checkpoint');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 100));
    expect(run(folder, [...args, '--resume']).stderr).toMatch(
      /^finite-width: stopped.checkpoint: truncated or not an .npz file\n$/,
    );
    writeFileSync(file, 'something else');
    expect(run(folder, [...args, '--resume']).stderr).toMatch(
      /--resume: stopped.checkpoint is no checkpoint; remove it/,
    );
    rmSync(file);
    expect(run(folder, [...args, '--resume']).stderr).toMatch(
      /--resume: there is no stopped.checkpoint; run the command without/,
    );
  });

  it('stops cleanly where it cannot write, and keeps the last checkpoint', async () => {
    const args = [
      'sample',
      '../task.json',
      '--draws',
      '80000',
      '--out',
      'deep/out',
      '--checkpoint-every',
      '0.05',
    ];
    const inside = join(folder, 'place');
    mkdirSync(inside);
    const child = spawn(process.execPath, [join(root, 'bin/finite-width.js'), ...args], { cwd: inside });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const checkpoint = join(inside, 'deep/out.checkpoint');
    await new Promise<void>((resolve) => {
      const wait = setInterval(() => {
        if (!existsSync(checkpoint)) return;
        clearInterval(wait);
        resolve();
      }, 5);
    });
    // A folder in the way of the next checkpoint, as root may write anywhere.
    for (let inTheWay = false; !inTheWay; ) {
      rmSync(checkpoint, { force: true });
      try {
        mkdirSync(join(checkpoint, 'full'), { recursive: true });
        inTheWay = true;
      } catch {
        // A checkpoint was written in between.
      }
    }
    expect(await closed).toBe(2);
    expect(stderr).toMatch(
      /^finite-width: deep\/out.checkpoint: [^\n]+; what was sampled until then is kept\n$/,
    );
    expect(existsSync(checkpoint)).toBe(true);
    expect(existsSync(join(inside, 'deep/out'))).toBe(false);
  });

  it.each<[string[], RegExp]>([
    [['--step-size', '0'], /--step-size.*Give a number between 0 and 10/],
    [['--step-size', 'big'], /--step-size.*Give a number between 0 and 10/],
    [['--chains', '65'], /--chains.*Give a whole number from 1 to 64/],
    [['--chains', '0'], /--chains/],
    [['--draws', '7'], /--draws/],
    [['--draws', '14'], /--draws 14: all chains together; give at least 16, 8 for each of 2/],
    [['--samples', '60'], /--samples: is the former name of --draws; give one of them/],
    [['--thin', '0'], /--thin/],
    [['--sampler', 'gibbs'], /--sampler.*hmc, mala, langevin/],
    [['--potential', 'none'], /--potential.*marginal, weights/],
    [
      ['--sampler', 'langevin', '--step-size', '2'],
      /stepSize: Langevin dynamics diverged at a step size of 2/,
    ],
  ])('refuses %j in one line, and writes nothing', (bad, message) => {
    const { status, stdout, stderr } = run(folder, [...short, '--out', 'refused', ...bad]);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    expect(existsSync(join(folder, 'refused.checkpoint'))).toBe(false);
  });

  it('refuses all weights without noise, and more memory than there is', () => {
    writeFileSync(join(folder, 'silent.json'), JSON.stringify({ ...problem, noiseVariance: 0 }));
    const silent = run(folder, ['sample', 'silent.json', '--potential', 'weights', '--out', 'refused']);
    expect([silent.status, silent.stderr]).toEqual([
      2,
      expect.stringMatching(/noiseVariance: 0 pins the outputs[^\n]*\n$/),
    ]);
    const wide = { ...problem, network: { ...problem.network, width: 200_000 } };
    writeFileSync(join(folder, 'wide.json'), JSON.stringify(wide));
    const large = run(folder, ['sample', 'wide.json', '--out', 'refused']);
    expect([large.status, large.stderr]).toEqual([
      2,
      expect.stringMatching(/need about [\d.e+]+ GB of memory for sampled/),
    ]);
  });

  it('says that too large a fixed step accepts nothing, and takes the former name of --draws with a word', () => {
    // --samples were those of each chain.
    const former = short.flatMap((argument) =>
      argument === '--draws' ? '--samples' : argument === '120' ? '60' : argument,
    );
    const { status, stdout, stderr } = run(folder, [...former, '--out', 'stuck', '--step-size', '1.5']);
    expect([status, stderr]).toEqual([
      1,
      'warning: --samples is called --draws now, which counts all chains together\n',
    ]);
    const draws = readNpz(readFileSync(join(folder, 'stuck', 'draws.npz')), 'draws.npz').get('log_posterior');
    expect(draws?.shape).toEqual([2, 60]);
    expect(stdout).toMatch(/a chain accepted 0.0 % of its proposals: give a smaller step size/);
  });
});
