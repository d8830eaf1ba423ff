import { useMemo } from 'react';
import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { axis, Figure, margins, upright } from '../ui/figure';
import { INFINITE_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

/** Eigenvalues of the output kernel. */
export function SpectrumView({ solution: { spectra, busy } }: { readonly solution: Solution }) {
  const options = useMemo((): Plot.PlotOptions => {
    const points = Object.entries(spectra ?? {}).flatMap(([who, values]: [string, Float64Array]) =>
      Array.from(values, (value, k) => ({ who, rank: k + 1, value })),
    );
    return {
      width: 430,
      height: 250,
      ...margins,
      x: { type: 'log', label: 'rank', tickFormat: 'd', ticks: 4, ...axis },
      y: { type: 'log', label: 'eigenvalue of HCH', grid: true, tickFormat: '~g', ...upright },
      color: { domain: ['infinite', 'adapted'], range: [INFINITE_COLOUR, THEORY_COLOUR] },
      marks: [
        Plot.line(points, { x: 'rank', y: 'value', z: 'who', stroke: 'who', strokeWidth: 2 }),
        Plot.dot(points, { x: 'rank', y: 'value', fill: 'who', r: 2.2 }),
      ],
    };
  }, [spectra]);
  return (
    <Card
      id="spectrum"
      busy={busy}
      title="Spectrum of the output kernel"
      says="Learning a feature lifts the eigenvalue along it out of the rest."
      tex={String.raw`H\,C^{(L)}H\,v_k=\lambda_k v_k`}
      section="8-measures"
    >
      <p className="key">
        <span>
          <i style={{ background: INFINITE_COLOUR }} /> infinite width
        </span>
        <span>
          <i style={{ background: THEORY_COLOUR }} /> adapted
        </span>
      </p>
      <Figure
        options={options}
        label={`Eigenvalues, largest first: ${Array.from(spectra?.adapted.slice(0, 4) ?? [], (value) => value.toPrecision(3)).join(', ')}`}
      />
    </Card>
  );
}
