import type { Activation } from '../activations/activation.js';
import type { Data } from './data.js';
import type { LikelihoodName } from './likelihoodName.js';
import type { Structure } from './structure.js';

export type { Data, DataColumns, Preparation } from './data.js';

/**
 * A Bayesian network (theory §1), fully connected unless `structure` says more. Index l of the variances: 0
 * the input layer, L the readout.
 */
export interface Network {
  /** L */
  readonly hiddenLayers: number;
  /** widths[l − 1] = N_l, the width of hidden layer l = 1..L */
  readonly widths: readonly number[];
  /** of all hidden layers; of the first where `structure` has others */
  readonly activation: Activation;
  /** layers that are not all dense with one activation */
  readonly structure?: Structure;
  /** σ_w² of layers 0..L: weights have this variance over their fan-in */
  readonly weightVariance: readonly number[];
  /** β_l = σ_b² of layers 0..L */
  readonly biasVariance: readonly number[];
  /** γ: divides the readout's weight variance (not its bias) */
  readonly featureScale: number;
}

/** What a theory is asked: immutable, validated. */
export interface Problem {
  /** inputs and targets, P data points */
  readonly data: Data;
  /** architecture and prior */
  readonly network: Network;
  /** κ, the variance of Gaussian noise on the targets; 0 where the likelihood has none */
  readonly noiseVariance: number;
  /** what targets are, given outputs: Gaussian unless said otherwise */
  readonly likelihood?: LikelihoodName;
}

/** g_l: the factor of ⟨φφᵀ⟩ in the kernel of layer l; the readout's weight variance is divided by γ. */
export function gain({ weightVariance, featureScale, hiddenLayers }: Network, l: number): number {
  return l === hiddenLayers ? weightVariance[l] / featureScale : weightVariance[l];
}

/** g_0 … g_L */
export const gains = (network: Network): number[] => network.weightVariance.map((_, l) => gain(network, l));

/** φ_l of hidden layer l = 1..L */
export const activationOf = ({ activation, structure }: Network, l: number): Activation =>
  structure ? structure.layers[l - 1].activation : activation;

/** Whether every φ_l is a multiple of h. */
export const isLinear = (network: Network): boolean =>
  network.widths.every((_, k) => activationOf(network, k + 1).linear === true);

/** N_l */
export const width = (network: Network, l: number): number => network.widths[l - 1];
