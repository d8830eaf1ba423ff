import type { NetworksView } from '../engine/messages';
import type { Found } from '../hooks/useSolution';
import { axis, errorBars, margins, rangeAround, upright } from '../ui/figure';
import { INFINITE_COLOUR, NETWORKS_COLOUR, PINNED_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

export interface LayerPoint {
  readonly who: string;
  readonly layer: number;
  readonly cka: number;
  readonly error: number;
}

const COLOURS = {
  domain: ['infinite width', 'adapted', 'pinned', 'networks'],
  range: [INFINITE_COLOUR, THEORY_COLOUR, PINNED_COLOUR, NETWORKS_COLOUR],
};

const points = (who: string, cka: readonly number[], errors?: readonly number[]): LayerPoint[] =>
  cka.map((value, layer) => ({ who, layer, cka: value, error: errors?.[layer] ?? 0 }));

/**
 * Alignment of every layer: at infinite width, by the theory once it is there, of the pinned setup, of
 * sampled networks.
 */
export function byLayer(found: Found, pinned?: Found, networks?: NetworksView): LayerPoint[] {
  const now = found.solved ?? found.iterate;
  const adapted =
    now && found.solved?.theory !== 'nngp' ? points('adapted', now.cka, found.solved?.ckaError) : [];
  const beside = pinned
    ? points('pinned', pinned.solved?.cka ?? pinned.infinite.cka, pinned.solved?.ckaError)
    : [];
  const layer = found.infinite.cka.length - 1;
  const drawn = networks && Number.isFinite(networks.cka);
  const sampled = drawn ? [{ who: 'networks', layer, cka: networks.cka, error: networks.ckaError || 0 }] : [];
  return [...points('infinite width', found.infinite.cka), ...adapted, ...beside, ...sampled];
}

/** A tick a layer, as long as there is room. */
const layerTicks = (top: number) =>
  Array.from({ length: top + 1 }, (_, l) => l).filter((l) => l % Math.ceil((top + 1) / 9) === 0);

/** @param height pixels, of a width of 380 */
export function layerPlot(all: readonly LayerPoint[], height: number): Plot.PlotOptions {
  const top = Math.max(...all.map(({ layer }) => layer));
  return {
    width: 380,
    height,
    ...margins,
    x: {
      label: 'layer',
      domain: [0, top],
      ticks: layerTicks(top),
      tickFormat: (l: number) => (l === 0 ? 'input' : String(l)),
      inset: 14,
      ...axis,
    },
    y: {
      label: 'CKA with YYᵀ',
      grid: true,
      nice: true,
      domain: rangeAround(all.map(({ cka }) => cka)),
      ...upright,
    },
    color: COLOURS,
    marks: [
      Plot.line(all, { x: 'layer', y: 'cka', z: 'who', stroke: 'who', strokeWidth: 2.2 }),
      errorBars(all, 'layer', 'who'),
      Plot.dot(all, { x: 'layer', y: 'cka', fill: 'who', r: 4 }),
    ],
  };
}
