import { useEffect, useId, useState } from 'react';
import { addFile } from '../engine/client';
import { solver } from '../engine/solver';
import type { Update } from '../hooks/useSetup';
import type { Setup } from '../setup';

/** Larger files belong to the command line. */
const MOST_BYTES = 2e7;

interface FileDropProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly error?: string;
}

/** The user's own csv or npz: chosen, or dropped anywhere onto the page. */
export function FileDrop({ setup, update, error }: FileDropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const [columns, setColumns] = useState<readonly string[]>([]);
  const [refused, setRefused] = useState<string>();

  const take = async (file: File | undefined) => {
    if (!file) return;
    setRefused(undefined);
    if (!/\.(csv|npz)$/i.test(file.name))
      return setRefused(`${file.name}: drop a .csv with a column of targets, or an .npz with X and Y`);
    if (file.size > MOST_BYTES)
      return setRefused(
        `${file.name}: ${Math.round(file.size / 1e6)} MB are too many for a page; use the command line`,
      );
    const bytes = new Uint8Array(await file.arrayBuffer());
    addFile(file.name, bytes);
    const asked = /\.csv$/i.test(file.name) ? solver.run((engine) => engine.columns(file.name)) : [];
    const names = (await asked) ?? [];
    setColumns(names);
    // Of a file without columns the core says what is missing.
    const target = names.includes('y') ? 'y' : (names.at(-1) ?? 'y');
    // A file of the same name may hold other numbers: the seed, which files do not use, makes the setup a new
    // one.
    update({
      source: 'file',
      file: file.name,
      target,
      seed: setup.seed + (setup.file === file.name ? 1 : 0),
    });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `take` is a new function in every picture
  useEffect(() => {
    const hover = (event: DragEvent) => {
      event.preventDefault();
      setOver(event.type === 'dragover');
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      void take(event.dataTransfer?.files[0]);
    };
    addEventListener('dragover', hover);
    addEventListener('dragleave', hover);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', hover);
      removeEventListener('dragleave', hover);
      removeEventListener('drop', drop);
    };
  }, [setup]);

  const message = refused ?? error;
  return (
    <div className="control">
      <label htmlFor={id} className={over ? 'drop over' : 'drop'}>
        {setup.source === 'file' && setup.file ? setup.file : 'Drop a csv or npz here, or choose one'}
        <input
          id={id}
          type="file"
          accept=".csv,.npz"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
      {setup.source === 'file' && columns.length > 1 && (
        <>
          <label htmlFor={`${id}-target`}>
            <span>column of targets</span>
          </label>
          <select
            id={`${id}-target`}
            value={setup.target}
            onChange={(event) => update({ target: event.target.value })}
          >
            {columns.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </>
      )}
      {message && (
        <p className="error" role="alert">
          {message}
        </p>
      )}
    </div>
  );
}
