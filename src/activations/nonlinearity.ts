/** A nonlinearity seen by quadrature: values, derivatives, and where its derivatives jump. */
export interface Nonlinearity {
  /** for people and error messages */
  readonly name: string;
  /** where φ or φ' jumps; quadrature splits there */
  readonly kinks: readonly number[];
  /** φ of every number of h, into `out`, which may be `h` */
  value(h: Float64Array, out: Float64Array): void;
  /** φ' of every number of h, into `out`, which may be `h` */
  derivative(h: Float64Array, out: Float64Array): void;
  /** value and derivative together, where that is cheaper; `value` may be `h` */
  both?(h: Float64Array, value: Float64Array, derivative: Float64Array): void;
}

/** φ at many points. */
export function valuesOf(phi: Pick<Nonlinearity, 'value'>, h: Float64Array): Float64Array {
  const values = new Float64Array(h.length);
  phi.value(h, values);
  return values;
}

/** φ and φ' at many points; `value` may be `h`. */
export function evaluate(
  phi: Nonlinearity,
  h: Float64Array,
  value: Float64Array,
  derivative: Float64Array,
): void {
  if (phi.both) {
    phi.both(h, value, derivative);
    return;
  }
  phi.derivative(h, derivative);
  phi.value(h, value);
}
