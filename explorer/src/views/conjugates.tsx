import { usePointed } from '../hooks/usePointed';
import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Heatmap } from '../ui/heatmap';
import { typicalLimit } from '../ui/palette';
import { layerName, layersFrom } from './layers';

/** Conjugate kernels, from the output backwards. */
export function ConjugatesView({ solution: { found, pending, stale } }: { readonly solution: Solution }) {
  const pointed = usePointed();
  if (!found) return null;
  const { samples, order } = found.infinite.data;
  const top = found.infinite.kernels.length - 1;
  const conjugates = found.solved?.conjugates;
  const layers = layersFrom(1, top).toReversed();
  const inside = pointed && pointed.row < samples && pointed.column < samples;
  const entry = (values: Float64Array) =>
    inside ? ` ${values[pointed.row * samples + pointed.column].toPrecision(4)}` : '';
  const named = layers.flatMap((layer) =>
    conjugates?.[layer] ? [[`conjugate_${layer}`, conjugates[layer]] as const] : [],
  );
  return (
    <Card
      id="conjugates"
      busy={pending !== undefined}
      stale={stale}
      title="What the data ask for, backwards"
      says="Where it is red the targets want two points to be seen as more alike; the wish starts at the output and travels back through the responses of the layers."
      equation="conjugates"
      section="perturbative"
      numbers={() => ({ matrices: { size: samples, of: Object.fromEntries(named) } })}
    >
      {conjugates ? (
        <div className="maps small">
          {layers.map((layer, k) => {
            const values = conjugates[layer];
            if (!values) return null;
            const name = layerName(layer, top);
            const limit = typicalLimit([values], samples);
            return (
              <figure key={layer}>
                <Heatmap
                  label={`Conjugate kernel of ${name}`}
                  values={values}
                  size={samples}
                  order={order}
                  limit={limit}
                />
                <figcaption className="caption">{`${k > 0 ? '← ' : ''}${name}${entry(values)}`}</figcaption>
              </figure>
            );
          })}
        </div>
      ) : (
        <p className="empty">Being solved …</p>
      )}
    </Card>
  );
}
