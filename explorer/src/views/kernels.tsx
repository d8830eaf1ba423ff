import { useState } from 'react';
import type { Found, Solution } from '../hooks/useSolution';
import { INFINITE } from '../setup';
import { Card } from '../ui/card';
import { gradient } from '../ui/palette';
import { Segments } from '../ui/segments';
import { useDark } from '../ui/useDark';
import { KernelGrid } from './kernelGrid';
import { type Mode, rowsOf } from './kernelRows';
import { Reading } from './reading';

const MODES: readonly (readonly [Mode, string])[] = [
  ['kernels', 'kernels'],
  ['change', 'what changed'],
];

/** The state of the solver, where it has not arrived at the setup. */
function stateOf({ iterate, solved }: Found): string {
  if (solved && !solved.converged)
    return `${solved.message ?? 'not converged'}; kernels are those of width ${Math.round(solved.width)}`;
  if (solved || !iterate) return '';
  return `iteration ${iterate.iteration}, width × ${iterate.widthScale < 1.005 ? '1' : iterate.widthScale.toPrecision(3)}`;
}

/** The kernels of all layers, at infinite width and adapted to the targets. */
export function KernelsView({ solution, pinned }: { readonly solution: Solution; readonly pinned?: Found }) {
  const [mode, setMode] = useState<Mode>('kernels');
  const dark = useDark();
  const { found, stale, pending } = solution;
  if (!found) return null;
  const { solved } = found;
  const { samples } = found.infinite.data;
  const infinite = found.setup.width === INFINITE || found.setup.theory === 'nngp';
  const rows = rowsOf(found, pinned, infinite && !pinned ? 'kernels' : mode).filter(
    ({ kernels }) => kernels || !infinite,
  );
  const named = rows.flatMap(({ name, kernels }) =>
    (kernels ?? []).map((kernel, layer) => [`${name} ${layer}`, kernel] as const),
  );
  return (
    <Card
      id="kernels"
      busy={pending !== undefined}
      stale={stale}
      title="Kernels, layer by layer"
      says="How alike the network sees each pair of data points: red alike, blue opposite."
      equation="kernels"
      section="nngp"
      controls={
        infinite && !pinned ? null : (
          <Segments<Mode> label="Maps shown" value={mode} options={MODES} onChange={setMode} />
        )
      }
      numbers={() => ({ matrices: { size: samples, of: Object.fromEntries(named) } })}
    >
      <KernelGrid rows={rows} data={found.infinite.data} each={mode === 'change'} />
      <p className="scale">
        <span>− typical size of the layer</span> <i style={{ background: gradient(dark) }} /> <span>+</span>
      </p>
      <Reading found={found} />
      <p className={solved && !solved.converged ? 'state warning' : 'state'}>{stateOf(found)}</p>
    </Card>
  );
}
