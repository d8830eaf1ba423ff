import { dot, subtract } from './vectors.js';

/**
 * Anderson acceleration (type II; Walker and Ni 2011) of x = F(x): the next point extrapolates over the last
 * `depth` steps, x + βf − Σ γ_j (Δx_j + βΔf_j), f = F(x) − x, with γ minimising ‖f − Σ γ_j Δf_j‖.
 */
export class AndersonMixer {
  private readonly steps: { dx: Float64Array; df: Float64Array }[] = [];
  private last: { x: Float64Array; f: Float64Array } | undefined;

  constructor(
    private readonly depth: number,
    public damping: number,
  ) {}

  /** Forgets the past, as after a jump to another point. */
  reset(): void {
    this.steps.length = 0;
    this.last = undefined;
  }

  /** Goes on with x = F(x) + a for another constant a, of which the steps so far say as much. */
  shift(): void {
    this.last = undefined;
  }

  next(x: Float64Array, image: Float64Array): Float64Array {
    const f = subtract(image, x);
    if (this.last) {
      this.steps.push({ dx: subtract(x, this.last.x), df: subtract(f, this.last.f) });
      if (this.steps.length > this.depth) this.steps.shift();
    }
    this.last = { x: x.slice(), f };
    const next = new Float64Array(x.length);
    for (let i = 0; i < x.length; i++) next[i] = x[i] + this.damping * f[i];
    const gamma = leastSquares(
      this.steps.map(({ df }) => df),
      f,
    );
    this.steps.forEach(({ dx, df }, k) => {
      for (let i = 0; i < next.length; i++) next[i] -= gamma[k] * (dx[i] + this.damping * df[i]);
    });
    return next;
  }
}

/** The γ that minimises ‖f − Σ γ_j v_j‖, by modified Gram–Schmidt; directions that add nothing new get 0. */
function leastSquares(vectors: readonly Float64Array[], f: Float64Array): number[] {
  const size = vectors.length;
  const q: Float64Array[] = [];
  const r = vectors.map(() => new Array<number>(size).fill(0));
  vectors.forEach((vector, k) => {
    const rest = vector.slice();
    const norm = Math.sqrt(dot(rest, rest));
    q.forEach((direction, j) => {
      r[j][k] = dot(direction, rest);
      for (let i = 0; i < rest.length; i++) rest[i] -= r[j][k] * direction[i];
    });
    const remaining = Math.sqrt(dot(rest, rest));
    r[k][k] = remaining > 1e-10 * norm ? remaining : 0;
    q.push(r[k][k] === 0 ? rest.fill(0) : rest.map((value) => value / remaining));
  });
  const gamma = q.map((direction) => dot(direction, f));
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) gamma[k] -= r[k][j] * gamma[j];
    gamma[k] = r[k][k] === 0 ? 0 : gamma[k] / r[k][k];
  }
  return gamma;
}
