import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { root } from '../support.js';
import { interrupt, run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const small = {
  data: { dataset: 'xor', samples: 16, testSamples: 8, dimension: 6, seed: 3 },
  network: { hiddenLayers: 2, width: 40, activation: 'erf', weightVariance: 1.4 },
};
writeFileSync(join(folder, 'small.json'), JSON.stringify(small));
writeFileSync(
  join(folder, 'hard.json'),
  JSON.stringify({ ...small, network: { ...small.network, width: 1 }, noiseVariance: 1e-5 }),
);
// of which many settings are solved
writeFileSync(join(folder, 'tiny.json'), JSON.stringify({ ...small, data: { ...small.data, samples: 8 } }));
const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

describe('solve', () => {
  it('writes the arrays and numbers of the contract', () => {
    const { status, stdout, stderr } = run(folder, [
      'solve',
      'small.json',
      '--theory',
      'perturbative',
      '--four-point',
      'sampled',
      '--out',
      'deep/er/run',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/perturbative\s+input\s+0\.\d{4}/);
    expect(stdout).toMatch(/1\s+0\.\d+ ± 0\.\d+/);
    expect(readdirSync(join(folder, 'deep/er/run')).sort()).toEqual([
      'kernels.npz',
      'predictions.npz',
      'result.json',
    ]);
    const kernels = readNpz(readFileSync(join(folder, 'deep/er/run/kernels.npz')), 'kernels');
    expect([...kernels.keys()].sort()).toEqual([
      'conjugate_1',
      'conjugate_2',
      'kernel_0',
      'kernel_0_se',
      'kernel_0_test',
      'kernel_1',
      'kernel_1_se',
      'kernel_1_test',
      'kernel_2',
      'kernel_2_se',
      'kernel_2_test',
      'nngp_1',
      'nngp_2',
    ]);
    expect(kernels.get('kernel_2')?.shape).toEqual([16, 16]);
    const predictions = readNpz(readFileSync(join(folder, 'deep/er/run/predictions.npz')), 'predictions');
    expect(predictions.get('train_mean')?.shape).toEqual([16, 1]);
    expect(predictions.get('mean')?.shape).toEqual([8, 1]);
    expect(predictions.get('variance')?.values.every((value) => value > 0)).toBe(true);
    const result = json('deep/er/run/result.json');
    expect(result).toMatchObject({ theory: 'perturbative', converged: true, width: [40, 40], seed: 0 });
    expect(result.cka).toHaveLength(3);
    expect(result.ckaNngp).toHaveLength(3);
    expect(result.ckaStandardError[0]).toBe(0);
    expect(result.ckaStandardError[2]).toBeGreaterThan(0);
    expect(result.residual).toBeLessThan(1e-9);
    expect(result.iterations).toBeGreaterThan(3);
    expect(result.problem.network.biasVariance).toBe(0);
  });

  it('repeats to the bit, and --json prints what it writes', () => {
    const args = [
      'solve',
      'small.json',
      '--theory',
      'perturbative',
      '--four-point',
      'sampled',
      '--seed',
      '5',
      '--json',
      '--out',
    ];
    const first = run(folder, [...args, 'a']);
    run(folder, [...args, 'b']);
    for (const name of ['kernels.npz', 'predictions.npz']) {
      expect(readFileSync(join(folder, 'a', name)).equals(readFileSync(join(folder, 'b', name)))).toBe(true);
    }
    expect(JSON.parse(first.stdout)).toEqual(json('a/result.json'));
  });

  // A native BLAS keeps its bits for equal numbers of threads alone (docs/problem-file.md).
  it('gives the same bits on one thread and on two with WebAssembly, and says on what it was computed', () => {
    const kernels = ['1', '2'].map((threads) => {
      const env = { FINITE_WIDTH_THREADS: threads, FINITE_WIDTH_BLAS: 'none' };
      const out = `threads${threads}`;
      const args = [
        'solve',
        'small.json',
        '--theory',
        'perturbative',
        '--four-point',
        'sampled',
        '--samples',
        '4096',
      ];
      expect(run(folder, [...args, '--out', out], env).status).toBe(0);
      expect(json(`${out}/result.json`).backend).toContain('WebAssembly');
      return readFileSync(join(folder, out, 'kernels.npz'));
    });
    expect(kernels[0].equals(kernels[1])).toBe(true);
    expect(json('threads1/result.json').threads).toBe(1);
  });

  it('replaces an earlier run, and takes an empty folder', () => {
    mkdirSync(join(folder, 'empty'));
    for (const theory of ['nngp', 'perturbative']) {
      expect(run(folder, ['solve', 'small.json', '--theory', theory, '--out', 'empty']).status).toBe(0);
      expect(json('empty/result.json').theory).toBe(theory);
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('ends with 1 and says so when no solution was found, results written and marked', () => {
    const { status, stdout } = run(folder, [
      'solve',
      'hard.json',
      '--theory',
      'perturbative',
      '--max-iterations',
      '40',
      '--out',
      'hard',
    ]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/perturbative did not converge: .* Kernels are those of width \d+/);
    const result = json('hard/result.json');
    expect(result.converged).toBe(false);
    expect(result.width[0]).toBeGreaterThan(1);
    expect(result.message).toBeTruthy();
  });

  it('refuses a broken library by name and works without it', () => {
    writeFileSync(join(folder, 'broken.so'), 'no library');
    const { status, stderr } = run(folder, ['solve', 'small.json', '--theory', 'nngp', '--out', 'fallback'], {
      FINITE_WIDTH_BLAS: join(folder, 'broken.so'),
    });
    expect(stderr).toMatch(/^warning: FINITE_WIDTH_BLAS=.*broken\.so: .*; using the WASM backend\n$/);
    expect(status).toBe(0);
    expect(json('fallback/result.json').backend).toMatch(/WebAssembly/);
  });
});

describe('compare', () => {
  it('prints a table and writes a report that needs nothing else', () => {
    const { status, stdout, stderr } = run(folder, [
      'compare',
      'small.json',
      '--theories',
      'nngp,perturbative',
      '--out',
      'comparison',
    ]);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/theory\s+layer\s+CKA with YYᵀ\s+‖C−K‖\/‖K‖/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('report: comparison/report.html');
    const page = readFileSync(join(folder, 'comparison/report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/);
    // Links that a browser would follow by itself: none but pictures inside the page.
    const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1].slice(0, 22));
    expect(new Set(sources)).toEqual(new Set(['data:image/png;base64,']));
    expect(page).not.toMatch(/<script|@import|url\(/);
    const comparison = json('comparison/compare.json');
    expect(comparison.theories.map(({ theory }: { theory: string }) => theory)).toEqual([
      'nngp',
      'perturbative',
    ]);
    expect(comparison.theories[0].cka[2]).toBeLessThan(comparison.theories[1].cka[2]);
  });

  it('shows networks beside theories, with what they were judged by', () => {
    const args = ['compare', 'small.json', '--theories', 'nngp,sampled', '--draws', '640', '--out', 'nets'];
    const { status, stdout } = run(folder, args);
    expect([0, 1]).toContain(status);
    expect(stdout).toMatch(/sampled\s+[\d.]+ m?s\s+R̂ 1\.\d{3}, \d+ effective draws/);
    const networks = json('nets/compare.json').theories[1];
    expect(networks.logEvidence).toBe(null);
    expect(networks).not.toHaveProperty('logEvidenceStandardError');
    expect(networks.details.ess).toBeGreaterThan(10);
    const { stderr } = run(folder, [...args, '--chains', '100']);
    expect(stderr).toBe(
      "finite-width: option '--chains <number>' argument '100' is invalid. Give a whole number from 1 to 64.\n",
    );
  });

  it('draws two samples and one layer as it does more', () => {
    writeFileSync(join(folder, 'two.csv'), 'a,b,y\n1,2,1\n2,0,-1\n');
    const network = { hiddenLayers: 1, width: 20, activation: 'erf' };
    writeFileSync(
      join(folder, 'two.json'),
      JSON.stringify({ data: { csv: 'two.csv', target: 'y' }, network }),
    );
    const { status, stdout, stderr } = run(folder, [
      'compare',
      'two.json',
      '--theories',
      'nngp,perturbative',
      '--out',
      'two',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 hidden layer of width 20, erf');
    // Observable Plot puts this sign into figures that it warns of.
    expect(readFileSync(join(folder, 'two/report.html'), 'utf8')).not.toContain('⚠');
  });

  it('prints nothing but JSON with --json', () => {
    const { stdout } = run(folder, ['compare', 'small.json', '--theories', 'nngp', '--json', '--out', 'c2']);
    expect(JSON.parse(stdout).theories).toHaveLength(1);
  });

  it('writes its files although nobody reads what it prints', async () => {
    const bin = join(root, 'bin/finite-width.js');
    const child = spawn(
      process.execPath,
      [bin, 'compare', 'small.json', '--theories', 'nngp', '--out', 'unread'],
      {
        cwd: folder,
      },
    );
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, stderr]).toEqual([0, '']);
    expect(existsSync(join(folder, 'unread/report.html'))).toBe(true);
  });

  it.skipIf(!existsSync('/dev/full'))(
    'says so where what it prints finds no room, and keeps its files',
    () => {
      const full = openSync('/dev/full', 'w');
      const args = [
        join(root, 'bin/finite-width.js'),
        'compare',
        'small.json',
        '--theories',
        'nngp',
        '--out',
        'cramped',
      ];
      const { status, stderr } = spawnSync(process.execPath, args, {
        cwd: folder,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      closeSync(full);
      expect([status, stderr]).toEqual([2, 'finite-width: standard output: no space left on the disk\n']);
      expect(existsSync(join(folder, 'cramped/report.html'))).toBe(true);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('on %s ends with %d, leaving no trace', async (signal, code) => {
    const { status, stderr } = await interrupt(
      folder,
      ['compare', 'mnist', '--theories', 'nngp,perturbative', '--samples', '400000', '--out', 'stopped'],
      signal,
    );
    expect(stderr).toMatch(/interrupted; nothing was written/);
    expect(status).toBe(code);
    expect(readdirSync(folder).filter((name) => /stopped|partial/.test(name))).toEqual([]);
  });
});

describe('prior', () => {
  it('writes analytic and drawn moments that agree, and the outputs of a pair', () => {
    const args = ['prior', 'small.json', '--draws', '4000', '--pair', '1,3', '--json', '--out', 'p'];
    const { status, stdout, stderr } = run(folder, args);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toEqual(json('p/result.json'));
    expect(result.layers).toHaveLength(2);
    for (const { mean, variance, kurtosis } of result.layers) {
      // Entries of one layer share their networks, so the root mean square scatters more than that of
      // independent ones.
      expect(mean.standardErrors).toBeLessThan(2.5);
      expect(variance.standardErrors).toBeLessThan(2.5);
      expect(Math.abs(kurtosis.drawn - kurtosis.analytic)).toBeLessThan(5 * kurtosis.error + 0.01);
    }
    expect(readdirSync(join(folder, 'p')).sort()).toEqual([
      'prior.npz',
      'prior.png',
      'prior.svg',
      'result.json',
    ]);
    const arrays = readNpz(readFileSync(join(folder, 'p/prior.npz')), 'prior');
    for (const name of ['mean_1', 'variance_2', 'drawn_mean_1', 'drawn_variance_2', 'drawn_mean_2_se'])
      expect(arrays.get(name)?.shape).toEqual([16, 16]);
    expect(arrays.get('pair_outputs')?.shape).toEqual([4000, 2]);
    const outputs = arrays.get('pair_outputs')?.values ?? [];
    const square = Array.from(outputs).reduce(
      (sum, value, i) => (i % 2 ? sum : sum + (value * value) / 4000),
      0,
    );
    const expected = arrays.get('drawn_mean_2')?.values[16 + 1] ?? 0;
    expect(Math.abs(square / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / 4000) + 0.02);
  });

  it('draws kernels of convolutions and residual blocks beside those of infinite width', () => {
    const layers = [
      { convolution: { patch: [9, 9], stride: 14, width: 12 }, activation: 'erf' },
      { dense: 10, activation: 'relu' },
      { dense: 10, activation: 'relu', skip: 1 },
    ];
    const problem = {
      data: { dataset: 'mnist', classes: [0, 3], samples: 5, testSamples: 0 },
      network: { layers },
    };
    writeFileSync(join(folder, 'images.json'), JSON.stringify(problem));
    const args = ['prior', 'images.json', '--draws', '64', '--out', 'drawn'];
    const { status, stdout, stderr } = run(folder, args);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('moments to order 1/N are known of dense layers alone');
    const arrays = readNpz(readFileSync(join(folder, 'drawn/prior.npz')), 'prior');
    expect(arrays.get('nngp_0')?.shape).toEqual([20, 20]);
    expect(arrays.get('drawn_variance_3')?.shape).toEqual([5, 5]);
    expect(arrays.get('mean_1')).toBeUndefined();
    const [first, last] = json('drawn/result.json').layers;
    expect(first.variance).toBeUndefined();
    expect(last.relativeDeviation).toBeGreaterThan(0);
  });

  it('refuses a point that is not there', () => {
    const { status, stderr } = run(folder, ['prior', 'small.json', '--pair', '0,16']);
    expect(stderr).toBe('finite-width: --pair: there is no point 16; points are 0 to 15\n');
    expect(status).toBe(2);
  });
});

describe('evidence', () => {
  it('ranks settings, best first', () => {
    const args = [
      'evidence',
      'small.json',
      '--theory',
      'nngp',
      '--vary',
      'network.hiddenLayers=1,2',
      '--vary',
      'noiseVariance=0.05,0.5',
    ];
    const { status, stdout } = run(folder, [...args, '--out', 'e']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/setting\s+ln p\(Y\|X\)\s+below the best/);
    const { ranked } = json('e/result.json');
    expect(ranked).toHaveLength(4);
    const values = ranked.map(({ logEvidence }: { logEvidence: number }) => logEvidence);
    expect(values).toEqual(values.toSorted((a: number, b: number) => b - a));
  });

  it.each([
    [[], /--vary: missing; give for example/],
    [['--vary', 'noiseVariance=1,2', '--theory', 'sampled'], /--theory sampled: knows no evidence/],
    [['--vary', 'data.samples=1,2'], /evidence compares settings on the same data/],
    [['--vary', 'network.widht=1'], /network\.widht: unknown key; did you mean "width"/],
  ])('refuses %j in one line', (args, message) => {
    const { status, stderr } = run(folder, ['evidence', 'small.json', ...args]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
  });
});

describe('doctor', () => {
  it('names backend, library, threads and speeds', () => {
    const { status, stdout } = run(folder, ['doctor', '--json'], {
      FINITE_WIDTH_BLAS: 'none',
      FINITE_WIDTH_THREADS: '1',
    });
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ backend: 'wasm', library: 'WebAssembly SIMD kernels', threads: 1 });
    expect(report.gigaflops.wasm.gemm).toBeGreaterThan(0.1);
    expect(Object.keys(report.nanosecondsPerValue)).toContain('erf');
    expect(run(folder, ['doctor']).stdout).toMatch(/backend\s+(native|wasm)/);
  });
});

describe('help and version', () => {
  it('answer on the standard output with status 0', () => {
    for (const args of [[], ['--help'], ['solve', '--help']]) {
      const { status, stdout, stderr } = run(folder, args);
      expect(stdout).toMatch(/Usage: finite-width/);
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
    expect(run(folder, ['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('the main job', () => {
  it('on real digits: the finite network aligns with the task, layer by layer, where the infinite one does not', () => {
    // What `npm start` runs, from any folder.
    const [program, script, ...args] = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ).scripts.start.split(' ');
    expect([program, script]).toEqual(['node', 'bin/finite-width.js']);
    const { status, stdout, stderr } = run(folder, args);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('report: runs/mnist/report.html');
    expect(stdout).toMatch(/MNIST digits 0, 3/);
    const [nngp, perturbative, multiscale] = json('runs/mnist/compare.json').theories;
    expect(nngp.cka[2]).toBeLessThan(nngp.cka[0]);
    expect(perturbative.cka[1]).toBeGreaterThan(nngp.cka[1] + 50 * perturbative.ckaStandardError[1]);
    expect(perturbative.cka[2]).toBeGreaterThan(perturbative.cka[1]);
    expect(multiscale.cka[2]).toBeGreaterThan(perturbative.cka[2]);
    expect(multiscale.test.accuracy).toBeGreaterThan(0.95);
    expect(multiscale.logEvidence).toBeGreaterThan(nngp.logEvidence);
  });
});

describe('compare along a key', () => {
  it('solves every theory at every width on the same data and draws a figure', () => {
    const args = [
      'compare',
      'small.json',
      '--theories',
      'nngp,perturbative,sampled',
      '--draws',
      '400',
      '--widths',
      '30..120:3',
    ];
    const { status, stdout, stderr } = run(folder, [...args, '--out', 'widths']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/width\s+nngp\s+perturbative\s+sampled\n.*\n30\s.*\n60\s.*\n120\s/);
    expect(readdirSync(join(folder, 'widths')).sort()).toEqual([
      'compare.json',
      'compare.npz',
      'compare.png',
      'compare.svg',
    ]);
    const { key, settings } = json('widths/compare.json');
    expect(key).toBe('network.width');
    expect(settings.map(({ value }: { value: number }) => value)).toEqual([30, 60, 120]);
    const nngp = settings.map(({ theories }: { theories: { cka: number[] }[] }) => theories[0].cka[2]);
    expect(new Set(nngp).size).toBe(1);
    expect(settings[0].theories[1].width).toEqual([30, 30]);
    expect(readFileSync(join(folder, 'widths/compare.svg'), 'utf8')).toMatch(/^<svg xmlns/);
    const arrays = readNpz(readFileSync(join(folder, 'widths/compare.npz')), 'compare');
    expect([...(arrays.get('value')?.values ?? [])]).toEqual([30, 60, 120]);
    expect(arrays.get('perturbative_cka')?.shape).toEqual([3, 3]);
    expect(arrays.get('perturbative_cka')?.values[5]).toBe(settings[1].theories[1].cka[2]);
    expect(arrays.get('sampled_cka_se')?.values[2]).toBe(settings[0].theories[2].ckaStandardError[2]);
    expect(arrays.get('nngp_cka_se')?.values.every(Number.isNaN)).toBe(true);
  });

  it('continued from setting to setting comes to the same solutions in fewer iterations', () => {
    const args = [
      'compare',
      'tiny.json',
      '--theories',
      'perturbative',
      '--vary',
      'network.featureScale=1,2,3,4,5',
    ];
    const fresh = run(folder, [...args, '--out', 'fresh']);
    const followed = run(folder, [...args, '--continue', '--out', 'followed']);
    expect([fresh.status, followed.status]).toEqual([0, 0]);
    const solutions = (out: string) =>
      json(`${out}/compare.json`).settings.map((at: { theories: unknown[] }) => at.theories[0]);
    const [a, b] = [solutions('fresh'), solutions('followed')];
    const iterations = (all: { iterations: number }[]) => all.reduce((sum, each) => sum + each.iterations, 0);
    expect(iterations(b)).toBeLessThan(iterations(a));
    a.forEach((solution: { cka: number[] }, k: number) => {
      expect(Math.abs(solution.cka[2] - b[k].cka[2])).toBeLessThan(1e-8);
    });
  });

  it('continues along a key alone', () => {
    const { status, stderr } = run(folder, ['compare', 'small.json', '--continue', '--out', 'none']);
    expect([status, stderr]).toEqual([
      2,
      'finite-width: --continue: goes on from setting to setting; give --widths or --vary\n',
    ]);
  });

  it('moves other keys along: depth at a fixed ratio of depth and width', () => {
    const args = [
      'compare',
      'tiny.json',
      '--theories',
      'nngp,linearResponse',
      '--vary',
      'network.hiddenLayers=1,2,4',
    ];
    const { status, stdout } = run(folder, [...args, '--vary', 'network.width=40,80,160', '--out', 'depths']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/varied: network.hiddenLayers = 1, 2, 4\nvaried: network.width = 40, 80, 160\n/);
    const { settings } = json('depths/compare.json');
    expect(settings[2]).toMatchObject({
      value: 4,
      settings: { 'network.hiddenLayers': 4, 'network.width': 160 },
    });
    expect(settings.map(({ theories }: { theories: { cka: number[] }[] }) => theories[0].cka.length)).toEqual(
      [2, 3, 5],
    );
    expect(readFileSync(join(folder, 'depths/compare.svg'), 'utf8')).toMatch(
      /output kernel[\s\S]*hidden layers L/,
    );
  });

  it.each(['5..3', '0..4', '20..500:1', '1.5,2', 'wide', ''])('refuses the widths "%s"', (range) => {
    const { status, stderr } = run(folder, ['compare', 'small.json', '--widths', range, '--out', 'none']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^finite-width: --widths "[^\n]*": give a range such as 20\.\.500[^\n]*\n$/);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it.each<[string[], RegExp]>([
    [
      ['--vary', 'network.activation=erf,relu'],
      /--vary network.activation: "erf" is no number; the first key is the axis/,
    ],
    [['--vary', 'data.samples=10,20'], /--vary data.samples: theories are compared on the same data/],
    [
      ['--vary', 'network.width=20,30', '--vary', 'noiseVariance=1'],
      /2 values of network.width but 1 of noiseVariance/,
    ],
    [['--vary', 'network.featureScale=0,1'], /featureScale/],
    [['--vary', 'network.width=20..10'], /--vary network.width: "20..10" is no range/],
    [
      ['--widths', '20,30', '--vary', 'network.width=1,2'],
      /--widths: varies network.width, and so does --vary;/,
    ],
    [['--vary', 'network.width=20,30', '--vary', 'network.width=1,2'], /--vary network.width: given twice/],
  ])('refuses %j', (bad, message) => {
    const { status, stderr } = run(folder, ['compare', 'small.json', ...bad, '--out', 'none']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});

describe('--set', () => {
  it('changes keys of a problem as its file would', () => {
    const args = [
      'solve',
      'small.json',
      '--theory',
      'nngp',
      '--set',
      'network.activation=relu',
      '--set',
      'network.biasVariance=[0.1,0,0]',
    ];
    expect(run(folder, [...args, '--out', 'set']).status).toBe(0);
    const { network } = json('set/result.json');
    expect(network).toMatchObject({ activation: 'relu', biasVariance: [0.1, 0, 0] });
  });

  it.each<[string, RegExp]>([
    ['network.witdh=3', /^finite-width: small\.json with --set: .*witdh/],
    ['network.width=-3', /^finite-width: small\.json with --set: network\.width/],
    ['width', /^finite-width: --set "width": give a key and its value/],
  ])('refuses %s', (change, message) => {
    const { status, stderr } = run(folder, ['solve', 'small.json', '--set', change, '--out', 'none']);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
