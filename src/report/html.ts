import { centredAlignment } from '../measures/alignment.js';
import { centredSpectrum, effectiveRank } from '../measures/spectrum.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, copy, type Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { version } from '../version.js';
import { duration, percent, withError } from './format.js';
import { heatmap, orderByClass, typicalMagnitude } from './heatmap.js';
import { alignmentPlot, changePlot, spectrumPlot, THEORY_COLOURS } from './plots.js';
import { stylesheet } from './stylesheet.js';
import { type Solved, summarise } from './summary.js';

/** Samples up to which eigenvalues are worth their time on each backend. */
const SPECTRUM_LIMIT: Readonly<Record<string, number>> = { wasm: 500, native: 3000 };

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

const layerName = (l: number) => (l === 0 ? 'input' : `layer ${l}`);

/** A self-contained page: no script, no request, pictures inside. */
export function reportPage(problem: Problem, solved: readonly Solved[], compute: Compute): string {
  const title = 'Kernels of a finite-width network';
  const sections = [
    alignmentSection(problem, solved),
    tableSection(solved),
    heatmapSection(problem, solved),
    spectrumSection(problem, solved, compute),
  ];
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
</header>
${sections.join('\n')}
<footer>finite-width ${version} · ${escaped(compute.algebra.description)} · C<sup>(l)</sup> = (g<sub>l</sub>/N<sub>l</sub>) Σ φφᵀ + β<sub>l</sub>, g<sub>L</sub> divided by the feature scale γ · errors are one Monte Carlo standard error</footer>
</main>
</body>
</html>
`;
}

function problemSection({ data, network, noiseVariance }: Problem): string {
  const same = (values: readonly number[]) =>
    values.every((value) => value === values[0]) ? String(values[0]) : values.join(', ');
  const facts: [string, string][] = [
    ['data', data.description],
    ['hidden layers', String(network.hiddenLayers)],
    ['width N', same(network.widths)],
    ['activation φ', `${network.activation.name}`],
    ['weight variance σ_w²', same(network.weightVariance)],
    ['bias variance σ_b²', same(network.biasVariance)],
    ['feature scale γ', String(network.featureScale)],
    ['noise variance κ', String(noiseVariance)],
  ];
  const items = facts.map(
    ([name, value]) => `<div><dt>${escaped(name).replace(/_([wb])/, '<sub>$1</sub>')}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join('')}</dl>`;
}

function alignmentSection(problem: Problem, solved: readonly Solved[]): string {
  const theories = solved.map(({ posterior }) => posterior.theory);
  const points = solved.flatMap(({ posterior }) =>
    posterior
      .alignment()
      .map((cka, layer) => ({ theory: posterior.theory, layer, cka, error: posterior.uncertainty?.cka[layer] ?? 0 })),
  );
  const changes = solved.flatMap(({ posterior }) =>
    posterior.change().map((change, layer) => ({ theory: posterior.theory, layer, change })),
  );
  const defined = points.every(({ cka }) => Number.isFinite(cka));
  const last = solved[solved.length - 1].posterior;
  const L = problem.network.hiddenLayers;
  const [from, to] = [last.nngp[L], last.kernels[L]].map((kernel) => centredAlignment(kernel, problem.data.y));
  const lead = defined
    ? `<p class="lead">Centred alignment of the output kernel with the targets: <b>${withError(from)}</b> at infinite width, <b>${withError(to, last.uncertainty?.cka[L])}</b> by <i>${escaped(last.theory)}</i>.</p>`
    : '<p class="lead">All targets are equal: alignment with them is undefined.</p>';
  return `<section><h2>How the layers align with the task</h2>${lead}<div class="row">${defined ? `<figure>${alignmentPlot(points, theories)}</figure>` : ''}<figure>${changePlot(changes, theories)}</figure></div></section>`;
}

const solvedTo = (residual: number) => (residual === 0 ? 'explicit' : `solved to ${residual.toExponential(0)}`);

function tableSection(solved: readonly Solved[]): string {
  const rows = solved.flatMap((entry, k) => {
    const summary = summarise(entry);
    const layers = summary.cka.length;
    const swatch = `<i style="background:${THEORY_COLOURS[k % THEORY_COLOURS.length]}"></i>`;
    return summary.cka.map((cka, l) => {
      const head = `<th rowspan="${layers}" scope="rowgroup">${swatch}${escaped(summary.theory)}</th>`;
      const test = summary.test
        ? `${summary.test.meanSquaredError.toFixed(4)}${summary.test.accuracy === undefined ? '' : `, ${percent(summary.test.accuracy)} right`}`
        : '–';
      const state = summary.converged ? solvedTo(summary.residual) : `<b>not converged</b>: ${escaped(summary.message ?? '')}`;
      const tail = [duration(summary.seconds), summary.train.meanSquaredError.toFixed(4), test, state]
        .map((cell) => `<td rowspan="${layers}">${cell}</td>`)
        .join('');
      const change = l === 0 ? '–' : (summary.change[l] ?? 0).toFixed(4);
      return `<tr${l === 0 ? ' class="first"' : ''}>${l === 0 ? head : ''}<td>${l === 0 ? 'input' : l}</td><td>${withError(cka, summary.ckaStandardError?.[l])}</td><td>${change}</td>${l === 0 ? tail : ''}</tr>`;
    });
  });
  const heads = ['theory', 'layer', 'CKA', '‖C − K‖/‖K‖', 'time', 'training error', 'test error', 'equations'];
  return `<section><h2>Numbers</h2><div class="wide"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>
<p class="note">Errors of predictions are mean squares of the mean predictor, per sample and output.</p></section>`;
}

function heatmapSection(problem: Problem, solved: readonly Solved[]): string {
  const order = orderByClass(problem.data.y);
  const layers = solved[0].posterior.kernels.map((_, l) => l);
  const limits = layers.map((l) => typicalMagnitude(solved.map(({ posterior }) => posterior.kernels[l])));
  const legend = (limit: number) =>
    `<span class="scale"><span>−${limit.toPrecision(2)}</span><i></i><span>+${limit.toPrecision(2)}</span></span>`;
  const cell = (matrix: Matrix, limit: number, label: string) =>
    `<td><img alt="${escaped(label)}" src="${heatmap(matrix, order, limit)}">${legend(limit)}</td>`;
  const rows = solved.map(({ posterior }) => {
    const cells = layers.map((l) => cell(posterior.kernels[l], limits[l], `kernel of ${layerName(l)}, ${posterior.theory}`));
    return `<tr><th scope="row">${escaped(posterior.theory)}</th>${cells.join('')}</tr>`;
  });
  const adapted = solved.filter(({ posterior }) => posterior.kernels !== posterior.nngp);
  const differences = adapted.map(({ posterior }) => {
    const cells = layers.map((l) => {
      if (l === 0) return '<td class="empty">fixed by the data</td>';
      const difference = addScaled(copy(posterior.kernels[l]), -1, posterior.nngp[l]);
      return cell(difference, typicalMagnitude([difference]), `change of ${layerName(l)}, ${posterior.theory}`);
    });
    return `<tr><th scope="row">${escaped(posterior.theory)} − nngp</th>${cells.join('')}</tr>`;
  });
  const heads = layers.map((l) => `<th scope="col">${layerName(l)}</th>`).join('');
  return `<section><h2>Kernels, samples sorted by class</h2><div class="wide"><table class="maps"><thead><tr><td></td>${heads}</tr></thead><tbody>${rows.join('')}${differences.join('')}</tbody></table></div>
<p class="note">Red positive, blue negative; the colour range of each picture is written below it.</p></section>`;
}

function spectrumSection(problem: Problem, solved: readonly Solved[], compute: Compute): string {
  const limit = SPECTRUM_LIMIT[compute.algebra.name] ?? 500;
  if (problem.data.x.rows > limit) {
    return `<section><h2>Spectra</h2><p class="note">Left out: ${problem.data.x.rows} samples are more than the ${limit} for which eigenvalues are computed on this backend.</p></section>`;
  }
  const theories = solved.map(({ posterior }) => posterior.theory);
  const figures = solved[0].posterior.kernels.slice(1).map((_, k) => {
    const ranks: string[] = [];
    const points = solved.flatMap(({ posterior }) => {
      const eigenvalues = centredSpectrum(compute.algebra, posterior.kernels[k + 1]);
      ranks.push(`${posterior.theory} ${effectiveRank(eigenvalues).toFixed(1)}`);
      const floor = 1e-9 * eigenvalues[0];
      return Array.from(eigenvalues, (eigenvalue, i) => ({ theory: posterior.theory, rank: i + 1, eigenvalue })).filter(
        (p) => p.eigenvalue > floor,
      );
    });
    return `<figure>${spectrumPlot(points, theories, `layer ${k + 1}`)}<figcaption>effective rank: ${escaped(ranks.join(', '))}</figcaption></figure>`;
  });
  const key = theories
    .map((theory, k) => `<span><i style="background:${THEORY_COLOURS[k % THEORY_COLOURS.length]}"></i>${escaped(theory)}</span>`)
    .join('');
  return `<section><h2>Spectra of the centred kernels</h2><p class="key">${key}</p><div class="row">${figures.join('')}</div></section>`;
}
