import type { Plugin } from 'vite';
export function equations(): Plugin;
