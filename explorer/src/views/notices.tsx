import { awayFromControl, culpritOf } from '../controls/ranges';
import type { Update } from '../hooks/useSetup';
import type { Found } from '../hooks/useSolution';
import type { Setup } from '../setup';

interface NoticesProps {
  /** what of a link makes no sense */
  readonly ignored: readonly string[];
  readonly error?: string;
  readonly warnings?: readonly string[];
}

/** What is worth knowing before looking at the views. */
export function Notices({ ignored, error, warnings = [] }: NoticesProps) {
  return (
    <>
      {ignored.length > 0 && (
        <p className="notice" role="status">
          The link holds {ignored.join(', ')}, which makes no sense here; the usual values are shown instead.
        </p>
      )}
      {error && (
        <p className="notice error" role={culpritOf(error) ? undefined : 'alert'}>
          {awayFromControl(error)} The views show the last one that could.
        </p>
      )}
      {warnings.map((warning) => (
        <p key={warning} className="notice" role="status">
          {warning}
        </p>
      ))}
    </>
  );
}

interface TakenProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly found?: Found;
}

/** That the page takes a part of a large file, and how to have all of it. */
export function Taken({ setup, update, found }: TakenProps) {
  const data = found?.infinite.data;
  if (setup.source !== 'file' || !data || data.available <= data.samples) return null;
  return (
    <p className="notice" role="status">
      {data.samples} of {data.available} data points are taken, at random, so that the page answers soon; the
      problem file and the command take all.{' '}
      <button type="button" onClick={() => update({ take: 0 })}>
        Take all {data.available} here too
      </button>
    </p>
  );
}
