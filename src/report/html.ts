import type { Compute } from '../numerics/compute.js';
import type { Problem } from '../problem/problem.js';
import { version } from '../version.js';
import { alignmentSection } from './sections/alignment.js';
import { calibrationSection } from './sections/calibration.js';
import { conjugateSection } from './sections/conjugates.js';
import { fluctuationSection } from './sections/fluctuations.js';
import { kernelSection } from './sections/kernels.js';
import { numbersSection } from './sections/numbers.js';
import { escaped } from './sections/page.js';
import { predictionSection } from './sections/predictions.js';
import { problemSection } from './sections/problem.js';
import { spectrumSection } from './sections/spectra.js';
import { stylesheet } from './stylesheet.js';
import type { SolvedTheory } from './summary.js';

function sectionsOf(problem: Problem, solved: readonly SolvedTheory[], compute: Compute): string[] {
  return [
    alignmentSection(problem, solved),
    numbersSection(solved),
    kernelSection(problem, solved),
    conjugateSection(problem, solved),
    fluctuationSection(problem, compute),
    predictionSection(problem, solved),
    calibrationSection(problem, solved),
    spectrumSection(problem, solved, compute),
  ];
}

/** A self-contained page: no script, no request, pictures inside. */
export function reportPage(
  problem: Problem,
  solved: readonly SolvedTheory[],
  compute: Compute,
  warnings: readonly string[] = [],
): string {
  const sections = sectionsOf(problem, solved, compute);
  return standalonePage('Kernels of a finite-width network', problem, sections, compute, warnings);
}

/** Sections as a page of their own, with the problem at its head and the conventions at its foot. */
export function standalonePage(
  title: string,
  problem: Problem,
  sections: readonly string[],
  compute: Compute,
  warnings: readonly string[],
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${stylesheet}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${problemSection(problem)}
${warnings.map((text) => `<p class="warning">${escaped(text)}</p>`).join('\n')}
</header>
${sections.join('\n')}
<footer>finite-width ${version} · ${escaped(compute.algebra.description)} · C<sup>(l)</sup> = (g<sub>l</sub>/N<sub>l</sub>) Σ φφᵀ + β<sub>l</sub>, g<sub>L</sub> divided by the feature scale γ · errors are one Monte Carlo standard error</footer>
</main>
</body>
</html>
`;
}

/** Style of the page for a part of another page: it holds inside of the part alone, by CSS nesting. */
const partStyle = `.finite-width { ${stylesheet.replace(/:root|body/g, '&')} & { padding: 0.5rem 1rem; } }`;

/** The same as a part of another page, such as a notebook: without heading and footer. */
export function reportPart(
  problem: Problem,
  solved: readonly SolvedTheory[],
  compute: Compute,
  warnings: readonly string[] = [],
): string {
  const said = warnings.map((text) => `<p class="warning">${escaped(text)}</p>`);
  const content = [problemSection(problem), ...said, ...sectionsOf(problem, solved, compute)];
  return `<div class="finite-width"><style>${partStyle}</style>${content.join('\n')}</div>`;
}
