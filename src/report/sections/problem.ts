import type { Problem } from '../../problem/problem.js';
import { networkWords } from '../network.js';
import { escaped } from './page.js';

/** What was asked. */
export function problemSection({ data, network, noiseVariance, likelihood }: Problem): string {
  const same = (values: readonly number[]) =>
    values.every((value) => value === values[0]) ? String(values[0]) : values.join(', ');
  const facts: [string, string][] = [
    ['data', data.description],
    ...(network.structure
      ? ([['network', networkWords(network)]] as [string, string][])
      : ([
          ['hidden layers', String(network.hiddenLayers)],
          ['width N', same(network.widths)],
          ['activation φ', `${network.activation.name}`],
        ] as [string, string][])),
    ['weight variance σ_w²', same(network.weightVariance)],
    ['bias variance σ_b²', same(network.biasVariance)],
    ['feature scale γ', String(network.featureScale)],
    likelihood ? ['likelihood', likelihood] : ['noise variance κ', String(noiseVariance)],
  ];
  const items = facts.map(
    ([name, value]) =>
      `<div><dt>${escaped(name).replace(/_([wb])/, '<sub>$1</sub>')}</dt><dd>${escaped(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join('')}</dl>`;
}
