import { useCallback, useEffect } from 'react';
import { Controls } from './controls/controls';
import { Player } from './controls/player';
import { Share } from './controls/share';
import { Stories } from './controls/stories';
import { Tour } from './controls/tour';
import { usePinned } from './hooks/usePinned';
import { usePlay } from './hooks/usePlay';
import { useSampling } from './hooks/useSampling';
import { useSetup } from './hooks/useSetup';
import { useSolution } from './hooks/useSolution';
import { useHost } from './host';
import { type Story, setupOf } from './stories';
import { Notices, Taken } from './views/notices';
import { Results } from './views/results';
import { Views } from './views/views';

/** The page: controls beside views of one solution. */
export function App() {
  const host = useHost();
  const { setup, update, ignored } = useSetup();
  const solution = useSolution(setup);
  const sampling = useSampling(setup);
  const play = usePlay(setup, update, solution);
  const { pinned, pin, pinSetup } = usePinned();
  const compare = useCallback(
    (story: Story) => (story.beside ? pinSetup(setupOf(story, story.beside)) : pin(undefined)),
    [pin, pinSetup],
  );
  useEffect(() => host.show(solution), [host, solution]);
  const { error } = solution;
  return (
    <>
      <a className="skip" href="#views">
        To the views
      </a>
      <header className="page">
        <h1>finite-width explorer</h1>
        <p>
          Infinitely wide networks keep their kernels, finite ones adapt them to data.{' '}
          {host.address && <a href="./docs/theory.html">The equations</a>}
        </p>
        <Tour />
      </header>
      <div className="columns">
        <aside id="setup">
          <details open={matchMedia('(min-width: 800px)').matches}>
            <summary>Setup</summary>
            <Controls setup={setup} update={update} error={error} />
            <Share setup={setup} />
          </details>
        </aside>
        <main id="views">
          <Stories setup={setup} update={update} compare={compare} />
          <Taken setup={setup} update={update} found={solution.found} />
          <Notices ignored={ignored} error={error} warnings={solution.found?.infinite.warnings} />
          <Views
            setup={setup}
            update={update}
            solution={play.shown}
            sampling={sampling}
            pinned={pinned}
            unpin={() => pin(undefined)}
          >
            <div className="bar">
              <Player play={play} frames={solution.history.length} />
              <Results setup={setup} solution={solution} pinned={pinned} pin={pin} />
            </div>
          </Views>
        </main>
      </div>
    </>
  );
}
