import type { Plugin } from 'vite';
export function fontsInUse(): Plugin;
