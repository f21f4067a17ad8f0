// The yardstick: an Express app that does nothing but send given bytes, or read a JSON body and send it back.
import { readFileSync } from 'node:fs';
import express from 'express';

const bodies = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Record<string, { type: string; body: string }>;
const app = express();
for (const [path, { type, body }] of Object.entries(bodies)) {
  app.get(path, (_req, res) => {
    res.type(type).send(body);
  });
}
app.post('/echo', express.json({ limit: '50mb' }), (req, res) => {
  res.json(req.body);
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as { port: number }).port}\n`);
});
