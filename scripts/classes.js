// npm run build && node scripts/classes.js [digits …]: the table of docs/figures.md that puts likelihoods
// beside each other on MNIST digits, 0 and 3 unless others are given: Gaussian noise on targets that stand
// for classes, and the likelihood of classes, by infinite width, first order and sampled networks.
import { createProblem, loadProblem, solve } from '../dist/index.js';
import { classQualityOf } from '../dist/measures/classification.js';
import { elementary } from '../dist/numerics/kernels/elementary.js';

const digits = process.argv.slice(2).map(Number);
const classes = digits.length > 0 ? digits : [0, 3];
const network = { hiddenLayers: 2, width: 100, activation: 'erf', weightVariance: 1.2 };
const { problem } = await loadProblem('mnist', [
  { key: 'data.classes', values: [classes] },
  { key: 'data.testSamples', values: [600] },
]);
const { data } = problem;

const upper = (values) =>
  elementary(
    'erf',
    values.map((z) => z * Math.SQRT1_2),
  ).map((value) => 0.5 + 0.5 * value);

/**
 * Of Gaussian noise on ±1: that the observation is on the side of the class; on one-hot rows, that its output
 * is the largest, outputs independent.
 */
function gaussianProbabilities({ mean, variance }, noise) {
  const spread = variance.map((value) => Math.sqrt(value + noise));
  if (mean.columns === 1) {
    const second = upper(mean.data.map((value, t) => value / spread[t]));
    return {
      rows: mean.rows,
      columns: 2,
      data: Float64Array.from({ length: 2 * mean.rows }, (_, k) =>
        k % 2 ? second[k >> 1] : 1 - second[k >> 1],
      ),
    };
  }
  const n = mean.columns;
  const out = new Float64Array(mean.rows * n);
  const nodes = Array.from({ length: 161 }, (_, k) => -8 + k / 10);
  for (let t = 0; t < mean.rows; t++) {
    const row = mean.data.subarray(t * n, (t + 1) * n);
    for (let c = 0; c < n; c++) {
      for (const z of nodes) {
        const below = upper(Float64Array.from(row, (other) => z + (row[c] - other) / spread[t]));
        out[t * n + c] +=
          0.1 *
          (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) *
          below.reduce((p, value, k) => (k === c ? p : p * value), 1);
      }
    }
    const total = out.subarray(t * n, (t + 1) * n).reduce((sum, value) => sum + value, 0);
    for (let c = 0; c < n; c++) out[t * n + c] /= total;
  }
  return { rows: mean.rows, columns: n, data: out };
}

const ofClasses = classes.length === 2 ? 'logistic' : 'softmax';
console.log(
  '| likelihood | theory | right | ln p(class) | Brier score | calibration error | CKA, layer 1 | CKA, layer 2 |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const likelihood of ['gaussian', ofClasses]) {
  // One-hot rows are centred for Gaussian noise, as labels are: networks have mean zero.
  const centred = (y) =>
    y.columns > 1 && likelihood === 'gaussian'
      ? { ...y, data: y.data.map((value) => value - 1 / y.columns) }
      : y;
  const given = { x: data.x, y: centred(data.y), xTest: data.xTest, yTest: centred(data.yTest) };
  const asked = createProblem({ data: given, network, likelihood });
  for (const theory of ['nngp', 'linearResponse', 'sampled']) {
    const posterior = await solve(asked, theory, theory === 'sampled' ? { draws: 1500 } : {});
    const predicted = posterior.predict(given.xTest);
    const quality = classQualityOf(
      predicted.probabilities ?? gaussianProbabilities(predicted, asked.noiseVariance),
      given.yTest,
    );
    const error = (l) => (theory === 'sampled' ? ` ± ${posterior.uncertainty.cka[l].toFixed(4)}` : '');
    const cka = posterior.alignment();
    const cells = [quality.logPredictiveDensity, quality.brierScore, quality.calibrationError].map((value) =>
      value.toFixed(3),
    );
    const layers = [1, 2].map((l) => `${cka[l].toFixed(4)}${error(l)}`);
    console.log(
      `| ${[likelihood, `\`${theory}\``, `${(100 * quality.accuracy).toFixed(1)} %`, ...cells, ...layers].join(' | ')} |`,
    );
  }
}
