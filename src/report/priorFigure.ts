import * as Plot from '@observablehq/plot';
import type { FollowedPair } from '../prior/pair.js';
import { arranged, standalone } from './picture.js';
import { middleLabel, render } from './plots.js';

const WIDTH = 400;
const HEIGHT = 350;
const TOP = 36;
const BINS = 40;
const PRIOR = '#888888';
const POSTERIOR = '#d55e00';
const INFINITE = '#0072b2';

/** What a figure of the prior shows of a pair of points. */
export interface PairPicture extends FollowedPair {
  /** C_αβ at infinite width */
  readonly infinite: number;
  readonly pair: readonly [number, number];
}

/** Densities of C_αβ before and after the targets, over common bins. */
function histograms({ kernels, weights }: PairPicture) {
  const values = Float64Array.from({ length: kernels.rows }, (_, s) => kernels.data[3 * s + 1]);
  const sorted = values.toSorted();
  const [low, high] = [
    sorted[Math.floor(0.002 * sorted.length)],
    sorted[Math.ceil(0.998 * (sorted.length - 1))],
  ];
  const step = (high - low) / BINS || 1;
  const [prior, posterior] = [new Float64Array(BINS), new Float64Array(BINS)];
  values.forEach((value, s) => {
    const bin = Math.floor((value - low) / step);
    if (bin < 0 || bin >= BINS) return;
    prior[bin] += 1 / (values.length * step);
    posterior[bin] += weights[s] / step;
  });
  return Array.from(prior, (density, k) => ({
    x1: low + k * step,
    x2: low + (k + 1) * step,
    prior: density,
    posterior: posterior[k],
  }));
}

function kernelPanel(picture: PairPicture): string {
  const bins = histograms(picture);
  const [i, j] = picture.pair;
  return render({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 56,
    marginTop: 30,
    marginBottom: 44,
    x: { label: `output kernel C of points ${i} and ${j}`, ...middleLabel },
    y: { label: 'density over networks', grid: true, nice: true, ...middleLabel },
    marks: [
      Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'prior', fill: PRIOR, fillOpacity: 0.45 }),
      Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'posterior', fill: POSTERIOR, fillOpacity: 0.45 }),
      Plot.ruleX([picture.infinite], { stroke: INFINITE, strokeWidth: 2.5 }),
    ],
  });
}

function outputPanel({ axis, density, gaussian, pair: [i, j] }: PairPicture): string {
  const [limit, size] = [axis[axis.length - 1], axis.length];
  const half = limit / (size - 1);
  const top = density.data.reduce((best, value) => Math.max(best, value));
  const levels = [1e-4, 1e-3, 1e-2, 0.1, 0.4].map((share) => share * top);
  const grid = {
    width: size,
    height: size,
    x1: -limit - half,
    x2: limit + half,
    y1: -limit - half,
    y2: limit + half,
  };
  return render({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 56,
    marginTop: 30,
    marginBottom: 44,
    x: { label: `output of point ${i}`, domain: [-limit, limit], ...middleLabel },
    y: { label: `output of point ${j}`, domain: [-limit, limit], ...middleLabel },
    marks: [
      Plot.contour(Array.from(density.data), {
        ...grid,
        thresholds: levels,
        stroke: PRIOR,
        strokeWidth: 2,
        clip: true,
      }),
      Plot.contour(Array.from(gaussian.data), {
        ...grid,
        thresholds: levels,
        stroke: INFINITE,
        strokeWidth: 1.2,
        clip: true,
      }),
      Plot.frame({ stroke: '#8891a0' }),
    ],
  });
}

/**
 * The prior as a superposition: how one entry of the output kernel is distributed over networks, how the
 * targets of its two points reweigh that, and what it does to the density of their outputs (contours at equal
 * densities) beside the Gaussian of infinite width. An SVG file.
 */
export function priorFigure(picture: PairPicture): string {
  const whole = arranged([kernelPanel(picture), outputPanel(picture)], 2, WIDTH, HEIGHT, TOP);
  return standalone(whole, [
    { label: 'networks drawn from the prior', colour: PRIOR },
    { label: 'reweighed by the two targets', colour: POSTERIOR },
    { label: 'infinite width', colour: INFINITE },
  ]);
}
