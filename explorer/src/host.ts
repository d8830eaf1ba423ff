import { createContext, useContext } from 'react';
import type { Solution } from './hooks/useSolution';
import { fromHash, type Setup, toHash } from './setup';

/** A setup from outside, and what in it made no sense. */
export interface Received {
  readonly setup: Setup;
  readonly ignored: readonly string[];
}

/** Is told what changes in the setup from outside, and what of it made no sense. */
export type Follower = (changes: Partial<Setup>, ignored: readonly string[]) => void;

/**
 * Where the page lives: in a tab of its own, whose address is the setup, or inside a notebook, whose
 * variables are.
 */
export interface Host {
  /** whether the page has an address that can be shared, and documents beside it */
  readonly address: boolean;
  read(): Received;
  /** Keeps a setup that has been quiet for a while. */
  write(setup: Setup): void;
  /**
   * Calls back with changes that come from outside, until what it returns is called. The page may have moved
   * meanwhile, and not have written it yet.
   */
  follow(changed: Follower): () => void;
  /** Takes note of what has been found, again whenever that changes. */
  show(solution: Solution): void;
}

/** The address of the page, with the steps of its history. */
export const pageHost: Host = {
  address: true,
  read: () => fromHash(location.hash),
  write(setup) {
    const hash = toHash(setup);
    if (hash === location.hash.replace(/^#/, '')) return;
    history.pushState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  },
  follow(changed) {
    const follow = () => {
      const { setup, ignored } = fromHash(location.hash);
      changed(setup, ignored);
    };
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener('hashchange', follow);
    };
  },
  show() {},
};

const HostContext = createContext<Host>(pageHost);
export const HostProvider = HostContext.Provider;
export const useHost = (): Host => useContext(HostContext);
