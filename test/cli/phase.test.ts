import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const phase = (...args: string[]) => run(folder, ['phase', ...args]);

describe('phase', () => {
  it('prints the keys of the contract at the critical point, or at the weight variance that is given', () => {
    const critical = JSON.parse(phase('--activation', 'tanh', '--bias-variance', '0.05', '--json').stdout);
    expect(critical.criticalWeightVariance).toBeCloseTo(1.760955, 6);
    expect(critical).toMatchObject({
      chi: expect.closeTo(1, 9),
      xiC: null,
      qStar: expect.closeTo(0.5700479, 7),
    });
    const args = ['--activation', 'tanh', '--bias-variance', '0.05', '--weight-variance', '1.3', '--json'];
    expect(JSON.parse(phase(...args).stdout)).toMatchObject({
      criticalWeightVariance: critical.criticalWeightVariance,
      qStar: expect.closeTo(0.315316, 6),
      chi: expect.closeTo(0.880164, 6),
      xiQ: expect.closeTo(1.785237, 6),
      xiC: expect.closeTo(7.8341, 4),
      phase: 'ordered',
    });
  });

  it('says what has no critical point, and what has no isolated q*', () => {
    const { status, stdout } = phase('--activation', 'relu', '--bias-variance', '0.1');
    expect([status, stdout]).toEqual([0, 'relu has no critical weight variance at σ_b² = 0.1\n']);
    expect(phase('--activation', 'relu').stdout).toMatch(
      /critical at σ_w² = 2\n[\s\S]*every variance is a fixed point/,
    );
  });

  it('follows the first layers', () => {
    const { stdout } = phase('--activation', 'relu', '--weight-variance', '2', '--depth', '3');
    expect(stdout).toMatch(/\n3\s+2\s+–\s+0\.6048257\s+0\.3951743\n$/);
  });

  it('writes a diagram', () => {
    const args = [
      '--activation',
      'erf',
      '--weight-variance',
      '0.5..3:8',
      '--bias-variance',
      '0..0.4:5',
      '--out',
      'diagram',
    ];
    const { status, stdout, stderr } = phase(...args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^8 × 5 points: \d+ ordered, \d+ chaotic\n/);
    expect(readdirSync(join(folder, 'diagram')).sort()).toEqual([
      'phase.npz',
      'phase.png',
      'phase.svg',
      'result.json',
    ]);
    const arrays = readNpz(readFileSync(join(folder, 'diagram/phase.npz')), 'phase');
    expect(arrays.get('xi_c')?.shape).toEqual([5, 8]);
    expect(arrays.get('critical_line')?.shape[1]).toBe(3);
    expect(readFileSync(join(folder, 'diagram/phase.svg'), 'utf8')).toMatch(
      /^<svg xmlns[\s\S]*ordered[\s\S]*chaotic[\s\S]*<\/svg>\n$/,
    );
  });

  it.each<[string[], RegExp]>([
    [['--weight-variance', '1..2'], /a diagram needs a range of both/],
    [['--bias-variance', '-1'], /--bias-variance: -1 is negative/],
    [['--bias-variance', '2..1'], /--bias-variance "2..1": give a number, a list/],
    [['--weight-variance', 'x'], /--weight-variance "x": give a number/],
    [['--weight-variance', ''], /--weight-variance ""/],
    [['--activation', 'foo'], /unknown activation "foo"; there are/],
    [['--out', 'single'], /--out: a single point is printed/],
    [['--activation', 'sign', '--depth', '3'], /--depth: sign has no critical weight variance/],
    [['--depth', '0'], /--depth/],
  ])('refuses %j in one line', (bad, message) => {
    const { status, stdout, stderr } = phase(...bad);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'single'))).toBe(false);
  });
});
