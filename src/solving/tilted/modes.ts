/** Places at which the density of a measure is looked at. */
const PLACES = 256;
/**
 * Of the width that is best for a Gaussian (Silverman 1986, eq. 3.31): narrower, or what lies between two
 * modes is filled.
 */
const NARROWER = 0.7;
/** A valley counts when it is below this part of the lower of its two modes, … */
const DEPTH = 0.8;
/** … and by this many standard errors of the difference. */
const CERTAIN = 4;
/** Modes of less than this share are not told apart from noise of the weights. */
const LEAST_SHARE = 0.02;

/**
 * Shares of a weighted sample on a line by its modes, from left to right; [1] where there is one. Modes are
 * the maxima of a kernel density estimate that are parted by valleys too deep for its noise; a share is the
 * weight between two valleys.
 *
 * @param x places, one a sample
 * @param weights of the samples, with sum 1
 */
export function modeShares(x: Float64Array, weights: Float64Array): number[] {
  const { mean, deviation, effective } = momentsOf(x, weights);
  if (!(deviation > 0)) return [1];
  const width = NARROWER * 1.06 * deviation * effective ** -0.2;
  const from = mean - 6 * deviation;
  const step = (12 * deviation) / (PLACES - 1);
  const mass = new Float64Array(PLACES);
  for (let s = 0; s < x.length; s++) {
    mass[Math.max(0, Math.min(PLACES - 1, Math.round((x[s] - from) / step)))] += weights[s];
  }
  const density = smoothed(mass, width / step);
  // Var f̂ = f ∫K²/(n h), ∫K² = 1/(2√π), with f per place.
  const noise = step / (2 * Math.sqrt(Math.PI) * width * effective);
  const valleys = valleysOf(density, noise);
  const edges = [0, ...valleys, PLACES];
  const shares = edges
    .slice(1)
    .map((edge, k) => mass.subarray(edges[k], edge).reduce((sum, w) => sum + w, 0));
  return shares.some((share) => share < LEAST_SHARE) ? withoutLeast(shares) : shares;
}

function momentsOf(x: Float64Array, weights: Float64Array) {
  let [mean, square, squares] = [0, 0, 0];
  for (let s = 0; s < x.length; s++) mean += weights[s] * x[s];
  for (let s = 0; s < x.length; s++) {
    square += weights[s] * (x[s] - mean) ** 2;
    squares += weights[s] ** 2;
  }
  return { mean, deviation: Math.sqrt(square), effective: 1 / squares };
}

/** Convolution with a Gaussian of this width in places. */
function smoothed(mass: Float64Array, width: number): Float64Array {
  const reach = Math.ceil(4 * width);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - reach) / width) ** 2),
  );
  const norm = kernel.reduce((sum, value) => sum + value, 0);
  return mass.map((_, i) => {
    let sum = 0;
    for (let k = Math.max(0, i - reach); k <= Math.min(mass.length - 1, i + reach); k++)
      sum += mass[k] * kernel[k - i + reach];
    return sum / norm;
  });
}

/**
 * Places of the valleys that part modes: maxima are taken from left to right, and joined to the last one
 * where nothing deep lies between.
 */
function valleysOf(density: Float64Array, noise: number): number[] {
  const valleys: number[] = [];
  let [peak, valley] = [0, 0];
  for (let i = 1; i < density.length; i++) {
    if (density[i] < density[valley]) valley = i;
    // A rise out of a deep valley begins a mode; a higher place before that moves the peak.
    if (isDeep(density[valley], Math.min(density[peak], density[i]), noise)) {
      valleys.push(valley);
      [peak, valley] = [i, i];
    } else if (density[i] > density[peak]) [peak, valley] = [i, i];
  }
  return valleys;
}

const isDeep = (valley: number, peak: number, noise: number): boolean =>
  valley < DEPTH * peak && peak - valley > CERTAIN * Math.sqrt(noise * (valley + peak));

/** Shares with those that are too small joined to their larger neighbour. */
function withoutLeast(shares: number[]): number[] {
  const rest = [...shares];
  for (;;) {
    const least = rest.indexOf(Math.min(...rest));
    if (rest.length === 1 || rest[least] >= LEAST_SHARE) return rest;
    const neighbour = (rest[least - 1] ?? -1) > (rest[least + 1] ?? -1) ? least - 1 : least + 1;
    rest[neighbour] += rest[least];
    rest.splice(least, 1);
  }
}
