import { kernelOfPoints } from '../../measures/alignment.js';
import { centredSpectrum, effectiveRank } from '../../measures/spectrum.js';
import type { Compute } from '../../numerics/compute.js';
import type { Problem } from '../../problem/problem.js';
import { spectrumPlot, THEORY_COLOURS } from '../plots.js';
import type { SolvedTheory } from '../summary.js';
import { escaped } from './page.js';

/** Points up to which eigenvalues are worth their time on each backend. */
const SPECTRUM_LIMIT: Readonly<Record<string, number>> = { wasm: 500, native: 3000 };

/** Eigenvalues of the centred kernels. */
export function spectrumSection(problem: Problem, solved: readonly SolvedTheory[], compute: Compute): string {
  const limit = SPECTRUM_LIMIT[compute.algebra.name] ?? 500;
  if (problem.data.x.rows > limit) {
    return `<section><h2>Spectra</h2><p class="note">Left out: ${problem.data.x.rows} points are more than the ${limit} for which eigenvalues are computed on this backend.</p></section>`;
  }
  const theories = solved.map(({ posterior }) => posterior.theory);
  const figures = solved[0].posterior.kernels.slice(1).map((_, k) => {
    const ranks: string[] = [];
    const points = solved.flatMap(({ posterior }) => {
      const eigenvalues = centredSpectrum(
        compute.algebra,
        kernelOfPoints(posterior.kernels[k + 1], problem.data.y.rows),
      );
      ranks.push(`${posterior.theory} ${effectiveRank(eigenvalues).toFixed(1)}`);
      const floor = 1e-9 * eigenvalues[0];
      return Array.from(eigenvalues, (eigenvalue, i) => ({
        theory: posterior.theory,
        rank: i + 1,
        eigenvalue,
      })).filter((p) => p.eigenvalue > floor);
    });
    return `<figure>${spectrumPlot(points, theories, `layer ${k + 1}`)}<figcaption>effective rank: ${escaped(ranks.join(', '))}</figcaption></figure>`;
  });
  const key = theories
    .map(
      (theory, k) =>
        `<span><i style="background:${THEORY_COLOURS[k % THEORY_COLOURS.length]}"></i>${escaped(theory)}</span>`,
    )
    .join('');
  return `<section><h2>Spectra of the centred kernels</h2><p class="key">${key}</p><div class="row">${figures.join('')}</div></section>`;
}
