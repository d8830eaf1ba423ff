import { addFile, digitsFrom } from '../engine/client';
import type { Found } from '../hooks/useSolution';
import type { Follower, Host } from '../host';
import { checkedChanges, DEFAULTS, INFINITE, type Setup } from '../setup';
import type { FromPage, PlainSetup, Result, Theme, ToPage } from './messages';

/** What differs from an earlier setup, as JSON has it. */
const changesOf = (setup: Setup, from: Setup): PlainSetup =>
  Object.fromEntries(
    Object.entries(setup)
      .filter(([key, value]) => value !== from[key as keyof Setup])
      .map(([key, value]) => [key, value === INFINITE ? 'infinite' : value]),
  );

/** What is said of a solution. */
function resultOf({ infinite, solved }: Found): Result {
  if (!solved) return {};
  const { theory, converged, message, cka, ckaError, logEvidence, seconds } = solved;
  const { samples } = infinite.data;
  const layers = infinite.kernels.length - 1;
  return {
    theory,
    converged,
    message,
    samples,
    layers,
    cka,
    ckaError,
    ckaInfinite: infinite.cka,
    logEvidence,
    seconds,
  };
}

/** All kernels one after the other: adapted ones, and those of infinite width. */
function arraysOf({ infinite, solved }: Found): Float64Array {
  const all = [...(solved?.kernels ?? []), ...infinite.kernels];
  const joined = new Float64Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const kernel of all) {
    joined.set(kernel, at);
    at += kernel.length;
  }
  return joined;
}

function showTheme(theme: Theme | undefined): void {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
}

/**
 * A page inside a notebook, which it talks to through a port. The first message is the setup to begin with.
 */
export function notebookHost(port: MessagePort): Promise<Host> {
  let setup: Setup = DEFAULTS;
  let said: unknown;
  const followers = new Set<Follower>();
  const waiting = new Map<number, (bytes: Uint8Array) => void>();
  const say = (message: FromPage) => port.postMessage(message);
  digitsFrom((digit) => {
    say({ kind: 'digit', digit });
    return new Promise((resolve) => waiting.set(digit, resolve));
  });
  const host: Host = {
    address: false,
    read: () => ({ setup, ignored: [] }),
    write(next) {
      const changes = changesOf(next, setup);
      setup = next;
      if (Object.keys(changes).length > 0) say({ kind: 'setup', setup: changes });
    },
    follow(changed) {
      followers.add(changed);
      return () => followers.delete(changed);
    },
    show({ found, error }) {
      const news = error ?? found?.solved?.kernels;
      if (news === undefined || news === said) return;
      said = news;
      if (error) say({ kind: 'result', result: { error } });
      else if (found) say({ kind: 'result', result: resultOf(found), arrays: arraysOf(found) });
    },
  };
  return new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<ToPage>) => {
      if (data.kind === 'file') addFile(data.name, data.bytes);
      else if (data.kind === 'digit') waiting.get(data.digit)?.(data.bytes);
      else if (data.kind === 'theme') showTheme(data.theme);
      else {
        const { changes, ignored } = checkedChanges(Object.entries(data.setup));
        setup = { ...setup, ...changes };
        for (const changed of followers) changed(changes, ignored);
        resolve(host);
      }
    };
  });
}
