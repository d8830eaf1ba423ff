import { adaptedOf, type Found } from '../hooks/useSolution';
import { INFINITE } from '../setup';
import type { KernelRow } from './kernelLimits';

export type Mode = 'kernels' | 'change';

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
export function rowsOf(found: Found, pinned: Found | undefined, mode: Mode): KernelRow[] {
  const { infinite, setup } = found;
  const finite = setup.width !== INFINITE && setup.theory !== 'nngp';
  const adapted = adaptedOf(found);
  const beside = comparable(pinned, found) ? (adaptedOf(pinned) ?? pinned.infinite.kernels) : undefined;
  const name = `adapted, N = ${setup.width}`;
  if (mode === 'change')
    return [
      { name: 'adapted − infinite', kernels: finite ? minus(adapted, infinite.kernels) : undefined },
      ...(beside
        ? [{ name: 'now − pinned', kernels: minus(finite ? adapted : infinite.kernels, beside) }]
        : []),
    ];
  return [
    { name: 'infinite width', kernels: infinite.kernels },
    ...(finite ? [{ name, kernels: adapted }] : []),
    ...(beside ? [{ name: 'pinned', kernels: beside }] : []),
  ];
}
