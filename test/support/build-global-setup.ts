import { execFileSync } from 'node:child_process';

let built = false;

/**
 * Builds once per test run, though every project of the run asks: suites that start the server as a process of its own start what
 * users start, and start it faster.
 */
export default function setup(): void {
  if (!built) execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  built = true;
}
