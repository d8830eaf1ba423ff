import { smallestArchitecture } from '../architecture/samePositions.js';
import { samePositionsOf } from '../measures/alignment.js';
import type { Matrix } from '../numerics/matrix.js';
import type { SolvedTheory } from './summary.js';

/** How far means are from those of networks. */
export interface OutputAgreement {
  /** root mean square difference */
  readonly distance: number;
  /** √⟨(difference/standard error)²⟩: 1 if errors explain all */
  readonly inErrors: number;
}

/** A theory beside sampled networks. */
export interface Agreement {
  readonly layers: readonly {
    /** difference of the alignment, and the same in standard errors */
    readonly cka: number;
    readonly ckaInErrors: number;
    /** ‖C − C_networks‖/‖C_networks‖ of the pairs that outputs need (`smallestArchitecture`), and what Monte Carlo errors alone would make of it */
    readonly distance: number;
    readonly noise: number;
  }[];
  readonly train: OutputAgreement;
  readonly test?: OutputAgreement;
}

function outputs(a: Matrix, b: Matrix, error: Matrix): OutputAgreement {
  let [squares, ratios] = [0, 0];
  a.data.forEach((value, i) => {
    const difference = value - b.data[i];
    squares += difference * difference;
    ratios += (difference / error.data[i]) ** 2;
  });
  return { distance: Math.sqrt(squares / a.data.length), inErrors: Math.sqrt(ratios / a.data.length) };
}

/** undefined for the networks themselves, and where they have no errors */
export function agreementWith(networks: SolvedTheory, theory: SolvedTheory): Agreement | undefined {
  const { uncertainty, trainMeanError } = networks.posterior;
  if (networks === theory || !uncertainty || !trainMeanError) return undefined;
  const own = theory.posterior.uncertainty;
  const [theirs, truth] = [theory.posterior.alignment(), networks.posterior.alignment()];
  // Where outputs need no other pairs, some theories have none.
  const { network, data } = networks.posterior.problem;
  const { samePositions } = smallestArchitecture(network);
  const needed = (kernel: Matrix) => (samePositions ? samePositionsOf(kernel, data.x.rows) : kernel);
  const layers = networks.posterior.kernels.map((kernel, l) => {
    let [difference, noise, norm] = [0, 0, 0];
    const [other, error] = [needed(theory.posterior.kernels[l]), needed(uncertainty.kernels[l])];
    const ownError = own && needed(own.kernels[l]);
    needed(kernel).data.forEach((value, i) => {
      difference += (other.data[i] - value) ** 2;
      noise += error.data[i] ** 2 + (ownError?.data[i] ?? 0) ** 2;
      norm += value * value;
    });
    const cka = theirs[l] - truth[l];
    return {
      cka,
      ckaInErrors: l === 0 ? 0 : cka / Math.hypot(uncertainty.cka[l], own?.cka[l] ?? 0),
      distance: Math.sqrt(difference / norm),
      noise: Math.sqrt(noise / norm),
    };
  });
  const train = outputs(theory.trainMean, networks.trainMean, trainMeanError);
  const { test } = networks;
  if (!test?.meanError || !theory.test) return { layers, train };
  return { layers, train, test: outputs(theory.test.mean, test.mean, test.meanError) };
}

/** The networks among what was solved. */
export const networksAmong = (solved: readonly SolvedTheory[]): SolvedTheory | undefined =>
  solved.find(({ posterior }) => posterior.theory === 'sampled');
