import { useMemo } from 'react';
import type { Found, Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { axis, Figure, margins, upright } from '../ui/figure';
import { Key } from '../ui/key';
import { INFINITE_COLOUR, PINNED_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

const WHO = [
  ['infinite width', INFINITE_COLOUR],
  ['adapted', THEORY_COLOUR],
  ['pinned', PINNED_COLOUR],
] as const;

/** Spectra of all that is shown, by name; while a solver is at work, that of its last picture. */
function spectraOf(
  found: Found | undefined,
  pinned: Found | undefined,
): Readonly<Record<string, Float64Array>> {
  const { spectra, iterate, solved } = found ?? {};
  const adapted = solved ? (solved.theory === 'nngp' ? undefined : spectra?.adapted) : iterate?.spectrum;
  return {
    ...(spectra ? { 'infinite width': spectra.infinite } : {}),
    ...(adapted ? { adapted } : {}),
    ...(pinned?.spectra ? { pinned: pinned.spectra.adapted } : {}),
  };
}

/** Eigenvalues of the output kernel. */
export function SpectrumView({ solution, pinned }: { readonly solution: Solution; readonly pinned?: Found }) {
  const { found, pending, stale } = solution;
  const spectra = useMemo(() => spectraOf(found, pinned), [found, pinned]);
  const options = useMemo((): Plot.PlotOptions => {
    const points = Object.entries(spectra).flatMap(([who, values]) =>
      Array.from(values, (value, k) => ({ who, rank: k + 1, value })),
    );
    return {
      width: 430,
      height: 250,
      ...margins,
      x: { type: 'log', label: 'rank', tickFormat: 'd', ticks: 4, ...axis },
      y: { type: 'log', label: 'eigenvalue of HCH', grid: true, tickFormat: '~g', ...upright },
      color: { domain: WHO.map(([who]) => who), range: WHO.map(([, colour]) => colour) },
      marks: [
        Plot.line(points, { x: 'rank', y: 'value', z: 'who', stroke: 'who', strokeWidth: 2 }),
        Plot.dot(points, { x: 'rank', y: 'value', fill: 'who', r: 2.2 }),
      ],
    };
  }, [spectra]);
  const largest = Array.from(Object.values(spectra).at(-1)?.slice(0, 4) ?? [], (value) =>
    value.toPrecision(3),
  );
  return (
    <Card
      id="spectrum"
      busy={pending !== undefined}
      stale={stale}
      title="Spectrum of the output kernel"
      says="Learning a feature lifts the eigenvalue along it out of the rest."
      equation="spectrum"
      section="8-measures"
      numbers={() => ({ columns: spectra })}
    >
      <Key entries={WHO.filter(([who]) => spectra[who]).map(([who, colour]) => [colour, who])} />
      <Figure options={options} label={`Eigenvalues, largest first: ${largest.join(', ')}`} />
    </Card>
  );
}
