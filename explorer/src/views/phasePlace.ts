import type { Setup } from '../setup';

/** The picture of the diagram, in pixels. */
export const WIDTH = 430;
export const HEIGHT = 320;
export const MARGINS = { left: 52, right: 16, top: 12, bottom: 44 };

/** The variances that the diagram covers: the usual ones, and more if the network is outside. */
export const domainOf = ({ weightVariance, biasVariance }: Setup) => ({
  weightVariance: [0.3, Math.max(4, 1.25 * Math.ceil(weightVariance))] as const,
  biasVariance: [0, Math.max(0.5, 1.25 * biasVariance)] as const,
});

export type Domain = ReturnType<typeof domainOf>;

/** Where on the picture the variances are, in shares of its size. */
export function placeOf(
  { weightVariance, biasVariance }: Setup,
  domain: Domain,
): { left: string; top: string } {
  const [[w0, w1], [b0, b1]] = [domain.weightVariance, domain.biasVariance];
  const x = MARGINS.left + ((weightVariance - w0) / (w1 - w0)) * (WIDTH - MARGINS.left - MARGINS.right);
  const y =
    HEIGHT - MARGINS.bottom - ((biasVariance - b0) / (b1 - b0)) * (HEIGHT - MARGINS.top - MARGINS.bottom);
  return { left: `${(100 * x) / WIDTH}%`, top: `${(100 * y) / HEIGHT}%` };
}

/** The variances at a point of the picture, given in shares of its size. */
export function variancesAt(x: number, y: number, domain: Domain): [number, number] {
  const [[w0, w1], [b0, b1]] = [domain.weightVariance, domain.biasVariance];
  const across = (x * WIDTH - MARGINS.left) / (WIDTH - MARGINS.left - MARGINS.right);
  const up = (HEIGHT - MARGINS.bottom - y * HEIGHT) / (HEIGHT - MARGINS.top - MARGINS.bottom);
  return [w0 + across * (w1 - w0), b0 + up * (b1 - b0)];
}
