import { useRef } from 'react';
import { typicalLimit } from '../ui/palette';
import { layersFrom } from './layers';

export interface KernelRow {
  readonly name: string;
  /** of all layers; absent while they are not known */
  readonly kernels?: readonly Float64Array[];
}

/**
 * The size that the colours of each layer end at, for all rows; judged again when the kernels of one are
 * others.
 */
export function useLimits(rows: readonly KernelRow[], samples: number, top: number): readonly number[] {
  const last = useRef<{ of: readonly (readonly Float64Array[] | undefined)[]; limits: readonly number[] }>(
    undefined,
  );
  const of = rows.map(({ kernels }) => kernels);
  const known =
    last.current?.of.length === of.length && of.every((kernels, r) => kernels === last.current?.of[r]);
  if (last.current && known) return last.current.limits;
  const limits = layersFrom(0, top).map((layer) =>
    typicalLimit(
      of.flatMap((kernels) => (kernels?.[layer] ? [kernels[layer]] : [])),
      samples,
    ),
  );
  last.current = { of, limits };
  return limits;
}
