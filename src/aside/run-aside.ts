import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { JobName, Jobs } from './jobs.ts';
import type { OnStep, Step } from './step.ts';

interface AsideOptions {
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** Told what it is doing, about once a second. */
  readonly onProgress?: OnStep;
  /** Whether it runs beside a server and gives way to it. */
  readonly humble?: boolean;
}

interface Message<Name extends JobName> {
  readonly progress?: Step;
  readonly error?: string;
  readonly name?: string;
  readonly result?: Jobs[Name]['result'];
}

/**
 * Does work that takes seconds of computing in a process of its own: the event loop, and with it every upload
 * and alarm, goes on as if nothing was there. It ends with this process.
 * @param order plain data
 * @throws Error with the sentence (and the name) of the job's error, or one that says it was ended
 */
export async function runAside<Name extends JobName>(
  name: Name,
  order: Jobs[Name]['order'],
  { signal, onProgress, humble = false }: AsideOptions = {}
): Promise<Jobs[Name]['result']> {
  signal?.throwIfAborted();
  const child = start();
  const stop = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', stop);
  try {
    return await new Promise((resolve, reject) => {
      child.on('message', ({ progress, error, name, result }: Message<Name>) => {
        if (progress !== undefined) onProgress?.(progress);
        else if (error === undefined) resolve(result as Jobs[Name]['result']);
        else reject(Object.assign(new Error(error), { name }));
      });
      child.once('error', reject);
      child.once('exit', (code, by) => reject(new Error(`The process for it ended early (${by ?? `code ${code}`})`)));
      child.send({ name, order, humble });
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
