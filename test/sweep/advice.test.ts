import { describe, expect, it } from 'vitest';
import { loadProblem } from '#src/io/loadProblem.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import { preset } from '#src/problem/presets.js';
import { parseProblem } from '#src/problem/schema.js';
import { candidatesFor, type Judged, judge, ranked, sentences, specFor, taskFor } from '#src/sweep/advice.js';
import { timeOf } from '#src/sweep/adviceTime.js';

// Without biases, where the critical weight variance of erf is known: π/4.
const { network: given, ...rest } = preset('xor');
const spec = { ...rest, network: { ...given, biasVariance: 0 } };
const base = {
  biasVariance: 0,
  ckaNngp: 0.1,
  ckaError: 0.001,
  evidenceError: 0.5,
  evidenceLeftOut: 0,
  testLoss: Number.NaN,
  phase: 'critical',
  chi: 1,
  widthScale: 1,
} as const;
const entry = (hiddenLayers: number, featureScale: number, logEvidence: number, cka: number): Judged => ({
  ...base,
  hiddenLayers,
  featureScale,
  weightVariance: 0.785398,
  logEvidence,
  cka,
});

describe('advice', () => {
  it('considers depths, weight variances around the critical one, and feature scales, the given network among them', () => {
    const all = candidatesFor(spec);
    expect(new Set(all.map(({ hiddenLayers }) => hiddenLayers))).toEqual(new Set([1, 2, 3, 4]));
    expect([...new Set(all.map(({ weightVariance }) => weightVariance))]).toEqual([
      0.471239, 0.785398, 1.25664, 1.5,
    ]);
    expect([...new Set(all.map(({ featureScale }) => featureScale))]).toEqual([1, 7.7]);
    expect(all).toHaveLength(4 * 4 * 2);
    // ReLU with biases has no critical weight variance: multiples of the given one
    const relu = { ...spec, network: { ...spec.network, activation: 'relu', biasVariance: 0.1 } };
    expect([...new Set(candidatesFor(relu).map(({ weightVariance }) => weightVariance))]).toEqual([
      0.9, 1.5, 2.4,
    ]);
  });

  it('says beforehand what takes longer than a minute', () => {
    const said = (problem: ProblemInput, of: ReturnType<typeof parseProblem>) => {
      const networks = candidatesFor(of).map((candidate) => specFor(of, candidate).network);
      return timeOf(createProblem(problem), networks, 'perturbative');
    };
    const x = Array.from({ length: 12 }, (_, i) => Array.from({ length: 144 }, (__, j) => Math.sin(i * j)));
    const data = { x, y: x.map((_, i) => i % 2), image: [12, 12, 1] };
    const layer = { convolution: { patch: [3, 3], stride: 2, width: 40 }, activation: 'erf' };
    const network = { layers: [layer, layer] };
    const layered = parseProblem({ data: { dataset: 'mnist' }, network });
    expect(said({ data, network }, layered)).toMatch(
      /^24 networks by perturbative take about \d.* of one core, within a factor of four; fewer points/,
    );
    expect(
      said({ data, network: {} }, parseProblem({ data: { dataset: 'xor' }, network: {} })),
    ).toBeUndefined();
  });

  it('varies the widths of layers that are said one by one, and knows the phase of those that are alike', async () => {
    const convolution = { patch: [9, 9], stride: 14, width: 12 };
    const network = { layers: [{ convolution }, { dense: 30 }], biasVariance: 0 };
    const layered = parseProblem({ data: { dataset: 'mnist', samples: 4 }, network });
    const all = candidatesFor(layered);
    expect([...new Set(all.map(({ widthScale }) => widthScale))]).toEqual([0.5, 1, 2]);
    expect(new Set(all.map(({ hiddenLayers }) => hiddenLayers))).toEqual(new Set([2]));
    expect(all.map(({ weightVariance }) => weightVariance)).toContain(0.785398);
    const wide = specFor(layered, all[all.length - 1]).network;
    expect([wide.width, wide.layers?.[0].convolution?.width, wide.weightVariance]).toEqual([
      [24, 60],
      24,
      all[all.length - 1].weightVariance,
    ]);
    const record = { chi: Number.NaN, ckaNngp: 0, 'nngp.gain': 0, 'nngp.logEvidence': -1 };
    const judged = judge(all[0], 'nngp', record, false);
    expect(judged.phase).toBeUndefined();
    expect(sentences([judged]).join()).toMatch(/2 hidden layers with widths × 0.5, σ_w² = [^(]*γ = 1\./);
  });

  it('asks for the candidate, checked, on the data of the problem', async () => {
    const { problem } = await loadProblem('xor');
    const task = taskFor(spec, problem.data, candidatesFor(spec)[0], 'perturbative', { seed: 3 });
    expect(task).toMatchObject({
      theories: ['perturbative'],
      observed: { noiseVariance: 0.1 },
      options: { seed: 3 },
    });
    expect(task.network).toMatchObject({
      hiddenLayers: 1,
      weightVariance: 0.471239,
      featureScale: 1,
      width: 60,
    });
  });

  it('ranks by evidence, what the theory does not reach last, and calls close ones ties', () => {
    const lost = entry(4, 8, Number.NaN, Number.NaN);
    const ranking = ranked([entry(1, 1, -20, 0.2), lost, entry(2, 1, -10, 0.3), entry(3, 8, -11, 0.5)]);
    expect(ranking.map(({ hiddenLayers }) => hiddenLayers)).toEqual([2, 3, 1, 4]);
    const [first, ties, aligned, learned, beyond] = sentences(ranking);
    expect(first).toBe(
      'The data are most probable under 2 hidden layers, σ_w² = 0.7854, γ = 1 (critical: signals of inputs reach deepest).',
    );
    expect(ties).toBe(
      'Too close to call: twice the errors of the theory do not separate it from 3 hidden layers, σ_w² = 0.7854, γ = 8.',
    );
    expect(aligned).toMatch(/^The output kernel aligns best .*γ = 8: CKA 0\.500, 0\.100 at infinite width/);
    expect(learned).toMatch(/CKA rises by 0\.400; a larger feature scale γ makes learning rich\.$/);
    expect(beyond).toMatch(/^1 of 4 networks are beyond the theory/);
  });

  it('says when the most probable network lies at the edge of what was tried', () => {
    const ranking = ranked([
      entry(1, 1, -20, 0.2),
      entry(4, 8, -10, 0.3),
      { ...entry(4, 1, -40, 0.1), weightVariance: 2 },
    ]);
    expect(sentences(ranking).at(-1)).toBe(
      'The most probable network has the most layers and the smallest σ_w² and the largest γ of those that were tried: what lies beyond may be more probable still (--set tries it).',
    );
    const inside = ranked([
      entry(1, 1, -10, 0.2),
      entry(4, 8, -20, 0.3),
      { ...entry(4, 1, -40, 0.1), weightVariance: 0.3 },
      { ...entry(2, 1, -30, 0.1), weightVariance: 3 },
    ]);
    expect(sentences(inside).join(' ')).not.toContain('of those that were tried');
  });

  it('says so when the theory reaches nothing', () => {
    expect(sentences([entry(1, 1, Number.NaN, Number.NaN)])).toEqual([expect.stringMatching(/reaches none/)]);
  });

  it('calls no network most probable that errors separate from no other, and none whose error has no bound', () => {
    const unknown = (hiddenLayers: number, logEvidence: number) => ({
      ...entry(hiddenLayers, 1, logEvidence, 0.2),
      evidenceLeftOut: Number.NaN,
    });
    for (const ranking of [
      ranked([entry(1, 1, -11, 0.2), entry(4, 8, -10, 0.3)]),
      ranked([unknown(1, -1e9), unknown(2, -2e9), unknown(3, -3e9)]),
    ]) {
      const lines = sentences(ranking).join('\n');
      expect(lines).toMatch(/^Too close to call: .* no network from the largest of [23]\./);
      expect(lines).not.toContain('most probable');
    }
  });

  it('reads phases from χ', () => {
    const of = (chi: number) =>
      judge(candidatesFor(spec)[0], 'map', { chi, ckaNngp: 0, 'map.gain': 0.1 }).phase;
    expect([0.9, 1, 1.1, Number.NaN].map(of)).toEqual(['ordered', 'critical', 'chaotic', 'unbounded']);
  });
});
