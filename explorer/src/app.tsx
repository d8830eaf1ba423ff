import { Controls, culpritOf } from './controls/controls';
import { Share } from './controls/share';
import { useRevealed } from './hooks/useRevealed';
import { useSetup } from './hooks/useSetup';
import { useSolution } from './hooks/useSolution';
import { duration, expected, leftOut, withError } from './ui/number';
import { AlignmentView } from './views/alignment';
import { ConjugatesView } from './views/conjugates';
import { KernelsView } from './views/kernels';
import { NetworksView, useSampling } from './views/networks';
import { PairView } from './views/pair';
import { PhaseView } from './views/phase';
import { SliceView } from './views/slice';
import { SpectrumView } from './views/spectrum';

/** The page: controls beside views of one solution. */
export function App() {
  const { setup, update, ignored } = useSetup();
  const solution = useSolution(setup);
  const sampling = useSampling(setup);
  const { infinite, solved, error } = solution;
  const views = [
    <KernelsView key="kernels" solution={solution} />,
    <AlignmentView key="alignment" setup={setup} solution={solution} networks={sampling.view} />,
    <NetworksView key="networks" setup={setup} solution={solution} sampling={sampling} />,
    <ConjugatesView key="conjugates" solution={solution} />,
    <PhaseView key="phase" setup={setup} update={update} />,
    <SliceView key="slice" solution={solution} />,
    <PairView key="pair" setup={setup} update={update} samples={infinite?.data.samples ?? 0} />,
    <SpectrumView key="spectrum" solution={solution} />,
  ];
  const shown = useRevealed(views.length);
  const numbers = solved && [
    solved.converged ? 'solved' : 'not converged',
    `${solved.theory} ${duration(solved.seconds)}`,
    ...(solved.expectedError === undefined ? [] : [expected(solved.expectedError)]),
    `ln p(Y|X) ${withError(solved.logEvidence, solved.evidenceStandardError)}${leftOut(solved.leftOut)}`,
    ...(solved.testLoss === undefined ? [] : [`test loss ${solved.testLoss.toFixed(4)}`]),
    ...(solved.testAccuracy === undefined ? [] : [`accuracy ${(100 * solved.testAccuracy).toFixed(1)} %`]),
  ];
  return (
    <>
      <a className="skip" href="#views">
        To the views
      </a>
      <header className="page">
        <h1>finite-width explorer</h1>
        <p>
          Infinitely wide Bayesian networks keep the kernels they start with. Finite ones adapt them to the data: watch features
          being learned, by theory and in sampled networks. <a href="./docs/theory.html">The equations</a>
        </p>
      </header>
      <div className="columns">
        <aside>
          <details open={matchMedia('(min-width: 800px)').matches}>
            <summary>Setup</summary>
            <Controls setup={setup} update={update} error={error} />
            <Share setup={setup} />
          </details>
        </aside>
        <main id="views">
          {ignored.length > 0 && (
            <p className="notice" role="status">
              The link holds {ignored.join(', ')}, which makes no sense here; the usual values are shown instead.
            </p>
          )}
          {error && (
            <p className="notice error" role="alert">
              {error}
              {culpritOf(error) ? '' : ' The views show the last setup that could be solved.'}
            </p>
          )}
          {infinite?.warnings.map((warning) => (
            <p key={warning} className="notice" role="status">
              {warning}
            </p>
          ))}
          <p className="facts" data-testid="facts">
            {infinite?.data.description ?? 'Loading …'}
            {infinite && ` · nngp ${duration(infinite.seconds)}`}
            {numbers && ` · ${numbers.join(' · ')}`}
          </p>
          <div className="cards">{views.slice(0, shown)}</div>
        </main>
      </div>
    </>
  );
}
