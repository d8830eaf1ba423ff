import { useEffect, useRef } from 'react';
import * as Plot from './plot';
import { partsOf, withSymbols } from './symbol';

interface FigureProps {
  readonly options: Plot.PlotOptions;
  /** what is seen, for those who do not see it */
  readonly label: string;
}

const style = { background: 'none', fontFamily: 'inherit', fontSize: '12px', overflow: 'visible' };

const waiting = new Set<() => void>();

function drawNext(): void {
  const [draw] = waiting;
  if (!draw) return;
  waiting.delete(draw);
  draw();
  if (waiting.size > 0) setTimeout(drawNext);
}

/**
 * Draws in a turn of the event loop of its own, so that many figures do not make one long task. Returns what
 * takes it back.
 */
function inTurn(draw: () => void): () => void {
  waiting.add(draw);
  if (waiting.size === 1) setTimeout(drawNext);
  return () => void waiting.delete(draw);
}

function tspan(text: string, attributes: Readonly<Record<string, string>>): SVGTSpanElement {
  const span = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
  for (const [name, value] of Object.entries(attributes)) span.setAttribute(name, value);
  span.textContent = text;
  return span;
}

/** Sets the symbol at the end of a label as mathematics does. */
function setSymbol(label: SVGTextElement): void {
  const [before, symbol] = withSymbols(label.textContent ?? '');
  if (symbol === undefined) return;
  const { base, below, above } = partsOf(symbol);
  label.replaceChildren(
    before,
    tspan(base, { 'font-style': 'italic' }),
    ...(above ? [tspan(above, { dy: '-0.6em', 'font-size': '75%' })] : []),
    tspan(below, { dx: above ? '-0.6em' : '0', dy: above ? '0.95em' : '0.35em', 'font-size': '75%' }),
  );
}

/** A plot of Observable Plot that follows its options. */
export function Figure({ options, label }: FigureProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      inTurn(() => {
        const plot = Plot.plot({ ...options, style });
        // One description instead of the many labels that the marks bring along.
        plot.setAttribute('aria-hidden', 'true');
        plot.querySelectorAll('text').forEach(setSymbol);
        place.current?.replaceChildren(plot);
      }),
    [options],
  );
  return <div className="figure" role="img" aria-label={label} ref={place} />;
}

export const axis = { labelAnchor: 'center', labelArrow: 'none' } as const;

/** An axis whose label stays clear of numbers of four digits. */
export const upright = { ...axis, labelOffset: 58, ticks: 5 } as const;

/** Margins that leave room for them. */
export const margins = { marginLeft: 68, marginBottom: 38 } as const;

/** A range around all of some values, with room where they are all the same. */
export function rangeAround(values: readonly number[]): [number, number] {
  const known = values.filter(Number.isFinite);
  const [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [0, 1];
  // A single value gets an axis with few digits, whose numbers leave its label room.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const room = Math.max(0.08 * (high - low), (high === low ? 0.15 : 0.02) * size, 1e-6);
  return [low - room, high + room];
}

interface Estimated {
  readonly cka: number;
  readonly error: number;
}

/** One standard error up and down, of points that have one. */
export function errorBars<Point extends Estimated>(
  points: readonly Point[],
  x: keyof Point & string,
  stroke: string,
): Plot.Markish {
  const estimated = points.filter(({ error }) => error > 0);
  const ends = { y1: (d: Point) => d.cka - d.error, y2: (d: Point) => d.cka + d.error };
  return Plot.ruleX(estimated, { x, ...ends, stroke, strokeWidth: 1.6 });
}
