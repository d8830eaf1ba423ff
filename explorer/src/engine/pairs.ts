import {
  type Compute,
  createProblem,
  drawKernels,
  drive,
  followPair,
  InputError,
  nngpKernels,
  type Problem,
  twoRows,
} from 'finite-width/browser';
import type { PairView } from './messages';

const DRAWS = 6000;

/**
 * The prior over the output kernel of two samples, which no other sample influences, and its reweighing by
 * their targets.
 */
export async function pairView(
  { data, network, noiseVariance }: Problem,
  pair: readonly [number, number],
  compute: Compute,
  signal: AbortSignal,
): Promise<PairView> {
  const outside = pair.find((sample) => sample >= data.x.rows);
  if (outside !== undefined)
    throw new InputError(`pair: there is no point ${outside}; points are 0 to ${data.x.rows - 1}`);
  if (pair[0] === pair[1]) throw new InputError('pair: give two different points');
  const two = createProblem({
    data: { x: twoRows(data.x, pair), y: twoRows(data.y, pair) },
    network: inputOf(network),
    noiseVariance,
  });
  const nngp = nngpKernels(two.network, two.data.x, compute);
  const drawn = await drive(
    drawKernels(two.network, nngp, { draws: DRAWS, seed: 0, pair: [0, 1] }, compute),
    { signal },
  );
  if (!drawn.pair) throw new Error('the pair was not followed');
  const top = nngp[network.hiddenLayers].data;
  const infinite = Float64Array.of(top[0], top[1], top[3]);
  const { kernels, weights } = followPair(drawn.pair, infinite, two.data.y, noiseVariance, 0);
  const values = Float64Array.from({ length: kernels.rows }, (_, s) => kernels.data[3 * s + 1]);
  const first = (k: number) => two.data.y.data[k * two.data.y.columns];
  return { pair, values, weights, infinite: top[1], targets: [first(0), first(1)] };
}

const inputOf = ({
  hiddenLayers,
  widths,
  activation,
  weightVariance,
  biasVariance,
  featureScale,
}: Problem['network']) => ({
  hiddenLayers,
  width: [...widths],
  activation,
  weightVariance: [...weightVariance],
  biasVariance: [...biasVariance],
  featureScale,
});
