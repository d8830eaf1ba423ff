import { describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { activationByName } from '#src/activations/registry.js';
import { architectureOf } from '#src/architecture/architecture.js';
import { solve } from '#src/index.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { networkParity } from '#src/problem/parity.js';
import { parseProblem } from '#src/problem/schema.js';
import { zipped } from '#src/problem/variations.js';

const x = [
  [1, 2, 3, 4],
  [4, 3, 2, 1],
];
const data = { x, y: [1, -1] };
const images = { ...data, image: [2, 2, 1] };
const patch = { convolution: { patch: [3, 3] } };

describe('layers one by one', () => {
  it('give hiddenLayers, width and activation, and are read again as they are written', () => {
    const spec = parseProblem({
      data: { dataset: 'mnist' },
      network: { layers: [{ convolution: { patch: [3, 3], width: 8 }, activation: 'ReLU' }, { dense: 5 }] },
    });
    expect(spec.network).toMatchObject({ hiddenLayers: 2, width: [8, 5], activation: 'relu' });
    expect(spec.network.layers).toEqual([
      { convolution: { patch: [3, 3], stride: 1, padding: 'zero', width: 8 }, activation: 'relu' },
      { dense: 5, activation: 'erf' },
    ]);
    expect(parseProblem(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('that are dense and alike are the network that it is without them', () => {
    const { network } = createProblem({
      data,
      network: {
        layers: [
          { dense: 7, activation: 'relu' },
          { dense: 5, activation: 'relu' },
        ],
      },
    });
    expect(network).toEqual(
      createProblem({ data, network: { hiddenLayers: 2, width: [7, 5], activation: 'relu' } }).network,
    );
  });

  it('have the positions of their strides, and those of the readout none', () => {
    const layers = [
      { convolution: { patch: [3, 3], stride: 2, width: 4 } },
      { convolution: { patch: [2, 2], width: 3 } },
    ];
    const { input, layers: built } = architectureOf(
      createProblem({ data: images, network: { layers } }).network,
    );
    expect([input.positions, ...built.map(({ map }) => map.positionsAbove)]).toEqual([1, 1, 1]);
    const wide = {
      x: [Array.from({ length: 35 }, (_, i) => i % 3), Array.from({ length: 35 }, (_, i) => i % 4)],
      y: [1, -1],
      image: [7, 5, 1],
    };
    const larger = architectureOf(createProblem({ data: wide, network: { layers } }).network);
    expect([larger.input.positions, ...larger.layers.map(({ map }) => map.positionsAbove)]).toEqual([
      12, 12, 1,
    ]);
  });

  it('have the parity of their activation where all have the same', () => {
    const layers = (second: string) => [
      { ...patch, activation: 'erf' },
      { dense: 3, activation: second },
    ];
    const parityOf = (network: NetworkInput) =>
      networkParity(createProblem({ data: images, network }).network);
    expect(parityOf({ layers: layers('erf') })).toBe('odd');
    expect(parityOf({ layers: layers('relu') })).toBeUndefined();
  });

  /** Functions of a program; both have the same name. */
  const own = (name: string) => {
    const { value, derivative } = activationByName(name);
    const of = (f: typeof value) => (h: number) => {
      const one = Float64Array.of(h);
      f(one, one);
      return one[0];
    };
    return defineActivation({ name: 'mine', value: of(value), derivative: of(derivative) });
  };
  const [tanh, erf] = [own('tanh'), own('erf')];

  it.each(['nngp', 'linearResponse', 'perturbative', 'sampled'] as const)(
    'have functions of a program as activations, told apart though they share a name: %s',
    async (theory) => {
      const of = (...[first, second]: NonNullable<NetworkInput['layers']>[number]['activation'][]) =>
        createProblem({
          data: { ...data, x: x.map((row) => row.map((value) => value / 3)) },
          network: {
            layers: [
              { dense: 12, activation: first },
              { dense: 9, activation: second },
            ],
            biasVariance: 0.1,
          },
        });
      const options = theory === 'sampled' ? { draws: 64, chains: 2 } : {};
      const mine = await solve(of(tanh, erf), theory, options);
      const theirs = await solve(of('tanh', 'erf'), theory, options);
      const apart = mine.kernels.map(({ data: kernel }, l) =>
        Math.max(...kernel.map((value, k) => Math.abs(value - theirs.kernels[l].data[k]))),
      );
      // Closed forms of erf beside quadrature, and sampled kernels to rounding.
      expect(Math.max(...apart)).toBeLessThan(1e-7);
    },
  );

  it('that all have one function of a program are the network that has it', () => {
    const layers = [
      { dense: 7, activation: tanh },
      { dense: 5, activation: tanh },
    ];
    const { network } = createProblem({ data, network: { layers } });
    expect(network).toEqual(
      createProblem({ data, network: { hiddenLayers: 2, width: [7, 5], activation: tanh } }).network,
    );
    expect(createProblem({ data, network: { layers: [layers[0], { dense: 5 }] } }).network.structure).toEqual(
      {
        layers: [{ activation: tanh }, { activation: activationByName('erf') }],
        readout: 'flatten',
      },
    );
  });

  const refused: [NetworkInput, RegExp, typeof data][] = [
    [
      { layers: [{ dense: 5, activation: ((h: number) => h) as never }] },
      /^network\.layers\[0\]\.activation: .*what defineActivation/,
      data,
    ],
    [{ layers: [patch] }, /layers\[0\]\.convolution: needs images: data of shape P×length×channels/, data],
    [
      { layers: [{ convolution: { patch: [3] } }] },
      /layers\[0\]\.convolution\.patch: 1 sizes where images have 2 axes/,
      images,
    ],
    [
      { layers: [{ convolution: { patch: [3, 3], stride: [1] } }] },
      /stride: 1 entries where patch has 2/,
      images,
    ],
    [{ layers: [{ dense: 3 }, patch] }, /layers\[1\]\.convolution: stands above a dense layer/, images],
    [
      { layers: [{ dense: 3, ...patch }] },
      /layers\[0\]: must have one of dense \(a width\) and convolution/,
      images,
    ],
    [{ layers: [{}] }, /layers\[0\]: must have one of dense/, images],
    [{ layers: [] }, /layers: \[\]; must be a list of at least 1/, images],
    [
      { layers: [{ dense: 3, skip: 1 }] },
      /layers\[0\]\.skip: 1; there are 0 hidden layers below this one/,
      images,
    ],
    [
      { layers: [{ dense: 3 }, { dense: 4, skip: 1 }] },
      /skip: layers\[0\] has 3 neurons, this one 4 neurons; they are added/,
      images,
    ],
    [
      { layers: [patch, { dense: 100, skip: 1 }] },
      /layers\[0\] has 100 channels at 4 positions, this one 100 neurons/,
      images,
    ],
    [
      { layers: [{ dense: 3 }], width: 5 },
      /network\.width: 5; leave it out, network\.layers says it layer by layer/,
      images,
    ],
    [{ layers: [{ dense: 3 }], activation: 'relu' }, /network\.activation: "relu"; leave it out/, images],
    [
      { layers: [{ dense: 3, activation: 'foo' }] },
      /layers\[0\]\.activation: unknown activation "foo"/,
      images,
    ],
    [{ layers: [{ dense: 3 }], readout: 'average' }, /readout: "average"; no convolution/, images],
    [{ readout: 'average' }, /readout: "average"; no convolution/, images],
    [
      { layers: [patch], weightVariance: [1, 2, 3] },
      /weightVariance: 3 entries where 1 hidden layer needs 2/,
      images,
    ],
  ];
  it.each(refused)('%j is refused by name', (network, message, given) => {
    expect(() => createProblem({ data: given, network })).toThrow(message);
  });

  it('take images whose shape is that of the inputs', () => {
    expect(() => createProblem({ data: { ...data, image: [3, 1] } })).toThrow(
      /data\.image: \[3, 1\]; must be \[length, channels\]/,
    );
    expect(createProblem({ data: { ...data, image: [4, 1] } }).data.image).toEqual([4, 1]);
  });
});

describe('another width of layers one by one', () => {
  const layers = [
    { convolution: { patch: [3], width: 10 }, activation: 'relu' },
    { dense: 20, skip: 1, activation: 'erf' },
  ];
  const spec = parseProblem({ data: { dataset: 'xor' }, network: { layers } });
  const widths = (value: unknown) =>
    zipped(spec, [{ key: 'network.width', values: [value] }])[0].spec.network;

  it('is that of every layer, or a list with one each, and leaves the rest alone', () => {
    expect(widths(7).width).toEqual([7, 7]);
    expect(widths([5, 6]).width).toEqual([5, 6]);
    const { layers: changed } = widths(7);
    expect(changed?.[0]).toMatchObject({ convolution: { patch: [3], width: 7 }, activation: 'relu' });
    expect(changed?.[1]).toEqual({ dense: 7, skip: 1, activation: 'erf' });
  });

  it('is refused where the list does not fit, or the width is none', () => {
    expect(() => widths([5, 6, 7])).toThrow(/network\.width: .*network\.layers says it layer by layer/);
    expect(() => widths(0)).toThrow('network.layers[0].convolution.width: 0');
  });
});
