import { useState } from 'react';
import { kernelsOf, type Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Heatmap } from '../ui/heatmap';
import { gradient, typicalLimit } from '../ui/palette';
import { Segments } from '../ui/segments';
import { useDark } from '../ui/useDark';

type Mode = 'infinite' | 'adapted' | 'difference';
const MODES: readonly (readonly [Mode, string])[] = [
  ['adapted', 'adapted'],
  ['infinite', 'infinite width'],
  ['difference', 'difference'],
];
/** Layers that are shown of deep networks. */
const MOST = 6;

export const layerName = (layer: number, top: number): string =>
  layer === 0 ? 'input' : layer === top ? `layer ${layer}, output` : `layer ${layer}`;

/** All layers, or a few that are spread over them. */
export function shownLayers(top: number, first: number): number[] {
  const count = Math.min(MOST, top - first + 1);
  return Array.from({ length: count }, (_, k) => Math.round(first + ((top - first) * k) / Math.max(1, count - 1)));
}

const target = (value: number) => `y = ${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`;

/** The kernels of all layers, samples sorted by their targets. */
export function KernelsView({ solution }: { readonly solution: Solution }) {
  const [mode, setMode] = useState<Mode>('adapted');
  const [entry, setEntry] = useState<{ layer: number; row: number; column: number }>();
  const dark = useDark();
  const { infinite, busy, iterate, solved } = solution;
  if (!infinite) return null;
  const { samples, order, targets } = infinite.data;
  const adapted = kernelsOf(solution);
  const top = infinite.kernels.length - 1;
  const matrices = (layer: number) => {
    const [before, after] = [infinite.kernels[layer], adapted[layer]];
    if (mode === 'infinite') return before;
    return mode === 'adapted' ? after : after.map((value, k) => value - before[k]);
  };
  const widthOf = solved?.width ?? 0;
  const state =
    busy && iterate
      ? `iteration ${iterate.iteration}, width × ${iterate.widthScale < 1.005 ? '1' : iterate.widthScale.toPrecision(3)}`
      : solved && !solved.converged
        ? `${solved.message ?? 'not converged'}; kernels are those of width ${Math.round(widthOf)}`
        : '';
  const read = () => {
    if (!entry) return 'Point at an entry, or focus a map and use the arrow keys, to read it.';
    const { layer, row, column } = entry;
    const at = row * samples + column;
    const value = (kernel: Float64Array) => kernel[at].toPrecision(5);
    return `${layerName(layer, top)}, samples ${row} (${target(targets[row])}) and ${column} (${target(targets[column])}): adapted ${value(adapted[layer])}, infinite width ${value(infinite.kernels[layer])}`;
  };
  return (
    <Card
      id="kernels"
      wide
      busy={busy}
      title="Kernels, layer by layer"
      says="How alike the network sees each pair of samples; blocks appear as it learns that samples of a class belong together."
      tex={String.raw`C^{(l)}_{\alpha\beta}=\frac{g_l}{N_l}\sum_{i=1}^{N_l}\phi(h^{(l)}_{i\alpha})\,\phi(h^{(l)}_{i\beta})+\beta_l`}
      section="nngp"
      controls={<Segments<Mode> label="Kernels shown" value={mode} options={MODES} onChange={setMode} />}
    >
      <div className="maps">
        {shownLayers(top, 0).map((layer) => {
          const values = matrices(layer);
          const limit =
            mode === 'difference'
              ? typicalLimit([values], samples)
              : typicalLimit([infinite.kernels[layer], adapted[layer]], samples);
          return (
            <figure key={layer}>
              <Heatmap
                label={`Kernel of ${layerName(layer, top)}, ${mode}`}
                values={values}
                size={samples}
                order={order}
                limit={limit}
                onPoint={(point) => setEntry(point && { layer, ...point })}
              />
              <figcaption>
                {layerName(layer, top)}
                <span className="scale">
                  −{limit.toPrecision(2)} <i style={{ background: gradient(dark) }} /> {limit.toPrecision(2)}
                </span>
              </figcaption>
            </figure>
          );
        })}
      </div>
      <p className="reading" aria-live="polite">
        {read()}
      </p>
      <p className={solved && !solved.converged ? 'state warning' : 'state'}>{state}</p>
    </Card>
  );
}
