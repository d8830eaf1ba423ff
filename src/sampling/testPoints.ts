import type { Activation } from '../activations/activation.js';
import { gather } from '../architecture/gather.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';
import type { RandomStream } from '../numerics/random.js';
import type { Points } from './inputs.js';
import { forward, newPass, type Pass, pixels } from './pass.js';
import type { NetworkPotential, Outputs } from './potential.js';
import { layersOf, type NetworkShape } from './weights.js';

/** Points that are not trained on, and what networks say about each of them. */
export class TestPoints {
  private readonly pass: Pass;
  private readonly added: Float64Array;
  /** what feeds the first layer */
  private readonly x: Matrix;

  constructor(
    private readonly shape: NetworkShape,
    private readonly activations: readonly Activation[],
    private readonly points: Points,
    private readonly algebra: LinearAlgebra,
  ) {
    this.pass = newPass(points.x.rows, shape);
    this.x = gather(shape.connections[0], pixels(points.x, shape.dimension));
    this.added = new Float64Array(points.x.rows * shape.widths[0]);
  }

  /**
   * Outputs of the network that `potential` observed last. Weights along directions that no training point
   * has are drawn from the prior for each point anew: right for what is asked of one point at a time.
   */
  outputs(potential: NetworkPotential, position: Float64Array, stream: RandomStream): Outputs {
    const { beyond } = this.points;
    const width = this.shape.widths[0];
    const inside = beyond.every((value) => value === 0);
    if (!inside) {
      stream.normals(this.added);
      for (let i = 0; i < this.added.length; i++) this.added[i] *= beyond[Math.floor(i / width)];
    }
    const layers = layersOf(this.shape, position);
    forward(
      this.shape,
      layers,
      this.activations,
      this.x,
      this.algebra,
      this.pass,
      inside ? undefined : this.added,
    );
    return potential.outputs(position, this.pass.fed[this.pass.fed.length - 1]);
  }
}
