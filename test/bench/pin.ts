import { execFileSync, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Whether processes can be given a core of their own here. */
export const CAN_PIN = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Core of the server under test; the load generator and databases have the others. */
const SERVER_CORE = '0';

/** Puts a server process on the core that all measured servers share in turn. */
export function pinServer(pid: number): void {
  if (CAN_PIN) execFileSync('taskset', ['-a', '-p', '-c', SERVER_CORE, String(pid)], { stdio: 'ignore' });
}

/** Keeps this process, which makes the load, off the server's core. */
export function pinSelf(): void {
  if (CAN_PIN) execFileSync('taskset', ['-a', '-p', '-c', `1-${cpus().length - 1}`, String(process.pid)], { stdio: 'ignore' });
}
