/** How a layer is called. */
export const layerName = (layer: number, top: number): string =>
  layer === 0 ? 'input' : layer === top ? `layer ${layer}, output` : `layer ${layer}`;

export const shortName = (layer: number, top: number): string =>
  layer === 0 ? 'input' : layer === top ? 'output' : `layer ${layer}`;

/** Layers from `first` to the top. */
export const layersFrom = (first: number, top: number): number[] =>
  Array.from({ length: top - first + 1 }, (_, k) => first + k);
