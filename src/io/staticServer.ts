import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { InputError } from '../numerics/errors.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
};

/**
 * The page may run its own code and WebAssembly, and talk to nobody but this server. Styles alone are free:
 * figures and formulas carry theirs inline.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SAFETY: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The file that a path of an address names, inside the folder; undefined for anything outside. */
function fileOf(folder: string, address: string): string | undefined {
  let path: string;
  try {
    path = normalize(decodeURIComponent(new URL(address, 'http://localhost').pathname));
  } catch {
    return undefined;
  }
  const file = join(folder, path.endsWith(sep) || path === '/' ? join(path, 'index.html') : path);
  return file.startsWith(folder + sep) && !file.includes('\0') ? file : undefined;
}

function fail(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...SAFETY, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/**
 * Serves the files of a folder to this machine alone (127.0.0.1). Requests that name another host are
 * refused, so that no page from elsewhere can reach it by a name that resolves here.
 * @throws InputError if the port is taken
 */
export function serveFolder(folder: string, port: number): Promise<{ server: Server; address: string }> {
  const server = createServer(async (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    if (host !== '127.0.0.1' && host !== 'localhost')
      return fail(response, 403, 'this server is for 127.0.0.1');
    if (request.method !== 'GET' && request.method !== 'HEAD') return fail(response, 405, 'only GET');
    const file = fileOf(folder, request.url ?? '/');
    const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || content === undefined) return fail(response, 404, 'no such file');
    const headers = {
      ...SAFETY,
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': content.length,
      // The names of assets hold a hash of what they are.
      'Cache-Control': file.includes(`${sep}assets${sep}`)
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
    };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : content);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `--port ${port}: is taken; give another, or 0 for any`;
      reject(new InputError(error.code === 'EADDRINUSE' ? taken : `--port ${port}: ${error.message}`));
    });
    server.listen(port, '127.0.0.1', () => {
      const bound = server.address();
      resolve({ server, address: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : port}/` });
    });
  });
}
