import { alignColumns, withError } from '../format.js';
import type { Beside, Measured } from './measures.js';

const layerName = (l: number): string => (l === 0 ? 'input' : String(l));
const digits = (value: number): string => (Number.isFinite(value) ? value.toFixed(4) : '–');

/** Measures layer by layer, as cells. */
export function measureRows(measured: readonly Measured[]): string[][] {
  const head = [
    '',
    'layer',
    'CKA with YYᵀ',
    '‖C−K‖/‖K‖',
    'layer alignment',
    'effective rank',
    'directions for 95 %',
  ];
  const rows = measured.flatMap(({ name, layers }) =>
    layers.map(({ layer, cka, ckaError, shift, effectiveRank, spectrum, tangent }, k) => [
      k === 0 ? name : '',
      layerName(layer),
      withError(cka, ckaError),
      layer === 0 ? '–' : digits(shift),
      tangent ? withError(tangent.cka, tangent.error) : '–',
      effectiveRank.toFixed(1),
      Number.isFinite(spectrum.directions) ? String(spectrum.directions) : '–',
    ]),
  );
  return [head, ...rows];
}

/** A network beside theories, as cells. */
export function besideRows(beside: readonly Beside[]): string[][] {
  const head = ['layer', 'beside', 'CKA of the kernels', '‖Ĉ−C‖/‖C‖', 'of the shape alone'];
  let last: number | undefined;
  const rows = beside
    .toSorted((a, b) => a.layer - b.layer)
    .map(({ layer, theory, cka, shift, shape }) => {
      const name = layer === last ? '' : String(layer);
      last = layer;
      return [name, theory, digits(cka), digits(shift), digits(shape)];
    });
  return [head, ...rows];
}

/** Both for a terminal. */
export function measureTable(measured: readonly Measured[], beside: readonly Beside[]): string {
  const own = alignColumns(measureRows(measured));
  return beside.length === 0
    ? own
    : `${own}\n\nyour network beside theories\n\n${alignColumns(besideRows(beside))}`;
}
