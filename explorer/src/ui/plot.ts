/** The part of Observable Plot that the views use. */
export {
  areaY,
  contour,
  dot,
  frame,
  identity,
  line,
  type Markish,
  type PlotOptions,
  plot,
  rectY,
  ruleX,
  ruleY,
} from '@observablehq/plot';
