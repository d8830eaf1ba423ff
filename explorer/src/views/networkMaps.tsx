import { useMemo } from 'react';
import { adaptedOf, type Found } from '../hooks/useSolution';
import { Heatmap } from '../ui/heatmap';
import { typicalLimit } from '../ui/palette';

/** The output kernel of the networks so far beside that of the theory. */
export function NetworkMaps({ found, kernel }: { readonly found: Found; readonly kernel: Float64Array }) {
  const { samples, order } = found.infinite.data;
  const adapted = adaptedOf(found)?.at(-1);
  const limit = useMemo(() => typicalLimit([adapted ?? kernel], samples), [adapted, kernel, samples]);
  const pictures = [
    ['mean over networks', kernel],
    [found.solved?.theory ?? 'theory', adapted],
  ] as const;
  return (
    <div className="maps half">
      {pictures.map(([name, values]) =>
        values?.length === samples * samples ? (
          <figure key={name}>
            <Heatmap
              label={`Output kernel, ${name}`}
              values={values}
              size={samples}
              order={order}
              limit={limit}
            />
            <figcaption className="caption">{name}</figcaption>
          </figure>
        ) : null,
      )}
    </div>
  );
}
