/** Steps of the power iteration that finds the direction in which samples of a class differ most. */
const STEPS = 60;

/** Leading direction of the centred kernel of some samples, one number each. */
function leading(kernel: Float64Array, size: number, members: readonly number[]): Float64Array {
  const n = members.length;
  const centred = Float64Array.from(
    { length: n * n },
    (_, k) => kernel[members[Math.floor(k / n)] * size + members[k % n]],
  );
  const means = Array.from(
    { length: n },
    (_, i) => centred.subarray(i * n, (i + 1) * n).reduce((sum, value) => sum + value, 0) / n,
  );
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) centred[i * n + j] += mean - means[i] - means[j];
  // From a start that no symmetry of the data shares.
  let direction = Float64Array.from({ length: n }, (_, i) => Math.cos(1 + i * i));
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) next[i] += centred[i * n + j] * direction[j];
    const norm = Math.hypot(...next);
    if (!(norm > 0)) return direction;
    direction = next.map((value) => value / norm);
  }
  return direction;
}

/**
 * An order of samples in which classes are together, and those of a class that are alike are neighbours
 * (seriation by the leading eigenvector of the kernel within the class). Of targets that are no classes, the
 * order of the targets.
 * @param kernel of the inputs, size×size
 * @param targets size rows of `outputs` numbers
 */
export function seriation(
  kernel: Float64Array,
  targets: Float64Array,
  size: number,
  outputs: number,
): Int32Array {
  const classes = new Map<string, number[]>();
  for (let i = 0; i < size; i++) {
    const name = targets.subarray(i * outputs, (i + 1) * outputs).join();
    classes.set(name, [...(classes.get(name) ?? []), i]);
  }
  const first = ([i]: readonly number[], k: number) => targets[i * outputs + k];
  const sorted = [...classes.values()].sort((a, b) => {
    for (let k = 0; k < outputs; k++) if (first(a, k) !== first(b, k)) return first(b, k) - first(a, k);
    return 0;
  });
  return Int32Array.from(
    sorted.flatMap((members) => {
      if (members.length < 3) return members;
      const place = leading(kernel, size, members);
      return members
        .map((_, k) => k)
        .sort((a, b) => place[a] - place[b])
        .map((k) => members[k]);
    }),
  );
}
