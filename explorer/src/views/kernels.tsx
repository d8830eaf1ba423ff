import { useState } from 'react';
import { adaptedOf, type Found, type Solution } from '../hooks/useSolution';
import { INFINITE } from '../setup';
import { Card } from '../ui/card';
import { gradient } from '../ui/palette';
import { Segments } from '../ui/segments';
import { useDark } from '../ui/useDark';
import { KernelGrid, type KernelRow } from './kernelGrid';
import { Reading } from './reading';

type Mode = 'kernels' | 'change';
const MODES: readonly (readonly [Mode, string])[] = [
  ['kernels', 'kernels'],
  ['change', 'what changed'],
];

const minus = (after: readonly Float64Array[] | undefined, before: readonly Float64Array[] | undefined) =>
  after?.map((kernel, layer) =>
    before?.[layer]?.length === kernel.length ? kernel.map((value, k) => value - before[layer][k]) : kernel,
  );

/** Kernels that may stand beside those of `found`: as many layers, and the same samples. */
const comparable = (pinned: Found | undefined, { infinite }: Found): pinned is Found =>
  pinned !== undefined &&
  pinned.infinite.kernels.length === infinite.kernels.length &&
  pinned.infinite.data.description === infinite.data.description;

/** Rows of maps: infinite width, adapted, pinned; or the changes of the last two. */
function rowsOf(found: Found, pinned: Found | undefined, mode: Mode): KernelRow[] {
  const { infinite, setup } = found;
  const finite = setup.width !== INFINITE && setup.theory !== 'nngp';
  const adapted = adaptedOf(found);
  const beside = comparable(pinned, found) ? (adaptedOf(pinned) ?? pinned.infinite.kernels) : undefined;
  const name = `adapted, N = ${setup.width}`;
  if (mode === 'change')
    return [
      { name: 'adapted − infinite', kernels: finite ? minus(adapted, infinite.kernels) : undefined },
      ...(beside ? [{ name: 'now − pinned', kernels: minus(finite ? adapted : infinite.kernels, beside) }] : []),
    ];
  return [
    { name: 'infinite width', kernels: infinite.kernels },
    ...(finite ? [{ name, kernels: adapted }] : []),
    ...(beside ? [{ name: 'pinned', kernels: beside }] : []),
  ];
}

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
  const rows = rowsOf(found, pinned, infinite && !pinned ? 'kernels' : mode).filter(({ kernels }) => kernels || !infinite);
  const named = rows.flatMap(({ name, kernels }) =>
    (kernels ?? []).map((kernel, layer) => [`${name} ${layer}`, kernel] as const),
  );
  return (
    <Card
      id="kernels"
      busy={pending !== undefined}
      stale={stale}
      title="Kernels, layer by layer"
      says="How alike the network sees each pair of samples: red alike, blue opposite."
      equation="kernels"
      section="nngp"
      controls={
        infinite && !pinned ? null : <Segments<Mode> label="Maps shown" value={mode} options={MODES} onChange={setMode} />
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
