import { usePointed } from '../hooks/usePointed';
import type { Found } from '../hooks/useSolution';
import { adaptedOf } from '../hooks/useSolution';
import { Digit } from '../ui/digit';

const signed = (value: number) => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`.replace('-', '−');

/**
 * What the maps say of the two samples under the pointer: targets, predictions, their images, and the entry
 * in every layer.
 */
export function Reading({ found }: { readonly found: Found }) {
  const pointed = usePointed();
  const { infinite, solved } = found;
  const { samples, targets, pictures } = infinite.data;
  if (!pointed || pointed.row >= samples || pointed.column >= samples)
    return (
      <p className="reading">
        Point at an entry, or focus a map and use the arrow keys, to read it in every view.
      </p>
    );
  const at = pointed.row * samples + pointed.column;
  const entries = (kernels: readonly Float64Array[]) =>
    kernels.map((kernel) => kernel[at].toPrecision(5)).join(', ');
  const adapted = adaptedOf(found);
  const point = (k: number) => {
    const output = solved && solved.fitted.length === samples ? `, output ${signed(solved.fitted[k])}` : '';
    return `${k} (y = ${signed(targets[k])}${output})`;
  };
  return (
    <div className="reading pointed" aria-live="polite">
      {pictures &&
        [pointed.row, pointed.column].map((k, which) => (
          <Digit key={which === 0 ? 'row' : 'column'} pictures={pictures} sample={k} />
        ))}
      <p>
        points {point(pointed.row)} and {point(pointed.column)}: {adapted && `adapted ${entries(adapted)}; `}
        infinite width {entries(infinite.kernels)}
      </p>
    </div>
  );
}
