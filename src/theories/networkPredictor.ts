import type { Compute } from '../numerics/compute.js';
import { choleskySolve } from '../numerics/linearAlgebra.js';
import { addScaled, addToDiagonal, copy, type Matrix, transpose, zeros } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { shapeOf } from '../sampling/chains.js';
import { forward, newPass, outputKernel, type Pass } from '../sampling/marginalPotential.js';
import { layersOf } from '../sampling/weights.js';
import type { TestPrediction } from './predict.js';

/**
 * Predictions of kept networks: given the hidden weights the output is a Gaussian process with the kernel of the last layer, mean C_*A⁻¹Y and
 * variance C_** − C_*A⁻¹C_*ᵀ; over networks means average, and their scatter adds to the variance.
 */
export class NetworkPredictor {
  private readonly draws: Float64Array[] = [];

  constructor(
    private readonly problem: Problem,
    private readonly compute: Compute,
  ) {}

  /** Keeps a copy of the hidden weights. */
  add(parameters: Float64Array): void {
    this.draws.push(parameters.slice());
  }

  private pass(parameters: Float64Array, x: Matrix): Pass {
    const shape = shapeOf(this.problem);
    const pass = newPass(x.rows, shape.widths);
    forward(shape, layersOf(shape, parameters), this.problem.network.activation, x, this.compute.algebra, pass);
    return pass;
  }

  /** φ of the last layer, the factor of A and A⁻¹Y of one network. */
  private trained(parameters: Float64Array) {
    const { algebra } = this.compute;
    const { phi } = this.pass(parameters, this.problem.data.x);
    const last = phi[phi.length - 1];
    const kernel = outputKernel(shapeOf(this.problem), last, algebra);
    const factor = algebra.cholesky(addToDiagonal(copy(kernel), this.problem.noiseVariance));
    return { last, kernel, factor, dual: choleskySolve(algebra, factor, this.problem.data.y) };
  }

  /** Mean output on the training points, P×n. */
  trainMean(): Matrix {
    const { y } = this.problem.data;
    const mean = zeros(y.rows, y.columns);
    for (const parameters of this.draws) {
      const { kernel, dual } = this.trained(parameters);
      this.compute.algebra.gemm(kernel, dual, { alpha: 1 / this.draws.length, beta: 1, into: mean });
    }
    return mean;
  }

  predict(xTest: Matrix): TestPrediction {
    const { algebra } = this.compute;
    const { y } = this.problem.data;
    const shape = shapeOf(this.problem);
    const top = shape.widths.length;
    const [scale, beta] = [shape.gains[top] / shape.widths[top - 1], shape.biasVariance[top]];
    const n = y.columns;
    const mean = zeros(xTest.rows, n);
    const squares = zeros(xTest.rows, n);
    const variance = new Float64Array(xTest.rows);
    for (const parameters of this.draws) {
      const { last, factor, dual } = this.trained(parameters);
      const { phi } = this.pass(parameters, xTest);
      const fresh = phi[top - 1];
      const cross = algebra.gemm(fresh, last, { transposeB: true, alpha: scale });
      for (let i = 0; i < cross.data.length; i++) cross.data[i] += beta;
      const output = algebra.gemm(cross, dual);
      addScaled(mean, 1 / this.draws.length, output);
      for (let i = 0; i < output.data.length; i++) squares.data[i] += output.data[i] ** 2 / this.draws.length;
      const whitened = algebra.solveTriangular(factor, transpose(cross));
      for (let t = 0; t < xTest.rows; t++) {
        let own = beta;
        for (let i = t * fresh.columns; i < (t + 1) * fresh.columns; i++) own += scale * fresh.data[i] ** 2;
        for (let i = t; i < whitened.data.length; i += whitened.columns) own -= whitened.data[i] ** 2;
        variance[t] += Math.max(0, own) / this.draws.length;
      }
    }
    for (let i = 0; i < squares.data.length; i++) {
      variance[Math.floor(i / n)] += Math.max(0, squares.data[i] - mean.data[i] ** 2) / n;
    }
    return { mean, variance };
  }
}
