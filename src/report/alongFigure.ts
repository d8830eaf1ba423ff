import { type Along, nameOfKey } from './along.js';
import { standalone } from './picture.js';
import { type AlongPoint, alongPlot, colourOf } from './plots.js';

const NETWORKS = 'sampled';

/**
 * Alignment of every layer along a key of the problem as an SVG file: theories as lines, sampled networks as
 * points with bars of one standard error. Theories that did not converge at a setting have no point there.
 * Where depth varies, the output kernel alone.
 */
export function alongFigure({ key, settings }: Along): string {
  const names = settings[0].theories.map(({ theory }) => theory);
  const depths = new Set(settings.map(({ theories }) => theories[0].cka.length));
  const panel = (l: number, top: number) =>
    l < top ? `layer ${l}` : depths.size > 1 ? 'output kernel' : `layer ${l}, output kernel`;
  const points = settings.flatMap(({ value, theories }) =>
    theories
      .filter(({ theory, converged }) => converged || theory === NETWORKS)
      .flatMap(({ theory, cka, ckaStandardError }) => {
        const top = cka.length - 1;
        const first = depths.size > 1 ? top : 1;
        return cka.slice(first).map(
          (entry, k): AlongPoint => ({
            theory,
            value,
            layer: panel(first + k, top),
            cka: entry ?? Number.NaN,
            error: ckaStandardError?.[first + k] ?? 0,
          }),
        );
      }),
  );
  return standalone(
    alongPlot(points, names, NETWORKS, nameOfKey(key)),
    names.map((label, k) => ({ label, colour: colourOf(label, k) })),
  );
}
