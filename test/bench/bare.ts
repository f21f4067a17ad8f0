// The yardsticks: an Express app and a node:http server that do nothing but send given bytes, or read a JSON body and send it back.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';

const [kind, file] = process.argv.slice(2);
const bodies = JSON.parse(readFileSync(file!, 'utf8')) as Record<string, { type: string; body: string }>;

function viaExpress(): Server {
  const app = express();
  for (const [path, { type, body }] of Object.entries(bodies)) {
    app.get(path, (_req, res) => {
      res.type(type).send(body);
    });
  }
  app.post('/echo', express.json({ limit: '50mb' }), (req, res) => {
    res.json(req.body);
  });
  return createServer(app);
}

function viaHttp(): Server {
  return createServer((req, res) => {
    const known = bodies[req.url!.split('?')[0]!];
    if (known) {
      res.setHeader('Content-Type', known.type);
      res.setHeader('Content-Length', Buffer.byteLength(known.body));
      res.end(known.body);
      return;
    }
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const text = JSON.stringify(JSON.parse(Buffer.concat(chunks).toString()));
      res.setHeader('Content-Type', 'application/json');
      res.setHeader('Content-Length', Buffer.byteLength(text));
      res.end(text);
    });
  });
}

const server = (kind === 'express' ? viaExpress() : viaHttp()).listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
