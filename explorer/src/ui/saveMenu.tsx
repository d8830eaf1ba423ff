import { type RefObject, useRef } from 'react';
import { solver } from '../engine/solver';
import { arraysOf, csvOf, type Numbers } from './numbers';
import { pngOf, save, svgOf } from './picture';

interface SaveMenuProps {
  /** name of the files */
  readonly name: string;
  readonly view: RefObject<HTMLElement | null>;
  numbers?(): Numbers;
}

/** A figure to take along: as a picture, and as its numbers. */
export function SaveMenu({ name, view, numbers }: SaveMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null);
  const choices: readonly (readonly [string, () => unknown])[] = [
    [
      'SVG',
      () => view.current && save(`${name}.svg`, new Blob([svgOf(view.current)], { type: 'image/svg+xml' })),
    ],
    ['PNG', async () => view.current && save(`${name}.png`, await pngOf(view.current))],
    ...(numbers
      ? ([
          ['CSV', () => save(`${name}.csv`, csvOf(numbers()))],
          [
            'npz',
            async () =>
              save(`${name}.npz`, new Blob([await solver.ask((engine) => engine.npz(arraysOf(numbers())))])),
          ],
        ] as const)
      : []),
  ];
  return (
    <details className="save" ref={menu}>
      <summary aria-label={`Save ${name}`}>Save</summary>
      <div>
        {choices.map(([kind, action]) => (
          <button
            key={kind}
            type="button"
            onClick={() => {
              menu.current?.removeAttribute('open');
              void action();
            }}
          >
            {kind}
          </button>
        ))}
      </div>
    </details>
  );
}
