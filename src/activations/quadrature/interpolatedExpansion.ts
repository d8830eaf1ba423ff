import type { LinearAlgebra } from '../../numerics/linearAlgebra.js';
import { allocate, block, type Matrix, zeros } from '../../numerics/matrix.js';
import { STEP } from '../pairs/hermite.js';

/** Hermite coefficients of φ and φ' at some standard deviations, and moments. */
export interface Expansion {
  /** of φ, a row for each standard deviation */
  readonly value: Matrix;
  /** of φ' */
  readonly derivative: Matrix;
  /** ⟨φ²⟩, ⟨φ'²⟩, ⟨φ'² + φφ''⟩ */
  readonly moments: readonly Float64Array[];
}

/** Chebyshev nodes on a panel of ln σ, and the width of panels that are tried, one after the other. */
const NODES = 20;
const WIDTHS = [0.7, 0.35, 0.175];
/** Quadrature at every point is cheaper unless there are this many points to a node. */
const WORTH_IT = 4;
/** Error allowed to coefficients, relative to the root of the sum of their squares, and to moments. */
const TOLERANCE = 1e-13;

/**
 * The expansion at every standard deviation from that at a few: coefficients are analytic in ln σ, so that
 * polynomials of degree 19 through Chebyshev nodes of short panels reach rounding. They are compared with
 * `direct` where they err most, at the ends and between nodes of each panel.
 * @returns undefined where there are too few points, some without variance, or no panels reach 1e−13
 */
export function interpolatedExpansion(
  direct: (sigma: Float64Array) => Expansion,
  sigma: Float64Array,
  algebra: LinearAlgebra,
): Expansion | undefined {
  if (sigma.length < WORTH_IT * NODES) return undefined;
  const [least, most] = sigma.reduce(
    ([low, high], s) => [Math.min(low, s), Math.max(high, s)],
    [Number.POSITIVE_INFINITY, 0],
  );
  if (!(least > 0 && most < Number.POSITIVE_INFINITY)) return undefined;
  // Rounding must not put the outermost points beyond the ends.
  const [from, to] = [Math.log(least) - 1e-9, Math.log(most) + 1e-9];
  for (const width of WIDTHS) {
    const count = Math.ceil((to - from) / width);
    if (sigma.length < WORTH_IT * NODES * count) return undefined;
    const panels = { from, width: (to - from) / count, count };
    const nodes = direct(placesOf(panels, NODE_PLACES));
    const tests = placesOf(panels, TEST_PLACES);
    if (agree(interpolate(nodes, panels, tests, algebra), direct(tests)))
      return interpolate(withoutRounding(nodes), panels, sigma, algebra);
  }
  return undefined;
}

/** Part of the sum of squares that is rounding. */
const ROUNDING = 1e-15;

/** Without the orders, a multiple of STEP, whose coefficients are rounding at all nodes. */
function withoutRounding({ value, derivative, moments }: Expansion): Expansion {
  const orders = Math.max(needed(value, moments[0]), needed(derivative, moments[1]));
  const kept = (a: Matrix) => block(a, [0, a.rows], [0, orders]);
  return { value: kept(value), derivative: kept(derivative), moments };
}

function needed({ rows, columns, data }: Matrix, whole: Float64Array): number {
  let most = 0;
  for (let i = 0; i < rows; i++) {
    let [tail, n] = [0, columns];
    for (; n > most && tail <= ROUNDING * whole[i]; n--) tail += data[i * columns + n - 1] ** 2;
    most = n;
  }
  return Math.min(columns, STEP * Math.ceil((most + 1) / STEP));
}

interface Panels {
  /** ln σ where the first begins */
  readonly from: number;
  readonly width: number;
  readonly count: number;
}

/** Chebyshev nodes on [−1, 1], and the places between them where their polynomial is largest. */
const NODE_PLACES = Float64Array.from({ length: NODES }, (_, k) => Math.cos((Math.PI * (k + 0.5)) / NODES));
const TEST_PLACES = Float64Array.from([0, 1, NODES / 2, NODES], (k) => Math.cos((Math.PI * k) / NODES));

/** σ at these places of every panel. */
const placesOf = ({ from, width, count }: Panels, places: Float64Array): Float64Array =>
  Float64Array.from({ length: count * places.length }, (_, k) =>
    Math.exp(from + width * (Math.floor(k / places.length) + 0.5 * (1 + places[k % places.length]))),
  );

/** By the barycentric formula: one product of matrices, whose left one has the weights of a point's panel. */
function interpolate(
  { value, derivative, moments }: Expansion,
  panels: Panels,
  sigma: Float64Array,
  algebra: LinearAlgebra,
): Expansion {
  const weights = zeros(sigma.length, NODES * panels.count);
  for (let i = 0; i < sigma.length; i++) {
    const place = (Math.log(sigma[i]) - panels.from) / panels.width;
    const panel = Math.min(panels.count - 1, Math.max(0, Math.floor(place)));
    lagrange(2 * (place - panel) - 1, weights.data.subarray(i * weights.columns + panel * NODES));
  }
  const product = (nodes: Matrix): Matrix => {
    const { rows } = weights;
    const into = { rows, columns: nodes.columns, data: allocate(rows * nodes.columns) };
    return algebra.gemm(weights, nodes, { into });
  };
  const columns = zeros(NODES * panels.count, moments.length);
  moments.forEach((moment, m) => {
    for (let k = 0; k < moment.length; k++) columns.data[k * moments.length + m] = moment[k];
  });
  const means = product(columns);
  const ofPoints = moments.map((_, m) => {
    const moment = allocate(sigma.length);
    for (let i = 0; i < moment.length; i++) moment[i] = means.data[i * moments.length + m];
    return moment;
  });
  return { value: product(value), derivative: product(derivative), moments: ofPoints };
}

/** out[k] = ℓ_k(x), the polynomials of Lagrange for the nodes. */
function lagrange(x: number, out: Float64Array): void {
  let sum = 0;
  for (let k = 0; k < NODES; k++) {
    if (x === NODE_PLACES[k]) {
      out.fill(0, 0, NODES);
      out[k] = 1;
      return;
    }
    const sine = Math.sqrt((1 - NODE_PLACES[k]) * (1 + NODE_PLACES[k]));
    out[k] = ((k % 2 === 0 ? 1 : -1) * sine) / (x - NODE_PLACES[k]);
    sum += out[k];
  }
  for (let k = 0; k < NODES; k++) out[k] /= sum;
}

/** Whether coefficients and moments agree to TOLERANCE. */
function agree(found: Expansion, wanted: Expansion): boolean {
  const [square, slopeSquare, diagonalSlope] = wanted.moments;
  const scales = [square, slopeSquare, square.map((_, i) => Math.max(slopeSquare[i], diagonalSlope[i]))];
  const close = (scale: Float64Array, x: Matrix, y: Matrix) =>
    scale.every((whole, i) => distance(x, y, i) <= TOLERANCE * Math.sqrt(whole));
  return (
    close(square, found.value, wanted.value) &&
    close(slopeSquare, found.derivative, wanted.derivative) &&
    found.moments.every((moment, m) =>
      moment.every((x, i) => Math.abs(x - wanted.moments[m][i]) <= TOLERANCE * scales[m][i]),
    )
  );
}

/** Between rows i. */
function distance(x: Matrix, y: Matrix, i: number): number {
  let sum = 0;
  for (let k = i * x.columns; k < (i + 1) * x.columns; k++) sum += (x.data[k] - y.data[k]) ** 2;
  return Math.sqrt(sum);
}
