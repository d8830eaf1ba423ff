/** Small problems of networks that are not simply dense, for theories beside sampled networks. */
function waves(rows, columns, phase) {
  return Array.from({ length: rows }, (_, i) =>
    Array.from(
      { length: columns },
      (__, j) => 1.4 * Math.sin(1.7 * i * (j + 1) + 0.9 * j * j + phase) + 0.3 * Math.cos(i - j),
    ),
  );
}

const data = {
  x: waves(6, 12, 0),
  y: [1, -1, 1, -1, 1, -1],
  xTest: waves(2, 12, 0.5),
  yTest: [1, -1],
  image: [4, 3, 1],
};
const variances = { weightVariance: 1.5, biasVariance: 0.1 };
const conv = (width, stride) => ({ convolution: { patch: [3, 3], stride, width }, activation: 'erf' });

export const structuredProblems = {
  convolutions: { data, network: { layers: [conv(40, 1), conv(40, 2)], ...variances } },
  // More points than channels, where what the outputs' fields fluctuate by counts.
  narrowConvolution: {
    data: {
      x: waves(8, 8, 0),
      y: [1, -1, 1, -1, 1, -1, 1, -1],
      xTest: waves(3, 8, 0.5),
      yTest: [1, -1, 1],
      image: [4, 2, 1],
    },
    network: {
      layers: [{ convolution: { patch: [2, 2], stride: 2, width: 4 }, activation: 'erf' }],
      weightVariance: 2,
      biasVariance: 0.1,
    },
    noiseVariance: 0.1,
  },
  averaged: { data, network: { layers: [conv(40, 1), conv(40, 2)], readout: 'average', ...variances } },
  belowDense: { data, network: { layers: [conv(40, 2), { dense: 12, activation: 'tanh' }], ...variances } },
  activations: {
    data,
    network: {
      layers: [
        { dense: 30, activation: 'tanh' },
        { dense: 30, activation: 'relu' },
      ],
      ...variances,
    },
  },
  residual: {
    data,
    network: {
      layers: [
        { dense: 40, activation: 'tanh' },
        { dense: 40, activation: 'tanh', skip: 1 },
        { dense: 40, activation: 'relu', skip: 2 },
      ],
      weightVariance: 1,
      biasVariance: 0.1,
    },
  },
  residualConvolutions: {
    data,
    network: { layers: [conv(40, 2), { ...conv(40, 1), skip: 1 }], readout: 'average', ...variances },
  },
};
