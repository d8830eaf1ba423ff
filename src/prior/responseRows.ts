import { layerOf } from '../architecture/architecture.js';
import { rowsBornAbove, rowsBornOf, rowsChangeAbove } from '../architecture/kernels.js';
import { addRows, type PointRows } from '../architecture/layer.js';
import { streamsOf } from '../architecture/streams.js';
import type { Compute } from '../numerics/compute.js';
import { diagonal, type Matrix } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';
import type { FourPoint } from './fourPoint/fourPoint.js';
import { belowOf, streamForms } from './response.js';

/** What moves the kernels of known points. */
interface Moved {
  /** sources at every layer, S⁽¹⁾ … S⁽ᴸ⁾ */
  readonly conjugates: readonly (Matrix | undefined)[];
  readonly fourPoint: FourPoint;
  /** Cov(C⁽ˡ⁾, C⁽ᴸ⁾):S of the known points */
  readonly given: readonly Matrix[];
}

/**
 * Cov(C⁽ˡ⁾, C⁽ᴸ⁾):S between new points and known ones (`responsesByOrigin`), and that of the kernels that
 * residual networks show (`ownMoments`).
 * @param free rows of layers 0..L at infinite width
 * @returns index l = 1..L; index 0 is empty
 */
export function shiftedRows(
  network: Network,
  nngp: readonly Matrix[],
  { conjugates, fourPoint, given }: Moved,
  free: readonly PointRows[],
  compute: Compute,
): { readonly given: (PointRows | undefined)[]; readonly shown: (PointRows | undefined)[] } {
  const born = bornRows(network, nngp, conjugates, fourPoint, free);
  const rows: (PointRows | undefined)[] = [undefined];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const layer = layerOf(network, l);
    const below = rows[l - 1];
    let moved = born[l];
    if (below) {
      const passed = rowsChangeAbove(layer, nngp[l - 1], free[l - 1], below, diagonal(given[l - 1]), compute);
      moved = addRows(moved, passed);
    }
    const added = layer.skip && rows[l - layer.skip];
    rows.push(added ? addRows(moved, added) : moved);
  }
  const shown = rows.map((row, l) => {
    const below = row && fourPoint.streams && belowOf(network, l);
    if (!below) return row;
    const forms = streamForms(network, below.stream, conjugates);
    const [own] = fourPoint.streams.contractFieldRows([below.layer], below.stream, nngp, forms, free);
    return addRows(row, own, 1 / layerOf(network, below.layer).width);
  });
  return { given: rows, shown };
}

/** (1/N) 𝒯[V:S] of new points, at index l = 1..L. */
function bornRows(
  network: Network,
  nngp: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  fourPoint: FourPoint,
  free: readonly PointRows[],
): PointRows[] {
  const born: PointRows[] = [];
  for (const stream of streamsOf(network)) {
    if (stream.length > 1 && fourPoint.streams) {
      const moved = fourPoint.streams.contractRows(
        stream,
        nngp,
        streamForms(network, stream, conjugates),
        free,
      );
      stream.forEach((l, i) => {
        born[l] = rowsBornOf(layerOf(network, l), moved[i]);
      });
      continue;
    }
    for (const l of stream) {
      const contract = (form: Matrix) => fourPoint.contractRows(l, nngp[l - 1], form, free[l - 1]);
      born[l] = rowsBornAbove(layerOf(network, l), conjugates[l] as Matrix, contract);
    }
  }
  return born;
}
