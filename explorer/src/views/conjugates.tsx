import { useState } from 'react';
import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Heatmap } from '../ui/heatmap';
import { typicalLimit } from '../ui/palette';
import { layerName, shownLayers } from './kernels';

/** Conjugate kernels, from the output backwards. */
export function ConjugatesView({ solution: { infinite, solved, busy } }: { readonly solution: Solution }) {
  const [reading, setReading] = useState('');
  if (!infinite) return null;
  const { samples, order } = infinite.data;
  const top = infinite.kernels.length - 1;
  const conjugates = solved?.conjugates;
  const layers = shownLayers(top, 1).toReversed();
  return (
    <Card
      id="conjugates"
      wide
      busy={busy}
      title="What the data ask for, backwards"
      says="Where it is red the targets want two samples to be seen as more alike; the wish starts at the output and travels back through the responses of the layers."
      tex={String.raw`\tilde C^{(L)}=\tfrac12A^{-1}YY^{\top}A^{-1}-\tfrac n2A^{-1},\qquad \tilde C^{(l)}=R^{(l+1)\top}\,\tilde C^{(l+1)}`}
      section="perturbative"
    >
      {conjugates ? (
        <div className="maps small">
          {layers.map((layer, k) => {
            const values = conjugates[layer];
            if (!values) return null;
            return (
              <figure key={layer}>
                <Heatmap
                  label={`Conjugate kernel of ${layerName(layer, top)}`}
                  values={values}
                  size={samples}
                  order={order}
                  limit={typicalLimit([values], samples)}
                  onPoint={(point) =>
                    setReading(
                      point
                        ? `layer ${layer}, samples ${point.row} and ${point.column}: ${values[point.row * samples + point.column].toPrecision(4)}`
                        : '',
                    )
                  }
                />
                <figcaption>
                  {k > 0 && '← '}
                  {layerName(layer, top)}
                </figcaption>
              </figure>
            );
          })}
        </div>
      ) : (
        <p className="empty">{solved ? `${solved.theory} has no conjugate kernels: nothing flows back.` : 'Being solved …'}</p>
      )}
      <p className="reading" aria-live="polite">
        {reading}
      </p>
    </Card>
  );
}
