import type { ReactNode } from 'react';
import { useBegun } from '../hooks/useBegun';
import { useRevealed } from '../hooks/useRevealed';
import type { Sampling } from '../hooks/useSampling';
import type { Update } from '../hooks/useSetup';
import type { Found, Solution } from '../hooks/useSolution';
import { INFINITE, isConvolutional, type Setup } from '../setup';
import { AlignmentView } from './alignment';
import { Comparison } from './comparison';
import { ConjugatesView } from './conjugates';
import { KernelsView } from './kernels';
import { Missing } from './missing';
import { NetworksView } from './networks';
import { PairView } from './pair';
import { PhaseView } from './phase';
import { SliceView } from './slice';
import { SpectrumView } from './spectrum';
import { WidthsView } from './widths';

interface ViewsProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly solution: Solution;
  readonly sampling: Sampling;
  readonly pinned?: Found;
  unpin(): void;
  /** what stands above them */
  readonly children: ReactNode;
}

/** All views that have something to show, one more in every turn of the event loop. */
export function Views({ setup, update, solution, sampling, pinned, unpin, children }: ViewsProps) {
  const finite = setup.width !== INFINITE;
  const adapting = finite && setup.theory !== 'nngp';
  const { found } = solution;
  const begun = useBegun(solution);
  // Numbers of other data say nothing beside these.
  const beside = pinned?.infinite.data.description === found?.infinite.data.description ? pinned : undefined;
  const conjugates = adapting && (found?.solved === undefined || found.solved.conjugates !== undefined);
  const dense = !isConvolutional(setup);
  const rest = [
    adapting && <WidthsView key="widths" solution={solution} />,
    <SpectrumView key="spectrum" solution={solution} pinned={beside} />,
    finite && <NetworksView key="networks" solution={solution} sampling={sampling} />,
    <PhaseView key="phase" setup={setup} update={update} begun={begun} />,
    <SliceView key="slice" solution={solution} />,
    conjugates && <ConjugatesView key="conjugates" solution={solution} />,
    finite && dense && (
      <PairView
        key="pair"
        setup={setup}
        update={update}
        samples={begun ? (found?.infinite.data.samples ?? 0) : 0}
      />
    ),
  ].filter((view) => view !== false);
  const shown = useRevealed(rest.length + 2);
  return (
    <>
      {children}
      <div className="first">
        {shown > 0 && <KernelsView solution={solution} pinned={beside} />}
        {shown > 1 && (
          <AlignmentView
            solution={solution}
            pinned={beside}
            networks={solution.stale ? undefined : sampling.view}
          />
        )}
      </div>
      {found && pinned && (
        <Comparison now={found} pinned={pinned} comparable={beside !== undefined} unpin={unpin} />
      )}
      {!finite && <Missing update={update} />}
      <div className="cards">{rest.slice(0, Math.max(0, shown - 2))}</div>
    </>
  );
}
