import { INFINITE, isConvolutional, optionsOf, problemFile, type Setup, theoryOf } from './setup';

/** The problem file of a setup, as text. */
export const problemText = (setup: Setup): string => `${JSON.stringify(problemFile(setup), undefined, 2)}\n`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** What to type for the same numbers, from a folder that holds the user's own file if there is one. */
export function commandLine(setup: Setup): string {
  const theory = theoryOf(setup);
  const { samples, fourPoint } = optionsOf(theory, setup);
  const options = samples === undefined ? '' : ` --samples ${samples} --four-point ${fourPoint}`;
  const file = quoted(JSON.stringify(problemFile(setup)));
  return `printf '%s\\n' ${file} > problem.json && npx finite-width solve problem.json --theory ${theory}${options}`;
}

const argument = (value: unknown): string =>
  value === true ? 'True' : value === false ? 'False' : JSON.stringify(value);

const call = (entries: Record<string, unknown>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${argument(value)}`)
    .join(', ');

/** Lines that read the user's own file. */
function ownData({ file, target }: Setup): readonly string[] {
  if (/\.npz$/i.test(file))
    return ['import numpy as np', `data = np.load(${argument(file)})`, 'X, y = data["X"], data["Y"]'];
  return [
    'import pandas as pd',
    `table = pd.read_csv(${argument(file)})`,
    `y = table.pop(${argument(target)})`,
    'X = table',
  ];
}

/** The data of a setup in Python. */
function pythonData(setup: Setup): { readonly lines: readonly string[]; readonly arguments: string } {
  if (setup.source === 'file') return { lines: ownData(setup), arguments: 'X, y' };
  const { dataset, testSamples, ...rest } = problemFile(setup).data as Record<string, unknown>;
  const lines = [`data = fw.dataset("${dataset}", ${call({ ...rest, test_samples: testSamples })})`];
  const images = ['for key in ("X", "X_test"):', '    data[key] = data[key].reshape(-1, 28, 28, 1)'];
  return { lines: isConvolutional(setup) ? [...lines, ...images] : lines, arguments: '**data' };
}

/** How own data are prepared, where it is not the default of Python. */
function pythonPreparation({
  source,
  labels,
  standardizeInputs,
  standardizeTargets,
}: Setup): Record<string, unknown> {
  if (source !== 'file') return {};
  const both = standardizeInputs && standardizeTargets;
  const one = standardizeInputs ? 'inputs' : standardizeTargets ? 'targets' : undefined;
  return { labels, ...(both ? { standardize: true } : one ? { standardize: one } : {}) };
}

/** The same computation in Python. */
export function pythonLines(setup: Setup): string {
  const { lines, arguments: data } = pythonData(setup);
  const { weightVariance, biasVariance, featureScale, noiseVariance, layers, width, activation } = setup;
  const file = problemFile(setup).network as Record<string, unknown>;
  const network = isConvolutional(setup)
    ? { layers: file.layers }
    : { hidden_layers: layers, ...(width === INFINITE ? {} : { width }), activation };
  const problem = call({
    ...network,
    weight_variance: weightVariance,
    bias_variance: biasVariance,
    feature_scale: featureScale,
    noise_variance: noiseVariance,
    ...pythonPreparation(setup),
  });
  const theory = theoryOf(setup);
  const { samples, fourPoint } = optionsOf(theory, setup);
  const options = samples === undefined ? '' : `, ${call({ samples, four_point: fourPoint })}`;
  return [
    'import finite_width as fw',
    ...lines,
    `problem = fw.Problem(${data}, ${problem})`,
    `posterior = fw.solve(problem, "${theory}"${options})`,
    'print(posterior.cka, posterior.log_evidence)',
    '',
  ].join('\n');
}

/** How to cite the equations and the program that solved them. */
export const CITATION = `@inproceedings{fischer2024critical,
  title     = {Critical feature learning in deep neural networks},
  author    = {Fischer, Kirsten and Lindner, Javed and Dahmen, David and Ringel, Zohar and Kr{\\"a}mer, Michael and Helias, Moritz},
  booktitle = {International Conference on Machine Learning (ICML)},
  year      = {2024},
  note      = {arXiv:2405.10761}
}
@software{finite_width,
  title   = {finite-width: how the kernels of a deep network adapt to your data},
  version = {0.1.0}
}
`;
