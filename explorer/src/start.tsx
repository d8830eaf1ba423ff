import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { type Host, HostProvider, pageHost } from './host';
import { keepForOffline } from './offline';

export function start(root: HTMLElement, host: Host = pageHost): void {
  createRoot(root).render(
    <StrictMode>
      <HostProvider value={host}>
        <App />
      </HostProvider>
    </StrictMode>,
  );
  if (host.address) keepForOffline();
}
