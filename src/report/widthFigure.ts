import { standalone } from './picture.js';
import { colourOf, type WidthPoint, widthPlot } from './plots.js';
import type { AtWidth } from './widths.js';

const NETWORKS = 'sampled';

/**
 * Alignment of every layer against the width as an SVG file: theories as lines, sampled networks as points with bars of one standard error. Theories that did
 * not converge at a width have no point there.
 */
export function widthFigure(widths: readonly AtWidth[]): string {
  const names = widths[0].theories.map(({ theory }) => theory);
  const points = widths.flatMap(({ width, theories }) =>
    theories
      .filter(({ theory, converged }) => converged || theory === NETWORKS)
      .flatMap(({ theory, cka, ckaStandardError }) =>
        cka.slice(1).map(
          (value, l): WidthPoint => ({
            theory,
            width,
            layer: `layer ${l + 1}${l + 2 === cka.length ? ', output kernel' : ''}`,
            cka: value ?? Number.NaN,
            error: ckaStandardError?.[l + 1] ?? 0,
          }),
        ),
      ),
  );
  return standalone(
    widthPlot(points, names, NETWORKS),
    names.map((label, k) => ({ label, colour: colourOf(label, k) })),
  );
}
