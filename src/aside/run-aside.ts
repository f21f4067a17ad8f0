import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { JobName, Jobs } from './jobs.ts';

/**
 * Does work that takes seconds of computing in a process of its own, at low priority: the event loop, and with it every upload
 * and alarm, goes on as if nothing was there. It ends with this process.
 * @param order plain data
 * @param signal ends it early
 * @throws Error with the sentence of the job, or one that says it was ended
 */
export async function runAside<Name extends JobName>(
  name: Name,
  order: Jobs[Name]['order'],
  signal?: AbortSignal
): Promise<Jobs[Name]['result']> {
  signal?.throwIfAborted();
  const child = start();
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', (message: { result?: Jobs[Name]['result']; error?: string }) =>
        message.error === undefined ? resolve(message.result as Jobs[Name]['result']) : reject(new Error(message.error))
      );
      child.once('error', reject);
      child.once('exit', (code, by) => reject(new Error(`The process for it ended early (${by ?? `code ${code}`})`)));
      child.send({ name, order });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await gone(child);
  }
}

/** Beside the sources there is no main.js: tests and `npm run dev` translate while they run. */
function start(): ChildProcess {
  const sources = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(sources ? './main.ts' : './main.js', import.meta.url));
  return fork(entry, {
    execArgv: sources ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  });
}

function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
    child.once('exit', () => resolve());
    // it has answered, or never will
    if (child.connected) child.disconnect();
  });
}
