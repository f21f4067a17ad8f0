import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A reverse proxy as nginx is with a slash behind `proxy_pass`: what lies below `path` is asked of `target` without it. */
export async function startStripProxy(target: string, path: string): Promise<{ url: string; close: () => Promise<void> }> {
  const { hostname, port } = new URL(target);
  const beyond = ({ url = '' }: IncomingMessage) => (url.startsWith(`${path}/`) ? url.slice(path.length) : undefined);

  const server = createServer((req, res) => {
    const url = beyond(req);
    if (url === undefined) {
      // what leaves the path belongs to another site
      res.writeHead(404).end('not below the path');
      return;
    }
    const onward = request({ hostname, port, path: url, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode!, answer.rawHeaders);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  server.on('upgrade', (req, socket, head) => {
    const url = beyond(req);
    if (url === undefined) return socket.destroy();
    const onward = connect(Number(port), hostname, () => {
      const lines = [`GET ${url} HTTP/1.1`];
      for (let n = 0; n < req.rawHeaders.length; n += 2) lines.push(`${req.rawHeaders[n]}: ${req.rawHeaders[n + 1]}`);
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket]
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
  };
}
