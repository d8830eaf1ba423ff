import type { CSSProperties } from 'react';
import type { SamplesView } from '../engine/messages';
import { Heatmap } from '../ui/heatmap';
import { typicalLimit } from '../ui/palette';
import { type KernelRow, useLimits } from './kernelLimits';
import { layerName, layersFrom, shortName } from './layers';

interface KernelGridProps {
  readonly rows: readonly KernelRow[];
  readonly data: SamplesView;
  /** whether every map has its own colours, instead of one scale a layer */
  readonly each: boolean;
}

/** Maps of one row of them that stand side by side; the others go below. */
const SIDE_BY_SIDE = 5;

/** Maps in rows, a column a layer, the input once. */
export function KernelGrid({ rows, data: { samples, order }, each }: KernelGridProps) {
  const top = (rows.find(({ kernels }) => kernels)?.kernels?.length ?? 1) - 1;
  const limits = useLimits(rows, samples, top);
  const first = each ? 1 : 0;
  const count = top + 1 - first;
  const alone = rows.length === 1;
  const across = alone ? Math.min(count, SIDE_BY_SIDE) : count;
  const columns = { '--columns': across } as CSSProperties;
  const map = ({ name, kernels }: KernelRow, layer: number) => {
    const values = kernels?.[layer];
    if (!values) return <div className="heatmap awaited">being solved …</div>;
    const limit = each ? typicalLimit([values], samples) : limits[layer];
    return (
      <Heatmap
        label={`Kernel of ${layerName(layer, top)}, ${name}`}
        values={values}
        size={samples}
        order={order}
        limit={limit}
      />
    );
  };
  return (
    <div className="grid" style={columns}>
      {rows.map((row, r) => (
        <p
          className="row-name"
          key={row.name}
          style={{ gridRow: alone ? `1 / span ${Math.ceil(count / across)}` : r + 1, gridColumn: 1 }}
        >
          {row.name}
        </p>
      ))}
      {rows.flatMap((row, r) =>
        layersFrom(first, top).map((layer) => {
          // The input is what it is at every width: once, beside all rows.
          if (layer === 0 && r > 0) return null;
          const k = layer - first;
          const place = {
            gridColumn: (k % across) + 2,
            gridRow: layer === 0 ? `1 / span ${rows.length}` : r + 1 + Math.floor(k / across),
          };
          return (
            <figure key={`${row.name} ${layer}`} style={place}>
              {map(row, layer)}
              {(r === rows.length - 1 || layer === 0) && (
                <figcaption className="caption">{shortName(layer, top)}</figcaption>
              )}
            </figure>
          );
        }),
      )}
    </div>
  );
}
